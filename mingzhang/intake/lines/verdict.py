"""Status, reason, sentence and counts of a file's content. Reads no cells."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from mingzhang.intake.lines.file_content import FileContent


@dataclass(frozen=True)
class Counts:
    """Lines and money by outcome, in fen."""

    lines: int
    accepted: int
    rejected: int
    held: int
    warnings: int
    total_fen: int
    rejected_fen: int
    held_fen: int


def counts(content: FileContent, status: str) -> Counts:
    """Count lines and money (fen) of a file under its status; a refused or repeated file counts nothing but warnings."""
    warnings = content.problems.filter(pl.col("level") == "warn").height
    if not content.lines.height or status in {"refused", "already_received"}:
        return Counts(0, 0, 0, 0, warnings, 0, 0, 0)
    good = content.lines["status"] == "accepted"
    amount = content.lines["amount_fen"] if "amount_fen" in content.lines.columns else content.lines["written_fen"]
    good_fen = int(amount.filter(good).sum() or 0)
    bad_fen = int(content.lines["written_fen"].filter(~good).sum() or 0)
    fine, bad = int(good.sum()), int((~good).sum())
    if status == "held":
        return Counts(fine + bad, 0, bad, fine, warnings, 0, bad_fen, good_fen)
    if status == "withdrawn":
        return Counts(fine + bad, 0, bad, 0, warnings, 0, bad_fen, 0)
    return Counts(fine + bad, fine, bad, 0, warnings, good_fen, bad_fen, 0)


def status_of(content: FileContent) -> tuple[str, str | None]:
    """Return the status of a file by its content alone, and its reason: refused, held, accepted_with_errors or accepted."""
    if content.refused:
        return "refused", content.refused
    if content.holds:
        return "held", content.holds[0]
    if not content.lines.height:
        return "accepted", None
    bad = content.lines.filter(pl.col("status") == "rejected")
    return ("accepted_with_errors", str(bad["reason"][0])) if bad.height else ("accepted", None)


def summary(content: FileContent, status: str) -> str:
    """Return the one sentence that is shown first."""
    if content.refused:
        return content.message
    counted = counts(content, status)
    if status == "held":
        hold = content.problems.filter(pl.col("level") == "hold")
        return f"{hold['message'][0]}（共 {counted.lines} 行，暂缓入库，待复核人员确认。）"
    if counted.rejected:
        return (
            f"共 {counted.lines} 行，接收 {counted.accepted} 行，不收 {counted.rejected} 行；请按问题清单修改后补报。"
        )
    return f"共 {counted.lines} 行，全部接收。" if counted.lines else "零报告，已接收。"
