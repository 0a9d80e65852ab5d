"""Finds formulas, hidden rows and columns in a binary workbook's records ([MS-XLSB]). Reads no values."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from mingzhang.intake.parser.refusal import RefusedError
from mingzhang.intake.parser.workbook_facts import SheetFacts

ROW, COLUMNS, BOOK_PROPERTIES, SHEET = 0, 60, 153, 156
FIRST_CELL, LAST_VALUE, LAST_FORMULA = 1, 7, 11
FORMULA_TEXT = 8


def records(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield type, start and length of every record.

    Raises:
        RefusedError: the part is cut off.
    """
    at = 0
    while at < len(data):
        kind, at = _varied(data, at, 2)
        length, at = _varied(data, at, 4)
        if at + length > len(data):
            raise RefusedError("upload_incomplete")
        yield kind, at, length
        at += length


def _varied(data: bytes, at: int, most: int) -> tuple[int, int]:
    """Return a number of seven bits a byte and the position behind it."""
    number = 0
    for place in range(most):
        if at >= len(data):
            raise RefusedError("upload_incomplete")
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            break
    return number, at


def sheet_facts(data: bytes) -> SheetFacts:
    """Return what a sheet's part holds.

    Raises:
        RefusedError: cut off, or the sheet is too large.
    """
    facts, row = SheetFacts(), 0
    try:
        for kind, at, length in records(data):
            if kind == ROW:
                row = _row(facts, data, at)
            elif FIRST_CELL <= kind <= LAST_FORMULA:
                column = struct.unpack_from("<I", data, at)[0] + 1
                facts.reach(row, column)
                if kind > LAST_VALUE:
                    facts.formulas.setdefault(row, {})[column] = kind != FORMULA_TEXT or _has_text(data, at, length)
            elif kind == COLUMNS:
                _columns(facts, data, at)
    except struct.error as error:
        raise RefusedError("upload_incomplete") from error
    return facts


def _row(facts: SheetFacts, data: bytes, at: int) -> int:
    row = int(struct.unpack_from("<I", data, at)[0]) + 1
    height, flags = struct.unpack_from("<HxB", data, at + 8)
    if flags & 0x10 or not height:
        facts.hidden_rows.append(row)
    return row


def _columns(facts: SheetFacts, data: bytes, at: int) -> None:
    first, last, width, _, flags = struct.unpack_from("<4IH", data, at)
    if flags & 1 or not width:
        facts.hide_columns(first + 1, last + 1)


def _has_text(data: bytes, at: int, length: int) -> bool:
    return length >= 12 and struct.unpack_from("<I", data, at + 8)[0] > 0


def workbook(data: bytes) -> tuple[list[str], bool]:
    """Return the relation ids of the sheets in order, and whether dates count from 1904.

    Raises:
        RefusedError: cut off.
    """
    ids, date1904 = [], False
    try:
        for kind, at, _ in records(data):
            if kind == SHEET:
                (count,) = struct.unpack_from("<I", data, at + 8)
                ids.append(data[at + 12 : at + 12 + 2 * min(count, 255)].decode("utf-16-le", "replace"))
            elif kind == BOOK_PROPERTIES:
                date1904 = bool(struct.unpack_from("<I", data, at)[0] & 1)
    except struct.error as error:
        raise RefusedError("upload_incomplete") from error
    return ids, date1904
