"""Writes tables in the formats of business systems, banks and other office programs. Fictional people only."""

from __future__ import annotations

import base64
import html
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.mingzhang.intake import hostile_files
from tests.mingzhang.intake.hostile_files import Formula

Rows = Sequence[Sequence[Any]]
OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def web_page(path: Path, rows: Rows, encoding: str = "utf-8", typed: bool = False, tags: str = "") -> Path:
    """Write a page with one table; with `typed`, numbers say so in `x:num`."""
    lines = ["<tr>" + "".join(_web_cell(cell, typed) for cell in row) + "</tr>" for row in rows]
    head = f'<html xmlns:x="urn:x"><head><meta charset="{encoding}"><style>td{{mso-number-format:"\\@"}}</style>{tags}</head>'
    path.write_bytes(f"{head}<body><table>{''.join(lines)}</table></body></html>".encode(encoding))
    return path


def _web_cell(cell: Any, typed: bool) -> str:
    number = ' x:num="' + repr(cell) + '"' if typed and isinstance(cell, (int, float)) else ""
    return f"<td{number}>{html.escape('' if cell is None else str(cell))}</td>"


def web_archive(path: Path, pages: Sequence[bytes], cut: bool = False) -> Path:
    """Write pages as parts of one MHTML file, in base64."""
    parts = [
        b"Content-Location: file:///C:/x/sheet%03d.htm\r\nContent-Transfer-Encoding: base64\r\n" % number
        + b'Content-Type: text/html; charset="utf-8"\r\n\r\n'
        + base64.encodebytes(page)
        for number, page in enumerate(pages, 1)
    ]
    start = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="----=_Next"\r\n\r\n'
    body = b"".join(b"------=_Next\r\n" + part + b"\r\n" for part in parts)
    path.write_bytes(start + body + (b"" if cut else b"------=_Next--\r\n"))
    return path


def spreadsheet_xml(path: Path, rows: Rows, extra: str = "", before: str = "", encoding: str = "utf-8") -> Path:
    lines = ["<ss:Row>" + "".join(_xml_cell(cell) for cell in row) + "</ss:Row>" for row in rows]
    path.write_bytes(
        f'<?xml version="1.0" encoding="{encoding}"?>{before}<ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<ss:Worksheet ss:Name="名册"><ss:Table>{"".join(lines)}{extra}</ss:Table></ss:Worksheet></ss:Workbook>'.encode(
            encoding
        )
    )
    return path


def _xml_cell(cell: Any) -> str:
    if cell in (None, ""):
        return "<ss:Cell/>"
    formula = f' ss:Formula="{html.escape(cell.text)}"' if isinstance(cell, Formula) else ""
    value = cell.value if isinstance(cell, Formula) else cell
    kind = "Number" if isinstance(value, (int, float)) else "String"
    data = "" if value is None else f'<ss:Data ss:Type="{kind}">{html.escape(str(value))}</ss:Data>'
    return f"<ss:Cell{formula}>{data}</ss:Cell>"


def ods_content(rows: Rows, extra: str = "", before: str = "") -> bytes:
    lines = ["<t:table-row>" + "".join(_ods_cell(cell) for cell in row) + "</t:table-row>" for row in rows]
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<o:document-content xmlns:o="{OFFICE}:office:1.0" xmlns:t="{OFFICE}:table:1.0"'
        f' xmlns:p="{OFFICE}:text:1.0"><o:body><o:spreadsheet><t:table t:name="名册">{"".join(lines)}{extra}'
        "</t:table></o:spreadsheet></o:body></o:document-content>"
    ).encode()


def _ods_cell(cell: Any) -> str:
    if cell in (None, ""):
        return "<t:table-cell/>"
    formula = f' t:formula="of:{html.escape(cell.text)}"' if isinstance(cell, Formula) else ""
    value = cell.value if isinstance(cell, Formula) else cell
    if value is None:
        return f"<t:table-cell{formula}/>"
    if isinstance(value, (int, float)):
        return f'<t:table-cell{formula} o:value-type="float" o:value="{value!r}"><p:p>{value}</p:p></t:table-cell>'
    return f'<t:table-cell{formula} o:value-type="string"><p:p>{html.escape(value)}</p:p></t:table-cell>'


