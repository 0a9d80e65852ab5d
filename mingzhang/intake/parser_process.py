"""Starts the parser process under limits and reads what it wrote. The only place where an untrusted file is opened."""

from __future__ import annotations

import importlib.util
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from mingzhang.intake.problems import NOT_CHECKED, RefusedFileError

PARSER = Path(__file__).parent / "parser"
WALL_SECONDS = 60

# What a file's content can be: how a clerk calls it, and the extensions that say the same.
FORMATS: dict[str, tuple[str, frozenset[str]]] = {
    "xlsx": ("新版 Excel 工作簿(.xlsx)", frozenset({"xlsx", "xlsm", "xltx", "xltm"})),
    "xlsb": ("二进制工作簿(.xlsb)", frozenset({"xlsb"})),
    "xls": ("旧版 Excel 或 WPS 工作簿(.xls、.et)", frozenset({"xls", "et", "xlt", "ett"})),
    "ods": ("OpenDocument 表格(.ods)", frozenset({"ods", "ots"})),
    "html": ("网页表格(HTML)", frozenset({"html", "htm", "xhtml"})),
    "mhtml": ("网页存档(MHTML)", frozenset({"mht", "mhtml"})),
    "spreadsheet_xml": ("XML 表格(SpreadsheetML 2003)", frozenset({"xml"})),
    "dbf": ("DBF 数据表", frozenset({"dbf"})),
    "text": ("纯文本", frozenset({"csv", "txt", "tsv", "tab", "prn"})),
}


@dataclass(frozen=True)
class Sheet:
    """One sheet as the parser process read it.

    Attributes:
        name: as the sender named it.
        number: position in the workbook, from 1.
        visible: False for hidden and very hidden sheets.
        frame: `row` (1-based, of the sheet), `types` (or no such column for text files), `c0`… as text, null where empty.
        merged: rectangles (first row, first column, last row, last column), from 0.
        hidden_rows, hidden_columns: 1-based rows and columns the sender's program does not show.
    """

    name: str
    number: int
    visible: bool
    frame: pl.DataFrame
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()

    @property
    def width(self) -> int:
        """Number of cell columns."""
        return len(self.frame.columns) - (2 if self.typed else 1)

    @property
    def typed(self) -> bool:
        """Whether cells carry types, as workbooks do."""
        return "types" in self.frame.columns


@dataclass(frozen=True)
class ParsedFile:
    """All sheets of a file.

    Attributes:
        format_name: what its content is, a key of `FORMATS`.
        notes: (problem code, facts of its sentence) that concern the whole file, for whoever sent it.
        not_checked: what this format does not let us see, keys of `problems.NOT_CHECKED`.
        peak_mb: the most the parser process used, `address_space` (capped) and `memory`, in MB; the process forked for a large text is not counted.
    """

    sheets: tuple[Sheet, ...]
    comments: bool = False
    date1904: bool = False
    format_name: str = "text"
    notes: tuple[tuple[str, dict[str, str | int]], ...] = ()
    not_checked: tuple[str, ...] = ()
    peak_mb: Mapping[str, int] = field(default_factory=dict)


def parse(path: Path, file_name: str, scratch: Path | None = None) -> ParsedFile:
    """Parse an untrusted file in a process of its own.

    Args:
        path: the file, under a name of ours.
        file_name: the sender's name; its extension decides nothing, but that it says something else is noted.
        scratch: folder for the parser's output; the system's otherwise.

    Raises:
        RefusedFileError: the parser refused it, crashed or ran out of time.
    """
    if scratch:
        scratch.mkdir(parents=True, exist_ok=True)
    out = Path(tempfile.mkdtemp(prefix="parse-", dir=scratch)).absolute()  # the parser process runs in it
    try:
        _run(path, out)
        manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        if "refused" in manifest:
            raise RefusedFileError(manifest["refused"], **manifest["facts"])
        sheets = tuple(_sheet(out, entry) for entry in manifest["sheets"])
        return ParsedFile(
            sheets,
            comments=manifest["comments"],
            date1904=manifest["date1904"],
            format_name=manifest["format"],
            notes=tuple(_notes(manifest, sheets, Path(file_name).suffix.lstrip(".").lower())),
            not_checked=tuple(manifest.get("not_checked", ())),
            peak_mb=manifest["peak_mb"],
        )
    finally:
        shutil.rmtree(out, ignore_errors=True)


