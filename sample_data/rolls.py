"""Writes dibao rolls, a sheet for each kind, and the winter-spring table of 25 columns."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from pathlib import Path

from sample_data.columns import DIBAO, DIBAO_COLUMNS, RELIEF, header
from sample_data.forms import ending, heading, period_text, total, village_text
from sample_data.money import NAMES
from sample_data.sheets import Book, Sheet, yuan
from sample_data.world import BANK, Line


def dibao(path: Path, relative: str, lines: list[Line], title: str) -> None:
    """Write a county's dibao roll of one month and set each line's `place`."""
    county, month = lines[0].county, lines[0].month
    book = Book(path)
    for programme, name in (("dibao_rural", "农村低保"), ("dibao_urban", "城市低保")):
        chosen = [line for line in lines if line.programme == programme]
        if not chosen:
            continue
        columns = DIBAO_COLUMNS[county]
        sheet = book.sheet(name)
        heading(sheet, title.replace("低保金", f"{name}金"), county, month, width=len(columns), unit="元")
        sheet.line(header(DIBAO, columns, county), bold=True)
        _dibao_rows(sheet, relative, name, chosen, columns, subtotals=county == "452921")
        total(sheet, columns, chosen, "合计", 1)
        ending(sheet)
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
            total(sheet, columns, rows, "小计", 1)


def relief(path: Path, relative: str, lines: list[Line], title: str) -> None:
    """Write a county's winter-spring table and set each line's `place`."""
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
    ending(sheet)
    words = book.sheet("字典")
    words.lines([["家庭类型", "户口类型"], ["五保", "农业"], ["低保", "非农业"], ["重点优抚", None], ["其他", None]])
    book.close()
