"""Problems that appear once all lines are read: sheets of stopped people, lists without villages, dates in the future."""

from __future__ import annotations

import datetime as dt
import re

import polars as pl

from mingzhang.catalog.models import Layout
from mingzhang.intake.columns.mapping import Header
from mingzhang.intake.lines import assemble
from mingzhang.intake.notes import Notes
from mingzhang.intake.parser_process import Sheet

STOPPED = re.compile("停发|退出|取消|清退|终止|注销")  # a sheet of such a name lists people who are no longer paid
DEAD = "已故|去世|死亡|病故|过世"


def check_sheets(headed: list[tuple[Sheet, Header]], frame: pl.DataFrame, notes: Notes) -> None:
    """Record problems of sheets: a list of stopped people that still pays, no village column.

    Without a village, people appear on no village's page and rules by place cannot judge them.

    Args:
        headed: the sheets that were read, with their headers.
        frame: lines of all sheets with `sheet_no` and `amount_fen`.
        notes: where the problems are recorded.
    """
    paying = set(frame.filter(pl.col("amount_fen") > 0)["sheet_no"].unique())
    for sheet, header in headed:
        own = Notes(sheet.number, sheet.name)
        if STOPPED.search(sheet.name) and sheet.number in paying:
            own.add_problem("sheet_of_stopped")
        if header.column_of("village") is None:
            own.add_problem("village_column_missing")
        notes.extend(own)


def marked_as_dead(frame: pl.DataFrame, headers: list[Header]) -> list[pl.DataFrame]:
    """Return problems of lines that pay a person whose name carries a remark of death: the register may not know yet."""
    if "recipient_name_remark" not in frame.columns:
        return []
    column = next(h.names[h.fields.index("recipient_name")] for h in headers if "recipient_name" in h.fields)
    dead = frame["recipient_name_remark"].str.contains(DEAD) & (frame["amount_fen"] > 0)
    return [assemble.problem_rows("marked_dead", frame, dead.fill_null(False), column, None)]


def future_dates(frame: pl.DataFrame, layout: Layout, headers: list[Header], today: dt.date) -> list[pl.DataFrame]:
    """Return problems of dates of past events that lie after today: a death dated next year matches nobody.

    Args:
        frame: lines with the layout's date columns.
        layout: its fields marked `past` are compared.
        headers: headers of the sheets, for the sender's label.
        today: the clock's day.
    """
    found = []
    for field in layout.fields:
        if field.past and field.name in frame.columns:
            column = next(h.names[h.fields.index(field.name)] for h in headers if field.name in h.fields)
            found.append(assemble.problem_rows("date_ahead", frame, frame[field.name] > today, column, field.name))
    return found