def sweep(scratch: Path) -> None:
    """Delete what killed runs left behind; call only as the one writer."""
    for left in scratch.glob("parse-*"):
        shutil.rmtree(left, ignore_errors=True)


@cache
def _calamine_folder() -> str:
    """Return the folder of python_calamine, the one package the parser may import."""
    found = importlib.util.find_spec("python_calamine")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("python_calamine")
    return str(Path(found.origin).parents[1])


def _run(path: Path, out: Path) -> None:
    with path.open("rb") as source:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(PARSER / "__main__.py"), str(out), _calamine_folder()],
            stdin=source,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # it may hold values of the file
            env={},
            cwd=out,
            start_new_session=True,
        )
        try:
            if not _ends_within(process.pid, WALL_SECONDS):
                raise RefusedFileError("parser_timeout")
            status = process.wait()
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    if status == 0 and (out / "manifest.json").exists():
        return
    reasons = {-signal.SIGABRT: "parser_crashed", -signal.SIGSEGV: "parser_crashed", 134: "parser_crashed"}
    reasons |= {-signal.SIGXCPU: "parser_timeout", -signal.SIGKILL: "parser_killed"}
    raise RefusedFileError(reasons.get(status, "parser_failed"))


def _ends_within(pid: int, seconds: float) -> bool:
    """Wait for a process; `Popen.wait` with a limit polls only twenty times a second."""
    descriptor, ended = os.pidfd_open(pid), select.poll()
    ended.register(descriptor)
    try:
        return bool(ended.poll(seconds * 1000))
    finally:
        os.close(descriptor)


def _sheet(out: Path, entry: dict[str, Any]) -> Sheet:
    frame = _frame(out / f"sheet-{entry['number']}.csv", entry)
    if frame.height != entry["rows"]:
        raise RefusedFileError("parser_failed")
    return Sheet(
        name=entry["name"],
        number=entry["number"],
        visible=entry["visible"] == "Visible",
        frame=frame,
        merged=tuple(tuple(area) for area in entry.get("merged", ())),
        hidden_rows=tuple(entry["hidden_rows"]),
        hidden_columns=tuple(entry.get("hidden_columns", ())),
    )


def _notes(
    manifest: dict[str, Any], sheets: tuple[Sheet, ...], extension: str
) -> Iterator[tuple[str, dict[str, str | int]]]:
    """Yield what is to be said of the whole file."""
    words, expected = FORMATS[manifest["format"]]
    if extension and extension not in expected:
        yield "extension_differs", {"value": extension[:8], "expected": words}
    if manifest.get("macros"):
        yield "macros_present", {}
    if manifest.get("deleted_rows"):
        yield "deleted_rows", {"count": manifest["deleted_rows"]}
    if manifest.get("not_checked"):
        unseen = "、".join(NOT_CHECKED[name] for name in manifest["not_checked"])
        yield "guards_limited", {"value": unseen, "expected": words}
    for sheet in sheets:
        hidden = [n for n in sheet.hidden_columns if sheet.frame[f"c{n - 1}"].is_not_null().any()]
        if sheet.visible and hidden:
            letters = [_letters(column) for column in hidden]
            shown = "、".join(letters[:20]) + (f" 等 {len(letters)}" if len(letters) > 20 else "")
            yield "hidden_columns", {"sheet": sheet.name, "value": shown}


def _letters(column: int) -> str:
    """Return how spreadsheet programs call a column: 1 is A, 28 is AB."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _frame(path: Path, entry: dict[str, Any]) -> pl.DataFrame:
    cells = [f"c{number}" for number in range(entry["width"])]
    typed = entry.get("typed")
    ahead = (["row"] if entry.get("numbered", True) else []) + (["types"] if typed or entry.get("with_types") else [])
    schema = dict.fromkeys([*ahead, *cells], pl.String)
    if not entry["rows"]:
        return pl.DataFrame(schema={"row": pl.Int32} | {name: pl.String for name in schema if name != "row"})
    frame = pl.read_csv(
        path,
        has_header=False,
        schema=schema,
        separator=entry.get("separator", ","),
        quote_char=None if entry.get("plain") else '"',
        missing_columns="insert",
        empty_string_is_null=True,
    ).rechunk()  # once, here: every later step, and DuckDB, then shares the text instead of gathering its pieces
    if not typed:
        frame = frame.drop("types", strict=False)
    if "row" in schema:
        return frame.with_columns(pl.col("row").cast(pl.Int32))
    return frame.with_row_index("row", offset=1).with_columns(pl.col("row").cast(pl.Int32))
