"""Payment lines into roster files, by county, month and channel. Notes the row every line ends in."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from sample_data.columns import (
    HOUSE_COLUMNS,
    LAND_COLUMNS,
    PERSON_COLUMNS,
    ROSTER,
    TWO_LINES,
    header,
)
from sample_data.forms import COUNTY_NAMES, ending, heading, money, period_text, total, village_text
from sample_data.money import CHANNEL_OF, NAMES, pay_day
from sample_data.rolls import dibao, relief
from sample_data.sheets import Book, Sheet, yuan
from sample_data.world import BANK, District, Line

COLUMNS = {"mixed": PERSON_COLUMNS, "land": LAND_COLUMNS, "house": HOUSE_COLUMNS}
TITLES = {
    "mixed": "{month}惠民惠农补贴“一卡通”发放花名册",
    "land": "{month}耕地林地类补贴资金发放花名册",
    "house": "{month}到户项目补助资金发放花名册",
    "dibao": "{month}低保金发放明细表",
    "relief": "{month}受灾群众救助花名册",
}
KIND = {"dibao": "dibao_roll", "relief": "relief_table"}
SHEETS = {"mixed": "花名册", "land": "耕地林地", "house": "到户项目"}
# The county that hands in a file per channel; the others keep a month's rosters in one workbook, a sheet each.
FILE_PER_CHANNEL = "452923"


def write(district: District, folder: Path) -> None:
    """Write every roster file and set each line's `place`."""

    def file(line: Line) -> tuple[str, dt.date, str, str]:
        channel = CHANNEL_OF[line.programme]
        together = channel in SHEETS and line.county != FILE_PER_CHANNEL
        return line.county, line.month, "mixed" if together else channel, line.apart

    for (county, month, channel, apart), group in groupby(sorted(district.lines, key=file), key=file):
        title = _title(county, month, apart or TITLES[channel])
        kind = KIND.get(channel, "roster")
        place = f"{county}/{month:%Y-%m}/{kind}/" + ("winter_spring/" if channel == "relief" else "")
        path = f"{place}{title.replace('“', '').replace('”', '')}.xlsx"
        writer = {"dibao": dibao, "relief": relief}.get(channel, _roster)
        writer(folder / path, path, list(group), title)
        if apart:
            district.expected.append((path, *district.apart[apart]))


def _title(county: str, month: dt.date, words: str) -> str:
    return COUNTY_NAMES[county] + words.format(month=f"{month.year}年{month.month}月")


def _cells(line: Line, number: int, unit: int) -> dict[str, Any]:
    person, payee = line.recipient, line.payee or line.recipient
    head, village = person.household.head, line.where
    values = {
        "sequence_no": number,
        "programme": NAMES[line.programme],
        "head_name": head.name,
        "head_idno": head.idno,
        "town": village.town,
        "village": village_text(village, line, town_known=True),
        "group_name": person.household.group,
        "recipient_name": person.name,
        "recipient_idno": person.idno,
        "payee_name": payee.name,
        "payee_idno": payee.idno,
        "account_no": line.account,
        "bank": BANK,
        "quantity": line.quantity,
        "standard_fen": yuan(line.standard_fen),
        "amount_fen": money(line.amount_fen, unit),
        "period": period_text(line),
        "paid_on": pay_day(line.month, line.programme),
        "state": line.state,
        "plot_code": line.plot_code,
        "item_serial": line.item_serial,
        "corrects": line.corrects,
        "note": line.note,
    }
    return values | line.shown


def _roster(path: Path, relative: str, lines: list[Line], title: str) -> None:
    channels: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        channels[CHANNEL_OF[line.programme]].append(line)
    book = Book(path, streamed="land" not in channels)
    for channel in (name for name in SHEETS if name in channels):
        own = title if channel == "mixed" else _title(lines[0].county, lines[0].month, TITLES[channel])
        _channel(book.sheet(SHEETS[channel]), relative, channels[channel], own, channel)
    book.close()


def _channel(sheet: Sheet, relative: str, lines: list[Line], title: str, channel: str) -> None:
    county, month = lines[0].county, lines[0].month
    columns = COLUMNS[channel]
    unit = 10_000 if channel == "house" and county == "452923" else 1
    heading(sheet, title, county, month, width=len(columns), unit="万元" if unit > 1 else "元")
    if channel == "land":
        lines = sorted(lines, key=lambda line: line.recipient.household.number)
        _land_rows(sheet, relative, lines, columns, two_lines=county == "452922", merged=county != "452923")
    else:
        sheet.line(header(ROSTER, columns, county), bold=True)
        for number, line in enumerate(lines, start=1):
            cells = _cells(line, number, unit)
            line.place = (relative, SHEETS[channel], sheet.line([cells[name] for name in columns]))
    total(sheet, columns, lines, "合计", unit)
    ending(sheet)


def _two_line_header(sheet: Sheet, columns: list[str], labels: list[str]) -> None:
    """A group's title over its two columns, every other header down both lines."""
    top, below = sheet.row + 1, sheet.row + 2
    sheet.line([])
    sheet.line([TWO_LINES[name][1] if name in TWO_LINES else None for name in columns], bold=True)
    for column, (name, label) in enumerate(zip(columns, labels, strict=True)):
        if name not in TWO_LINES:
            sheet.merge(top, below, column, label)
        elif name.endswith("_name"):
            sheet.merge(top, top, column, TWO_LINES[name][0], column + 1)


def _land_rows(
    sheet: Sheet, relative: str, lines: list[Line], columns: list[str], *, two_lines: bool, merged: bool
) -> None:
    """Rows by household; the head's cells are merged down the block, the header may take two lines."""
    county = lines[0].county
    labels = header(ROSTER, columns, county)
    labels[columns.index("quantity")] = ("面积(亩)", "补贴面积", "核定面积")[int(county[-1]) - 1]
    if two_lines:
        _two_line_header(sheet, columns, labels)
    else:
        sheet.line(labels, bold=True)
    number = 0
    for _, block in groupby(lines, key=attrgetter("recipient.household.number")):
        rows = list(block)
        first = sheet.row + 1
        for place, line in enumerate(rows):
            number += 1
            cells = _cells(line, number, 1)
            if merged and place:
                cells |= {"head_name": None, "head_idno": None}
            line.place = (relative, SHEETS["land"], sheet.line([cells[name] for name in columns]))
        if merged and len(rows) > 1:
            head = rows[0].recipient.household.head
            sheet.merge(first, sheet.row, columns.index("head_name"), head.name)
            sheet.merge(first, sheet.row, columns.index("head_idno"), head.idno)
