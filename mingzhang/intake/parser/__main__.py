"""The parser process: one untrusted file on standard input, one folder of clean CSV and a manifest out.

Standard library and python-calamine only; started by `parser_process.py` as `python -I -S <this file> <extension> <out> <folder of python_calamine>`.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any, BinaryIO

# Isolated and without site packages; the caller names the folder of python_calamine. Both come last: nothing hides a standard
# module.
sys.path += [str(Path(__file__).parents[3]), sys.argv[3]]

from mingzhang.intake.parser import archive, text, workbook_cells
from mingzhang.intake.parser.refusal import RefusedError

GIB = 1 << 30
LIMITS = {
    resource.RLIMIT_AS: (2 * GIB, 2 * GIB),
    resource.RLIMIT_CPU: (50, 60),
    resource.RLIMIT_FSIZE: (GIB, GIB),
    resource.RLIMIT_NOFILE: (64, 64),
    resource.RLIMIT_CORE: (0, 0),
}
MAX_XLS = 20 << 20
MACROS = "_VBA_PROJECT".encode("utf-16-le")  # the storage an old workbook keeps its macros in
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def main() -> None:
    """Parse standard input and write `manifest.json`; refusals are manifests too."""
    for limit, values in LIMITS.items():
        resource.setrlimit(limit, values)
    extension, out = sys.argv[1].lower(), Path(sys.argv[2])
    try:
        manifest = parse(sys.stdin.buffer, extension, out)
    except RefusedError as refusal:
        manifest = {"refused": refusal.reason, "facts": refusal.facts}
    manifest["peak_mb"] = _peak_mb()
    (out / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")


def _peak_mb() -> dict[str, int]:
    """Return the most this process has used, of address space (what is capped) and of memory, in MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    stated = dict(line.split(":", 1) for line in lines)
    return {name: int(stated[key].split()[0]) >> 10 for name, key in (("address_space", "VmPeak"), ("memory", "VmHWM"))}


def parse(file: BinaryIO, extension: str, out: Path) -> dict[str, Any]:
    """Return the manifest of a file.

    Raises:
        RefusedError: the file is refused as a whole.
    """
    start = file.read(512)
    file.seek(0)
    found = kind_of(start)
    if extension in {"xlsm", "xltm"}:
        raise RefusedError("macro_file")
    if extension == "xlsx" and found == "ole":
        raise RefusedError("password_protected" if _is_encrypted(file) else "wrong_file_type", found="旧版 Excel(.xls)")
    if extension == "xlsx" and found == "zip":
        return _workbook(file, out)
    if extension == "xls" and found == "ole":
        return _old_workbook(file, out)
    if extension in {"csv", "txt"} and found == "text":
        return {"sheets": text.read(file, out), "comments": False, "date1904": False}
    raise RefusedError("wrong_file_type", found=NAMES.get(found, "无法识别的文件"))


NAMES = {
    "zip": "压缩包或新版 Excel(.xlsx)",
    "ole": "旧版 Excel、WPS 表格(.et)或加密文件",
    "html": "网页(HTML)",
    "parquet": "Parquet",
    "pdf": "PDF",
    "text": "纯文本",
    "empty": "空文件",
}


def kind_of(start: bytes) -> str:
    """Return what the first bytes say the file is."""
    if not start.strip():
        return "text"
    lowered = start.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if lowered.startswith((b"<!doctype", b"<html", b"<?xml", b"<table", b"<meta")):
        return "html"
    for magic, name in ((b"PK", "zip"), (OLE, "ole"), (b"PAR1", "parquet"), (b"%PDF", "pdf")):
        if start.startswith(magic):
            return name
    if start.startswith((b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"SQLite format")):
        return "other"
    return "text"


def _is_encrypted(file: BinaryIO) -> bool:
    head = file.read(1 << 20)
    file.seek(0)
    return "EncryptedPackage".encode("utf-16-le") in head


def _workbook(file: BinaryIO, out: Path) -> dict[str, Any]:
    facts = archive.inspect(file)
    file.seek(0)
    return {"sheets": workbook_cells.read(file, facts, out), "comments": facts.comments, "date1904": facts.date1904}


def _old_workbook(file: BinaryIO, out: Path) -> dict[str, Any]:
    size = file.seek(0, 2)
    file.seek(0)
    if size > MAX_XLS:
        raise RefusedError("file_too_large", megabytes=size >> 20)
    if MACROS in file.read():
        raise RefusedError("macro_file")
    file.seek(0)
    return {"sheets": workbook_cells.read(file, None, out), "comments": False, "date1904": False}


if __name__ == "__main__":
    main()
