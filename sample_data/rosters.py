"""Payment lines into roster files: one file per county, month and channel. Notes the row every line ends in."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from sample_data.columns import (
    DIBAO,
    DIBAO_COLUMNS,
    HOUSE_COLUMNS,
    LAND_COLUMNS,
    PERSON_COLUMNS,
    RELIEF,
    ROSTER,
    TWO_LINES,
    header,
)
from sample_data.money import CHANNEL_OF, NAMES, pay_day
from sample_data.sheets import Book, Sheet, yuan
from sample_data.world import BANK, COUNTIES, District, Line, Village

COUNTY_NAMES = dict(COUNTIES)
COLUMNS = {"mixed": PERSON_COLUMNS, "land": LAND_COLUMNS, "house": HOUSE_COLUMNS}
TITLES = {
    "mixed": "{month}惠民惠农补贴“一卡通”发放花名册",
    "land": "{month}耕地林地类补贴资金发放花名册",
    "house": "{month}到户项目补助资金发放花名册",
    "dibao": "{month}低保金发放明细表",
    "relief": "{month}受灾群众救助花名册",
}
KIND = {"dibao": "dibao_roll", "relief": "relief_table"}


def write(district: District, folder: Path) -> None:
    """Write every roster file and set each line's `place`."""

    def file(line: Line) -> tuple[str, dt.date, str, str]:
        return line.county, line.month, CHANNEL_OF[line.programme], line.apart

    for (county, month, channel, apart), group in groupby(sorted(district.lines, key=file), key=file):
        words = apart or TITLES[channel]
        title = COUNTY_NAMES[county] + words.format(month=f"{month.year}年{month.month}月")
        kind = KIND.get(channel, "roster")
        place = f"{county}/{month:%Y-%m}/{kind}/" + ("winter_spring/" if channel == "relief" else "")
        path = f"{place}{title.replace('“', '').replace('”', '')}.xlsx"
        writer = {"dibao": _dibao, "relief": _relief}.get(channel, _roster)
        writer(folder / path, path, list(group), title, channel)
        if apart:
            district.expected.append((path, *district.apart[apart]))


def village_text(village: Village, line: Line, town_known: bool) -> str:
    """Return how this line spells its village; with the town in front where the name alone says too little."""
    spelling = village.spellings[int(line.recipient.idno[12:14]) % len(village.spellings)]
    if village.is_repeated and not town_known:
        return village.town + village.spellings[-1]
    return spelling


def _heading(sheet: Sheet, title: str, county: str, month: dt.date, *, width: int, unit: str) -> None:
    sheet.title(title, width)
    sheet.line([f"制表单位：{COUNTY_NAMES[county]}财政局", None, None, None, f"单位：{unit}"])
    sheet.line([f"制表日期：{month.year}年{month.month}月18日"])


def _ending(sheet: Sheet) -> None:
    sheet.line([])
    sheet.line(["制表人：", None, None, "审核人：", None, None, "负责人（签字）："])


def _total(sheet: Sheet, columns: list[str], lines: list[Line], word: str, unit: int) -> None:
    cells: list[Any] = [None] * len(columns)
    cells[1 if columns[1] in ("programme", "village") else 0] = word
    cells[columns.index("amount_fen")] = _money(sum(line.amount_fen for line in lines), unit)
    if "sequence_no" in columns and cells[0] is None:
        cells[0] = ""
    sheet.line(cells, bold=True)


def _money(fen: int | None, unit: int) -> float | None:
    return yuan(fen) if unit == 1 or fen is None else fen / 100 / unit


def period_text(line: Line) -> str:
    """Return the period the way the county writes it."""
    first, last = line.period_from, line.period_to
    style = int(line.county[-1]) - 1
    if first == last:
        return (f"{last:%Y-%m}", f"{last:%Y%m}", f"{last.year}年{last.month}月")[style]
    return f"{first:%Y.%m}-{last:%Y.%m}"


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
        "amount_fen": _money(line.amount_fen, unit),
        "period": period_text(line),
        "paid_on": pay_day(line.month, line.programme),
        "state": line.state,
        "plot_code": line.plot_code,
        "item_serial": line.item_serial,
        "corrects": line.corrects,
        "note": line.note,
    }
    return values | line.shown


