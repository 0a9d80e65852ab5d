"""Reads SpreadsheetML 2003, the XML that many programs write under the name .xls. Cells have the type their Data says."""

from __future__ import annotations

from mingzhang.intake.parser import html_tables
from mingzhang.intake.parser.refusal import RefusedError
from mingzhang.intake.parser.table import BOOLEAN, DATE, EMPTY, NUMBER, Cell, Table, boolean, formula_cell, text_cell
from mingzhang.intake.parser.workbook_facts import MAX_COLUMNS, MAX_ROWS
from mingzhang.intake.parser.xml_events import XmlReader, count, pieces_of

MAX_SPAN = 16_384


def read(data: bytes) -> tuple[list[Table], bool]:
    """Return the sheets of a document, and whether it has comments.

    Raises:
        RefusedError: cut off, with a DOCTYPE, or over a limit.
    """
    text = html_tables.decoded(data)
    document = _Document()
    XmlReader(document.start, document.end, document.characters).read(pieces_of(text.encode("utf-8")))
    if not document.tables:
        raise RefusedError("wrong_file_type", found="没有工作表的 XML 文件")
    return document.tables, document.comments


class _Document:
    """Turns elements into rows."""

    def __init__(self) -> None:
        self.tables: list[Table] = []
        self.comments = False
        self.row = self.column = self.columns = self.span = 0
        self.cells: dict[int, Cell] = {}
        self.cell: dict[str, str] | None = None
        self.kind = ""
        self.text: list[str] | None = None
        self.inside: list[str] = []  # elements whose content is no cell's value
        self.starts = {
            "Worksheet": self._worksheet,
            "Column": self._column,
            "Row": self._row,
            "Cell": self._cell,
            "Data": self._data,
            "Visible": self._visible,
        }

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Comment":
            self.comments = True
        if self.inside or name in {"Comment", "Styles", "DocumentProperties"}:
            self.inside.append(name)
        elif name in self.starts:
            self.starts[name](attributes)

    def end(self, name: str) -> None:
        if self.inside:
            self.inside.pop()
        elif name == "Cell" and self.cell is not None:
            self._end_cell(self.cell)
        elif name == "Row" and self.tables:
            self.tables[-1].add(self.row, _filled(self.cells))
            self.row, self.cells = self.row + self.span, {}
        elif name == "Visible" and self.text is not None:
            self.tables[-1].visible = "Hidden" not in "".join(self.text)
            self.text = None

    def characters(self, text: str) -> None:
        if self.text is not None and not self.inside:
            self.text.append(text)

    def _worksheet(self, attributes: dict[str, str]) -> None:
        self.tables.append(Table(attributes.get("Name", "")[:31] or f"表{len(self.tables) + 1}"))
        self.row = self.column = self.columns = 0

    def _column(self, attributes: dict[str, str]) -> None:
        first = count(attributes.get("Index"), self.columns + 1)
        self.columns = first + count(attributes.get("Span"), 0)
        if self.tables and (attributes.get("Hidden") == "1" or attributes.get("Width") == "0"):
            self.tables[-1].hidden_columns.update(range(first, min(self.columns, MAX_COLUMNS) + 1))

    def _row(self, attributes: dict[str, str]) -> None:
        self.row, self.column = _later(attributes, self.row), 0
        self.span = count(attributes.get("Span"), 0)
        self._check()
        if self.tables and (attributes.get("Hidden") == "1" or attributes.get("Height") == "0"):
            self.tables[-1].hidden_rows.append(self.row)

    def _cell(self, attributes: dict[str, str]) -> None:
        self.column = _later(attributes, self.column)
        self.cell, self.kind, self.text = attributes, "", None

    def _data(self, attributes: dict[str, str]) -> None:
        if self.cell is not None:
            self.kind, self.text = attributes.get("Type", "String"), []

    def _visible(self, _: dict[str, str]) -> None:
        if self.tables:
            self.text = []

    def _end_cell(self, attributes: dict[str, str]) -> None:
        cell = _value(self.kind, "".join(self.text or ()), self.row)
        if attributes.get("Formula"):
            cell = formula_cell(cell)
        if cell != EMPTY:
            self._check()
            self.cells[self.column] = cell
        across = min(count(attributes.get("MergeAcross"), 0), MAX_SPAN)
        down = min(count(attributes.get("MergeDown"), 0), MAX_ROWS)
        if self.tables and (across or down):
            first = [self.row - 1, self.column - 1]
            self.tables[-1].merged.append([*first, first[0] + down, first[1] + across])
        self.column += across
        self.cell, self.text = None, None

    def _check(self) -> None:
        if self.column > MAX_COLUMNS:
            raise RefusedError("too_many_columns", columns=self.column)
        if self.row > MAX_ROWS:
            raise RefusedError("sheet_too_large", rows=self.row, columns=max(self.column, 1))


def _later(attributes: dict[str, str], last: int) -> int:
    """Return the position of a row or cell; one that goes back would give two rows the same number."""
    position = count(attributes.get("Index"), last + 1)
    if position <= last:
        raise RefusedError("upload_incomplete")
    return position


def _value(kind: str, text: str, row: int) -> Cell:
    if kind == "Number" and text.strip():
        return NUMBER, text.strip()[:64]
    if kind == "DateTime" and text.strip():
        return DATE, text.strip()[:10]
    if kind == "Boolean":
        return BOOLEAN, boolean(text.strip())
    return EMPTY if kind == "Error" else text_cell(text, row)


def _filled(cells: dict[int, Cell]) -> list[Cell]:
    return [cells.get(column, EMPTY) for column in range(1, max(cells, default=0) + 1)]
