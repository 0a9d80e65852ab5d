"""What the staff snapshot and the received files know besides a file: `judge.Known` for a check. Opens no warehouse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property

import duckdb
import polars as pl

from mingzhang.intake.compare import other_files
from mingzhang.intake.context import Context
from mingzhang.intake.lines import read_file
from mingzhang.intake.lines.file_content import FileContent
from mingzhang.intake.load import corrections, incoming
from mingzhang.intake.load.ledger import Ledger, LedgerRow
from mingzhang.intake.receive import receipts
from mingzhang.intake.receive.receipts import Receipt
from mingzhang.storage.data_folder import DataFolder

# What `incoming.overlap` reads of the lines of other files; in a check a number stands for its id.
OLD_LINES = {
    **dict.fromkeys(("delivery_id", "recipient_id", "recipient_name", "programme"), pl.String),
    "period_from": pl.Date,
    **dict.fromkeys(("plot_code", "item_serial"), pl.String),
}
OLD_CELLS = dict.fromkeys(("delivery_id", "cells"), pl.String)


@dataclass
class SnapshotKnown:
    """What is known besides a file without the warehouse.

    Attributes:
        known: the context of the current staff snapshot.
        ledger: the deliveries of the snapshot; withdrawals of files that came since stand in the receipts.
    """

    known: Context
    ledger: Ledger = field(init=False)
    _read: dict[str, FileContent | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ledger = Ledger({}, self.known.places, receipts.withdrawals(self._receipts))
        for row in self.known.deliveries.to_dicts() if self.known.deliveries is not None else ():
            self.ledger.add(LedgerRow.from_dict(row))

    def context(self, receipt: Receipt, content: FileContent) -> Context:
        """Return the context of the snapshot."""
        return self.known

    def lines_of(self, delivery_id: str) -> corrections.Original:
        """Return the lines of another delivery, read again from the received file."""
        content = self._content_of(delivery_id)
        if content is None or not content.lines.height:
            return corrections.Original(pl.DataFrame(schema={"line_id": pl.String, "before": pl.List(pl.String)}))
        cells = content.lines.select(incoming.line_id(delivery_id), incoming.cells(content.lines).alias("before"))
        return corrections.Original(cells, corrections.names_lines(content))

    def content_hash(self, content: FileContent) -> str:
        """Return the hash of a file's lines."""
        with _registered(content) as connection:
            return incoming.content_hash(connection, content)

    def overlap(self, content: FileContent, others: Sequence[str]) -> tuple[str, int] | None:
        """Return which of the others shares most lines with a file, and how many."""
        is_payments = content.layout is not None and content.layout.table == "payment_lines"
        parts = [self._old_lines(other) if is_payments else self._old_cells(other) for other in others]
        table, schema = ("payment_lines", OLD_LINES) if is_payments else ("line_cells", OLD_CELLS)
        with _registered(content) as connection:
            connection.register(table, pl.concat([pl.DataFrame(schema=schema), *parts]).to_arrow())
            return incoming.overlap(connection, content, others)

    @cached_property
    def _receipts(self) -> list[Receipt]:
        return receipts.receipts(self.known.folder) if self.known.folder else []

    def _content_of(self, delivery_id: str) -> FileContent | None:
        """Return the content of a received delivery, or None where it has not arrived."""
        if delivery_id not in self._read:
            receipt = next((r for r in self._receipts if r.delivery_id == delivery_id), None)
            folder = self.known.folder
            self._read[delivery_id] = self._read_again(folder, receipt) if folder and receipt else None
        return self._read[delivery_id]

    def _read_again(self, folder: DataFolder, receipt: Receipt) -> FileContent:
        path = receipts.original_of(folder, receipt)
        context = replace(self.known, today=receipt.received_at.date())
        return read_file.read(path, receipt.file_name, receipt.declared, context, None, bool(receipt.corrects))

    def _old_lines(self, delivery_id: str) -> pl.DataFrame:
        """Return the payments of another delivery: from the lake where it has all of them, else from the file."""
        found = self._lake_lines(delivery_id)
        if found is not None:
            return found
        content = self._content_of(delivery_id)
        lines = content.lines if content else pl.DataFrame(schema={"recipient_idno": pl.String})
        own = lines.with_columns(delivery_id=pl.lit(delivery_id), recipient_id=pl.col("recipient_idno"))
        return _as_old_lines(own)

    def _lake_lines(self, delivery_id: str) -> pl.DataFrame | None:
        """Return the payments of another delivery as the lake has them, or None where it lacks some."""
        deliveries = self.known.deliveries
        row = (
            None
            if deliveries is None
            else deliveries.row(by_predicate=pl.col("delivery_id") == delivery_id, named=True)
        )
        if row is None or row["month"] is None or row["accepted"] != row["lines"]:
            return None
        county = row["county_code"]
        frame = other_files.lake_table(self.known, "payments", county, f"{row['month']:%Y-%m}")
        own = frame.filter(pl.col("batch_id") == delivery_id) if frame is not None else None
        if own is None or own.height != row["lines"]:  # a correction has replaced some
            return None
        numbered = other_files.with_numbers(self.known, county, own)
        return _as_old_lines(numbered.with_columns(delivery_id=pl.lit(delivery_id), recipient_id=pl.col("idno")))

    def _old_cells(self, delivery_id: str) -> pl.DataFrame:
        content = self._content_of(delivery_id)
        if content is None or not content.lines.height:
            return pl.DataFrame(schema=OLD_CELLS)
        cells = incoming.cells(content.lines).list.join("\0").alias("cells")
        return content.lines.select(pl.lit(delivery_id).alias("delivery_id"), cells)


def _as_old_lines(lines: pl.DataFrame) -> pl.DataFrame:
    absent = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in OLD_LINES.items() if name not in lines.columns]
    return lines.with_columns(absent).select(*OLD_LINES)


@contextmanager
def _registered(content: FileContent) -> Iterator[duckdb.DuckDBPyConnection]:
    """Register the lines of a file in a connection of its own; it needs no key, as numbers stand for themselves."""
    with duckdb.connect() as connection:
        for name in ("person_id", "account_id"):
            connection.execute(f"create temp macro {name}(text) as text")
        with incoming.incoming_view(connection, "check", content):
            yield connection
