"""Writes an empty form for a kind of file: its columns, drop-downs, dictionary and one example line. Reads no data."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import xlsxwriter

from mingzhang.catalog.load import Catalogue
from mingzhang.catalog.models import Field, Layout
from mingzhang.intake.columns.sheets import DICTIONARY
from mingzhang.intake.context import Context
from mingzhang.intake.lines.row_kinds import EXAMPLE
from mingzhang.storage.data_folder import DataFolder

FILLED_ROWS = 5000
HEADER_ROW = 1  # from 0; the title stands above
TEXT_TYPES = {"idno", "account", "code", "name", "text", "programme", "village", "relation", "period", "month", "date"}
TYPE_NOTES = {
    "idno": "18 位，文本格式；末位 X 用大写",
    "account": "文本格式，保留开头的 0",
    "code": "文本格式，保留开头的 0",
    "fen": "元，最多两位小数；停发请写“停发”",
    "date": "2026-10-01",
    "month": "2026-10",
    "period": "2026-10，或 2026-01至2026-03",
    "flag": "是 或 否",
    "number": "数字",
    "count": "整数",
    "village": "村(居)委会规范名称或 12 位代码",
    "programme": "目录中的名称、代码或别名",
}
EXAMPLES = {
    "idno": "452900199001011237",
    "account": "6210000000000000000",
    "name": "张三",
    "fen": "300.00",
    "date": "2026-10-01",
    "month": "2026-10",
    "period": "2026-10",
    "flag": "是",
    "number": "2.5",
    "count": "3",
    "relation": "配偶",
}


def write(
    kind: str, catalogue: Catalogue, path: Path, county: str | None = None, folder: DataFolder | None = None
) -> None:
    """Write the form of a kind as .xlsx.

    Args:
        kind: slug of a kind or register.
        catalogue: the layouts, and the programmes for the drop-down.
        path: the file to write.
        county: six digits; its villages become a drop-down where they are known.
        folder: the data folder whose staff snapshot knows the villages.

    Raises:
        KeyError: no such kind.
    """
    layout = catalogue.layout(kind)
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(_sheet_name(layout.title))
        dictionary = book.add_worksheet(DICTIONARY)
        title = book.add_format({"bold": True, "font_size": 14})
        head = book.add_format(
            {"bold": True, "border": 1, "bg_color": "#E8EEF4", "text_wrap": True, "valign": "vcenter"}
        )
        grey = book.add_format({"font_color": "#808080", "italic": True, "num_format": "@"})
        text = book.add_format({"num_format": "@"})
        sheet.write_string(0, 0, layout.title, title)
        choices = _write_dictionary(dictionary, book, layout, catalogue, _villages(county, folder, catalogue))
        for column, field in enumerate(layout.fields):
            wanted = text if field.type in TEXT_TYPES else None
            sheet.set_column(column, column, max(10, len(field.label) * 2 + 2), wanted)
            sheet.write_string(HEADER_ROW, column, field.label, head)
            sheet.write_string(HEADER_ROW + 1, column, _example(field, column, catalogue), grey)
            if field.name in choices:
                area = {"validate": "list", "source": choices[field.name], "error_type": "warning"}
                sheet.data_validation(HEADER_ROW + 1, column, FILLED_ROWS, column, area)
        sheet.freeze_panes(HEADER_ROW + 1, 0)


def _sheet_name(title: str) -> str:
    return "".join(mark for mark in title if mark not in "[]:*?/\\")[:31]


def _example(field: Field, column: int, catalogue: Catalogue) -> str:
    if field.type == "programme":
        value = next(iter(catalogue.programmes.values())).name if catalogue.programmes else ""
    elif field.choices:
        value = field.choices[0]
    else:
        value = EXAMPLES.get(field.type, "")
    return f"{EXAMPLE}{value}" if column == 0 else value


def _villages(county: str | None, folder: DataFolder | None, catalogue: Catalogue) -> list[str]:
    if county is None or folder is None:
        return []
    places = Context.from_snapshot(folder, catalogue, dt.date.min).places
    towns = places.select(parent_code="place_code", town="place_name")
    own = places.filter((pl.col("county_code") == county) & (pl.col("level") == "village"))
    own = own.join(towns, on="parent_code", how="left", maintain_order="left")
    # A name that two towns share would be asked back: it is offered with its town.
    shared = pl.col("place_name").is_duplicated()
    names = pl.when(shared).then(pl.concat_str("town", "place_name", ignore_nulls=True)).otherwise("place_name")
    return own.select(names.unique(maintain_order=True)).to_series().to_list()


def _write_dictionary(
    sheet: xlsxwriter.worksheet.Worksheet,
    book: xlsxwriter.Workbook,
    layout: Layout,
    catalogue: Catalogue,
    villages: list[str],
) -> dict[str, str]:
    """Write the meaning of each column and the lists behind the drop-downs; return the list's range per field."""
    bold = book.add_format({"bold": True})
    for column, (word, width) in enumerate((("栏目", 24), ("是否必填", 10), ("填写要求", 40), ("也可写作", 60))):
        sheet.write_string(0, column, word, bold)
        sheet.set_column(column, column, width)
    ranges = {}
    lists = {field.name: _choices(field, catalogue, villages) for field in layout.fields}
    beside = 5
    for number, field in enumerate(layout.fields, 1):
        note = "；".join(part for part in (TYPE_NOTES.get(field.type, ""), field.note) if part)
        for column, word in enumerate((field.label, "必填" if field.required else "", note, "、".join(field.synonyms))):
            sheet.write_string(number, column, word)
        words = lists[field.name]
        if words:
            sheet.write_string(0, beside, f"{field.label}选项", bold)
            sheet.write_column(1, beside, words)
            letter = xlsxwriter.utility.xl_col_to_name(beside)
            ranges[field.name] = f"={DICTIONARY}!${letter}$2:${letter}${len(words) + 1}"
            beside += 1
    return ranges


def _choices(field: Field, catalogue: Catalogue, villages: list[str]) -> list[str]:
    if field.type == "programme":
        return [programme.name for programme in catalogue.programmes.values()]
    if field.type == "village":
        return villages
    if field.type == "flag":
        return ["是", "否"]
    return list(field.choices)
