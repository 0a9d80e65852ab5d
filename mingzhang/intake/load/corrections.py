"""Corrections against their original: which lines they name, whether anything was corrected, and what no longer counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb
import polars as pl

from mingzhang.catalog.models import Layout
from mingzhang.intake.columns.mapping import LEADING
from mingzhang.intake.lines import assemble as file_lines
from mingzhang.intake.lines.file_content import FileContent
from mingzhang.intake.load import incoming
from mingzhang.intake.load.ledger import LedgerRow
from mingzhang.intake.notes import Notes
from mingzhang.intake.receive.receipts import Receipt
from mingzhang.warehouse import database

SHORTER = 0.1  # from this share of missing lines on, a person must confirm it


def check(connection: duckdb.DuckDBPyConnection, receipt: Receipt, content: FileContent) -> FileContent:
    """Reject the lines of a correction that name no line of the original, name one twice, or change nothing.

    Where some lines name a line of the original, all must: new people come on a list of their own.

    A correction that names no line replaces the whole original; one much shorter is held.

    Args:
        connection: the warehouse.
        receipt: says which delivery is corrected.
        content: the correction; the content of any other file is returned unchanged.
    """
    if not receipt.corrects or content.refused:
        return content
    if not _names_lines(content):
        return _hold_if_short(connection, receipt.corrects, content)
    frame = content.lines.with_columns(
        incoming.cells(content.lines),
        target=pl.col("corrects").map_elements(
            lambda text: line_id_of(receipt.corrects or "", text), return_dtype=pl.String
        ),
    )
    original = _original(connection, receipt.corrects)
    if not original.height:
        return content  # it has not arrived: the whole correction will be held
    frame = frame.join(original, left_on="target", right_on="line_id", how="left", maintain_order="left")
    faults = {
        "corrected_line_blank": frame["target"].is_null(),
        "corrected_line_unknown": frame["target"].is_not_null() & frame["before"].is_null(),
        "corrected_line_repeated": frame["target"].is_not_null() & frame["target"].is_duplicated(),
        "line_not_corrected": _unchanged(frame),
    }
    found = [file_lines.problem_rows(code, frame, mask, "更正原行", "corrects") for code, mask in faults.items()]
    return _with_rejected_lines(content, pl.concat(found))


def overtaking_correction(
    connection: duckdb.DuckDBPyConnection, content: FileContent, before: Sequence[LedgerRow]
) -> str | None:
    """Return the earlier correction that replaced the whole original whose lines this one names."""
    if not _names_lines(content):
        return None
    for row in reversed(before):
        named = connection.execute(
            "select count(*) from payment_lines where delivery_id = ? and corrects is not null", [row.delivery_id]
        ).fetchall()
        if not named[0][0]:
            return row.delivery_id
    return None


def _names_lines(content: FileContent) -> bool:
    return "corrects" in content.lines.columns and bool(content.lines["corrects"].is_not_null().any())


def _hold_if_short(connection: duckdb.DuckDBPyConnection, corrected: str, content: FileContent) -> FileContent:
    """Hold what would replace an original by a part of it: a few fixed rows sent back without the others."""
    found = connection.execute("select count(*) from line_cells where delivery_id = ?", [corrected]).fetchall()
    before, now = int(found[0][0]), content.lines.height
    if now >= before * (1 - SHORTER):
        return content
    notes = Notes(None, None)
    notes.add_problem("correction_shorter", value=now, expected=before)
    problems = pl.concat([content.problems, notes.problem_frame()])
    return replace(content, problems=problems, holds=(*content.holds, "correction_shorter"))


def _original(connection: duckdb.DuckDBPyConnection, delivery_id: str) -> pl.DataFrame:
    relation = connection.sql(
        f"select line_id, {database.split_cells('cells')} as before from line_cells where delivery_id = $delivery",
        params={"delivery": delivery_id},
    )
    frame: pl.DataFrame = relation.pl()
    return frame


def _unchanged(frame: pl.DataFrame) -> pl.Series:
    """Return where a line of our correction workbook has the sender's cells unchanged."""
    behind = pl.col("cells").list.slice(len(LEADING))
    texts = frame.select(
        after=behind.list.join("\x1f").str.strip_chars_end("\x1f"),
        before=pl.col("before").list.join("\x1f").str.strip_chars_end("\x1f"),
    )
    return (texts["after"] == texts["before"]).fill_null(False)


def _with_rejected_lines(content: FileContent, problems: pl.DataFrame) -> FileContent:
    if not problems.height:
        return content
    first = problems.unique(["sheet_no", "row"], keep="first", maintain_order=True)
    lines = content.lines.join(
        first.select("sheet_no", "row", fault="id"), on=["sheet_no", "row"], how="left", maintain_order="left"
    )
    lines = lines.with_columns(
        status=pl.when(pl.col("fault").is_not_null()).then(pl.lit("rejected")).otherwise("status"),
        reason=pl.coalesce("reason", "fault"),
    ).drop("fault")
    return replace(content, lines=lines, problems=pl.concat([content.problems, problems]))


def replace_lines(
    connection: duckdb.DuckDBPyConnection, receipt: Receipt, layout: Layout, superseding: Sequence[LedgerRow]
) -> None:
    """Mark what accepted corrections replace: the rows they name, or everything when they name none; in a transaction.

    A later correction of the same original replaces the lines of this one that correct the same rows: a workbook
    sent again with more rows fixed pays nobody twice.

    Args:
        connection: the warehouse, inside a transaction.
        receipt: the delivery whose lines are marked.
        layout: its kind.
        superseding: accepted corrections that replace its lines.
    """
    tables = [("lines", "line_id"), (layout.table, "record_id" if layout.table.startswith("register_") else "line_id")]
    for correction in superseding:
        named = _named_lines(connection, correction.delivery_id)
        where, values = "delivery_id = ?", [receipt.delivery_id]
        for table, line in tables:
            part = f" and list_contains(?, {line})" if named else ""
            lines = [_replaced_lines(connection, receipt, correction, named)] if named else []
            connection.execute(
                f"update {table} set status = 'replaced' where {where}{part} and status <> 'withdrawn'", values + lines
            )


def _named_lines(connection: duckdb.DuckDBPyConnection, delivery_id: str) -> list[tuple[str, str, str]]:
    """Return the lines of a correction that name a line of the original: which, their status and their own id."""
    return connection.execute(
        "select corrects, status, line_id from payment_lines where delivery_id = ? and corrects is not null",
        [delivery_id],
    ).fetchall()


def _replaced_lines(
    connection: duckdb.DuckDBPyConnection, receipt: Receipt, correction: LedgerRow, named: list[tuple[str, str, str]]
) -> list[str]:
    """Return the lines of a delivery that the accepted lines of a correction replace."""
    original = correction.corrects or ""
    # What a still later correction has replaced still replaces its line.
    targets = {line_id_of(original, text) for text, status, _ in named if status in {"accepted", "replaced"}}
    if original == receipt.delivery_id:
        return sorted(targets)
    own = _named_lines(connection, receipt.delivery_id)
    return [line for text, _, line in own if line_id_of(original, text) in targets]


def line_id_of(delivery_id: str, text: str) -> str:
    """Return the line an entry of the column 更正原行 means: `12` is row 12 of the first sheet, `2/12` of the second."""
    sheet, _, row = text.strip().rpartition("/")
    return f"{delivery_id}/{sheet or 1}/{row.removesuffix('.0')}"
