"""What must be true of accepted lines, as pandera schemas built from a layout. Validates collected frames only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Protocol

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from checks.schemas.alike import alike

LIMIT_FEN = 10**15
DTYPES = {
    "idno": pl.String,
    "account": pl.String,
    "fen": pl.Int64,
    "number": pl.Float64,
    "count": pl.Int64,
    "date": pl.Date,
    "month": pl.Date,
    "flag": pl.Boolean,
}


class LayoutLike(Protocol):
    """What a schema needs to know of a layout."""

    @property
    def slug(self) -> str: ...  # noqa: D102
    @property
    def fields(self) -> tuple[Any, ...]: ...  # noqa: D102


@dataclass(frozen=True)
class Failure:
    """A check that some rows fail: the problem's id, its column, and where."""

    problem: str
    column: str
    mask: pl.Series


def failures(frame: pl.DataFrame, layout: LayoutLike) -> list[Failure]:
    """Validate lines against the schema of their layout.

    Args:
        frame: one row per line, typed columns named as the layout's fields. Must be collected: pandera does not look
            at the values of a LazyFrame.

    Returns:
        One entry per failed check, with a mask over the frame's rows.
    """
    if isinstance(frame, pl.LazyFrame):
        raise TypeError("collect the frame first: values of a LazyFrame are not checked")
    present = [(f.name, f.type) for f in layout.fields if f.name in frame.columns and f.type in DTYPES]
    groups = [[present[at] for at in group] for group in alike((kind, frame[name]) for name, kind in present)]
    found: list[Failure] = []
    if groups:
        once = tuple(group[0] for group in groups)
        try:
            schema(once).validate(frame.select([name for name, _ in once]), lazy=True)
        except SchemaErrors as error:
            others = {group[0][0]: [name for name, _ in group] for group in groups}
            failed = _masks(error, frame.height)
            found = [replace(failure, column=name) for failure in failed for name in others[failure.column]]
    return found + _orders(frame)


@lru_cache(maxsize=256)
def schema(fields: tuple[tuple[str, str], ...]) -> pa.DataFrameSchema:
    """Return the schema of these (name, type) columns; one row is one line of a file."""
    columns = {name: pa.Column(DTYPES[kind], _checks(name, kind), nullable=True) for name, kind in fields}
    return pa.DataFrameSchema(columns, strict=True)


def _checks(name: str, kind: str) -> list[pa.Check]:
    if kind == "idno":
        return [pa.Check.str_matches(r"^[0-9]{17}[0-9X]$", error="id_malformed")]
    if kind == "fen":
        return [pa.Check.in_range(-LIMIT_FEN, LIMIT_FEN, error="amount_too_large")]
    if kind in {"number", "count"}:
        return [pa.Check.ge(0, error="number_negative")]
    return []


def _masks(error: SchemaErrors, height: int) -> list[Failure]:
    """Turn failure cases into masks; the cases themselves hold values and go no further."""
    cases = error.failure_cases.filter(pl.col("index").is_not_null())
    if cases.height < error.failure_cases.height:
        raise TypeError("a column of the lines has not the type of its field")
    result = []
    for (column, check), group in cases.group_by(["column", "check"], maintain_order=True):
        hit = pl.Series([True]).new_from_index(0, group.height)
        mask = pl.zeros(height, dtype=pl.Boolean, eager=True).scatter(group["index"], hit)
        result.append(Failure(str(check), str(column), mask))
    return result


ORDERS = (("period_from", "period_to"), ("valid_from", "valid_to"), ("begins_on", "ends_on"), ("from_on", "to_on"))


def _orders(frame: pl.DataFrame) -> list[Failure]:
    return [
        Failure("date_order", last, mask)
        for first, last in ORDERS
        if first in frame.columns
        and last in frame.columns
        and (mask := (frame[first] > frame[last]).fill_null(False)).any()
    ]


LINE_KEY = (
    "recipient_idno_text",
    "recipient_name",
    "programme",
    "period_from",
    "period_to",
    "plot_code",
    "item_serial",
)


def duplicates(frame: pl.DataFrame) -> pl.Series:
    """Return where the same person, programme, period (and plot or machine) is on more than one line."""
    named = frame["recipient_idno_text"].drop_nulls()
    if named.n_unique() == len(named):
        return pl.repeat(False, frame.height, eager=True)
    key = [name for name in LINE_KEY if name in frame.columns]
    return frame.select(pl.struct(key).is_duplicated()).to_series() & frame["recipient_idno_text"].is_not_null()
