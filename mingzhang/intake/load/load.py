"""Received files into the warehouse: parse ahead, check against the ledger, commit one by one. Reads no cell itself."""

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
from mingzhang.intake.context import CaseworkFacts, Context
from mingzhang.intake.lines import read_file
from mingzhang.intake.lines.file_content import FileContent, refused, waived
from mingzhang.intake.lines.verdict import status_of, summary
from mingzhang.intake.load import commit, corrections, incoming
from mingzhang.intake.load.ledger import COUNTED, Ledger, LedgerRow, catalogue_part, inputs_hash, key_of, places_of
from mingzhang.intake.notes import Notes
from mingzhang.intake.parser_process import ParsedFile
from mingzhang.intake.problems import RefusedFileError, message_of
from mingzhang.intake.receive import receipts as receive
from mingzhang.intake.receive.declared import Declared
from mingzhang.intake.receive.receipts import Receipt
from mingzhang.storage.data_folder import DataFolder
from mingzhang.warehouse import person_ids

PARSED_AHEAD = 2


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
            answering = _as_correction(receipt, row.corrects)
            if row.inputs_hash == inputs_hash(answering, declared, ledger, catalogue, facts):
                continue
        found.append(receipt)
    return found


def _as_correction(receipt: Receipt, corrects: str | None) -> Receipt:
    """Return the receipt as the correction its title says it is, if the sender did not declare it."""
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
    for _ in range(4):  # places → rosters → corrections → originals: no chain is longer
        for receipt, parsed in _parsed(folder, sorted(todo, key=_load_order)):
            outcome = _load_one(connection, catalogue, facts, ledger, receipt, parsed)
            outcomes[receipt.delivery_id] = outcome
            if progress:
                progress(outcome)
        todo = _stale(all_receipts, ledger, catalogue, facts) if _others_depend_on(todo, ledger, outcomes) else []
        reread = reread or bool(todo)
        if not todo:
            break
    if reread:
        person_ids.forget_orphans(connection)
    connection.execute("checkpoint")
    return list(outcomes.values())


def _load_order(receipt: Receipt) -> tuple[bool, int, int]:
    return receipt.declared.kind != "places", receipt.correction_no, receipt.sequence


def _others_depend_on(done: list[Receipt], ledger: Ledger, outcomes: dict[str, Outcome]) -> bool:
    corrected = {row.corrects for row in ledger.rows.values() if row.corrects}
    return any(
        ledger.rows[receipt.delivery_id].corrects
        or receipt.delivery_id in corrected
        or outcomes[receipt.delivery_id].kind == "places"
        for receipt in done
    ) or bool(ledger.withdrawn)


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
    content = _require_key(content)
    receipt = _as_correction(receipt, content.corrects)
    content = corrections.check(connection, receipt, content)
    with incoming.incoming_view(connection, receipt.delivery_id, content):
        lines_hash = incoming.content_hash(connection, content)
        content, status, reason, message = _verdict(connection, facts, ledger, receipt, content, lines_hash)
        inputs = inputs_hash(receipt, content.declared, ledger, catalogue, facts)
        part = catalogue_part(catalogue, content.declared.kind)
        entry = commit.Entry(status, reason, message, lines_hash, inputs, part)
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
            lines_hash,
            inputs,
        )
    )
    if content.declared.kind == "places":
        ledger.places = places_of(connection)
    return Outcome(
        receipt.delivery_id, receipt.file_name, status, reason, message, counted.lines, counted.accepted,
        counted.rejected, counted.held, counted.warnings, counted.total_fen, content.declared_total_fen, *key,
    )  # fmt: skip


def _require_key(content: FileContent) -> FileContent:
    """Refuse a file without a county or month."""
    if content.refused:
        return content
    declared, layout = content.declared, content.layout
    for code, absent in (
        ("county_missing", declared.county is None),
        ("month_missing", declared.month is None and layout is not None and layout.table != "places"),
    ):
        if absent:
            return refused(declared, RefusedFileError(code), content.sheets)
    return content


def _verdict(
    connection: duckdb.DuckDBPyConnection,
    facts: CaseworkFacts,
    ledger: Ledger,
    receipt: Receipt,
    content: FileContent,
    lines_hash: str,
) -> tuple[FileContent, str, str | None, str]:
    """Return the content with the ledger's problems, its status, reason and sentence."""
    delivery = receipt.delivery_id
    if content.refused:
        return content, "refused", content.refused, content.message
    if delivery in ledger.withdrawn:
        return content, "withdrawn", "withdrawn", f"已撤回：{ledger.withdrawn[delivery]}"
    earlier = ledger.earlier(key_of(content.declared), receipt.sequence)
    same = next((row for row in earlier if row.content_hash == lines_hash and row.status in COUNTED | {"held"}), None)
    if same and not receipt.correction_no:
        message = message_of("already_received", delivery=same.delivery_id)
        return content, "already_received", "already_received", message
    notes = Notes(None, None)
    _hold_unordered(connection, ledger, receipt, content, earlier, notes)
    if receipt.clock_suspect:
        notes.add_problem("clock_suspect")
    found = notes.problem_frame()
    held = found.filter(pl.col("level") == "hold")["id"]
    content = replace(content, problems=pl.concat([content.problems, found]), holds=(*content.holds, *held))
    content = waived(content, facts.waived(content.declared, receipt.received_at.date()))
    settled = facts.settlements.get(delivery)
    if settled == "refuse" and content.holds:
        return content, "refused", "settled_refused", message_of("settled_refused")
    content = replace(content, holds=() if settled == "accept" else content.holds)
    status, reason = status_of(content)
    return content, status, reason, summary(content, status)


def _hold_unordered(
    connection: duckdb.DuckDBPyConnection,
    ledger: Ledger,
    receipt: Receipt,
    content: FileContent,
    earlier: list[LedgerRow],
    notes: Notes,
) -> None:
    if receipt.correction_no or receipt.corrects:
        original = ledger.rows.get(receipt.corrects or "")
        if original is None or original.status not in COUNTED | {"replaced"}:
            notes.add_problem("correction_without_original")
        elif overtaking_correction := corrections.overtaking_correction(
            connection, content, ledger.siblings(receipt)[0]
        ):
            notes.add_problem("correction_overtaken", delivery=overtaking_correction)
        return
    others = [row.delivery_id for row in earlier if row.status in COUNTED]
    if others and content.declared.kind != "places":
        found = incoming.overlap(connection, content, others)
        if found and found[1] >= incoming.OVERLAP * content.lines.height:
            notes.add_problem("conflicts_with_delivery", delivery=found[0], count=found[1])
