"""The verdict on one file, from its content and from what is known besides it. Check and load both take it from here.

What is known comes from the warehouse when a file is loaded and from the staff snapshot when it is only checked. The two
are the same state when the snapshot is current: it was made after the last load, and nothing arrived or was decided since.
On the same state a check and a load give one verdict: status, reason, counts, and the problems of every line. One warning
is left to the load, as it is about the machine and not the file: `clock_suspect`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import polars as pl

from mingzhang.intake.compare import earlier_months
from mingzhang.intake.context import Context
from mingzhang.intake.lines.file_content import FileContent, refused, waived
from mingzhang.intake.lines.verdict import status_of, summary
from mingzhang.intake.load import corrections, incoming
from mingzhang.intake.load.ledger import COUNTED, Ledger, LedgerRow, key_of
from mingzhang.intake.notes import Notes
from mingzhang.intake.problems import RefusedFileError, message_of
from mingzhang.intake.receive.receipts import Receipt


class Known(Protocol):
    """What is known besides the file."""

    @property
    def ledger(self) -> Ledger:
        """The deliveries there are and which of them are withdrawn."""

    def context(self, receipt: Receipt, content: FileContent) -> Context:
        """Return the context a delivery is compared in: earlier months and other files."""

    def lines_of(self, delivery_id: str) -> corrections.Original:
        """Return the lines of another delivery as they came; none where it has not arrived."""

    def content_hash(self, content: FileContent) -> str:
        """Return the hash of a file's lines, as the ledger has it of other deliveries."""

    def overlap(self, content: FileContent, others: Sequence[str]) -> tuple[str, int] | None:
        """Return which of the other deliveries shares most lines with a file, and how many."""


@dataclass(frozen=True)
class Verdict:
    """What becomes of a file.

    Attributes:
        content: with the problems and holds that what is known has added.
        receipt: with the correction its title names, where the sender declared none.
        status: accepted, accepted_with_errors, held, refused, already_received or withdrawn.
        content_hash: of the lines, whatever their order; '' where nobody needed it.
    """

    content: FileContent
    receipt: Receipt
    status: str
    reason: str | None
    message: str
    content_hash: str


def complete(content: FileContent, receipt: Receipt, lines_of: corrections.LinesOf) -> tuple[FileContent, Receipt]:
    """Return the content with the lines that count, and the receipt as the correction it is.

    Args:
        content: what was read of the file alone.
        receipt: what was declared of it, by whom and when; for a check the receipt it would get.
        lines_of: returns the lines of another delivery by its id.
    """
    content = _with_key(content)
    receipt = as_correction(receipt, content.corrects)
    return corrections.check(lines_of, receipt, content), receipt


def judge(content: FileContent, receipt: Receipt, known: Known) -> Verdict:
    """Return the verdict on a file.

    Args:
        content: what `complete` returned.
        receipt: what `complete` returned.
        known: what is known besides the file.
    """
    lines_hash = known.content_hash(content)
    if content.refused:
        return Verdict(content, receipt, "refused", content.refused, content.message, lines_hash)
    ledger, delivery = known.ledger, receipt.delivery_id
    if delivery in ledger.withdrawn:
        message = f"已撤回：{ledger.withdrawn[delivery]}"
        return Verdict(content, receipt, "withdrawn", "withdrawn", message, lines_hash)
    same = _same_content(ledger, receipt, content, lines_hash)
    if same and not receipt.correction_no:
        message = message_of("already_received", delivery=same.delivery_id)
        return Verdict(content, receipt, "already_received", "already_received", message, lines_hash)
    context = known.context(receipt, content)
    content = _with_questions(content, receipt, known, context)
    content = waived(content, context.facts.waived(content.declared, receipt.received_at.date()))
    settled = context.facts.settlements.get(delivery)
    if settled == "refuse" and content.holds:
        message = message_of("settled_refused")
        return Verdict(content, receipt, "refused", "settled_refused", message, lines_hash)
    content = replace(content, holds=() if settled == "accept" else content.holds)
    status, reason = status_of(content)
    message = summary(content, status) if content.lines.height else _without_lines(content, status)
    return Verdict(content, receipt, status, reason, message, lines_hash)


