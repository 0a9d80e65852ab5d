"""Received files into the warehouse: parse ahead, check against the ledger, commit one by one. Reads no cell itself."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice

import duckdb
import polars as pl

from mingzhang.catalog.load import Catalogue
from mingzhang.intake import parser_process
from mingzhang.intake.context import CaseworkFacts, Context
from mingzhang.intake.history import WarehouseHistory
from mingzhang.intake.lines import read_file
from mingzhang.intake.lines.file_content import FileContent, refused
from mingzhang.intake.load import commit, corrections, incoming
from mingzhang.intake.load import judge as judging
from mingzhang.intake.load.ledger import (
    REPLY,
    VOUCHERS,
    Ledger,
    LedgerRow,
    catalogue_part,
    inputs_hash,
    key_of,
    places_of,
)
from mingzhang.intake.parser_process import ParsedFile
from mingzhang.intake.problems import RefusedFileError, message_of
from mingzhang.intake.receive import receipts as receive
from mingzhang.intake.receive.declared import Declared
from mingzhang.intake.receive.receipts import Receipt
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.durable import write_durably
from mingzhang.warehouse import person_ids

PARSED_AHEAD = 2
LOADED_FIRST = ("places", VOUCHERS)
KEY_COLUMNS = ("delivery_id", "county_code", "kind", "programme", "month")


@dataclass(frozen=True)
class Outcome:
    """The result of loading a delivery; amounts in fen, `month` its first day."""

    delivery_id: str
    file_name: str
    status: str
    reason: str | None
    message: str
    lines: int
    accepted: int
    rejected: int
    held: int
    warnings: int
    total_fen: int
    declared_total_fen: int | None
    county_code: str | None
    kind: str | None
    programme: str | None
    month: dt.date | None


def pending(
    folder: DataFolder, connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, facts: CaseworkFacts
) -> list[Receipt]:
    """Return the deliveries that are not in the warehouse, or were read with other inputs than today's.

    Args:
        folder: the data folder with `received/`.
        connection: the warehouse.
        catalogue: layouts, programmes and vocabularies.
        facts: what people decided.
    """
    all_receipts = receive.receipts(folder)
    return _stale(all_receipts, Ledger.read(connection, all_receipts), catalogue, facts)


def _stale(all_receipts: list[Receipt], ledger: Ledger, catalogue: Catalogue, facts: CaseworkFacts) -> list[Receipt]:
    found = []
    for receipt in all_receipts:
        if receipt.status != "received":
            continue
        row = ledger.rows.get(receipt.delivery_id)
        if row is not None:
            county, kind, programme, month = row.key
            declared = Declared(county, kind, programme, month)
            answering = judging.as_correction(receipt, row.corrects)
            if row.inputs_hash == inputs_hash(answering, declared, ledger, catalogue, facts):
                continue
        found.append(receipt)
    return found


def load(
    connection: duckdb.DuckDBPyConnection,
    folder: DataFolder,
    catalogue: Catalogue,
    facts: CaseworkFacts,
    receipts: Sequence[Receipt],
    progress: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Load deliveries, one transaction each, under the caller's `warehouse.writer()`.

    Deliveries that depend on what was just loaded (places, originals, corrections) are read again.

    Args:
        connection: the warehouse.
        folder: the data folder with `received/`.
        catalogue: layouts and programmes.
        facts: what people decided.
        receipts: what to load, usually `pending(...)`.
        progress: called after each delivery.

    Returns:
        One outcome per delivery, the last one where a delivery was read twice.
    """
    person_ids.prepare(connection, folder.key("person"))
    parser_process.sweep(folder.tmp)
    all_receipts = receive.receipts(folder)
    ledger = Ledger.read(connection, all_receipts)
    outcomes: dict[str, Outcome] = {}
    todo = list({r.delivery_id: r for r in receipts if r.status == "received"}.values())
    reread = any(receipt.delivery_id in ledger.rows for receipt in todo)
    # places → rosters → corrections → originals, and each month → the next: no verdict rests on a later month or on what
    # corrects it, so the chain ends.
    for _ in range(4 + len(all_receipts)):
        for receipt, parsed in _parsed(folder, sorted(todo, key=_load_order)):
            outcome = _load_one(connection, catalogue, facts, ledger, receipt, parsed)
            outcomes[receipt.delivery_id] = outcome
            if progress:
                progress(outcome)
        todo = _stale(all_receipts, ledger, catalogue, facts)
        reread = reread or bool(todo)
        if not todo:
            break
    if any(outcome.kind == "places" for outcome in outcomes.values()) or not folder.places.exists():
        _write_places(folder, ledger.places)
    if reread:
        person_ids.forget_orphans(connection)
    connection.execute("checkpoint")
    return list(outcomes.values())


def _write_places(folder: DataFolder, places: pl.DataFrame) -> None:
    """Keep the places where a check finds them: the staff site may not open the warehouse, and a snapshot needs a run."""
    written = io.BytesIO()
    places.write_parquet(written)
    write_durably(folder.places, written.getvalue())


