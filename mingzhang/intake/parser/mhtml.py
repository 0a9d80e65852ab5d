"""Reads a web archive (MHTML), as which spreadsheet programs save a workbook in one file. Each page with a table is a sheet."""

from __future__ import annotations

import email
import email.errors
import posixpath
import re
from email.message import Message

from mingzhang.intake.parser import html_tables
from mingzhang.intake.parser.refusal import RefusedError
from mingzhang.intake.parser.table import Table

MAX_BYTES = 64 << 20
MAX_PARTS = 20_000  # a picture per person
MAX_DEPTH = 5
SHEET = re.compile(r"<x:ExcelWorksheet>(.*?)</x:ExcelWorksheet>", re.DOTALL | re.IGNORECASE)
SOURCE = re.compile(r"<x:WorksheetSource\s+HRef=[\"']([^\"']+)", re.IGNORECASE)
VISIBLE = re.compile(r"<x:Visible>\s*Sheet(?:Very)?Hidden", re.IGNORECASE)
CUT = (email.errors.CloseBoundaryNotFoundDefect, email.errors.StartBoundaryNotFoundDefect)


def read(data: bytes) -> tuple[list[Table], set[str]]:
    """Return the sheets of an archive, and what could not be looked at.

    Raises:
        RefusedError: cut off, nested, without a table, or a limit is reached.
    """
    if len(data) > MAX_BYTES:
        raise RefusedError("file_too_large", megabytes=len(data) >> 20)
    try:
        parts = _parts(email.message_from_bytes(data))
    except RecursionError as error:
        raise RefusedError("nested_too_deep") from error
    pages = [(_file_name(part), _text(part)) for part in parts if part.get_content_type() == "text/html"]
    sheets = _sheet_names(pages)
    tables, not_checked = [], {"style_sheets", "comments"}
    for name, text in pages:
        if "<table" in text.lower():
            title, visible = sheets.get(name, (None, True))
            table, unseen = html_tables.read(text, title, visible)
            tables.append(table)
            not_checked |= unseen
    if not tables:
        raise RefusedError("wrong_file_type", found="没有表格的网页存档(MHTML)")
    return tables, not_checked


def _parts(message: Message) -> list[Message]:
    """Return the parts that hold content, in order.

    Raises:
        RefusedError: a part is cut off, or parts are nested or many beyond what any program writes.
    """
    found: list[Message] = []
    waiting = [(message, 1)]
    while waiting:
        part, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise RefusedError("nested_too_deep")
        if len(found) + len(waiting) > MAX_PARTS:
            raise RefusedError("archive_too_many_entries", entries=len(found) + len(waiting))
        if any(isinstance(defect, CUT) for defect in part.defects):
            raise RefusedError("upload_incomplete")
        inner = part.get_payload()
        if isinstance(inner, list):
            waiting += [(child, depth + 1) for child in reversed(inner) if isinstance(child, Message)]
        else:
            found.append(part)
    return found


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    charset = part.get_content_charset()
    return html_tables.decoded(content if isinstance(content, bytes) else b"", charset)


def _file_name(part: Message) -> str:
    return posixpath.basename(str(part.get("Content-Location", "")).replace("\\", "/").strip())


def _sheet_names(pages: list[tuple[str, str]]) -> dict[str, tuple[str, bool]]:
    """Return {file name: (sheet name, whether it is shown)} from the workbook's own list, which one page holds."""
    sheets: dict[str, tuple[str, bool]] = {}
    for _, text in pages:
        for block in SHEET.findall(text):
            source, name = SOURCE.search(block), html_tables.SHEET_NAME.search(block)
            if source and name:
                sheets[posixpath.basename(source[1])] = name[1], VISIBLE.search(block) is None
    return sheets
