"""What a workbook's own records say besides the values: formulas, hidden rows and columns, comments, macros. Reads no file."""

from __future__ import annotations

from mingzhang.intake.parser.refusal import RefusedError

MAX_CELLS = 20_000_000
MAX_ROWS = 1_048_576
MAX_COLUMNS = 256


# Plain classes: importing dataclasses would cost the parser process a quarter of its start.
class SheetFacts:
    """What a sheet holds and python_calamine does not return.

    Attributes:
        formulas: row → {column: whether a calculated value is stored}, both from 1.
        hidden_rows, hidden_columns: numbers from 1.
        last_row, last_column: the rectangle it spans.
    """

    def __init__(self) -> None:
        self.formulas: dict[int, dict[int, bool]] = {}
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[int] = []
        self.last_row = 0
        self.last_column = 0

    def reach(self, row: int, column: int) -> None:
        """Widen the rectangle.

        Raises:
            RefusedError: it is larger than any list of people is.
        """
        self.last_row, self.last_column = max(self.last_row, row), max(self.last_column, column)
        if self.last_row * self.last_column > MAX_CELLS or self.last_row > MAX_ROWS:
            raise RefusedError("sheet_too_large", rows=self.last_row, columns=self.last_column)
        if self.last_column > MAX_COLUMNS:
            raise RefusedError("too_many_columns", columns=self.last_column)

    def hide_columns(self, first: int, last: int) -> None:
        """Record columns `first` to `last`, from 1, as hidden."""
        self.hidden_columns += range(first, min(last, MAX_COLUMNS) + 1)


class WorkbookFacts:
    """Facts per sheet, in the workbook's own order, and what concerns the whole workbook.

    Attributes:
        not_checked: what this format, or this damaged file, does not let us see: `formulas`, `hidden_rows` ….
    """

    def __init__(
        self,
        sheets: list[SheetFacts],
        comments: bool = False,
        date1904: bool = False,
        macros: bool = False,
        not_checked: tuple[str, ...] = (),
    ) -> None:
        self.sheets = sheets
        self.comments = comments
        self.date1904 = date1904
        self.macros = macros
        self.not_checked = not_checked
