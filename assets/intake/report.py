"""What a check or a load says, as JSON and as words. Judges nothing itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from assets.intake import reading as reader
from assets.intake.commit import counts
from assets.intake.context import Context
from assets.intake.declared import Declared
from assets.intake.notes import Notes
from assets.intake.reading import Reading


def check_file(path: Path, declared: Declared, context: Context) -> dict[str, Any]:
    """Check a file without the warehouse: what would be accepted, rejected or held, and why.

    Args:
        path: the file as the sender has it; its name gives the extension.
        declared: what options or folders say of it.
        context: catalogue, day, places and history of the current staff snapshot.

    Returns:
        The JSON shape of `check-file --json`: status, reason, message, lines, accepted, rejected, held, warnings,
        total_fen, declared_total_fen, problems, repairs.
    """
    reading = reader.read(path, path.name, declared, context)
    return as_json(_with_missing_key(reading))


def _with_missing_key(reading: Reading) -> Reading:
    """Say what must still be declared before the file can be loaded."""
    if reading.refused or reading.layout is None:
        return reading
    notes = Notes(None, None)
    if reading.declared.county is None:
        notes.one("county_missing")
    if reading.declared.month is None and reading.layout.table != "places":
        notes.one("month_missing")
    return replace(reading, problems=pl.concat([reading.problems, notes.problem_frame()]))


def status_of(reading: Reading) -> tuple[str, str | None]:
    """Return the verdict of a reading alone and its reason: refused, held, accepted_with_errors or accepted."""
    if reading.refused:
        return "refused", reading.refused
    if reading.holds:
        return "held", reading.holds[0]
    if not reading.lines.height:
        return "accepted", None
    bad = reading.lines.filter(pl.col("status") == "rejected")
    return ("accepted_with_errors", str(bad["reason"][0])) if bad.height else ("accepted", None)


def as_json(reading: Reading) -> dict[str, Any]:
    """Return a reading in the shape of `check-file --json`."""
    status, reason = status_of(reading)
    counted = counts(reading, status)
    problems = reading.problems.select("id", "level", "sheet", "row", "column", "message")
    repairs = reading.repairs.select("sheet", "row", "column", "kind", "from", "to")
    return {
        "status": status,
        "reason": reason,
        "message": message_of(reading, status),
        "lines": counted.lines,
        "accepted": counted.accepted,
        "rejected": counted.rejected,
        "held": counted.held,
        "warnings": counted.warnings,
        "total_fen": counted.total_fen,
        "declared_total_fen": reading.declared_total_fen,
        "problems": problems.to_dicts(),
        "repairs": repairs.to_dicts(),
    }


def message_of(reading: Reading, status: str) -> str:
    """Return the one sentence a clerk needs first."""
    if reading.refused:
        return reading.message
    counted = counts(reading, status)
    if status == "held":
        hold = reading.problems.filter(pl.col("level") == "hold")
        return f"{hold['message'][0]}（共 {counted.lines} 行，暂不入库，待经办人确认。）"
    if counted.rejected:
        return (
            f"共 {counted.lines} 行，接收 {counted.accepted} 行，退回 {counted.rejected} 行；请按问题清单修改后补报。"
        )
    return f"共 {counted.lines} 行，全部接收。" if counted.lines else "零报告，已接收。"
