"""The month of a file: what is declared against what titles, sheet names, the file name and month columns say of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import polars as pl

from mingzhang.catalog.models import Layout, Register
from mingzhang.intake.columns.mapping import Header
from mingzhang.intake.notes import Notes
from mingzhang.intake.parser_process import Sheet
from mingzhang.intake.problems import RefusedFileError
from mingzhang.intake.receive.declared import Declared
from mingzhang.intake.values import dates

PAYMENTS = "payment_lines"
# Documents bear dates of their own and are titled after the month they pay for; a list of places is of no month.
UNDATED = {"fund_flows", "places"}


def complete(
    declared: Declared, layout: Layout, headed: list[tuple[Sheet, Header]], file_name: str, notes: Notes
) -> Declared:
    """Complete the month from titles, else from the file's name, and record contradictions.

    Another month over a list of payments holds it, because money would count twice or not at all; over a register or
    a bank's file it is only a warning: they are often extracted for the month before.

    Args:
        declared: the key as the sender declared it.
        layout: the kind of file.
        headed: the sheets to read, with their headers.
        file_name: the sender's name of the file.
        notes: where contradictions are recorded.

    Returns:
        The key with its month, where one could be found.

    Raises:
        RefusedFileError: sheets of different months, each of them a list of payments.
    """
    if layout.table == "places":
        return declared
    by_sheet = [(sheet.name, *header.titles) for sheet, header in headed]
    titled = _stated(text for texts in by_sheet for text in texts)
    if layout.table == PAYMENTS and len(headed) > 1:
        _refuse_several(titled | _named_alone(headed, declared.month))
    stem = Path(file_name).stem
    stated = titled | dates.months_in(stem)
    month = declared.month or (next(iter(titled or stated)) if len(titled or stated) == 1 else None)
    if month and layout.table not in UNDATED:
        others = stated - {month}
        bare = _bare((stem, *(text for texts in by_sheet for text in texts)), month) if not stated else set()
        if layout.table == PAYMENTS and others:
            _add_problem("month_mismatch", month, others, notes)
        elif others or (bare and month not in bare):
            _add_problem("month_differs", month, others or bare, notes)
    return replace(declared, month=month)


def compare_records(lines: pl.DataFrame, layout: Layout, declared: Declared, notes: Notes) -> None:
    """Warn of a monthly extract without a record of the declared month: no payment of that month could be compared.

    Args:
        lines: the lines of the file.
        layout: only registers with `versions: monthly` are compared.
        declared: the file's key.
        notes: where the problem is recorded.
    """
    if not isinstance(layout, Register) or layout.versions != "monthly" or declared.month is None:
        return
    name = layout.valid_from
    if name is None or name != layout.valid_to or name not in lines.columns:
        return
    written = set(lines[name].drop_nulls().unique())
    is_reported = any("month_differs" in problem["id"] for problem in notes.problems)
    if written and declared.month not in written and not is_reported:
        _add_problem("month_differs", declared.month, written, notes)


def _refuse_several(months: set[dt.date]) -> None:
    if len(months) > 1:
        raise RefusedFileError("more_than_one_period", months=_words(months))


def _named_alone(headed: list[tuple[Sheet, Header]], beside: dt.date | None) -> set[dt.date]:
    """Return the months of sheets whose whole name is one: 9月, 10月."""
    if beside is None:
        return set()
    names = (sheet.name for sheet, _ in headed if dates.BARE_MONTH.match(dates.tidy(sheet.name)))
    return _bare(names, beside)


def _stated(texts: Iterable[str]) -> set[dt.date]:
    return {month for text in texts for month in dates.months_in(text)}


def _bare(texts: Iterable[str], beside: dt.date) -> set[dt.date]:
    return {month for text in texts for month in dates.bare_months_in(text, beside)}


def _add_problem(code: str, month: dt.date, others: set[dt.date], notes: Notes) -> None:
    notes.add_problem(code, expected=f"{month:%Y-%m}", value=_words(others))


def _words(months: set[dt.date]) -> str:
    return "、".join(f"{month:%Y-%m}" for month in sorted(months))
