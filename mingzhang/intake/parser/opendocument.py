"""Reads the tables of an OpenDocument spreadsheet (.ods). A repeated cell or row counts before it is written: no bomb opens."""

from __future__ import annotations

from mingzhang.intake.parser.refusal import RefusedError
from mingzhang.intake.parser.table import BOOLEAN, DATE, EMPTY, NUMBER, Cell, Table, boolean, formula_cell, text_cell
from mingzhang.intake.parser.workbook_facts import MAX_COLUMNS, MAX_ROWS
from mingzhang.intake.parser.xml_events import XmlReader, count, pieces_of

# Texts in these are no cell's value: remarks, deleted cells of a change log, drawings, lists of allowed values.
NO_VALUES = {
    "annotation",
    "tracked-changes",
    "shapes",
    "dde-links",
    "content-validations",
    "forms",
    "frame",
    "custom-shape",
}
NUMBERS = {"float", "currency", "percentage"}
CELLS = {"table-cell", "covered-table-cell"}


def read(content: bytes) -> tuple[list[Table], bool]:
    """Return the sheets of `content.xml`, and whether there are comments.

    Raises:
        RefusedError: cut off, nested, or over a limit, repeats counted.
    """
    document = _Document()
    XmlReader(document.start, document.end, document.characters).read(pieces_of(content))
    if not document.tables:
        raise RefusedError("no_rows")
    return document.tables, document.comments


class _Document:
    """Turns elements into rows."""

    def __init__(self) -> None:
        self.tables: list[Table] = []
        self.comments = False
        self.hidden_styles: set[str] = set()
        self.style = ""
        self.inside: list[str] = []
        self.open = False
        self.row = self.repeats = self.column = self.columns = 0
        self.cells: dict[int, Cell] = {}
        self.cell: dict[str, str] = {}
        self.text: list[str] = []
        self.starts = {
            "style": self._style,
            "table-properties": self._table_style,
            "table": self._table,
            "table-column": self._table_column,
            "table-row": self._table_row,
            "table-cell": self._table_cell,
            "covered-table-cell": self._table_cell,
            "p": self._paragraph,
            "s": self._blanks,
            "tab": self._blanks,
            "line-break": self._paragraph,
        }

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "annotation":
            self.comments = True
        if self.inside or name in NO_VALUES:
            self.inside.append(name)
        elif name in self.starts:
            self.starts[name](attributes)

    def end(self, name: str) -> None:
        if self.inside:
            self.inside.pop()
        elif name in CELLS:
            self._end_cell()
        elif name == "table-row":
            self._end_row()
        elif name == "table":
            self.open = False

    def characters(self, text: str) -> None:
        if not self.inside:
            self.text.append(text)

    def _style(self, attributes: dict[str, str]) -> None:
        self.style = attributes.get("name", "")

    def _table_style(self, attributes: dict[str, str]) -> None:
        if attributes.get("display") == "false":
            self.hidden_styles.add(self.style)

    def _table(self, attributes: dict[str, str]) -> None:
        if self.open:
            raise RefusedError("nested_too_deep")
        self.open, self.row, self.repeats, self.columns = True, 0, 0, 0
        visible = attributes.get("style-name", "") not in self.hidden_styles
        self.tables.append(Table(attributes.get("name", "")[:31] or f"表{len(self.tables) + 1}", visible))

    def _table_column(self, attributes: dict[str, str]) -> None:
        first = self.columns + 1
        self.columns += count(attributes.get("number-columns-repeated"))
        if attributes.get("visibility") in {"collapse", "filter"} and self.open:
            self.tables[-1].hidden_columns.update(range(first, min(self.columns, MAX_COLUMNS) + 1))

    def _table_row(self, attributes: dict[str, str]) -> None:
        self.row, self.column, self.cells = self.row + 1, 0, {}
        self.repeats = count(attributes.get("number-rows-repeated"))
        if attributes.get("visibility") in {"collapse", "filter"} and self.open:
            hidden = self.tables[-1].hidden_rows
            if len(hidden) < MAX_ROWS:
                hidden += range(self.row, min(self.row + self.repeats, self.row + MAX_ROWS))

    def _table_cell(self, attributes: dict[str, str]) -> None:
        self.cell, self.text = attributes, []

    def _paragraph(self, _: dict[str, str]) -> None:
        if self.text:
            self.text.append("\n")

    def _blanks(self, attributes: dict[str, str]) -> None:
        self.text.append(" " * min(count(attributes.get("c")), 100))

    def _end_cell(self) -> None:
        given, repeats = self.cell, count(self.cell.get("number-columns-repeated"))
        cell = _value(given, "".join(self.text), self.row)
        if given.get("formula"):
            cell = formula_cell(cell)
        first = self.column + 1
        self.column += repeats
        if cell != EMPTY:
            if self.column > MAX_COLUMNS:
                raise RefusedError("too_many_columns", columns=self.column)
            self.cells |= dict.fromkeys(range(first, self.column + 1), cell)
        across, down = count(given.get("number-columns-spanned")), count(given.get("number-rows-spanned"))
        if self.open and (across > 1 or down > 1):
            self.tables[-1].merged.append([self.row - 1, first - 1, self.row + down - 2, first + across - 2])
        self.cell, self.text = {}, []

    def _end_row(self) -> None:
        if self.open and self.cells:
            last = self.row + self.repeats - 1
            if last > MAX_ROWS:
                raise RefusedError("sheet_too_large", rows=last, columns=max(self.cells))
            for number in range(self.row, last + 1):  # the table refuses more cells than it may hold
                self.tables[-1].add(number, [self.cells.get(c, EMPTY) for c in range(1, max(self.cells) + 1)])
        self.row += max(self.repeats, 1) - 1
        self.cells = {}


def _value(given: dict[str, str], text: str, row: int) -> Cell:
    kind = given.get("value-type", "string")
    if kind in NUMBERS:
        return NUMBER, given.get("value", text)[:64]
    if kind == "date":
        return DATE, given.get("date-value", text)[:10]
    if kind == "boolean":
        return BOOLEAN, boolean(given.get("boolean-value", text))
    if kind == "time":
        return DATE, text[:64]
    return text_cell(given.get("string-value", text).strip("\n"), row)
