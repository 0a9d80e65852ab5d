"""Finds formulas, hidden rows and columns, comments and macros in an old workbook's records ([MS-XLS]). Reads no values.

WPS writes the same records into its .et files.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from mingzhang.intake.parser.compound_file import CompoundFile
from mingzhang.intake.parser.refusal import RefusedError
from mingzhang.intake.parser.workbook_facts import SheetFacts, WorkbookFacts

FORMULA, EOF, NOTE, FILE_PASS, COLUMNS, SHEET, STRING, ROW, BOF = (
    *(0x0006, 0x000A, 0x001C, 0x002F, 0x007D, 0x0085, 0x0207, 0x0208, 0x0809),
)
MACRO_STORAGES = {"_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA"}
MACRO_SHEET = 1
WHAT = ("formulas", "hidden_rows", "hidden_columns", "comments")


def inspect(data: bytes) -> WorkbookFacts:
    """Return what the records of an old workbook hold; `not_checked` names all of it where they cannot be followed.

    Raises:
        RefusedError: encrypted, or another program's file in the same container.
    """
    try:
        container = CompoundFile(data)
        names = set(container.names)
        _check_names(names)
        book = container.stream("Workbook") or container.stream("Book")
        if book is None:
            raise ValueError("no workbook stream")
        facts = _inspect(book)
    except (ValueError, struct.error):
        _check_bytes(data)
        return WorkbookFacts([], macros="_VBA_PROJECT".encode("utf-16-le") in data, not_checked=WHAT)
    facts.macros = facts.macros or bool(names & MACRO_STORAGES)
    return facts


def _check_names(names: set[str]) -> None:
    if names & {"EncryptedPackage", "EncryptionInfo"}:
        raise RefusedError("password_protected")
    for stream, found in (("WordDocument", "Word 文档"), ("PowerPoint Document", "演示文稿")):
        if stream in names:
            raise RefusedError("wrong_file_type", found=found)


def _check_bytes(data: bytes) -> None:
    """A container too damaged for its directory may still say that it is encrypted."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise RefusedError("password_protected")


def _records(book: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield type, start and length of the records from `at` to the end of the sheet or book that begins there."""
    depth = 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        at += 4
        depth += (kind == BOF) - (kind == EOF)
        yield kind, at, length
        if depth <= 0:
            return
        at += length
    raise ValueError("no end of sheet")


def _inspect(book: bytes) -> WorkbookFacts:
    sheets: list[tuple[int, int]] = []
    for kind, at, _ in _records(book, 0):
        if kind == FILE_PASS:
            raise RefusedError("password_protected")
        if kind == SHEET:
            start, _, sheet_type = struct.unpack_from("<IBB", book, at)
            sheets.append((start, sheet_type))
    facts = WorkbookFacts([], macros=any(kind == MACRO_SHEET for _, kind in sheets))
    for start, _ in sheets:
        found, comments = _sheet(book, start)
        facts.sheets.append(found)
        facts.comments = facts.comments or comments
    return facts


def _sheet(book: bytes, start: int) -> tuple[SheetFacts, bool]:
    facts, comments, last = SheetFacts(), False, (0, 0)
    for kind, at, length in _records(book, start):
        if kind == ROW:
            _row(facts, book, at)
        elif kind == COLUMNS:
            first, final, width, _, options = struct.unpack_from("<5H", book, at)
            if options & 1 or not width:
                facts.hide_columns(first + 1, final + 1)
        elif kind == FORMULA:
            row, column = struct.unpack_from("<HH", book, at)
            last = row + 1, column + 1
            facts.formulas.setdefault(last[0], {})[last[1]] = _has_value(book, at)
        elif kind == STRING and length > 3:
            facts.formulas.setdefault(last[0], {})[last[1]] = True
        elif kind == NOTE:
            comments = True
    return facts, comments


def _row(facts: SheetFacts, book: bytes, at: int) -> None:
    number, height, flags = *struct.unpack_from("<H4xH", book, at), struct.unpack_from("<H", book, at + 12)[0]
    if flags & 0x20 or not height & 0x7FFF:
        facts.hidden_rows.append(number + 1)


def _has_value(book: bytes, at: int) -> bool:
    """Whether a formula's result is stored; a text's follows in a record of its own."""
    result = book[at + 6 : at + 14]
    if result[6:8] == b"\xff\xff":
        return result[0] in {1, 2}
    calculated = not struct.unpack_from("<H", book, at + 14)[0] & 1  # bit 0: to be calculated when opened
    return calculated or result != b"\0" * 8