def ods(path: Path, content: bytes) -> Path:
    path.write_bytes(
        hostile_files.zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})
    )
    return path


Field = tuple[str, str, int]


def dbf(
    path: Path,
    fields: Sequence[Field],
    rows: Rows,
    deleted: Sequence[int] = (),
    declared: int | None = None,
    version: int = 0x03,
    encoding: str = "gbk",
) -> Path:
    """Write a table of dBase III; `fields` are name, type letter and length."""
    start, size = 33 + 32 * len(fields), 1 + sum(length for _, _, length in fields)
    count = len(rows) if declared is None else declared
    head = struct.pack("<4BIHH17xB2x", version, 126, 11, 29, count, start, size, 0x4D)
    for name, kind, length in fields:
        decimals = 2 if kind in "NF" else 0
        head += struct.pack("<11sc4x2B14x", name.encode(encoding), kind.encode(), length, decimals)
    body = b""
    for number, row in enumerate(rows):
        body += b"*" if number in deleted else b" "
        for (_, kind, length), cell in zip(fields, row, strict=True):
            text = ("" if cell is None else str(cell)).encode(encoding)
            body += text.rjust(length) if kind in "NF" else text.ljust(length)
    path.write_bytes(head + b"\r" + body + b"\x1a")
    return path


ROSTER_FIELDS: list[Field] = [("XM", "C", 20), ("SFZH", "C", 18), ("CUN", "C", 40), ("ZH", "C", 22), ("JE", "N", 12)]


def dbf_rows(count: int = 4) -> list[list[Any]]:
    return [
        [hostile_files.name(n), hostile_files.idno(n), "青桐村", hostile_files.account(n), "300.50"]
        for n in range(count)
    ]


def xlsb(path: Path, rows: Rows, hidden_rows: Sequence[int] = (), hidden_columns: Sequence[int] = ()) -> Path:
    """Write a binary workbook with one sheet ([MS-XLSB] 2.1)."""
    sheet = (
        _record(129) + _record(147, bytes(23)) + _record(148, struct.pack("<4I", 0, len(rows) - 1, 0, len(rows[0]) - 1))
    )
    if hidden_columns:
        sheet += _record(390)
        for column in hidden_columns:
            sheet += _record(60, struct.pack("<4IH", column - 1, column - 1, 2304, 0, 1))
        sheet += _record(391)
    sheet += _record(145)
    for number, row in enumerate(rows):
        flags = 0x10 if number + 1 in hidden_rows else 0
        sheet += _record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, flags, 0, 0))
        for column, cell in enumerate(row):
            sheet += _binary_cell(column, cell)
    sheet += _record(146) + _record(130)
    bundle = struct.pack("<II", 0, 1) + _wide("rId1") + _wide("名册")
    book = _record(131) + _record(143) + _record(156, bundle) + _record(144) + _record(132)
    types = (
        b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        b'<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
    )
    relation = (
        b'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"'
        b' Target="worksheets/sheet1.bin"/></Relationships>'
    )
    path.write_bytes(
        hostile_files.zipped(
            {
                "[Content_Types].xml": types,
                "xl/workbook.bin": book,
                "xl/_rels/workbook.bin.rels": relation,
                "xl/worksheets/sheet1.bin": sheet,
            }
        )
    )
    return path


def _binary_cell(column: int, cell: Any) -> bytes:
    place = struct.pack("<II", column, 0)
    value = cell.value if isinstance(cell, Formula) else cell
    formula = struct.pack("<HII", 0, 0, 0) if isinstance(cell, Formula) else b""
    if value in (None, "") and not formula:
        return b""
    if isinstance(value, (int, float)):
        return _record(9 if formula else 5, place + struct.pack("<d", value) + formula)
    return _record(8 if formula else 6, place + _wide(value or "") + formula)


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _record(kind: int, content: bytes = b"") -> bytes:
    number = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, size = b"", len(content)
    while size >= 0x80:
        length, size = length + bytes([size & 0x7F | 0x80]), size >> 7
    return number + length + bytes([size]) + content
