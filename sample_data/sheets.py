"""Writes one XLSX or CSV the way an office would, the same bytes every time. Knows cells, not their meaning."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

CREATED = dt.datetime(2026, 1, 1)  # noqa: DTZ001  Excel knows no time zones


class Book:
    """A workbook under construction; rows are counted from 1 as Excel shows them."""

    def __init__(self, path: Path, streamed: bool = True) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.book = xlsxwriter.Workbook(str(path), {"constant_memory": streamed, "in_memory": not streamed})
        self.book.set_properties({"created": CREATED})
        self.bold = self.book.add_format({"bold": True, "align": "center"})
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.money = self.book.add_format({"num_format": "0.00"})

    def sheet(self, name: str) -> Sheet:
        """Add a sheet."""
        return Sheet(self.book.add_worksheet(name), self.bold, self.day)

    def close(self) -> None:
        """Write the file."""
        self.book.close()


class Sheet:
    """A sheet that is written from top to bottom."""

    def __init__(self, sheet: Worksheet, bold: Format, day: Format) -> None:
        self.sheet, self.bold, self.day = sheet, bold, day
        self.row = 0

    def line(self, cells: Sequence[Any], bold: bool = False) -> int:
        """Write a row and return its 1-based number; None leaves a cell empty."""
        write_string, write_number = self.sheet.write_string, self.sheet.write_number
        style = self.bold if bold else None
        for column, value in enumerate(cells):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                write_string(self.row, column, value, style)
            elif isinstance(value, dt.date):
                self.sheet.write_datetime(self.row, column, value, self.day)
            else:
                write_number(self.row, column, value, style)
        self.row += 1
        return self.row

    def lines(self, rows: Iterable[Sequence[Any]]) -> None:
        """Write rows one after another."""
        for row in rows:
            self.line(row)

    def title(self, text: str, width: int) -> None:
        """Write a merged title over the table."""
        self.sheet.merge_range(self.row, 0, self.row, width - 1, text, self.bold)
        self.row += 1

    def merge(self, first: int, last: int, column: int, value: str, last_column: int | None = None) -> None:
        """Merge cells from row `first` to `last` (1-based); only in a book that is not streamed."""
        self.sheet.merge_range(first - 1, column, last - 1, last_column or column, value)


def write_csv(path: Path, lines: Iterable[Sequence[str]], encoding: str) -> None:
    """Write a CSV with Windows line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    path.write_bytes(text.getvalue().encode(encoding))


def yuan(fen: int | None) -> float | None:
    """Return fen as the yuan a cell shows."""
    if fen is None:
        return None
    return fen // 100 if fen % 100 == 0 else fen / 100
