"""What all rosters share: titles, totals, signatures, spellings. No columns, no files."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sample_data.sheets import Sheet, yuan
from sample_data.world import COUNTIES, Line, Village

COUNTY_NAMES = dict(COUNTIES)


def village_text(village: Village, line: Line, town_known: bool) -> str:
    """Return how this line spells its village; with the town in front where the name alone says too little."""
    spelling = village.spellings[int(line.recipient.idno[12:14]) % len(village.spellings)]
    if village.is_repeated and not town_known:
        return village.town + village.spellings[-1]
    return spelling


def heading(sheet: Sheet, title: str, county: str, month: dt.date, *, width: int, unit: str) -> None:
    """Write the title, the office with the unit of money, and the date."""
    sheet.title(title, width)
    sheet.line([f"制表单位：{COUNTY_NAMES[county]}财政局", None, None, None, f"单位：{unit}"])
    sheet.line([f"制表日期：{month.year}年{month.month}月18日"])


def ending(sheet: Sheet) -> None:
    """Write the signature row."""
    sheet.line([])
    sheet.line(["制表人：", None, None, "审核人：", None, None, "负责人（签字）："])


def total(sheet: Sheet, columns: list[str], lines: list[Line], word: str, unit: int) -> None:
    """Write a total or subtotal row."""
    cells: list[Any] = [None] * len(columns)
    cells[1 if columns[1] in ("programme", "village") else 0] = word
    cells[columns.index("amount_fen")] = money(sum(line.amount_fen for line in lines), unit)
    if "sequence_no" in columns and cells[0] is None:
        cells[0] = ""
    sheet.line(cells, bold=True)


def money(fen: int | None, unit: int) -> float | None:
    """Return fen as the number a cell shows in a unit of 1 or 10,000 yuan."""
    return yuan(fen) if unit == 1 or fen is None else fen / 100 / unit


def period_text(line: Line) -> str:
    """Return the period the way the county writes it."""
    first, last = line.period_from, line.period_to
    style = int(line.county[-1]) - 1
    if first == last:
        return (f"{last:%Y-%m}", f"{last:%Y%m}", f"{last.year}年{last.month}月")[style]
    return f"{first:%Y.%m}-{last:%Y.%m}"
