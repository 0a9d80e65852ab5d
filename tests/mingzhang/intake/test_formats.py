"""Files are read for what they are: formats of systems, banks and other programs, their guards, their bombs, innocent twins."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt

from mingzhang.catalog.load import catalogue
from mingzhang.catalog.models import Layout
from mingzhang.intake import parser_process
from mingzhang.intake.answer.report import check_file
from mingzhang.intake.context import Context
from mingzhang.intake.problems import NOT_CHECKED, RefusedFileError
from mingzhang.intake.receive import declared
from tests.mingzhang.intake import format_files, hostile_files
from tests.mingzhang.intake.hostile_files import HEADER, Formula, lines, repacked, roster

CASES = Path(__file__).parent / "cases"
FORMAT_NOTES = {"extension_differs", "guards_limited"}


def check(
    path: Path, month: str = "2026-10", kind: str = "roster", programme: str | None = "农村低保"
) -> dict[str, Any]:
    key = declared.from_options(catalogue(), county=hostile_files.COUNTY, month=month, kind=kind, programme=programme)
    answer = check_file(path, key, Context(catalogue(), dt.date(2026, 11, 29), hostile_files.places()))
    answer["ids"] = {problem["id"] for problem in answer["problems"]}
    return answer


def refused(path: Path) -> str:
    with pytest.raises(RefusedFileError) as caught:
        parser_process.parse(path, path.name)
    return caught.value.reason


@pytest.mark.parametrize(
    ("name", "accepted", "rejected", "total_fen", "has"),
    [
        ("20", 3, 1, 90150, {"formula_in_identity", "hidden_rows", "amount_by_formula"}),
        ("21", 6, 0, 180300, {"hidden_rows"}),
        ("22", 210, 0, 6310500, set()),
        ("23", 4, 0, 120200, set()),
        ("26", 4, 0, 140000, {"extension_differs", "guards_limited"}),
        ("27", 4, 0, 140000, {"extension_differs"}),
        ("28", 4, 0, 140000, {"extension_differs"}),
        ("29", 4, 0, 140000, set()),
        ("30", 4, 0, 140000, {"extension_differs"}),
        ("31", 4, 0, 140000, set()),
    ],
)
def test_files_from_the_field(name: str, accepted: int, rejected: int, total_fen: int, has: set[str]) -> None:
    answer = check(next(CASES.glob(f"{name} *")), month="2026-11")
    counted = (answer["accepted"] + answer["held"], answer["rejected"], answer["total_fen"])
    assert counted == (accepted, rejected, total_fen), answer["message"]
    # The titles of these four name another county than the declared one: read alike, and held for that alone.
    assert (answer["reason"] == "county_differs") == (name in {"26", "28", "29", "30"}), answer["message"]
    assert has <= answer["ids"]
    assert has & FORMAT_NOTES == answer["ids"] & FORMAT_NOTES


BODY = roster(lines(4), title="农村低保金发放花名册")
READ: dict[str, Callable[[Path], Path]] = {
    "page": lambda f: format_files.web_page(f / "a.xls", BODY),
    "page-gbk": lambda f: format_files.web_page(f / "a.xls", BODY, "gbk"),
    "page-utf16": lambda f: format_files.web_page(f / "a.xls", BODY, "utf-16"),
    "page-typed": lambda f: format_files.web_page(f / "a.html", BODY, typed=True),
    "page-as-csv": lambda f: format_files.web_page(f / "a.csv", BODY),
    "page-says-gb2312-is-utf8": lambda f: _changed(format_files.web_page(f / "a.xls", BODY), b'"utf-8"', b'"gb2312"'),
    "page-blanks": lambda f: _changed(format_files.web_page(f / "a.xls", BODY), b"<td></td>", b"<td>&nbsp;</td>"),
    "page-no-meta": lambda f: _changed(format_files.web_page(f / "a.xls", BODY, "gbk"), b'<meta charset="gbk">', b""),
    "page-unclosed-cells": lambda f: _changed(format_files.web_page(f / "a.xls", BODY), b"</td>", b""),
    "page-upper-case": lambda f: _changed(format_files.web_page(f / "a.xls", BODY), b"td>", b"TD>"),
    "page-bare-table": lambda f: _cut_to(format_files.web_page(f / "a.xls", BODY), b"<table>", b"</table>"),
    "archive": lambda f: format_files.web_archive(f / "a.mht", [_page(f, BODY)]),
    "archive-as-xls": lambda f: format_files.web_archive(f / "a.xls", [_page(f, BODY)]),
    "archive-two-sheets": lambda f: format_files.web_archive(
        f / "a.xls", [_page(f, roster(lines(2))), _page(f, roster(lines(4)[2:]))]
    ),
    "archive-frame-page": lambda f: format_files.web_archive(
        f / "a.xls", [b"<html><frameset></frameset></html>", _page(f, BODY)]
    ),
    "archive-lf": lambda f: _changed(format_files.web_archive(f / "a.mht", [_page(f, BODY)]), b"\r\n", b"\n"),
    "tabs": lambda f: hostile_files.csv(f / "a.xls", BODY, "gbk", "\t", "\r\n"),
    "tabs-utf16": lambda f: hostile_files.csv(f / "a.xls", BODY, "utf-16", "\t", "\r\n"),
    "tabs-as-xlsx": lambda f: hostile_files.csv(f / "a.xlsx", BODY, separator="\t"),
    "tabs-as-et": lambda f: hostile_files.csv(f / "a.et", BODY, separator="\t"),
    "tabs-no-extension": lambda f: hostile_files.csv(f / "a", BODY, separator="\t"),
    "xml": lambda f: format_files.spreadsheet_xml(f / "a.xls", BODY),
    "xml-gb2312": lambda f: format_files.spreadsheet_xml(f / "a.xml", BODY, encoding="gb2312"),
    "xml-blank-rows": lambda f: format_files.spreadsheet_xml(f / "a.xls", [[], *BODY, [], []]),
    "xml-comment": lambda f: format_files.spreadsheet_xml(
        f / "a.xls", BODY, '<ss:Row><ss:Cell><ss:Comment><ss:Data ss:Type="Number">9</ss:Data></ss:Comment></ss:Cell></ss:Row>'
    ),
    "xml-default-prefix": lambda f: _changed(
        _changed(format_files.spreadsheet_xml(f / "a.xls", BODY), b"<ss:", b"<"), b"</ss:", b"</"
    ),
    "ods": lambda f: format_files.ods(f / "a.ods", format_files.ods_content(BODY)),
    "ods-as-xlsx": lambda f: format_files.ods(f / "a.xlsx", format_files.ods_content(BODY)),
    "ods-rest-of-the-sheet": lambda f: format_files.ods(f / "a.ods", format_files.ods_content(BODY, REST)),
    "ods-repeated-cells": lambda f: format_files.ods(
        f / "a.ods",
        format_files.ods_content(BODY).replace(b"<t:table-cell/>", b'<t:table-cell t:number-columns-repeated="1000"/>'),
    ),
    "ods-annotation": lambda f: format_files.ods(
        f / "a.ods",
        format_files.ods_content(BODY, "<t:table-row><t:table-cell><o:annotation><p:p>9</p:p></o:annotation></t:table-cell></t:table-row>"),
    ),
    "et": lambda f: hostile_files.xls(f / "a.xls", {"名册": BODY}).rename(f / "a.et"),
    "xls": lambda f: hostile_files.xls(f / "a.xls", {"名册": BODY}),
    "xls-as-xlsx": lambda f: hostile_files.xls(f / "a.xlsx", {"名册": BODY}),
    "xls-as-csv": lambda f: hostile_files.xls(f / "a.csv", {"名册": BODY}),
    "xls-small": lambda f: hostile_files.xls(f / "a.xls", {"名册": BODY, "Sheet2": []}),
    "xlsx-as-xls": lambda f: hostile_files.xlsx(f / "a.xls", {"名册": BODY}),
    "xlsx-as-et": lambda f: hostile_files.xlsx(f / "a.et", {"名册": BODY}),
    "xlsx-as-csv": lambda f: hostile_files.xlsx(f / "a.csv", {"名册": BODY}),
    "xlsm": lambda f: _with_macros(f / "a.xlsm"),
    "xlsx-with-printer": lambda f: repacked(
        hostile_files.xlsx(f / "a.xlsx", {"名册": BODY}),
        lambda parts: parts | {f"xl/printerSettings/printerSettings{n}.bin": b"x" for n in range(300)},
    ),
    "xlsb": lambda f: format_files.xlsb(f / "a.xlsb", BODY[1:]),
    "xlsb-as-xlsx": lambda f: format_files.xlsb(f / "a.xlsx", BODY[1:]),
    "xlsb-shown-rows": lambda f: format_files.xlsb(f / "a.xlsb", BODY[1:], hidden_columns=[200]),
    "dbf": lambda f: format_files.dbf(f / "a.dbf", format_files.ROSTER_FIELDS, format_files.dbf_rows()),
    "dbf-as-xls": lambda f: format_files.dbf(f / "a.xls", format_files.ROSTER_FIELDS, format_files.dbf_rows()),
    "dbf-foxpro": lambda f: format_files.dbf(
        f / "a.dbf", format_files.ROSTER_FIELDS, format_files.dbf_rows(), version=0x30
    ),
    "dbf-chinese-heads": lambda f: format_files.dbf(
        f / "a.dbf",
        [(n, *field[1:]) for n, field in zip(["姓名", "身份证号", "村", "账号", "金额"], format_files.ROSTER_FIELDS, strict=True)],
        format_files.dbf_rows(),
    ),
    "dbf-lower-heads": lambda f: format_files.dbf(
        f / "a.dbf", [(n.lower(), k, s) for n, k, s in format_files.ROSTER_FIELDS], format_files.dbf_rows()
    ),
    "dbf-padded": lambda f: _appended(
        format_files.dbf(f / "a.dbf", format_files.ROSTER_FIELDS, format_files.dbf_rows()), b"\0" * 400
    ),
    "cr": lambda f: hostile_files.csv(f / "a.csv", BODY, end="\r"),
    "cr-gbk": lambda f: hostile_files.csv(f / "a.csv", BODY, "gbk", end="\r"),
    "cr-utf16": lambda f: hostile_files.csv(f / "a.csv", BODY, "utf-16", end="\r"),
    "cr-quoted": lambda f: hostile_files.csv(f / "a.csv", [[f'"{c}"' for c in row] for row in BODY], end="\r"),
    "cr-cr-lf": lambda f: hostile_files.csv(f / "a.csv", BODY, end="\r\r\n"),
    "cr-in-part": lambda f: _appended(
        hostile_files.csv(f / "a.csv", BODY[:4], end="\r"), hostile_files.text(BODY[4:]).encode()
    ),
    "first-cell-is-a-tag": lambda f: hostile_files.csv(
        f / "a.csv", [[f"<{HEADER[0]}>", *HEADER[1:]], *lines(4, {1: {"备注": "<td>"}})]
    ),
    "first-cell-is-table": lambda f: hostile_files.csv(f / "a.csv", [["<table>"], *BODY]),
    "first-cell-is-bracketed": lambda f: hostile_files.csv(f / "a.csv", [["<农村低保>"], *BODY]),
    "first-cell-is-mime": lambda f: hostile_files.csv(f / "a.csv", [["From: 民政局"], *BODY]),
}  # fmt: skip
REST = (
    '<t:table-row t:number-rows-repeated="1048570"><t:table-cell t:number-columns-repeated="16384"/></t:table-row>'
    '<t:table-row><t:table-cell t:number-columns-repeated="16384"/></t:table-row>'
)


def _changed(path: Path, old: bytes, new: bytes) -> Path:
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))
    return path


def _appended(path: Path, content: bytes) -> Path:
    path.write_bytes(path.read_bytes() + content)
    return path


def _cut_to(path: Path, first: bytes, last: bytes) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[content.index(first) : content.index(last) + len(last)])
    return path


def _page(folder: Path, rows: format_files.Rows) -> bytes:
    return format_files.web_page(folder / "page.htm", rows).read_bytes()


def _with_macros(path: Path) -> Path:
    return repacked(
        hostile_files.xlsx(path, {"名册": BODY}), lambda parts: parts | {"xl/vbaProject.bin": b"Attribut\0e VB_Name"}
    )


@pytest.mark.parametrize("name", READ)
def test_read_by_content(name: str, tmp_path: Path) -> None:
    answer = check(READ[name](tmp_path))
    assert (answer["accepted"], answer["rejected"], answer["total_fen"]) == (4, 0, 120200), answer["message"]
    assert answer["ids"] - FORMAT_NOTES <= {"macros_present", "comments_ignored", "column_ignored"}
    assert ("macros_present" in answer["ids"]) is (name == "xlsm")
    assert ("comments_ignored" in answer["ids"]) is (name in {"xml-comment", "ods-annotation"})


@pytest.mark.parametrize(
    "layout",
    [layout for _, layout in sorted((catalogue().kinds | catalogue().registers).items())],
    ids=lambda v: v.slug,
)
def test_a_page_of_each_layout_is_read_as_the_text_is(layout: Layout, tmp_path: Path) -> None:
    rows = [[field.label for field in layout.fields], *[[_example(f.type, n) for f in layout.fields] for n in range(3)]]
    programme = "农村低保" if layout.table in {"payment_lines", "bank_lines"} else None
    as_text = check(hostile_files.csv(tmp_path / "a.csv", rows), kind=layout.slug, programme=programme)
    for path in (
        format_files.web_page(tmp_path / "a.xls", rows),
        format_files.spreadsheet_xml(tmp_path / "b.xls", rows),
        format_files.ods(tmp_path / "a.ods", format_files.ods_content(rows)),
        hostile_files.xls(tmp_path / "c.xls", {"文本": rows}),
    ):
        answer = check(path, kind=layout.slug, programme=programme)
        same = ("status", "reason", "lines", "accepted", "rejected", "total_fen")
        assert {key: answer[key] for key in same} == {key: as_text[key] for key in same}
        assert answer["ids"] - FORMAT_NOTES == as_text["ids"]


def _example(kind: str, number: int) -> str:
    examples = {
        "name": hostile_files.name(number), "idno": hostile_files.idno(number), "fen": "300.50", "village": "青桐村",
        "account": hostile_files.account(number), "date": "2026-10-08", "period": "2026-10", "month": "2026-10", "count": "2",
        "number": "2", "programme": "农村低保", "code": f"452921101{201 + number}",
    }  # fmt: skip
    return examples.get(kind, "")


NUMERIC: dict[str, Callable[[Path, list[list[Any]]], Path]] = {
    "page": lambda f, rows: format_files.web_page(f / "a.xls", rows, typed=True),
    "page-sdval": lambda f, rows: _changed(
        format_files.web_page(f / "a.xls", rows, typed=True), b"x:num=", b'sdnum="1033;" sdval='
    ),
    "page-data-v": lambda f, rows: _changed(
        format_files.web_page(f / "a.xls", rows, typed=True), b"x:num=", b'data-t="n" data-v='
    ),
    "archive": lambda f, rows: format_files.web_archive(
        f / "a.mht", [format_files.web_page(f / "p", rows, typed=True).read_bytes()]
    ),
    "xml": lambda f, rows: format_files.spreadsheet_xml(f / "a.xls", rows),
    "ods": lambda f, rows: format_files.ods(f / "a.ods", format_files.ods_content(rows)),
    "xlsb": lambda f, rows: format_files.xlsb(f / "a.xlsb", rows),
    "et": lambda f, rows: hostile_files.xls(f / "a.et", {"a": rows}),
    "dbf": lambda f, rows: format_files.dbf(
        f / "a.dbf",
        [("XM", "C", 20), ("SFZH", "N", 20), ("ZH", "C", 22), ("JE", "N", 12)],
        [[r[1], f"{r[2]:.0f}" if isinstance(r[2], float) else r[2], r[4], r[5]] for r in rows[1:]],
    ),
}


@pytest.mark.parametrize("name", NUMERIC)
def test_identity_numbers_in_numeric_cells_go_back(name: str, tmp_path: Path) -> None:
    rows = roster([hostile_files.line(n, 身份证号=float(hostile_files.idno(n)[:17] + "0")) for n in range(3)])
    answer = check(NUMERIC[name](tmp_path, rows))
    assert (answer["accepted"], answer["rejected"]) == (0, 3)
    assert {p["id"] for p in answer["problems"] if p["level"] == "reject"} == {"id_is_number"}


def test_a_page_of_rounded_numbers_is_refused_as_a_text_is(tmp_path: Path) -> None:
    rows = roster([hostile_files.line(n, 身份证号=hostile_files.idno(n)[:15] + "000") for n in range(5)])
    assert check(format_files.web_page(tmp_path / "a.xls", rows))["reason"] == "ids_rounded"


def _old_workbook(
    path: Path, hidden_row: int | None = None, hidden_column: int | None = None, formula: bool = False
) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("名册")
    for r, row in enumerate(roster(lines(4))):
        for c, cell in enumerate(row):
            sheet.write(r, c, cell)
    if hidden_row is not None:
        sheet.row(hidden_row - 1).hidden = True
    if hidden_column is not None:
        sheet.col(hidden_column - 1).hidden = True
    if formula:
        sheet = book.add_sheet("名册2")
        for c, head in enumerate(HEADER):
            sheet.write(0, c, head)
        for c, cell in enumerate(hostile_files.line(9)):
            sheet.write(1, c, xlwt.Formula("100*3") if HEADER[c] == "补贴金额" else cell)
    book.save(str(path))
    return path


FORMULA_ROWS = roster(
    lines(3, {1: {"身份证号": Formula('="x"', hostile_files.idno(1))}, 2: {"补贴金额": Formula("=1*300", 300.0)}})
)
NO_VALUE_ROWS = roster(lines(3, {1: {"补贴金额": Formula("=1*300")}}))
WITH_FORMULAS: dict[str, Callable[[Path, format_files.Rows], Path]] = {
    "xml": lambda f, rows: format_files.spreadsheet_xml(f / "a.xls", rows),
    "ods": lambda f, rows: format_files.ods(f / "a.ods", format_files.ods_content(rows)),
    "xlsb": lambda f, rows: format_files.xlsb(f / "a.xlsb", rows),
    "xlsx": lambda f, rows: hostile_files.xlsx(f / "a.xlsx", {"名册": rows}),
    "xlsx-prefixed": lambda f, rows: repacked(hostile_files.xlsx(f / "a.xlsx", {"名册": rows}), _prefixed),
    "xlsx-no-references": lambda f, rows: repacked(_full(f / "a.xlsx", rows), _without_references),
    "xlsx-elsewhere": lambda f, rows: repacked(hostile_files.xlsx(f / "a.xlsx", {"名册": rows}), _elsewhere),
}


def _full(path: Path, rows: format_files.Rows) -> Path:
    """Every cell filled: without references, a cell left out would move those at its right."""
    return hostile_files.xlsx(path, {"名册": [[cell if cell != "" else "无" for cell in row] for row in rows]})


SHEET = "xl/worksheets/sheet1.xml"


def _prefixed(parts: dict[str, bytes]) -> dict[str, bytes]:
    import re

    sheet = re.sub(rb"<(/?)([a-zA-Z])", rb"<\1m:\2", parts[SHEET]).replace(b"xmlns=", b"xmlns:m=")
    return parts | {SHEET: sheet}


def _without_references(parts: dict[str, bytes]) -> dict[str, bytes]:
    import re

    return parts | {SHEET: re.sub(rb'<(row|c) r="[A-Z]*[0-9]+"', rb"<\1", parts[SHEET])}


def _elsewhere(parts: dict[str, bytes]) -> dict[str, bytes]:
    """The sheet's part stands in another folder, and entities stand for letters in attributes."""
    rels = parts["xl/_rels/workbook.xml.rels"].replace(b"worksheets/sheet1.xml", b"/xl/other/first.xml")
    types = parts["[Content_Types].xml"].replace(b"/xl/worksheets/sheet1.xml", b"/xl/other/first.xml")
    sheet = parts[SHEET].replace(b'hidden="1"', b'hidden="&#49;"')
    kept = {name: content for name, content in parts.items() if name != SHEET}
    return kept | {"xl/_rels/workbook.xml.rels": rels, "[Content_Types].xml": types, "xl/other/first.xml": sheet}


