"""All that is declared against all that a file says of itself: county, programme, month, sections, units. Reads no lines."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from mingzhang.catalog.load import Catalogue
from mingzhang.catalog.models import Layout
from mingzhang.intake.columns import titles, units
from mingzhang.intake.columns.mapping import Header, key
from mingzhang.intake.context import Context
from mingzhang.intake.lines.normalise import SheetLines
from mingzhang.intake.notes import Notes
from mingzhang.intake.parser_process import Sheet
from mingzhang.intake.receive.declared import Declared
from mingzhang.intake.values import dates

LAST_ROW = 2**31 - 1
LONG = 60  # a title of more characters is an instruction or a note
ASIDE = re.compile(r"不含|不包括|除外|依据|根据|按照|文件精神|通知|说明|备注|注[:：]|〔\d{4}〕")
STOPPED = re.compile("停发|退出|取消|清退|终止|注销|不予发放|暂不发放")
COUNTY_COLUMN = re.compile(
    r"^(所属|所在)?(县|区县|县区|县级|县市区|县\(市区\)|县\(市、区\)|县名|县名称|县区名称|县级名称)$"
)
MONTHS_BACK = "intake.months_back"
CHECKED_BACK = {"payment_lines", "bank_lines"}
UNDATED = {"fund_flows", "places"}
PROGRAMMED = {"payment_lines", "bank_lines"}


@dataclass(frozen=True)
class Statement:
    """One text of the file, and where it stands in the words of a message."""

    where: str
    text: str
    notes: Notes
    row: int | None = None


def compare(
    file_name: str,
    headed: list[tuple[Sheet, Header]],
    by_sheet: list[SheetLines],
    layout: Layout,
    declared: Declared,
    context: Context,
    notes: Notes,
    is_correction: bool = False,
) -> None:
    """Record every contradiction between what is declared and what the file says of itself; each holds the file.

    Args:
        file_name: the sender's name of the file.
        headed: the sheets that were read, with their headings.
        by_sheet: the lines of each sheet, with the rows that stand above a part of it.
        layout: the kind of file.
        declared: the key, completed from the file.
        context: catalogue and day.
        notes: where questions are recorded.
        is_correction: the sender says that it corrects another file.
    """
    over_all = [statement for statement in _titles(file_name, headed, notes) if len(statement.text) <= LONG]
    sections = list(_sections(by_sheet))
    _county([*over_all, *sections], by_sheet, declared, context.catalogue)
    if layout.table in PROGRAMMED and declared.programme:
        _programme([*over_all, *sections], declared.programme, context.catalogue)
    if layout.table == "payment_lines":
        _stopped(sections, by_sheet)
        _section_months(sections, declared)
    _units(over_all, by_sheet, headed, layout)
    _month_ahead(layout, declared, context, notes)
    if not is_correction:
        _month_past(
            [statement.text for statement in _titles(file_name, headed, notes)], layout, declared, context, notes
        )


def _titles(file_name: str, headed: list[tuple[Sheet, Header]], notes: Notes) -> Iterator[Statement]:
    yield Statement("文件名", Path(file_name).stem, notes)
    for sheet, header in headed:
        yield Statement("工作表名", sheet.name, notes)
        for title in header.titles:
            yield Statement("标题", title, notes)


def _sections(by_sheet: list[SheetLines]) -> Iterator[Statement]:
    for part in by_sheet:
        for row, text in part.sections.iter_rows():
            if len(text) <= LONG:
                yield Statement(f"第 {row} 行", text, part.notes, row)


def _county(statements: list[Statement], by_sheet: list[SheetLines], declared: Declared, catalogue: Catalogue) -> None:
    if declared.county is None:
        return
    names = {re.sub(r"[（(].*$", "", place.name): place.code for place in catalogue.places if place.level == "county"}
    names |= {alias.was_name: alias.code for alias in catalogue.county_aliases}
    own = next((name for name, code in names.items() if code == declared.county), declared.county)
    others = sorted((name for name, code in names.items() if code != declared.county), key=len, reverse=True)
    mine = [name for name, code in names.items() if code == declared.county]
    for statement in statements:
        if ASIDE.search(statement.text) or any(name in statement.text for name in mine):
            continue
        if found := _named(statement.text, others):
            facts = {"expected": own, "where": statement.where, "value": found}
            statement.notes.add_problem("county_differs", row=statement.row, **facts)
    for part in by_sheet:
        _county_column(part, mine, set(others), own)


def _named(text: str, names: Iterable[str]) -> str | None:
    """Return the first name a text has as a word: 江南区 is not in 长江南区."""
    plain = unicodedata.normalize("NFKC", text)
    return next(
        (name for name in names if re.search(rf"(^|[^\u4e00-\u9fff]|[市省区州]|广西){re.escape(name)}", plain)), None
    )


def _county_column(part: SheetLines, mine: list[str], others: set[str], own: str) -> None:
    """A column of counties that names only others is another county's list."""
    for column, name in enumerate(part.header.names):
        if part.header.fields[column] is None and COUNTY_COLUMN.match(key(name)) and part.lines.height:
            written = set(part.lines[f"c{column}"].drop_nulls().str.strip_chars().unique().head(20).to_list())
            found = sorted(written & others)
            if found and not written & set(mine):
                facts = {"expected": own, "where": f"“{name}”一列", "value": found[0]}
                part.notes.add_problem("county_differs", column=name, **facts)