def _roster(path: Path, relative: str, lines: list[Line], title: str, channel: str) -> None:
    county, month = lines[0].county, lines[0].month
    columns = COLUMNS[channel]
    unit = 10_000 if channel == "house" and county == "452923" else 1
    book = Book(path, streamed=channel != "land")
    sheet = book.sheet("花名册")
    _heading(sheet, title, county, month, width=len(columns), unit="万元" if unit > 1 else "元")
    if channel == "land":
        lines = sorted(lines, key=lambda line: line.recipient.household.number)
        _land_rows(sheet, relative, lines, columns, two_lines=county == "452922", merged=county != "452923")
    else:
        sheet.line(header(ROSTER, columns, county), bold=True)
        for number, line in enumerate(lines, start=1):
            cells = _cells(line, number, unit)
            line.place = (relative, "花名册", sheet.line([cells[name] for name in columns]))
    _total(sheet, columns, lines, "合计", unit)
    _ending(sheet)
    book.close()


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
            line.place = (relative, "花名册", sheet.line([cells[name] for name in columns]))
        if merged and len(rows) > 1:
            head = rows[0].recipient.household.head
            sheet.merge(first, sheet.row, columns.index("head_name"), head.name)
            sheet.merge(first, sheet.row, columns.index("head_idno"), head.idno)


def _dibao(path: Path, relative: str, lines: list[Line], title: str, channel: str) -> None:
    county, month = lines[0].county, lines[0].month
    book = Book(path)
    for programme, name in (("dibao_rural", "农村低保"), ("dibao_urban", "城市低保")):
        chosen = [line for line in lines if line.programme == programme]
        if not chosen:
            continue
        columns = DIBAO_COLUMNS[county]
        sheet = book.sheet(name)
        _heading(sheet, title.replace("低保金", f"{name}金"), county, month, width=len(columns), unit="元")
        sheet.line(header(DIBAO, columns, county), bold=True)
        _dibao_rows(sheet, relative, name, chosen, columns, subtotals=county == "452921")
        _total(sheet, columns, chosen, "合计", 1)
        _ending(sheet)
    book.close()


def _dibao_rows(
    sheet: Sheet, relative: str, name: str, lines: list[Line], columns: list[str], *, subtotals: bool
) -> None:
    number = 0
    by_village = attrgetter("where.code")
    for _, block in groupby(sorted(lines, key=by_village), key=by_village):
        rows = list(block)
        for line in rows:
            number += 1
            person, payee = line.recipient, line.payee or line.recipient
            cells = {
                "sequence_no": number,
                "programme": NAMES[line.programme],
                "village": village_text(line.where, line, town_known=False),
                "recipient_name": person.name,
                "recipient_idno": person.idno,
                "household_size": int(line.quantity or 1),
                "guarantee_fen": yuan(line.amount_fen - line.extra_fen),
                "extra_fen": yuan(line.extra_fen) if line.extra_fen else None,
                "amount_fen": yuan(line.amount_fen),
                "payee_name": payee.name,
                "bank": BANK,
                "account_no": line.account,
                "certificate_no": f"{line.county}{int(person.household.number[6:]):05d}",
                "period": period_text(line),
                "signed_by": None,
                "note": line.note,
            } | line.shown
            line.place = (relative, name, sheet.line([cells[column] for column in columns]))
        if subtotals:
            _total(sheet, columns, rows, "小计", 1)


def _relief(path: Path, relative: str, lines: list[Line], title: str, channel: str) -> None:
    month = lines[0].month
    book = Book(path)
    sheet = book.sheet("冬春救助")
    sheet.title(f"填表说明：{title}；家庭类型等按“字典”表填写，金额单位为元。", len(RELIEF))
    sheet.line([label for label, _ in RELIEF], bold=True)
    for line in lines:
        person, village = line.recipient, line.where
        cells = {
            "recipient_name": person.name,
            "recipient_idno": person.idno,
            "household_size": len(person.household.members),
            "family_type": "其他",
            "residence_type": "农业",
            "village_code": village.code,
            "village": village_text(village, line, town_known=False),
            "need_food": 15 * len(person.household.members),
            "clothes": 1,
            "period": f"{month.month}",
            "amount_fen": yuan(line.amount_fen),
            "paid_by": f"{village.town}人民政府",
            "paid_way": "一卡通",
            "bank": BANK,
            "account_no": line.account,
            "filled_on": month.replace(day=10),
            "note": line.note,
        } | line.shown
        line.place = (relative, "冬春救助", sheet.line([cells.get(field) for _, field in RELIEF]))
    _ending(sheet)
    words = book.sheet("字典")
    words.lines([["家庭类型", "户口类型"], ["五保", "农业"], ["低保", "非农业"], ["重点优抚", None], ["其他", None]])
    book.close()