@pytest.mark.parametrize("name", WITH_FORMULAS)
def test_formulas_are_seen(name: str, tmp_path: Path) -> None:
    answer = check(WITH_FORMULAS[name](tmp_path, FORMULA_ROWS))
    assert (answer["accepted"], answer["rejected"]) == (2, 1), answer["message"]
    assert {"formula_in_identity", "amount_by_formula"} <= answer["ids"]
    answer = check(WITH_FORMULAS[name](tmp_path, NO_VALUE_ROWS))
    if name == "xlsb" or not name.startswith("xlsx"):
        assert "formula_without_value" in answer["ids"]


def test_formulas_of_old_workbooks_are_seen(tmp_path: Path) -> None:
    answer = check(_old_workbook(tmp_path / "a.xls", formula=True))
    assert (answer["accepted"], answer["rejected"]) == (4, 1), answer["message"]
    assert "formula_without_value" in answer["ids"]  # the program that wrote it calculated nothing


def _new_workbook(path: Path, change: Callable[[Any], None]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("名册")
        for r, row in enumerate(roster(lines(4))):
            sheet.write_row(r, 0, row)
        change(sheet)
    return path


HIDING: dict[str, tuple[Callable[[Path], Path], set[str]]] = {
    "xlsx-row": (lambda f: _new_workbook(f / "a.xlsx", lambda s: s.set_row(2, None, None, {"hidden": True})), {"hidden_rows"}),
    "xlsx-flat-row": (lambda f: _new_workbook(f / "a.xlsx", lambda s: s.set_row(2, 0)), {"hidden_rows"}),
    "xlsx-column": (
        lambda f: _new_workbook(f / "a.xlsx", lambda s: s.set_column(4, 5, None, None, {"hidden": True})), {"hidden_columns"}
    ),
    "xlsx-row-prefixed": (
        lambda f: repacked(_new_workbook(f / "a.xlsx", lambda s: s.set_row(2, None, None, {"hidden": True})), _prefixed),
        {"hidden_rows"},
    ),
    "xlsx-row-by-entity": (
        lambda f: repacked(_new_workbook(f / "a.xlsx", lambda s: s.set_row(2, None, None, {"hidden": True})), _elsewhere),
        {"hidden_rows"},
    ),
    "xls-row": (lambda f: _old_workbook(f / "a.xls", hidden_row=3), {"hidden_rows"}),
    "xls-column": (lambda f: _old_workbook(f / "a.xls", hidden_column=5), {"hidden_columns"}),
    "et-row": (lambda f: _old_workbook(f / "a.et", hidden_row=3), {"hidden_rows"}),
    "xlsb-row": (lambda f: format_files.xlsb(f / "a.xlsb", roster(lines(4)), hidden_rows=[3]), {"hidden_rows"}),
    "xlsb-column": (lambda f: format_files.xlsb(f / "a.xlsb", roster(lines(4)), hidden_columns=[5]), {"hidden_columns"}),
    "ods-row": (
        lambda f: format_files.ods(
            f / "a.ods",
            format_files.ods_content(roster(lines(4))).replace(b"<t:table-row>", b'<t:table-row t:visibility="collapse">'),
        ),
        {"hidden_rows"},
    ),
    "ods-column": (
        lambda f: format_files.ods(
            f / "a.ods",
            format_files.ods_content(roster(lines(4)), before="").replace(
                b'<t:table-row>', b'<t:table-column t:visibility="collapse"/><t:table-row>', 1
            ),
        ),
        {"hidden_columns"},
    ),
    "xml-row": (
        lambda f: _changed(format_files.spreadsheet_xml(f / "a.xls", roster(lines(4))), b"<ss:Row>", b'<ss:Row ss:Hidden="1">'),
        {"hidden_rows"},
    ),
    "xml-column": (
        lambda f: _changed(
            format_files.spreadsheet_xml(f / "a.xls", roster(lines(4))),
            b"<ss:Table>", b'<ss:Table><ss:Column ss:Index="5" ss:Hidden="1"/>',
        ),
        {"hidden_columns"},
    ),
    "page-row": (
        lambda f: _changed(format_files.web_page(f / "a.xls", roster(lines(4))), b"<tr>", b'<tr style="DISPLAY : none">'),
        {"hidden_rows"},
    ),
    "page-column": (
        lambda f: _changed(
            format_files.web_page(f / "a.xls", roster(lines(4))), b"<table>", b"<table><col><col style='display:none'>"
        ),
        {"hidden_columns"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HIDING)
def test_what_is_hidden_is_named(name: str, tmp_path: Path) -> None:
    build, expected = HIDING[name]
    answer = check(build(tmp_path))
    assert answer["accepted"] == 4, answer["message"]
    assert answer["ids"] & {"hidden_rows", "hidden_columns"} == expected


def test_text_no_reader_of_the_page_sees_is_left_out_and_said(tmp_path: Path) -> None:
    page = format_files.web_page(tmp_path / "a.xls", roster(lines(4)))
    name = hostile_files.name(1).encode()
    answer = check(_changed(page, name, b"<span style='display:none'>0002</span>" + name))
    assert answer["accepted"] == 4
    assert "name_odd" not in answer["ids"]
    (message,) = [p["message"] for p in answer["problems"] if p["id"] == "guards_limited"]
    assert NOT_CHECKED["hidden_text"] in message


def test_a_damaged_directory_of_an_old_workbook_is_said(tmp_path: Path) -> None:
    path = hostile_files.xls(tmp_path / "a.xls", {"名册": roster(lines(4))})
    content = bytearray(path.read_bytes())
    struct.pack_into(
        "<I", content, 60, 0x7FFFFFF0
    )  # the table of small sectors, which a workbook this size does not need
    path.write_bytes(content)
    answer = check(path)
    assert answer["accepted"] == 4
    assert "guards_limited" in answer["ids"]


def test_merged_heads_of_a_page(tmp_path: Path) -> None:
    rows = "".join(
        f"<tr><td>{n + 1}</td><td>{hostile_files.name(n)}</td><td>{hostile_files.idno(n)}</td><td>300.50</td></tr>"
        for n in range(4)
    )
    path = tmp_path / "a.xls"
    path.write_text(
        '<h2>花名册</h2><table><tr><th rowspan=2>序号<th colspan="2">享受人信息<th rowspan="2">金额(元)</tr>'
        f"<tr><th>姓名<th>身份证号</tr>{rows}</table><p>合计 1202.00</p>",
        encoding="utf-8",
    )
    answer = check(path)
    assert (answer["accepted"], answer["total_fen"]) == (4, 120200), answer["message"]
    sheet = parser_process.parse(path, path.name).sheets[0]
    assert (1, 1, 1, 2) in sheet.merged
    assert sheet.frame.row(1)[1:] == ("序号", "享受人信息", None, "金额(元)")
    assert sheet.frame.row(2)[1:] == (None, "姓名", "身份证号", None)


def test_a_table_in_a_cell_of_a_table(tmp_path: Path) -> None:
    inner = format_files.web_page(tmp_path / "a.xls", BODY).read_text(encoding="utf-8")
    inner = inner[inner.index("<table>") : inner.index("</body>")]
    path = tmp_path / "b.xls"
    path.write_text(f"<table><tr><td>导航</td><td>{inner}</td></tr></table>", encoding="utf-8")
    assert check(path)["accepted"] == 4


def test_deleted_records_are_counted(tmp_path: Path) -> None:
    path = format_files.dbf(tmp_path / "a.dbf", format_files.ROSTER_FIELDS, format_files.dbf_rows(5), deleted=[1, 3])
    answer = check(path)
    assert answer["accepted"] == 3
    (message,) = [p["message"] for p in answer["problems"] if p["id"] == "deleted_rows"]
    assert " 2 " in message


def test_types_of_dbase_fields(tmp_path: Path) -> None:
    fields = [("A", "C", 4), ("B", "D", 8), ("C", "L", 1), ("D", "F", 8), ("E", "N", 4)]
    rows = [["韦", "20261008", "T", "1.50", "****"], ["", "", "?", "", ""], ["a", "", "n", "-2", "7"]]
    sheet = parser_process.parse(format_files.dbf(tmp_path / "a.dbf", fields, rows), "a.dbf").sheets[0]
    assert sheet.frame.rows() == [
        (1, "sssss", "A", "B", "C", "D", "E"),
        (2, "sdbns", "韦", "2026-10-08", "是", "1.50", "****"),
        (4, "s-bnn", "a", None, "否", "-2", "7"),
    ]


def test_a_hidden_sheet_of_a_web_archive(tmp_path: Path) -> None:
    book = (
        "<html><xml><x:ExcelWorksheets><x:ExcelWorksheet><x:Name>上月</x:Name><x:WorksheetSource HRef='sheet001.htm'/>"
        "<x:Visible>SheetHidden</x:Visible></x:ExcelWorksheet><x:ExcelWorksheet><x:Name>本月</x:Name>"
        "<x:WorksheetSource HRef='sheet002.htm'/></x:ExcelWorksheet></x:ExcelWorksheets></xml></html>"
    )
    pages = [_page(tmp_path, roster(lines(9))), _page(tmp_path, roster(lines(4))), book.encode()]
    path = format_files.web_archive(tmp_path / "a.xls", pages)
    assert [(s.name, s.visible) for s in parser_process.parse(path, path.name).sheets] == [
        ("上月", False),
        ("本月", True),
    ]
    assert check(path)["accepted"] == 4


def _written(name: str, content: bytes) -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return build


def _nested_mail(depth: int) -> bytes:
    body = b"Content-Type: text/html\r\n\r\n<table><tr><td>x</td></tr></table>\r\n"
    for number in range(depth):
        mark = b"b%d" % number
        body = b'Content-Type: multipart/related; boundary="%s"\r\n\r\n--%s\r\n%s\r\n--%s--\r\n' % (
            mark,
            mark,
            body,
            mark,
        )
    return b"MIME-Version: 1.0\r\n" + body


def _ods(rows: format_files.Rows, extra: str = "", before: str = "") -> Callable[[Path], Path]:
    return lambda f: format_files.ods(f / "a.ods", format_files.ods_content(rows, extra, before))


LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
DEEP = 30_000
HOSTILE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "ods-rows": (
        _ods([], '<t:table-row t:number-rows-repeated="99999999"><t:table-cell o:value-type="string"><p:p>x</p:p></t:table-cell></t:table-row>'),
        "sheet_too_large",
    ),
    "ods-million-wide-rows": (
        _ods([], '<t:table-row t:number-rows-repeated="1048576"><t:table-cell t:number-columns-repeated="250" o:value-type="string"><p:p>x</p:p></t:table-cell></t:table-row>'),
        "sheet_too_large",
    ),
    "ods-columns": (
        _ods([], '<t:table-row><t:table-cell t:number-columns-repeated="16384" o:value-type="string"><p:p>x</p:p></t:table-cell></t:table-row>'),
        "too_many_columns",
    ),
    "ods-huge-repeat": (
        _ods([], f'<t:table-row><t:table-cell t:number-columns-repeated="{"9" * 5000}" o:value-type="string"><p:p>x</p:p></t:table-cell></t:table-row>'),
        "too_many_columns",
    ),
    "ods-cell-far-away": (
        _ods([], '<t:table-row><t:table-cell t:number-columns-repeated="16383"/><t:table-cell o:value-type="string"><p:p>x</p:p></t:table-cell></t:table-row>'),
        "too_many_columns",
    ),
    "ods-deep": (_ods([], "<o:a>" * DEEP + "</o:a>" * DEEP), "nested_too_deep"),
    "ods-table-in-table": (_ods([], "<t:table-row><t:table-cell><t:table/></t:table-cell></t:table-row>"), "nested_too_deep"),
    "ods-entities": (_ods(BODY, before=LAUGHS), "doctype_found"),
    "ods-cut": (lambda f: format_files.ods(f / "a.ods", format_files.ods_content(BODY)[:-200]), "upload_incomplete"),
    "ods-bomb": (lambda f: format_files.ods(f / "a.ods", b" " * (30 << 20)), "archive_ratio"),
    "ods-encrypted": (
        _written("a.ods", hostile_files.zipped({
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"\1\2",
            "META-INF/manifest.xml": b"<m:manifest><m:encryption-data/></m:manifest>",
        })),
        "password_protected",
    ),
    "odt": (
        _written("a.ods", hostile_files.zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"})),
        "wrong_file_type",
    ),
    "xml-entities": (lambda f: format_files.spreadsheet_xml(f / "a.xls", BODY, before=LAUGHS), "doctype_found"),
    "xml-deep": (
        lambda f: format_files.spreadsheet_xml(f / "a.xls", BODY, "<b>" * DEEP + "</b>" * DEEP), "nested_too_deep",
    ),
    "xml-far-column": (
        lambda f: format_files.spreadsheet_xml(
            f / "a.xls", BODY, '<ss:Row><ss:Cell ss:Index="16384"><ss:Data ss:Type="String">x</ss:Data></ss:Cell></ss:Row>'
        ),
        "too_many_columns",
    ),
    "xml-far-row": (lambda f: format_files.spreadsheet_xml(f / "a.xls", BODY, '<ss:Row ss:Index="99999999"/>'), "sheet_too_large"),
    "xml-row-twice": (
        lambda f: format_files.spreadsheet_xml(f / "a.xls", BODY, '<ss:Row ss:Index="3"><ss:Cell/></ss:Row>'), "upload_incomplete",
    ),
    "xml-columns": (lambda f: format_files.spreadsheet_xml(f / "a.xls", [["x"] * 16_384]), "too_many_columns"),
    "xml-cut": (
        lambda f: _written("a.xls", format_files.spreadsheet_xml(f / "b.xls", BODY).read_bytes()[:-90])(f),
        "upload_incomplete",
    ),
    "page-columns": (lambda f: format_files.web_page(f / "a.xls", [["x"] * 16_384]), "too_many_columns"),
    "page-behind-colspan": (_written("a.xls", b"<table><tr><td colspan=99999>a</td><td>b</td></tr></table>"), "too_many_columns"),
    "page-huge-colspan": (
        _written("a.xls", b"<table><tr><td colspan=%s>a</td><td>b</td></tr></table>" % (b"9" * 6000)), "too_many_columns",
    ),
    "page-deep": (_written("a.xls", b"<table><tr><td>" * 5000), "nested_too_deep"),
    "page-rows": (_written("a.xls", b"<table><tr><td>x</td>" + b"<tr>" * 1_050_000 + b"</table>"), "sheet_too_large"),
    "page-cut": (
        lambda f: _written("a.xls", format_files.web_page(f / "b.xls", BODY).read_bytes()[:-90])(f), "upload_incomplete",
    ),
    "page-long-cell": (lambda f: format_files.web_page(f / "a.xls", [["长" * 40_000]]), "cell_too_long"),
    "page-bad-bytes": (_written("a.xls", "<table><tr><td>姓名".encode("gbk") + b"\xff\xff</table>"), "encoding_unknown"),
    "archive-nested": (_written("a.mht", _nested_mail(40)), "nested_too_deep"),
    "archive-nested-deep": (_written("a.mht", _nested_mail(2000)), "nested_too_deep"),
    "archive-cut": (lambda f: format_files.web_archive(f / "a.mht", [_page(f, BODY)], cut=True), "upload_incomplete"),
    "archive-empty": (lambda f: format_files.web_archive(f / "a.mht", [b"<html></html>"]), "wrong_file_type"),
    "archive-base64-bomb": (
        lambda f: format_files.web_archive(f / "a.mht", [b"<table>" + b"<tr><td>x" * 4_000_000]), "sheet_too_large",
    ),
    "archive-too-large": (lambda f: format_files.web_archive(f / "a.mht", [b" " * (50 << 20)]), "file_too_large"),
    "archive-many-parts": (lambda f: format_files.web_archive(f / "a.mht", [b"x"] * 20_100), "archive_too_many_entries"),
    "dbf-truncated": (
        lambda f: _written("a.dbf", _dbf(f).read_bytes()[:-60])(f), "upload_incomplete",
    ),
    "dbf-header-only": (lambda f: _written("a.dbf", _dbf(f).read_bytes()[:100])(f), "upload_incomplete"),
    "dbf-32-bytes": (lambda f: _written("a.dbf", _dbf(f).read_bytes()[:40])(f), "upload_incomplete"),
    "dbf-more-declared": (lambda f: _dbf(f, declared=4_000_000_000), "dbf_count_differs"),
    "dbf-fewer-declared": (lambda f: _dbf(f, declared=2), "dbf_count_differs"),
    "dbf-none-declared": (lambda f: _dbf(f, declared=0), "dbf_count_differs"),
    "dbf-memo": (
        lambda f: format_files.dbf(f / "a.dbf", [("XM", "C", 8), ("BZ", "M", 10)], [["韦", ""]], version=0x83), "dbf_memo",
    ),
    "dbf-unknown-type": (lambda f: format_files.dbf(f / "a.dbf", [("XM", "C", 8), ("T", "@", 8)], [["韦", ""]]), "dbf_field_type"),
    "dbf-lying-lengths": (lambda f: _changed(_dbf(f), struct.pack("<H", 113), struct.pack("<H", 99)), "upload_incomplete"),
    "dbf-not-gbk": (
        lambda f: _changed(_dbf(f), hostile_files.name(0).encode("gbk")[:2], b"\xff\xff"), "encoding_unknown",
    ),
    "xlsb-cut": (
        lambda f: repacked(
            format_files.xlsb(f / "a.xlsb", BODY[1:]),
            lambda p: p | {"xl/worksheets/sheet1.bin": p["xl/worksheets/sheet1.bin"][:200]},
        ),
        "upload_incomplete",
    ),
    "xlsb-far-cell": (
        lambda f: repacked(
            format_files.xlsb(f / "a.xlsb", BODY[1:]),
            lambda p: p | {"xl/worksheets/sheet1.bin": p["xl/worksheets/sheet1.bin"].replace(
                struct.pack("<II", 6, 0), struct.pack("<II", 16_383, 0))},
        ),
        "too_many_columns",
    ),
    "xlsb-far-row": (
        lambda f: repacked(
            format_files.xlsb(f / "a.xlsb", BODY[1:]),
            lambda p: p | {"xl/worksheets/sheet1.bin": p["xl/worksheets/sheet1.bin"].replace(
                struct.pack("<IIH", 4, 0, 300), struct.pack("<IIH", 99_999_999, 0, 300))},
        ),
        "sheet_too_large",
    ),
    "xlsx-deep": (
        lambda f: repacked(
            hostile_files.xlsx(f / "a.xlsx", {"名册": BODY}),
            lambda p: p | {"xl/workbook.xml": p["xl/workbook.xml"].replace(b"<sheets>", b"<a>" * DEEP + b"<sheets>")},
        ),
        "nested_too_deep",
    ),
    "xlsx-one-part-twice": (
        lambda f: _twice(hostile_files.xlsx(f / "a.xlsx", {"名册": BODY})), "archive_unsafe_entry",
    ),
    "xls-word": (lambda f: _changed(hostile_files.xls(f / "a.doc", {"a": BODY}), _u("Workbook"), _u("WordDocument")), "wrong_file_type"),
    "bmp": (_written("a.xls", b"BM\0\1\0\0\0\0\0\0\x36\0"), "picture_or_scan"),
    "ofd-or-zip": (_written("a.xls", hostile_files.zipped({"OFD.xml": b"<a/>"})), "wrong_file_type"),
    "some-xml": (_written("a.xls", b"<?xml version='1.0'?><list><a/></list>"), "wrong_file_type"),
}  # fmt: skip


def _dbf(folder: Path, declared: int | None = None) -> Path:
    return format_files.dbf(folder / "b.dbf", format_files.ROSTER_FIELDS, format_files.dbf_rows(), declared=declared)


def _u(name: str) -> bytes:
    """A name as a compound file's directory holds it, with its length behind."""
    return name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2)


def _twice(path: Path) -> Path:
    import zipfile

    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/Worksheets/sheet1.xml", b"<worksheet/>")
    return path


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_end_with_a_code(name: str, tmp_path: Path) -> None:
    build, reason = HOSTILE[name]
    assert refused(build(tmp_path)) == reason


def test_no_advice_rounds_numbers() -> None:
    from mingzhang.intake.problems import REFUSED

    texts = {
        "encoding_unknown",
        "encoding_mixed",
        "wrong_file_type",
        "parser_failed",
        "upload_incomplete",
        "nested_too_deep",
    }
    assert not [code for code in texts if ".xlsx" in REFUSED[code]]
    assert not [
        code for code, text in REFUSED.items() if "另存为新的 .xlsx" in text and not code.startswith("archive_")
    ]


def test_a_workbook_another_program_wrote(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in roster(lines(4)):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["E"].hidden = True
    book.save(tmp_path / "a.xlsx")
    answer = check(tmp_path / "a.xlsx")
    assert answer["accepted"] == 4
    assert {"hidden_rows", "hidden_columns"} <= answer["ids"]
