"""The result of a check as JSON and as lines for a terminal. Decides nothing itself."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from mingzhang.catalog.load import catalogue
from mingzhang.intake.columns.mapping import addresses, own_columns
from mingzhang.intake.columns.sheets import SheetSummary
from mingzhang.intake.compare import earlier_months
from mingzhang.intake.context import Context
from mingzhang.intake.lines import read_file
from mingzhang.intake.lines.file_content import FileContent, refused, waived
from mingzhang.intake.lines.verdict import counts, status_of, summary
from mingzhang.intake.notes import Notes
from mingzhang.intake.problems import RefusedFileError, message_of
from mingzhang.intake.receive.declared import Declared

ORDER = {"hold": 0, "reject": 1, "warn": 2, "note": 3}
LEVELS = {"reject": "不收", "hold": "暂缓", "warn": "提醒", "note": "说明"}


def check_file(
    path: Path, declared: Declared, context: Context, file_name: str | None = None, corrects: str | None = None
) -> dict[str, Any]:
    """Check a file without the warehouse: what would be accepted, rejected or held, and why.

    Args:
        path: the file.
        declared: what options or folders say of it.
        context: catalogue, day, places and history of the current staff snapshot.
        file_name: the sender's name of the file, if `path` is not; it may say a month, and gives the extension.
        corrects: the delivery that the sender says it corrects.

    Returns:
        The JSON shape of `check-file --json`: status, reason, message, lines, accepted, rejected, held, warnings,
        total_fen (of a held file: what its lines come to if it is let pass), declared_total_fen, sheets (which column is which field), problems, repairs.
    """
    if not path.is_file():
        return as_json(refused(declared, RefusedFileError("file_not_found")))
    content = _with_missing_key(
        read_file.read(path, file_name or path.name, declared, context, None, corrects is not None)
    )
    known = _known_delivery(path, content, context)
    if known:
        return as_json(content, known)
    advice = earlier_months.advise(content, context, corrects is not None)
    holds = (*content.holds, *advice.filter(level="hold")["id"])
    content = replace(content, problems=pl.concat([content.problems, advice]), holds=holds)
    return as_json(waived(content, context.facts.waived(content.declared, context.today)))


def _known_delivery(path: Path, content: FileContent, context: Context) -> str | None:
    """Return the delivery of the same key whose bytes these are, if the snapshot holds it."""
    if content.refused or context.deliveries is None:
        return None
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    declared = content.declared
    same = context.deliveries.filter(
        (pl.col("sha256") == sha256)
        & pl.col("county_code").eq_missing(pl.lit(declared.county))
        & pl.col("kind").eq_missing(pl.lit(declared.kind))
        & pl.col("programme").eq_missing(pl.lit(declared.programme))
        & pl.col("month").eq_missing(pl.lit(declared.month))
        & ~pl.col("status").is_in(["refused", "withdrawn"])
    )
    return str(same["delivery_id"][0]) if same.height else None


def _with_missing_key(content: FileContent) -> FileContent:
    """Say what must still be declared before the file can be loaded."""
    if content.refused or content.layout is None:
        return content
    notes = Notes(None, None)
    if content.declared.county is None:
        notes.add_problem("county_missing")
    if content.declared.month is None and content.layout.table != "places":
        notes.add_problem("month_missing")
    return replace(content, problems=pl.concat([content.problems, notes.problem_frame()]))


def as_json(content: FileContent, known: str | None = None) -> dict[str, Any]:
    """Return the content of a file in the shape of `check-file --json`; `known` names the delivery whose copy it is."""
    status, reason = ("already_received", "already_received") if known else status_of(content)
    counted = counts(content, status)
    # What stops the file or a line comes first: a page shows the head of the list only.
    problems = content.problems.sort(pl.col("level").replace_strict(ORDER, return_dtype=pl.Int8), maintain_order=True)
    problems = problems.select("id", "level", "sheet", "row", "column", "message")
    repairs = content.repairs.select("sheet", "row", "column", "kind", "from", "to")
    return {
        "status": status,
        "reason": reason,
        "message": message_of("already_received", delivery=known) if known else summary(content, status),
        "lines": counted.lines,
        "accepted": counted.accepted,
        "rejected": counted.rejected,
        "held": counted.held,
        "warnings": counted.warnings,
        "total_fen": counted.held_fen if status == "held" else counted.total_fen,
        "declared_total_fen": content.declared_total_fen,
        "fields": _fields(content),
        "sheets": [_sheet(note) for note in content.sheets],
        "problems": problems.to_dicts(),
        "repairs": repairs.to_dicts(),
    }


def _fields(content: FileContent) -> dict[str, str]:
    """Return what a column can be read as; also for a refused file, whose headers a person may have to correct."""
    kind = content.declared.kind
    layout = content.layout or (catalogue().layout(kind) if kind else None)
    return {field.name: field.label for field in layout.fields} if layout else {}


def _sheet(note: SheetSummary) -> dict[str, Any]:
    """Return how a sheet was understood, so that a person can confirm it before loading."""
    return {
        "sheet": note.name,
        "header_row": note.header_row,
        "columns": [
            {"header": address, "field": field}
            for address, header, field in zip(addresses(note.header), note.header, note.fields, strict=True)
            if header and (field or header not in own_columns(note.header))
        ],
        "ignored": note.ignored_reason,
        "questions": [
            {"id": asked.code, "field": asked.field, "columns": list(asked.columns)} for asked in note.questions
        ],
    }


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
