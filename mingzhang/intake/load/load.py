"""Received files into the warehouse: parse ahead, judge against the ledger, commit one by one. Reads no cell itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice

import duckdb
import polars as pl

from mingzhang.catalog.load import Catalogue
from mingzhang.intake import parser_process
from mingzhang.intake.answer import report
from mingzhang.intake.context import CaseworkFacts, Context
from mingzhang.intake.lines import read_file as reader
from mingzhang.intake.lines.read_file import Reading, waived
from mingzhang.intake.load import commit, corrections, incoming, ledger
from mingzhang.intake.load.ledger import COUNTED, Known, Ledger
from mingzhang.intake.notes import Notes
from mingzhang.intake.parser_process import Book
from mingzhang.intake.problems import RefusedFileError, message_of
from mingzhang.intake.receive import receipts as receive
from mingzhang.intake.receive.declared import Declared
from mingzhang.intake.receive.receipts import Receipt
from mingzhang.storage.data_folder import DataFolder
from mingzhang.warehouse import people

PARSED_AHEAD = 2


@dataclass(frozen=True)
class Outcome:
    """What became of a delivery."""

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
    """Return the deliveries the warehouse does not hold, or holds as read under other circumstances."""
    everything = receive.receipts(folder)
    return _stale(everything, Ledger.read(connection, everything), catalogue, facts)


def _stale(everything: list[Receipt], known: Ledger, catalogue: Catalogue, facts: CaseworkFacts) -> list[Receipt]:
    found = []
    for receipt in everything:
        if receipt.status != "received":
            continue
        row = known.known.get(receipt.delivery_id)
        if row is not None:
            county, kind, programme, month = row.key
            declared = Declared(county, kind, programme, month)
            answering = _as_correction(receipt, row.corrects)
            if row.inputs_hash == ledger.inputs_hash(answering, declared, known, catalogue, facts):
                continue
        found.append(receipt)
    return found


def _as_correction(receipt: Receipt, corrects: str | None) -> Receipt:
    """Return the receipt as the correction its title says it is, if the sender did not say so himself."""
    if receipt.corrects or not corrects:
        return receipt
    return replace(receipt, corrects=corrects, correction_no=receipt.correction_no or 1)


def load(
    connection: duckdb.DuckDBPyConnection,
    folder: DataFolder,
    catalogue: Catalogue,
    facts: CaseworkFacts,
    receipts: Sequence[Receipt],
    progress: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Load deliveries, one transaction each, under the caller's `warehouse.writer()`.

    Deliveries whose reading depends on what was just loaded (places, originals, corrections) are read again.

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
    people.prepare(connection, folder.key("person"))
    parser_process.sweep(folder.tmp)
    everything = receive.receipts(folder)
    known = Ledger.read(connection, everything)
    outcomes: dict[str, Outcome] = {}
    todo = list({r.delivery_id: r for r in receipts if r.status == "received"}.values())
    reread = any(receipt.delivery_id in known.known for receipt in todo)
    for _ in range(4):  # places → rosters → corrections → originals: no chain is longer
        for receipt, book in _parsed(folder, sorted(todo, key=_order)):
            outcome = _load_one(connection, catalogue, facts, known, receipt, book)
            outcomes[receipt.delivery_id] = outcome
            if progress:
                progress(outcome)
        todo = _stale(everything, known, catalogue, facts) if _touches_others(todo, known, outcomes) else []
        reread = reread or bool(todo)
        if not todo:
            break
    if reread:
        people.forget_orphans(connection)
    connection.execute("checkpoint")
    return list(outcomes.values())


def _order(receipt: Receipt) -> tuple[bool, int, int]:
    return receipt.declared.kind != "places", receipt.correction_no, receipt.sequence


def _touches_others(done: list[Receipt], known: Ledger, outcomes: dict[str, Outcome]) -> bool:
    corrected = {row.corrects for row in known.known.values() if row.corrects}
    return any(
        known.known[receipt.delivery_id].corrects
        or receipt.delivery_id in corrected
        or outcomes[receipt.delivery_id].kind == "places"
        for receipt in done
    ) or bool(known.withdrawn)


def _parsed(folder: DataFolder, todo: list[Receipt]) -> Iterator[tuple[Receipt, Book | RefusedFileError]]:
    """Parse in child processes ahead of the one that is being committed."""

    def parse(receipt: Receipt) -> Book | RefusedFileError:
        try:
            return parser_process.parse(receive.original_of(folder, receipt), receipt.file_name, folder.tmp)
        except RefusedFileError as refusal:
            return refusal

    with ThreadPoolExecutor(PARSED_AHEAD) as pool:
        waiting = iter(todo)
        started: list[tuple[Receipt, Future[Book | RefusedFileError]]] = [
            (receipt, pool.submit(parse, receipt)) for receipt in islice(waiting, PARSED_AHEAD)
        ]
        while started:
            receipt, future = started.pop(0)
            book = future.result()
            started.extend((following, pool.submit(parse, following)) for following in islice(waiting, 1))
            yield receipt, book


def _load_one(
    connection: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    facts: CaseworkFacts,
    known: Ledger,
    receipt: Receipt,
    book: Book | RefusedFileError,
) -> Outcome:
    context = Context(catalogue, receipt.received_at.date(), known.places, facts)
    if isinstance(book, RefusedFileError):
        reading = reader.refused(receipt.declared, book)
    else:
        reading = reader.read_book(book, receipt.file_name, receipt.declared, context)
    reading = _require_key(reading)
    receipt = _as_correction(receipt, reading.corrects)
    reading = corrections.check(connection, receipt, reading)
    with incoming.offered(connection, receipt.delivery_id, reading):
        content = incoming.content_hash(connection, reading)
        reading, status, reason, message = _judge(connection, facts, known, receipt, reading, content)
        inputs = ledger.inputs_hash(receipt, reading.declared, known, catalogue, facts)
        part = ledger.catalogue_part(catalogue, reading.declared.kind)
        entry = commit.Entry(status, reason, message, content, inputs, part)
        counted = commit.commit(connection, receipt, reading, entry, known.superseding(receipt))
    key = ledger.key_of(reading.declared)
    known.add(
        Known(
            receipt.delivery_id, receipt.sequence, key, status, receipt.corrects, receipt.correction_no, content, inputs
        )
    )
    if reading.declared.kind == "places":
        known.places = ledger.places_of(connection)
    return Outcome(
        receipt.delivery_id, receipt.file_name, status, reason, message, counted.lines, counted.accepted,
        counted.rejected, counted.held, counted.warnings, counted.total_fen, reading.declared_total_fen, *key,
    )  # fmt: skip


def _require_key(reading: Reading) -> Reading:
    """Refuse what nobody said the county or month of."""
    if reading.refused:
        return reading
    declared, layout = reading.declared, reading.layout
    for code, absent in (
        ("county_missing", declared.county is None),
        ("month_missing", declared.month is None and layout is not None and layout.table != "places"),
    ):
        if absent:
            return reader.refused(declared, RefusedFileError(code), reading.sheets)
    return reading


def _judge(
    connection: duckdb.DuckDBPyConnection,
    facts: CaseworkFacts,
    known: Ledger,
    receipt: Receipt,
    reading: Reading,
    content: str,
) -> tuple[Reading, str, str | None, str]:
    """Return the reading with the ledger's problems, its status, reason and sentence."""
    delivery = receipt.delivery_id
    if reading.refused:
        return reading, "refused", reading.refused, reading.message
    if delivery in known.withdrawn:
        return reading, "withdrawn", "withdrawn", f"已撤回：{known.withdrawn[delivery]}"
    earlier = known.earlier(ledger.key_of(reading.declared), receipt.sequence)
    same = next((row for row in earlier if row.content_hash == content and row.status in COUNTED | {"held"}), None)
    if same and not receipt.correction_no:
        message = message_of("already_received", delivery=same.delivery_id)
        return reading, "already_received", "already_received", message
    notes = Notes(None, None)
    _hold_unordered(connection, known, receipt, reading, earlier, notes)
    if receipt.clock_suspect:
        notes.one("clock_suspect")
    found = notes.problem_frame()
    held = found.filter(pl.col("level") == "hold")["id"]
    reading = replace(reading, problems=pl.concat([reading.problems, found]), holds=(*reading.holds, *held))
    reading = waived(reading, facts.waived(reading.declared, receipt.received_at.date()))
    settled = facts.settlements.get(delivery)
    if settled == "refuse" and reading.holds:
        return reading, "refused", "settled_refused", message_of("settled_refused")
    reading = replace(reading, holds=() if settled == "accept" else reading.holds)
    status, reason = report.status_of(reading)
    return reading, status, reason, report.summary(reading, status)


def _hold_unordered(
    connection: duckdb.DuckDBPyConnection,
    known: Ledger,
    receipt: Receipt,
    reading: Reading,
    earlier: list[Known],
    notes: Notes,
) -> None:
    if receipt.correction_no or receipt.corrects:
        original = known.known.get(receipt.corrects or "")
        if original is None or original.status not in COUNTED | {"replaced"}:
            notes.one("correction_without_original")
        elif overtaken := corrections.overtaken(connection, reading, known.siblings(receipt)[0]):
            notes.one("correction_overtaken", delivery=overtaken)
        return
    others = [row.delivery_id for row in earlier if row.status in COUNTED]
    if others and reading.declared.kind != "places":
        found = incoming.overlap(connection, reading, others)
        if found and found[1] >= incoming.OVERLAP * reading.lines.height:
            notes.one("conflicts_with_delivery", delivery=found[0], count=found[1])
