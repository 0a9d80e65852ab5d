"""Registers, places, notices, money documents and bank lines into files. Notes the row every record ends in."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from pathlib import Path
from typing import Any

from sample_data.columns import CITY_BANK, FLOW, LARGE_BANK, NOTICE, PLACES, REPLY, header, registers
from sample_data.sheets import Book, write_csv, yuan
from sample_data.world import COUNTIES, District, Record, Village

COUNTY_NAMES = dict(COUNTIES)
CSV_SHEET = "文本"  # what the loader calls the one sheet of a text file


def write(district: District, folder: Path) -> None:
    """Write everything but the rosters and set each record's `place`."""
    groups: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in district.records:
        groups[record.county, record.kind].append(record)
    end = district.months[-1]
    for county, name in district.counties:
        for slug in registers():
            if groups[county, slug]:
                _register(folder, county, slug, end, groups[county, slug])
        _plain(folder, f"{county}/{end:%Y-%m}/notice/{name}公示记录.xlsx", county, NOTICE, groups[county, "notice"])
        _plain(
            folder, f"{county}/{end:%Y-%m}/fund_flow/{name}资金流转台账.xlsx", county, FLOW, groups[county, "fund_flow"]
        )
        _places(folder, county, district.months[0], district.villages[county])
        _bank(folder, county, district.months[-2], groups)


def _cell(name: str, value: Any, typed_dates: bool) -> Any:
    """Return what the cell shows: yuan for fen, a date cell or its text, months as text."""
    if name.endswith("_fen"):
        return yuan(value)
    if name in ("pay_month", "paid_month", "first_month", "last_month", "batch_month") and value is not None:
        return f"{value:%Y-%m}"
    if isinstance(value, dt.date) and not typed_dates:
        return f"{value:%Y-%m-%d}"
    return value


def _register(folder: Path, county: str, slug: str, month: dt.date, records: list[Record]) -> None:
    register = registers()[slug]
    title = register.title
    relative = f"{county}/{month:%Y-%m}/{slug}/{COUNTY_NAMES[county]}{title}.xlsx"
    book = Book(folder / relative)
    sheet = book.sheet(title)
    sheet.line(register.labels, bold=True)
    typed = county != "452922"
    for record in records:
        cells = [_cell(name, record.values.get(name), typed) for name in register.fields]
        record.place = (relative, title, sheet.line(cells))
    book.close()


def _plain(
    folder: Path, relative: str, county: str, table: dict[str, tuple[str, str, str]], records: list[Record]
) -> None:
    fields = list(table)
    book = Book(folder / relative)
    title = relative.rsplit("/", 1)[1].removesuffix(".xlsx")
    sheet = book.sheet("台账")
    sheet.title(title, len(fields))
    sheet.line(header(table, fields, county), bold=True)
    for record in records:
        cells = [_cell(name, record.values.get(name), True) for name in fields]
        record.place = (relative, "台账", sheet.line(cells))
    book.close()


def _places(folder: Path, county: str, month: dt.date, villages: list[Village]) -> None:
    book = Book(folder / f"{county}/{month:%Y-%m}/places/{COUNTY_NAMES[county]}乡镇和村名册.xlsx")
    sheet = book.sheet("名册")
    sheet.line(list(PLACES.values()), bold=True)
    towns = {village.code[:9]: village.town for village in villages}
    for code, town in towns.items():
        sheet.line([code, town, town[:-1]])
        for village in (v for v in villages if v.code.startswith(code)):
            sheet.line([village.code, village.name, village.spellings[0] if len(village.spellings) > 1 else None])
    book.close()


def _bank(folder: Path, county: str, month: dt.date, groups: dict[tuple[str, str], list[Record]]) -> None:
    batch, reply = groups[county, "bank_batch"], groups[county, "bank_reply"]
    name = f"{COUNTY_NAMES[county]}{month.year}年{month.month}月代发"
    where = f"{county}/{month:%Y-%m}"
    if batch and county == "452921":
        _large_bank(folder, f"{where}/bank_batch/{name}报盘.csv", LARGE_BANK, batch)
    elif batch:
        _city_bank(folder, f"{where}/bank_batch/{name}报盘.xlsx", batch)
    _large_bank(folder, f"{where}/bank_reply/{name}回盘.csv", REPLY, reply)


def _large_bank(folder: Path, relative: str, table: dict[str, str], records: list[Record]) -> None:
    """GBK; a line of metadata whose fields end in a TAB, a line of commas, then the header."""
    fields = list(table)
    lines: list[list[str]] = [
        ["业务类型：代发\t", "转出账号：629945000000000001\t", "币种：人民币\t", "业务摘要：惠民补贴\t"]
    ]
    lines += [[""] * len(fields), list(table.values())]
    for record in records:
        values = record.values | {
            "amount_fen": f"{record.values['amount_fen'] / 100:g}",
            "account_no": record.values["account_no"] + "\t",
            "payee_idno": record.values["payee_idno"] + "\t",
            "id_kind": "01-身份证",
        }
        lines.append([_text(values.get(name)) for name in fields])
        record.place = (relative, CSV_SHEET, len(lines))
    write_csv(folder / relative, lines, "gb18030")


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _city_bank(folder: Path, relative: str, records: list[Record]) -> None:
    """Title, blank row, header on the third row, nineteen columns."""
    fields = list(CITY_BANK)
    book = Book(folder / relative)
    sheet = book.sheet("Sheet1")
    sheet.title("代发工资及补贴报盘文件", len(fields))
    sheet.line([])
    sheet.line(list(CITY_BANK.values()), bold=True)
    fixed = {"own_account_text": "629945000000000002", "flow_direction": "C", "unit_name": "沐河县财政局", "business_type": "12",
             "business": "惠民补贴", "receiving_bank": "402999000011", "account_bank": "402999000011", "reply_days": "5"}  # fmt: skip
    for record in records:
        values = fixed | record.values | {"amount_fen": yuan(record.values["amount_fen"])}
        record.place = (relative, "Sheet1", sheet.line([values.get(name) for name in fields]))
    book.close()


def write_cases(path: Path, cases: list[Any]) -> None:
    """Write planted cases or near misses, one row per source row."""
    lines = [["case", "rule", "county_code", "file", "sheet", "row", "why"]]
    for case in cases:
        for row in case.rows:
            file, sheet, number = row.place
            lines.append([case.case, case.rule, row.county, file, sheet, str(number), case.why])
    _write(path, lines)


def write_expected(path: Path, expected: list[tuple[str, str, int]]) -> None:
    """Write what intake must say of the files that are not simply accepted."""
    _write(path, [["file", "status", "rejected"], *([file, status, str(count)] for file, status, count in expected)])


def _write(path: Path, lines: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)
