"""Dates of a line against each other: a death before the birth, an end before its beginning. Reads no cells."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from checks.schemas.lines import ORDERS
from mingzhang.catalog.models import Layout, Register
from mingzhang.intake.lines import assemble

# Beginning and end by field name, besides those of `checks.schemas.lines.ORDERS` and what registers name as their validity.
PAIRS = (
    ("registered_on", "transferred_on"),
    ("founded_on", "closed_on"),
    ("serves_from", "serves_to"),
    ("first_month", "last_month"),
    ("died_on", "cremated_on"),
    ("died_on", "cancelled_on"),
)
OWN_NUMBERS = ("person_idno", "recipient_idno")
BIRTH = slice(6, 14)  # where an identity number has the day of birth


def problems(frame: pl.DataFrame, layout: Layout, labels: Mapping[str, str]) -> list[pl.DataFrame]:
    """Return problems of lines whose dates contradict each other or the birth in the person's own number.

    Args:
        frame: lines with the layout's date columns and sound identity numbers.
        layout: its fields marked `past` or `filled` are compared with the birth.
        labels: field → the sender's heading.
    """
    found = []
    for first, last in _pairs(layout):
        if first in frame.columns and last in frame.columns:
            mask = (frame[first] > frame[last]).fill_null(False)
            found.append(assemble.problem_rows("date_order", frame, mask, labels.get(last), last))
    number = next((name for name in OWN_NUMBERS if name in frame.columns), None)
    dated = [f.name for f in layout.fields if f.type == "date" and (f.past or f.filled) and f.name in frame.columns]
    if number and dated and layout.table.startswith("register_"):
        born = frame[number].str.slice(BIRTH.start, BIRTH.stop - BIRTH.start).str.to_date("%Y%m%d", strict=False)
        for name in dated:
            mask = (frame[name] < born).fill_null(False)
            found.append(assemble.problem_rows("date_before_birth", frame, mask, labels.get(name), name))
    return found


def _pairs(layout: Layout) -> list[tuple[str, str]]:
    own = [(layout.valid_from, layout.valid_to)] if isinstance(layout, Register) else []
    pairs = [*PAIRS, *((a, b) for a, b in own if a and b and a != b)]
    return [pair for pair in dict.fromkeys(pairs) if pair not in ORDERS]
