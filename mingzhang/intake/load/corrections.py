"""Corrections against their original: which lines they name, whether anything was corrected, and what no longer counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

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

KEPT = "line_kept"
SHORTER = 0.1  # from this share of missing lines on, a person must confirm it


@dataclass(frozen=True)
class Original:
    """The lines of another delivery as they came.

    Attributes:
        cells: one row per line: `line_id`, and `before`, the sender's cells.
        names_lines: whether it is a correction that names lines of its original.
    """

    cells: pl.DataFrame
    names_lines: bool = False


LinesOf = Callable[[str], Original]


def check(lines_of: LinesOf, receipt: Receipt, content: FileContent) -> FileContent:
    """Reject the lines of a correction that name no line of the original or name one twice.

    Where some lines name a line of the original, all must: new people come on a list of their own.

    A line of a correction workbook that was left as it was stays as it is: it is noted and changes nothing. Where the
    original could not be read in that line, the line still has to be corrected.

    A correction that names no line replaces the whole original; one much shorter is held.

    Args:
        lines_of: returns the lines of a delivery by its id.
        receipt: says which delivery is corrected.
        content: the correction; the content of any other file is returned unchanged.
    """
    if not receipt.corrects or content.refused:
        return content
    if not names_lines(content):
        return _hold_if_short(lines_of(receipt.corrects), content)
    frame = content.lines.with_columns(
        incoming.cells(content.lines),
        target=pl.col("corrects").map_elements(
            lambda text: line_id_of(receipt.corrects or "", text), return_dtype=pl.String
        ),
    )
    original = lines_of(receipt.corrects).cells
    if not original.height:
        return content  # it has not arrived: the whole correction will be held
    frame = frame.join(original, left_on="target", right_on="line_id", how="left", maintain_order="left")
    faults = {
        "corrected_line_blank": frame["target"].is_null(),
        "corrected_line_unknown": frame["target"].is_not_null() & frame["before"].is_null(),
        "corrected_line_repeated": frame["target"].is_not_null() & frame["target"].is_duplicated(),
    }
    unchanged, is_readable = _unchanged(frame), frame["status"] == "accepted"
    is_repeated = faults["corrected_line_repeated"].fill_null(False)
    faults["line_not_corrected"] = unchanged & ~is_readable
    found = [file_lines.problem_rows(code, frame, mask, "更正原行", "corrects") for code, mask in faults.items()]
    kept = frame.filter(unchanged & is_readable & ~is_repeated)
    return _without_kept_lines(_with_rejected_lines(content, pl.concat(found)), kept)


def overtaking_correction(lines_of: LinesOf, content: FileContent, before: Sequence[LedgerRow]) -> str | None:
    """Return the earlier correction that replaced the whole original whose lines this one names."""
    if not names_lines(content):
        return None
    whole = (row.delivery_id for row in reversed(before) if not lines_of(row.delivery_id).names_lines)
    return next(whole, None)


def names_lines(content: FileContent) -> bool:
    """Tell whether a file corrects single lines of its original."""
    if (content.problems["id"] == KEPT).any():
        return True
    return "corrects" in content.lines.columns and bool(content.lines["corrects"].is_not_null().any())


def _hold_if_short(original: Original, content: FileContent) -> FileContent:
    """Hold what would replace an original by a part of it: a few fixed rows sent back without the others."""
    before, now = original.cells.height, content.lines.height
    if now >= before * (1 - SHORTER):
        return content
    notes = Notes(None, None)
    notes.add_problem("correction_shorter", value=now, expected=before)
    problems = pl.concat([content.problems, notes.problem_frame()])
    return replace(content, problems=problems, holds=(*content.holds, "correction_shorter"))


def original(connection: duckdb.DuckDBPyConnection, delivery_id: str) -> Original:
    """Return the lines of a delivery as the warehouse keeps them."""
    relation = connection.sql(
        f"select line_id, {database.split_cells('cells')} as before from line_cells where delivery_id = $delivery",
        params={"delivery": delivery_id},
    )
    return Original(relation.pl(), _is_by_line(connection, delivery_id))


def _is_by_line(connection: duckdb.DuckDBPyConnection, delivery_id: str) -> bool:
    """Tell whether a correction names lines of its original, also where it kept all of them as they were."""
    kept = connection.execute(f"select 1 from problems where delivery_id = ? and id = '{KEPT}'", [delivery_id])
    return bool(kept.fetchall()) or bool(_named_lines(connection, delivery_id))


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


def _without_kept_lines(content: FileContent, kept: pl.DataFrame) -> FileContent:
    """Leave out the lines that stay as they are, with all that was noted of them but that."""
    if not kept.height:
        return content
    noted = file_lines.problem_rows(KEPT, kept, pl.repeat(True, kept.height, eager=True), "更正原行", "corrects")
    key = ["sheet_no", "row"]
    problems = content.problems.join(kept, on=key, how="anti", maintain_order="left")
    return replace(
        content,
        lines=content.lines.join(kept, on=key, how="anti", maintain_order="left"),
        problems=pl.concat([problems, noted]),
        repairs=content.repairs.join(kept, on=key, how="anti", maintain_order="left"),
    )


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
        if not named and _is_by_line(connection, correction.delivery_id):
            continue
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
