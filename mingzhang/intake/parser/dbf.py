"""Reads a dBase or FoxPro table (.dbf), as banks and old business systems export. Layout: dBase III+ file header, 32-byte fields.

Text is GBK unless the code page byte says otherwise. Records marked as deleted are left out and counted.
"""

from __future__ import annotations

import struct

from mingzhang.intake.parser.refusal import RefusedError
from mingzhang.intake.parser.table import BOOLEAN, DATE, EMPTY, NUMBER, Cell, Table, text_cell

HEADER, FIELD, FIELDS_END = 32, 32, 0x0D
VERSIONS = {0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0x8E, 0xCB, 0xF5, 0xFB}
MEMO_TYPES = "MGPW"
# Code page byte → Python's name; what is not here is read as GBK, which is what Chinese programs leave unsaid.
CODE_PAGES = {0x78: "big5", 0x79: "cp949", 0x7B: "cp932", 0x7A: "gb18030", 0x4D: "gb18030", 0x4F: "big5"}
END_MARK = b"\x1a"


class Field:
    """One column: its name, type letter, and where its bytes stand in a record."""

    def __init__(self, name: str, kind: str, start: int, length: int) -> None:
        self.name, self.kind, self.start, self.length = name, kind, start, length


def is_dbf(start: bytes) -> bool:
    """Whether the first bytes are a header of a table: a known version, a date, and lengths that fit each other."""
    if len(start) < HEADER + 1 or start[0] not in VERSIONS:
        return False
    month, day = start[2], start[3]
    header, record = struct.unpack_from("<HH", start, 8)
    return month <= 12 and day <= 31 and header > HEADER and record > 1


def read(data: bytes) -> tuple[Table, int]:
    """Return the table with its field names as the first row, and how many records are marked as deleted.

    Raises:
        RefusedError: cut off, a count that is not true, a memo or an unknown type of field, an encoding that does not fit.
    """
    declared, start, size = struct.unpack_from("<IHH", data, 4)
    encoding = CODE_PAGES.get(data[29], "gb18030")
    fields = _fields(data[:start], size, encoding)
    _check_count(data, declared, start, size)
    table, deleted = Table("DBF"), 0
    table.add(1, [text_cell(field.name, 1) for field in fields])
    for number in range(declared):
        at = start + number * size
        record = data[at : at + size]
        if record[:1] == b"*":
            deleted += 1
        elif record[:1] == b" ":
            row = number + 2
            table.add(row, [_cell(record[f.start : f.start + f.length], f.kind, encoding, row) for f in fields])
        else:
            raise RefusedError("upload_incomplete")
    return table, deleted


def _fields(header: bytes, size: int, encoding: str) -> list[Field]:
    fields: list[Field] = []
    start = 1  # behind the mark of deletion
    for at in range(HEADER, len(header) - FIELD + 1, FIELD):
        if header[at] == FIELDS_END:
            break
        name = header[at : at + 11].split(b"\0")[0].decode(encoding, "ignore").strip().upper()
        kind, length = chr(header[at + 11]).upper(), header[at + 16]
        length += header[at + 17] << 8 if kind == "C" else 0  # long texts keep the rest of their length here
        _check_type(kind, name)
        fields.append(Field(name, kind, start, length))
        start += length
    if not fields or start != size:
        raise RefusedError("upload_incomplete")
    return fields


def _check_type(kind: str, name: str) -> None:
    if kind in MEMO_TYPES:
        raise RefusedError("dbf_memo", field=name)
    if kind not in "CNFDL":
        raise RefusedError("dbf_field_type", field=name, type=kind)


def _check_count(data: bytes, declared: int, start: int, size: int) -> None:
    """Refuse a file that holds fewer or more records than its header says; an end mark or padding may follow them."""
    end = start + declared * size
    if len(data) < end:
        present, over = divmod(len(data) - start, size)
        if over > 1 or (over and not data.endswith(END_MARK)):
            raise RefusedError("upload_incomplete")
        raise RefusedError("dbf_count_differs", expected=declared, value=present)
    if data[end : end + 1] not in {b"", END_MARK, b"\0"}:
        raise RefusedError("dbf_count_differs", expected=declared, value=(len(data) - start) // size)


def _cell(content: bytes, kind: str, encoding: str, row: int) -> Cell:
    if kind == "C":
        return text_cell(_text(content, encoding).rstrip(" \0"), row)
    text = content.decode("ascii", "replace").strip(" \0")
    if not text:
        return EMPTY
    return _ascii_cell(text, kind, row)


def _ascii_cell(text: str, kind: str, row: int) -> Cell:
    if kind == "D":
        return (
            (DATE, f"{text[:4]}-{text[4:6]}-{text[6:]}") if len(text) == 8 and text.isdigit() else text_cell(text, row)
        )
    if kind == "L":
        return EMPTY if text == "?" else (BOOLEAN, "是" if text in "TtYy" else "否")
    return text_cell(text, row) if "*" in text else (NUMBER, text)  # stars: the number did not fit into its field


def _text(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise RefusedError("encoding_unknown") from error