def _without_lines(content: FileContent, status: str) -> str:
    """Return the sentence for a file without lines: a nil return, or a correction that corrects nothing."""
    kept = (content.problems["id"] == corrections.KEPT).sum()
    if kept and status == "accepted":
        return f"{kept} 行都没有改动，按原样保留，没有需要入库的更正。"
    return summary(content, status)


def as_correction(receipt: Receipt, corrects: str | None) -> Receipt:
    """Return the receipt as the correction its title says it is, if the sender did not declare it."""
    if receipt.corrects or not corrects:
        return receipt
    return replace(receipt, corrects=corrects, correction_no=receipt.correction_no or 1)


def sent_again(delivery_id: str, row: LedgerRow | None, withdrawal: str | None) -> tuple[str, str, str] | None:
    """Return status, reason and sentence for the bytes of a delivery that came before under the same declaration.

    Args:
        delivery_id: the delivery that came before.
        row: its row of the ledger, None where it is not read yet.
        withdrawal: why it was withdrawn, None where it was not.

    Returns:
        None where it was refused: then the file is judged anew, and so says why.
    """
    if withdrawal is not None:
        return "withdrawn", "withdrawn_before", message_of("withdrawn_before", delivery=delivery_id, value=withdrawal)
    if row is not None and row.status == "refused":
        return None
    return "already_received", "already_received", message_of("already_received", delivery=delivery_id)


def _with_key(content: FileContent) -> FileContent:
    """Refuse a file without a county or month; what else is wrong with it stays listed."""
    if content.refused:
        return content
    declared, layout = content.declared, content.layout
    for code, absent in (
        ("county_missing", declared.county is None),
        ("month_missing", declared.month is None and layout is not None and layout.table != "places"),
    ):
        if absent:
            found = refused(declared, RefusedFileError(code), content.sheets)
            return replace(found, layout=layout, problems=pl.concat([found.problems, content.problems]))
    return content


def _same_content(ledger: Ledger, receipt: Receipt, content: FileContent, lines_hash: str) -> LedgerRow | None:
    """Return the delivery that arrived before with the same key and the same lines."""
    earlier = ledger.earlier(key_of(content.declared), receipt.sequence)
    return next((row for row in earlier if row.content_hash == lines_hash and row.status in COUNTED | {"held"}), None)


def _with_questions(content: FileContent, receipt: Receipt, known: Known, context: Context) -> FileContent:
    """Return the content with what other deliveries and earlier months say about it."""
    notes = Notes(None, None)
    _hold_unordered(known, receipt, content, notes)
    if receipt.clock_suspect:
        notes.add_problem("clock_suspect")
    advice = earlier_months.advise(content, context, bool(receipt.corrects or receipt.correction_no))
    found = pl.concat([notes.problem_frame(), advice])
    held = found.filter(pl.col("level") == "hold")["id"].unique(maintain_order=True)
    return replace(content, problems=pl.concat([content.problems, found]), holds=(*content.holds, *held))


def _hold_unordered(known: Known, receipt: Receipt, content: FileContent, notes: Notes) -> None:
    """Hold a correction that does not find its original, and an original that repeats one that counts."""
    ledger = known.ledger
    if receipt.correction_no or receipt.corrects:
        original = ledger.rows.get(receipt.corrects or "")
        if original is None or original.status not in COUNTED | {"replaced"}:
            notes.add_problem("correction_without_original")
        elif overtaking := corrections.overtaking_correction(known.lines_of, content, ledger.siblings(receipt)[0]):
            notes.add_problem("correction_overtaken", delivery=overtaking)
        return
    earlier = ledger.earlier(key_of(content.declared), receipt.sequence)
    others = [row.delivery_id for row in earlier if row.status in COUNTED]
    if others and content.lines.height and content.declared.kind != "places":
        found = known.overlap(content, others)
        if found and found[1] >= incoming.OVERLAP * content.lines.height:
            notes.add_problem("conflicts_with_delivery", delivery=found[0], count=found[1])
