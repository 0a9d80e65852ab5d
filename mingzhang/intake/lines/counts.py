"""Lines and money of a reading by outcome. Judges nothing: the verdict is given."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from mingzhang.intake.lines.read_file import FileContent


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
    """Count the lines of a reading under a verdict."""
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
