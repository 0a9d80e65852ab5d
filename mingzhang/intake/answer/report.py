"""The result of a check as JSON and as lines for a terminal. Decides nothing itself."""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
from pathlib import Path
from typing import Any

import polars as pl

from mingzhang.catalog.load import catalogue
from mingzhang.intake.answer.snapshot_known import SnapshotKnown
from mingzhang.intake.columns.mapping import addresses, own_columns
from mingzhang.intake.columns.sheets import SheetSummary
from mingzhang.intake.context import Context
from mingzhang.intake.lines import read_file
from mingzhang.intake.lines.file_content import FileContent, refused
from mingzhang.intake.lines.verdict import counts
from mingzhang.intake.load import judge
from mingzhang.intake.problems import RefusedFileError
from mingzhang.intake.receive import receipts
from mingzhang.intake.receive.declared import Declared
from mingzhang.intake.receive.receipts import Receipt

SAMPLES, LONGEST, LOOKED_AT = 3, 20, 200  # cells of each column that a person sees, their length, the rows looked at
ORDER = {"hold": 0, "reject": 1, "warn": 2, "note": 3}
LEVELS = {"reject": "不收", "hold": "暂缓", "warn": "提醒", "note": "说明"}


def check_file(
    path: Path, declared: Declared, context: Context, file_name: str | None = None, corrects: str | None = None
) -> dict[str, Any]:
    """Check a file without the warehouse: what would be accepted, rejected or held, and why.

    On the same state a load gives the same verdict, line by line: see `load/judge.py`.

    Args:
        path: the file.
        declared: what options or folders say of it.
        context: catalogue, day, places and history of the current staff snapshot.
        file_name: the sender's name of the file, if `path` is not; it may say a month, and gives the extension.
        corrects: the delivery that the sender says it corrects.

    Returns:
        The JSON shape of `check-file --json`: status, reason, message, lines, accepted, rejected, held, warnings,
        total_fen (of a held file: what its lines come to if it is let pass), declared_total_fen, sheets (which column is which field), problems, repairs; `delivery` where the
        same bytes came before.
    """
    if not path.is_file():
        content = refused(declared, RefusedFileError("file_not_found"))
        return as_json(content, "refused", content.refused, content.message)
    known = SnapshotKnown(context)
    receipt = _receipt(path, file_name or path.name, declared, context, corrects)
    content = read_file.read(path, receipt.file_name, declared, context, None, corrects is not None)
    again = _sent_again(receipt, known)
    if again:
        return as_json(content, *again) | {"delivery": receipt.delivery_id}
    content, receipt = judge.complete(content, receipt, known.lines_of)
    verdict = judge.judge(content, receipt, known)
    return as_json(verdict.content, verdict.status, verdict.reason, verdict.message)


