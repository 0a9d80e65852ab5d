"""The parser process: one untrusted file on standard input, one folder of clean CSV and a manifest out.

Standard library and python-calamine only; started by `parser_process.py` as `python -I -S <this file> <out> <folder of python_calamine>`.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

# Isolated and without site packages; the caller names the folder of python_calamine. Both come last: nothing hides a standard
# module.
sys.path += [str(Path(__file__).parents[3]), sys.argv[2]]

from mingzhang.intake.parser import archive, file_kind, text, workbook_cells
from mingzhang.intake.parser.refusal import RefusedError
from mingzhang.intake.parser.table import Table
from mingzhang.intake.parser.workbook_facts import WorkbookFacts

GIB = 1 << 30
LIMITS = {
    resource.RLIMIT_AS: (2 * GIB, 2 * GIB),
    resource.RLIMIT_CPU: (50, 60),
    resource.RLIMIT_FSIZE: (GIB, GIB),
    resource.RLIMIT_NOFILE: (64, 64),
    resource.RLIMIT_CORE: (0, 0),
}
MAX_XLS = 20 << 20
MAX_WHOLE = 64 << 20  # formats that are held in memory


def main() -> None:
    """Parse standard input and write `manifest.json`; refusals are manifests too."""
    for limit, values in LIMITS.items():
        resource.setrlimit(limit, values)
    out = Path(sys.argv[1])
    try:
        manifest = parse(sys.stdin.buffer, out)
    except RefusedError as refusal:
        manifest = {"refused": refusal.reason, "facts": refusal.facts}
    manifest["peak_mb"] = _peak_mb()
    (out / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")


def _peak_mb() -> dict[str, int]:
    """Return the most this process has used, of address space (what is capped) and of memory, in MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    stated = dict(line.split(":", 1) for line in lines)
    return {name: int(stated[key].split()[0]) >> 10 for name, key in (("address_space", "VmPeak"), ("memory", "VmHWM"))}


def parse(file: BinaryIO, out: Path) -> dict[str, Any]:
    """Return the manifest of a file; what it is called does not matter.

    Raises:
        RefusedError: the file is refused as a whole.
    """
    kind = file_kind.kind_of(file)
    readers = {
        "zip": _archive,
        "ole": _old_workbook,
        "dbf": _dbf,
        "mhtml": _web_archive,
        "spreadsheet_xml": _spreadsheet_xml,
        "html": _web_page,
        "text": _text,
    }
    return readers[kind](file, out)


def _manifest(format_name: str, sheets: list[dict[str, Any]], **facts: Any) -> dict[str, Any]:
    """Return a manifest; `facts` are comments, date1904, macros, not_checked, deleted_rows as far as they are not empty."""
    return {"format": format_name, "sheets": sheets, "comments": False, "date1904": False} | facts


def _written(tables: Iterable[Table], out: Path) -> list[dict[str, Any]]:
    return [table.write(out, number) for number, table in enumerate(tables, 1)]


def _archive(file: BinaryIO, out: Path) -> dict[str, Any]:
    kind, names = archive.parts_of(file)
    if kind == "ods":
        return _opendocument(file, names, out)
    return _workbook(kind, file, archive.inspect(file), out)


def _workbook(kind: str, file: BinaryIO, facts: WorkbookFacts, out: Path) -> dict[str, Any]:
    file.seek(0)
    sheets = workbook_cells.read(file, facts, out)
    return _manifest(
        kind,
        sheets,
        comments=facts.comments,
        date1904=facts.date1904 and kind != "xls",
        macros=facts.macros,
        not_checked=list(facts.not_checked),
    )


def _old_workbook(file: BinaryIO, out: Path) -> dict[str, Any]:
    from mingzhang.intake.parser import biff

    return _workbook("xls", file, biff.inspect(_whole(file, MAX_XLS)), out)


def _opendocument(file: BinaryIO, names: set[str], out: Path) -> dict[str, Any]:
    from mingzhang.intake.parser import opendocument

    tables, comments = opendocument.read(archive.content_of(file))
    macros = any(name.startswith(("basic/", "scripts/")) for name in names)
    return _manifest("ods", _written(tables, out), comments=comments, macros=macros)


def _dbf(file: BinaryIO, out: Path) -> dict[str, Any]:
    from mingzhang.intake.parser import dbf

    table, deleted = dbf.read(_whole(file, MAX_WHOLE))
    return _manifest("dbf", _written([table], out), deleted_rows=deleted)


def _web_page(file: BinaryIO, out: Path) -> dict[str, Any]:
    from mingzhang.intake.parser import html_tables

    table, unseen = html_tables.read(html_tables.decoded(_whole(file, MAX_WHOLE)))
    return _pages("html", [table], unseen, out)


def _web_archive(file: BinaryIO, out: Path) -> dict[str, Any]:
    from mingzhang.intake.parser import mhtml

    tables, unseen = mhtml.read(_whole(file, MAX_WHOLE))
    return _pages("mhtml", tables, unseen, out)


def _pages(kind: str, tables: list[Table], unseen: set[str], out: Path) -> dict[str, Any]:
    sheets = _written(tables, out)
    for entry, table in zip(sheets, tables, strict=True):
        # Where no cell says what type it is, this is text as a CSV is, and judged as such.
        entry["typed"] = any(kind not in "-s" for _, cells in table.rows for kind, _ in cells)
        entry["with_types"] = True
    return _manifest(kind, sheets, not_checked=sorted(unseen))


def _spreadsheet_xml(file: BinaryIO, out: Path) -> dict[str, Any]:
    from mingzhang.intake.parser import spreadsheet_xml

    tables, comments = spreadsheet_xml.read(_whole(file, MAX_WHOLE))
    return _manifest("spreadsheet_xml", _written(tables, out), comments=comments)


def _text(file: BinaryIO, out: Path) -> dict[str, Any]:
    return _manifest("text", text.read(file, out))


def _whole(file: BinaryIO, most: int) -> bytes:
    size = file.seek(0, 2)
    file.seek(0)
    if size > most:
        raise RefusedError("file_too_large", megabytes=size >> 20)
    return file.read()


if __name__ == "__main__":
    main()