def _programme(statements: list[Statement], declared: str, catalogue: Catalogue) -> None:
    for statement in statements:
        if ASIDE.search(statement.text):
            continue
        found = titles.programmes_in(statement.text, catalogue)
        if found and declared not in found:
            named = "、".join(sorted(catalogue.programmes[slug].name for slug in found))
            expected = catalogue.programmes[declared].name
            statement.notes.add_problem(
                "programme_differs", row=statement.row, expected=expected, where=statement.where, value=named
            )


def _stopped(sections: list[Statement], by_sheet: list[SheetLines]) -> None:
    """A part of the list headed 停发人员 whose lines pay: they would count as paid."""
    for part in by_sheet:
        if "amount_fen" not in part.lines.columns:
            continue
        paying = part.lines.filter(pl.col("amount_fen") > 0)["row"]
        own = [statement for statement in sections if statement.notes is part.notes]
        ends = [*(statement.row for statement in own[1:]), None][: len(own)]
        for statement, end in zip(own, ends, strict=True):
            below = paying.filter((paying > (statement.row or 0)) & (paying < (end or LAST_ROW)))
            if STOPPED.search(statement.text) and len(below):
                part.notes.add_problem("section_of_stopped", row=statement.row, value=statement.text[:40])


def _section_months(sections: list[Statement], declared: Declared) -> None:
    if declared.month is None:
        return
    for statement in sections:
        months = dates.months_in(statement.text) | dates.bare_months_in(statement.text, declared.month)
        if months and declared.month not in months:
            written = "、".join(f"{month:%Y-%m}" for month in sorted(months))
            facts = {"expected": f"{declared.month:%Y-%m}", "value": written}
            statement.notes.add_problem("month_mismatch", row=statement.row, **facts)


def _units(
    statements: list[Statement], by_sheet: list[SheetLines], headed: list[tuple[Sheet, Header]], layout: Layout
) -> None:
    money = {field.name for field in layout.fields if field.type == "fen"}
    everywhere = [statement.text for statement in statements if statement.where != "标题"]
    for part, (_, header) in zip(by_sheet, headed, strict=True):
        over = [column for column, name in enumerate(header.fields) if name in money]
        if not over:
            continue
        headings = [header.names[c] + (header.unit_row[c] if header.unit_row else "") for c in over]
        texts = [*everywhere, *header.titles, *part.ignored]
        has_wan = {header.fields[c] for c in over} <= header.wan
        found = units.unclear(texts, headings, has_wan)
        if found:
            part.notes.add_problem("unit_unclear", row=header.first, value=found.strip()[:40])


def _months_apart(declared: Declared, day: dt.date) -> int:
    """Return how many months the declared one lies back; negative ahead, 0 without a month."""
    month = declared.month or day
    return (day.year - month.year) * 12 + day.month - month.month


def _month_ahead(layout: Layout, declared: Declared, context: Context, notes: Notes) -> None:
    if declared.month and layout.table not in UNDATED and _months_apart(declared, context.today) < -1:
        notes.add_problem("month_too_late", value=f"{declared.month:%Y-%m}")


def _month_past(texts: list[str], layout: Layout, declared: Declared, context: Context, notes: Notes) -> None:
    words = (*context.catalogue.words_of("list_of_arrears")["arrears"], "更正原件")
    apart = _months_apart(declared, context.today)
    if (
        layout.table not in CHECKED_BACK
        or declared.month is None
        or apart <= months_back(context.catalogue, context.today)
    ):
        return
    if not any(word in text for text in texts for word in words):
        notes.add_problem("month_too_old", value=f"{declared.month:%Y-%m}", count=apart)


def months_back(catalogue: Catalogue, day: dt.date) -> int:
    """Return how many months back a list may be before somebody is asked, as `settings.yml` has it."""
    values = [s.value for s in catalogue.settings if s.name == MONTHS_BACK and s.valid_from <= day]
    return int(values[-1]) if values else 12