def _receipt(path: Path, file_name: str, declared: Declared, context: Context, corrects: str | None) -> Receipt:
    """Return the receipt the file would get if it were loaded now."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    moment = dt.datetime.combine(context.today, dt.time())
    delivery = receipts.delivery_id_of(declared, sha256)
    size, number = path.stat().st_size, 1 if corrects else 0
    return Receipt(
        delivery, sys.maxsize, 1, sha256, size, file_name, declared, "check", moment, number, corrects
    )  # fmt: skip


def _sent_again(receipt: Receipt, known: SnapshotKnown) -> tuple[str, str, str] | None:
    """Return the verdict on bytes that were received before under the same declaration."""
    folder = known.known.folder
    before = receipts.receipts_in(folder.received / receipt.sha256) if folder else []
    same = [r for r in before if r.delivery_id == receipt.delivery_id and r.correction_no == receipt.correction_no]
    if not same:
        return None
    delivery = receipt.delivery_id
    return judge.sent_again(delivery, known.ledger.rows.get(delivery), known.ledger.withdrawn.get(delivery))


def as_json(content: FileContent, status: str, reason: str | None, message: str) -> dict[str, Any]:
    """Return the content of a file and the verdict on it in the shape of `check-file --json`.

    Args:
        content: what was read.
        status: the verdict: a delivery status.
        reason: code of the problem that refused or held it.
        message: the sentence for the sender.
    """
    counted = counts(content, status)
    # What stops the file or a line comes first: a page shows the head of the list only.
    problems = content.problems.sort(pl.col("level").replace_strict(ORDER, return_dtype=pl.Int8), maintain_order=True)
    problems = problems.select("id", "level", "sheet", "row", "column", "message")
    repairs = content.repairs.select("sheet", "row", "column", "kind", "from", "to")
    return {
        "status": status,
        "reason": reason,
        "message": message,
        "lines": counted.lines,
        "accepted": counted.accepted,
        "rejected": counted.rejected,
        "held": counted.held,
        "warnings": counted.warnings,
        "total_fen": counted.held_fen if status == "held" else counted.total_fen,
        "declared_total_fen": content.declared_total_fen,
        "fields": _fields(content),
        "sheets": [_sheet(note, content) for note in content.sheets],
        "problems": problems.to_dicts(),
        "repairs": repairs.to_dicts(),
    }


def _fields(content: FileContent) -> dict[str, str]:
    """Return what a column can be read as; also for a refused file, whose headers a person may have to correct."""
    kind = content.declared.kind
    layout = content.layout or (catalogue().layout(kind) if kind else None)
    return {field.name: field.label for field in layout.fields} if layout else {}


def _sheet(note: SheetSummary, content: FileContent) -> dict[str, Any]:
    """Return how a sheet was understood, so that a person can confirm it before loading; with the first cells of each column."""
    lines = content.lines.filter(sheet_no=note.number) if content.lines.height else content.lines
    return {
        "sheet": note.name,
        "header_row": note.header_row,
        "columns": [
            {"header": address, "field": field, "samples": _samples(lines, f"c{at}")}
            for at, (address, header, field) in enumerate(
                zip(addresses(note.header), note.header, note.fields, strict=True)
            )
            if header and (field or header not in own_columns(note.header))
        ],
        "ignored": note.ignored_reason,
        "questions": [
            {"id": asked.code, "field": asked.field, "columns": list(asked.columns)} for asked in note.questions
        ],
    }


def _samples(lines: pl.DataFrame, name: str) -> list[str]:
    if name not in lines.columns:
        return []
    written = lines[name].head(LOOKED_AT).drop_nulls()
    return [text[:LONGEST] for text in written.filter(written != "").head(SAMPLES)]


def as_text(answer: dict[str, Any]) -> str:
    """Return an answer of `check_file` as lines for a terminal."""
    lines = [answer["message"], *_headers_as_text(answer)]
    for problem in answer["problems"]:
        if problem["message"] == answer["message"]:
            continue
        at = "".join(
            (
                f"{problem['sheet']} " if problem["sheet"] else "",
                f"第 {problem['row']} 行 " if problem["row"] else "",
                f"{problem['column']}".replace("\n", "") if problem["column"] else "",
            )
        ).strip()
        lines.append(
            f"[{LEVELS[problem['level']]}] {at}：{problem['message']}"
            if at
            else f"[{LEVELS[problem['level']]}] {problem['message']}"
        )
    if answer["repairs"]:
        lines.append(f"自动整理 {len(answer['repairs'])} 处，原值保留。")
    return "\n".join(lines)


def _headers_as_text(answer: dict[str, Any]) -> list[str]:
    """Return how each sheet's header was read, so that a wrong column is noticed before anything is loaded."""
    labels = answer["fields"]
    if not labels:
        return []
    return [
        f"[表头] {sheet['sheet']} 第 {sheet['header_row']} 行："
        + "，".join(f"{''.join(c['header'].split())}→{labels[c['field']]}" for c in sheet["columns"] if c["field"])
        for sheet in answer["sheets"]
        if sheet["columns"]
    ]
