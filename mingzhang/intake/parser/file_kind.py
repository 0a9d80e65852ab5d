"""Says what a file is by its content, never by its name. Opens no archive and reads no table."""

from __future__ import annotations

import mmap
import re
from typing import BinaryIO

from mingzhang.intake.parser import compound_file, dbf
from mingzhang.intake.parser.refusal import RefusedError

START = 8192
SPACE = b"\xef\xbb\xbf \r\n\t"
PAGE = re.compile(rb"<(!doctype\s+html|html|head|meta|body)[\s>/]", re.IGNORECASE)
TAG = re.compile(rb"<[a-z!?]", re.IGNORECASE)
TABLE = re.compile(rb"<table[\s>]", re.IGNORECASE)
CELL = re.compile(rb"<t[dh][\s>/]", re.IGNORECASE)
SPREADSHEET_XML = b"urn:schemas-microsoft-com:office:spreadsheet"
WEB_ARCHIVE = re.compile(rb"^(mime-version|from|content-type|subject|date):", re.IGNORECASE)
WEB_ARCHIVE_TYPE = re.compile(
    rb"content-type:\s*(multipart/related|multipart/mixed|multipart/alternative|text/html)", re.IGNORECASE
)
PICTURES = {
    b"\x89PNG": "图片(PNG)",
    b"\xff\xd8\xff": "图片(JPEG)",
    b"GIF8": "图片(GIF)",
    b"II*\0": "图片(TIFF)",
    b"MM\0*": "图片(TIFF)",
    b"%PDF": "PDF",
    b"OFDR": "OFD",
}
OTHERS = {
    b"PAR1": "Parquet",
    b"\x1f\x8b": "压缩包(gz)",
    b"Rar!": "压缩包(RAR)",
    b"7z\xbc\xaf": "压缩包(7z)",
    b"SQLite format": "数据库",
    b"MZ\x90": "程序",
    b"\x7fELF": "程序",
    b"{\\rtf": "RTF 文档",
}


def kind_of(file: BinaryIO) -> str:
    """Return `zip`, `ole`, `dbf`, `mhtml`, `spreadsheet_xml`, `html` or `text`.

    Raises:
        RefusedError: a picture, a scan, a document or a program, in which there are no cells to read.
    """
    start = file.read(START)
    file.seek(0)
    for magic, kind in ((b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (compound_file.MAGIC, "ole")):
        if start.startswith(magic):
            return kind
    if start.startswith(b"BM") and start[6:10] == b"\0\0\0\0":
        raise RefusedError("picture_or_scan", found="图片(BMP)")
    _refuse_known(start)
    if dbf.is_dbf(start):
        return "dbf"
    return _text_kind(file, _as_ascii(start))


def _refuse_known(start: bytes) -> None:
    for magics, reason in ((PICTURES, "picture_or_scan"), (OTHERS, "wrong_file_type")):
        for magic, found in magics.items():
            if start.startswith(magic):
                raise RefusedError(reason, found=found)


def _as_ascii(start: bytes) -> bytes:
    """Return the first bytes so that tags can be found in them, in UTF-16 as well."""
    return start.replace(b"\0", b"") if start[:2] in {b"\xff\xfe", b"\xfe\xff"} else start


def _text_kind(file: BinaryIO, start: bytes) -> str:
    start = start.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").lstrip(SPACE)
    if WEB_ARCHIVE.match(start) and WEB_ARCHIVE_TYPE.search(start):
        return "mhtml"
    if not TAG.match(start):
        return "text"
    if SPREADSHEET_XML in start and not PAGE.search(start):
        return "spreadsheet_xml"
    if PAGE.match(start) or (start.startswith(b"<?xml") and PAGE.search(start)):
        return "html"
    if _holds_table(file):  # a text whose first cell begins with "<" is no page
        return "html"
    if start.startswith(b"<?xml"):
        raise RefusedError("wrong_file_type", found="XML 文件")
    return "text"


def _holds_table(file: BinaryIO) -> bool:
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        sample = data[: 1 << 20]
    sample = _as_ascii(sample)
    return TABLE.search(sample) is not None and CELL.search(sample) is not None