def _load_order(receipt: Receipt) -> tuple[int, int, dt.date, int]:
    """Return where a delivery stands in a load: after what it is compared with, so that few are read twice."""
    kind, month = receipt.declared.kind, receipt.declared.month or dt.date.min
    rank = LOADED_FIRST.index(kind) if kind in LOADED_FIRST else len(LOADED_FIRST) + (kind == REPLY)
    return rank, receipt.correction_no, month, receipt.sequence


def _parsed(folder: DataFolder, todo: list[Receipt]) -> Iterator[tuple[Receipt, ParsedFile | RefusedFileError]]:
    """Parse in separate processes, ahead of the file that is being committed."""

    def parse(receipt: Receipt) -> ParsedFile | RefusedFileError:
        try:
            return parser_process.parse(receive.original_of(folder, receipt), receipt.file_name, folder.tmp)
        except RefusedFileError as refusal:
            return refusal

    with ThreadPoolExecutor(PARSED_AHEAD) as pool:
        waiting = iter(todo)
        started: list[tuple[Receipt, Future[ParsedFile | RefusedFileError]]] = [
            (receipt, pool.submit(parse, receipt)) for receipt in islice(waiting, PARSED_AHEAD)
        ]
        while started:
            receipt, future = started.pop(0)
            parsed = future.result()
            started.extend((following, pool.submit(parse, following)) for following in islice(waiting, 1))
            yield receipt, parsed


def _load_one(
    connection: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    facts: CaseworkFacts,
    ledger: Ledger,
    receipt: Receipt,
    parsed: ParsedFile | RefusedFileError,
) -> Outcome:
    context = Context(catalogue, receipt.received_at.date(), ledger.places, facts)
    if isinstance(parsed, RefusedFileError):
        content = refused(receipt.declared, parsed)
    else:
        content = read_file.read_parsed(parsed, receipt.file_name, receipt.declared, context, bool(receipt.corrects))
    known = WarehouseKnown(connection, ledger, context)
    content, receipt = judging.complete(content, receipt, known.lines_of)
    with incoming.incoming_view(connection, receipt.delivery_id, content):
        verdict = judging.judge(content, receipt, known)
        ledger.programmes[receipt.delivery_id] = _programmes_of(verdict)
        content, status, reason = _without_numbers(verdict.content), verdict.status, verdict.reason
        inputs = inputs_hash(receipt, content.declared, ledger, catalogue, facts)
        part = catalogue_part(catalogue, content.declared.kind)
        entry = commit.Entry(status, reason, verdict.message, verdict.content_hash, inputs, part)
        counted = commit.commit(connection, receipt, content, entry, ledger.superseding(receipt))
    key = key_of(content.declared)
    ledger.add(
        LedgerRow(
            receipt.delivery_id,
            receipt.sequence,
            key,
            status,
            receipt.corrects,
            receipt.correction_no,
            verdict.content_hash,
            inputs,
        )
    )
    if content.declared.kind == "places":
        ledger.places = places_of(connection)
    return Outcome(
        receipt.delivery_id, receipt.file_name, status, reason, verdict.message, counted.lines, counted.accepted,
        counted.rejected, counted.held, counted.warnings, counted.total_fen, content.declared_total_fen, *key,
    )  # fmt: skip


def _programmes_of(verdict: judging.Verdict) -> frozenset[str]:
    lines = verdict.content.lines
    if "programme" not in lines.columns or verdict.status in {"refused", "already_received"}:
        return frozenset()
    return frozenset(lines.filter(pl.col("status") == "accepted")["programme"].drop_nulls().unique())


def _without_numbers(content: FileContent) -> FileContent:
    """Leave out of the sentences that are kept what only a check may show: a whole identity number of another month."""
    proposed = pl.col("id") == "id_suggested"
    message = pl.when(proposed).then(pl.lit(message_of("id_suggested_before"))).otherwise("message")
    return replace(content, problems=content.problems.with_columns(message=message))


@dataclass(frozen=True)
class WarehouseKnown:
    """What the warehouse knows besides a file: `judge.Known` for a load."""

    connection: duckdb.DuckDBPyConnection
    ledger: Ledger
    read_in: Context

    def context(self, receipt: Receipt, content: FileContent) -> Context:
        """Return the context with the history of the delivery."""
        rows = self.ledger.earlier(key_of(content.declared), receipt.sequence)
        deliveries = pl.DataFrame(
            [(row.delivery_id, *row.key) for row in rows],
            schema={name: pl.Date if name == "month" else pl.String for name in KEY_COLUMNS},
            orient="row",
        )
        history = WarehouseHistory(self.connection, receipt.delivery_id)
        return replace(self.read_in, history=history, deliveries=deliveries)

    def lines_of(self, delivery_id: str) -> corrections.Original:
        """Return the lines of another delivery as the warehouse keeps them."""
        return corrections.original(self.connection, delivery_id)

    def content_hash(self, content: FileContent) -> str:
        """Return the hash of the lines that are registered."""
        return incoming.content_hash(self.connection, content)

    def overlap(self, content: FileContent, others: Sequence[str]) -> tuple[str, int] | None:
        """Return which of the others shares most lines with the lines that are registered, and how many."""
        return incoming.overlap(self.connection, content, others)
