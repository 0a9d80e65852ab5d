"""One column of cells on its way to values: its cells, its field, its problems and repairs. Reads nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import polars as pl

from checks.linkage import idno
from mingzhang.catalog.load import Catalogue
from mingzhang.catalog.models import Field, Layout
from mingzhang.intake.notes import Notes

T = TypeVar("T")


@dataclass(frozen=True)
class FileFacts:
    """What is known of a whole file while its cells are read.

    Attributes:
        born_by: the day by which a living recipient must have been born.
        year: completes a bare `10月`.
    """

    catalogue: Catalogue
    layout: Layout
    born_by: dt.date
    year: int | None
    date1904: bool = False


@dataclass(frozen=True)
class Column:
    """The cells of one field in one sheet.

    Attributes:
        shared_results: results by name; columns that hold the same cells share it.
    """

    field: Field
    label: str
    rows: pl.Series
    values: pl.Series
    types: pl.Series | None
    in_wan: bool
    notes: Notes
    file_facts: FileFacts
    shared_results: dict[str, Any]

    def shared(self, name: str, compute: Callable[[pl.Series], T]) -> T:
        """Return a result computed from the cells, once for all columns with the same cells."""
        if name not in self.shared_results:
            self.shared_results[name] = compute(self.values)
        found: T = self.shared_results[name]
        return found

    @cached_property
    def letters(self) -> frozenset[str]:
        """The types that occur in the column."""
        return frozenset() if self.types is None else frozenset(self.types.unique().drop_nulls())

    @cached_property
    def no_lines(self) -> pl.Series:
        """False for every line."""
        return pl.repeat(False, len(self.values), eager=True)

    @cached_property
    def is_plain(self) -> bool:
        """Whether all cells are digits and X already: the usual column of numbers then needs one test, not six."""
        return self.is_current or self.shared("is_plain", idno.is_plain)

    @cached_property
    def is_current(self) -> bool:
        """Whether all cells have the shape of an 18-character identity number already."""
        return self.field.type == "idno" and self.shared("is_current", idno.is_current)

    def typed(self, letters: str) -> pl.Series:
        """Return where the cell's type is one of `letters`."""
        if self.types is None or not self.letters.intersection(letters):
            return self.no_lines
        return self.types.is_in(list(letters)).fill_null(False)

    def add_problems(self, code: str, mask: pl.Series, shown: bool = True, **facts: str | int) -> None:
        """Record a problem of this column, quoting the value unless it must not be shown."""
        self.notes.add_problems(code, mask, self.rows, self.label, self.values if shown else None, **facts)

    def add_repairs(self, kind: str, after: pl.Series, private: bool = False) -> None:
        """Record where `after` differs from what was written."""
        changed = self.values.is_not_null() & (self.values.ne_missing(after.cast(pl.String)))
        self.notes.add_repairs(kind, changed, self.rows, self.label, self.values, after, private)
