"""Collects the problems and repairs of one sheet as frames. No rules about what is a problem."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from mingzhang.intake.problems import level_of, message_of

PROBLEM_SCHEMA = {
    "sheet_no": pl.Int32,
    "sheet": pl.String,
    "row": pl.Int32,
    "column": pl.String,
    "id": pl.String,
    "level": pl.String,
    "message": pl.String,
}
REPAIR_SCHEMA = {
    "sheet_no": pl.Int32,
    "sheet": pl.String,
    "row": pl.Int32,
    "column": pl.String,
    "kind": pl.String,
    "from": pl.String,
    "to": pl.String,
    "private": pl.Boolean,
}


@dataclass
class Notes:
    """Problems and repairs, each with sheet, row and column."""

    sheet_no: int | None
    sheet: str | None
    problems: list[pl.DataFrame] = field(default_factory=list)
    repairs: list[pl.DataFrame] = field(default_factory=list)

    def add_problems(
        self,
        code: str,
        mask: pl.Series,
        rows: pl.Series,
        column: str | None,
        values: pl.Series | None = None,
        **facts: str | int,
    ) -> None:
        """Record one problem for every row where `mask` is true.

        Args:
            code: id in `problems.PROBLEMS`.
            mask: one boolean per row; null counts as false.
            rows: 1-based row numbers of the sheet.
            column: the sender's header; None for the whole row.
            values: the text quoted as {value} in the sentence, at most 40 characters of each.
            facts: further values of the sentence.
        """
        if not mask.any():
            return
        chosen = mask.fill_null(False)
        found = rows.filter(chosen)
        text = message_of(code, **{"value": "\x00", **facts})
        if values is not None and "\x00" in text:
            before, _, after = text.partition("\x00")
            shown = values.filter(chosen).fill_null("").str.slice(0, 40)
            message = (pl.lit(before) + pl.lit(shown) + pl.lit(after)).alias("message")
        else:
            message = pl.lit(text.replace("\x00", "")).alias("message")
        self.problems.append(
            pl.select(pl.lit(found).alias("row"), message).select(
                sheet_no=pl.lit(self.sheet_no, dtype=pl.Int32),
                sheet=pl.lit(self.sheet, dtype=pl.String),
                row=pl.col("row").cast(pl.Int32),
                column=pl.lit(column, dtype=pl.String),
                id=pl.lit(code),
                level=pl.lit(level_of(code)),
                message=pl.col("message"),
            )
        )

    def add_problem(self, code: str, row: int | None = None, column: str | None = None, **facts: str | int) -> None:
        """Record one problem of the sheet or the file."""
        values = [self.sheet_no, self.sheet, row, column, code, level_of(code), message_of(code, **facts)]
        self.problems.append(pl.DataFrame([values], schema=PROBLEM_SCHEMA, orient="row"))

    def add_repairs(
        self,
        kind: str,
        mask: pl.Series,
        rows: pl.Series,
        column: str,
        before: pl.Series,
        after: pl.Series,
        private: bool = False,
    ) -> None:
        """Record a changed value for every row where `mask` is true.

        Args:
            kind: id in `catalog.words.REPAIRS`.
            mask: one boolean per row; null counts as false.
            rows: 1-based row numbers of the sheet.
            column: the sender's header.
            before: the values as written.
            after: the values as read.
            private: identity and account numbers, whose values stay out of the warehouse.
        """
        if not mask.any():
            return
        chosen = mask.fill_null(False)
        self.repairs.append(
            pl.DataFrame(
                {"row": rows.filter(chosen), "from": before.filter(chosen), "to": after.filter(chosen).cast(pl.String)}
            ).select(
                sheet_no=pl.lit(self.sheet_no, dtype=pl.Int32),
                sheet=pl.lit(self.sheet, dtype=pl.String),
                row=pl.col("row").cast(pl.Int32),
                column=pl.lit(column),
                kind=pl.lit(kind),
                **{"from": pl.col("from"), "to": pl.col("to")},
                private=pl.lit(private),
            )
        )

    def extend(self, others: Notes) -> None:
        """Append the problems and repairs of another collection."""
        self.problems += others.problems
        self.repairs += others.repairs

    def problem_frame(self) -> pl.DataFrame:
        """Return all problems."""
        return pl.concat(self.problems) if self.problems else pl.DataFrame(schema=PROBLEM_SCHEMA)

    def repair_frame(self) -> pl.DataFrame:
        """Return all repairs."""
        return pl.concat(self.repairs) if self.repairs else pl.DataFrame(schema=REPAIR_SCHEMA)
