"""Collects the rows of one sheet of a format we read ourselves and writes them as CSV with types. Judges nothing."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from mingzhang.intake.parser.refusal import RefusedError
from mingzhang.intake.parser.workbook_facts import MAX_COLUMNS, MAX_ROWS

MAX_CELL = 32_767
MAX_CELLS = 5_000_000  # held in memory at once
EMPTY = ("-", "")
TEXT, NUMBER, DATE, BOOLEAN = "s", "n", "d", "b"

Cell = tuple[str, str]


class Table:
    """One sheet while it is read; rows and columns count from 1.

    Attributes:
        merged: rectangles (first row, first column, last row, last column), from 0.
        hidden_rows, hidden_columns: what the sender's program does not show.
    """

    def __init__(self, name: str, visible: bool = True) -> None:
        self.name, self.visible = name, visible
        self.rows: list[tuple[int, list[Cell]]] = []
        self.merged: list[list[int]] = []
        self.hidden_rows: list[int] = []
        self.hidden_columns: set[int] = set()
        self.cells = 0
        self.width = 0

    def add(self, number: int, cells: list[Cell]) -> None:
        """Add a row; empty cells at its end and empty rows are left out.

        Raises:
            RefusedError: a limit is reached, or a cell holds a NUL.
        """
        while cells and cells[-1] == EMPTY:
            cells.pop()
        if not cells:
            return
        self.cells += len(cells)
        self.width = max(self.width, len(cells))
        if self.width > MAX_COLUMNS:
            raise RefusedError("too_many_columns", columns=self.width)
        if number > MAX_ROWS or self.cells > MAX_CELLS:
            raise RefusedError("sheet_too_large", rows=number, columns=self.width)
        self.rows.append((number, cells))

    def write(self, out: Path, number: int) -> dict[str, Any]:
        """Write `sheet-<number>.csv` and return the manifest's entry."""
        width = self.width
        if self.rows:
            with (out / f"sheet-{number}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                for row, cells in self.rows:
                    filled = cells + [EMPTY] * (width - len(cells))
                    writer.writerow([row, "".join(kind for kind, _ in filled), *(text for _, text in filled)])
        last = self.rows[-1][0] if self.rows else 0
        return {
            "name": self.name,
            "number": number,
            "visible": "Visible" if self.visible else "Hidden",
            "rows": len(self.rows),
            "width": width,
            "typed": True,
            "merged": [
                [a, b, min(c, last - 1), min(d, width - 1)] for a, b, c, d in self.merged if a < last and b < width
            ],
            "hidden_rows": self.hidden_rows,
            "hidden_columns": sorted(column for column in self.hidden_columns if column <= width),
        }


def text_cell(text: str, row: int) -> Cell:
    """Return the cell of a text, empty where there is nothing to read.

    Raises:
        RefusedError: longer than any cell may be, or with a NUL.
    """
    if not text:
        return EMPTY
    if len(text) > MAX_CELL:
        raise RefusedError("cell_too_long")
    if "\0" in text:
        raise RefusedError("nul_character", line=row)
    return TEXT, text


def formula_cell(cell: Cell) -> Cell:
    """Return the cell of a formula: upper case where a result is stored, F where none is."""
    return (cell[0].upper(), cell[1]) if cell != EMPTY else ("F", "")


def boolean(value: str) -> str:
    """Return how a boolean is written, as in every other workbook."""
    return "是" if value.lower() in {"1", "true"} else "否"
