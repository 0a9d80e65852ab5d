"""Everything read from one file, before it is compared with the ledger. Reads nothing itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

import polars as pl

from mingzhang.catalog.models import Layout
from mingzhang.intake.columns.sheets import SheetSummary
from mingzhang.intake.notes import PROBLEM_SCHEMA, REPAIR_SCHEMA
from mingzhang.intake.problems import RefusedFileError
from mingzhang.intake.receive.declared import Declared

MILDER = {"hold": "warn", "warn": "note"}  # the level a waived problem gets


@dataclass(frozen=True)
class FileContent:
    """Everything read from a file, before it is compared with the ledger.

    Attributes:
        declared: the key, completed from the file.
        refused: reason code when the file is refused as a whole, with `message`.
        holds: problem ids that hold it.
        lines: one row per line with `status`, `reason` and the layout's columns.
        corrects: the delivery a correction workbook answers, from its title.
        titles: what stands above the headings, and the file's name.
    """

    declared: Declared
    layout: Layout | None = None
    refused: str | None = None
    message: str = ""
    holds: tuple[str, ...] = ()
    sheets: tuple[SheetSummary, ...] = ()
    lines: pl.DataFrame = field(default_factory=pl.DataFrame)
    problems: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PROBLEM_SCHEMA))
    repairs: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REPAIR_SCHEMA))
    declared_total_fen: int | None = None
    as_of: dt.date | None = None
    corrects: str | None = None
    titles: tuple[str, ...] = ()


def refused(declared: Declared, refusal: RefusedFileError, sheets: tuple[SheetSummary, ...] = ()) -> FileContent:
    """Return the content of a file refused as a whole: its reason and one problem, no lines."""
    row = [None, None, None, None, refusal.reason, "reject", refusal.message]
    problems = pl.DataFrame([row], schema=PROBLEM_SCHEMA, orient="row")
    return FileContent(declared, refused=refusal.reason, message=refusal.message, problems=problems, sheets=sheets)


def waived(content: FileContent, problems: frozenset[str]) -> FileContent:
    """Return the content with waived problems one level milder: hold becomes warn, warn becomes note, reject stays."""
    if not problems:
        return content
    let_pass = pl.col("id").is_in(list(problems)) & pl.col("level").is_in(list(MILDER))
    level = pl.when(let_pass).then(pl.col("level").replace(MILDER)).otherwise("level")
    message = pl.when(let_pass).then(pl.col("message") + "（已批准豁免）").otherwise("message")
    milder = content.problems.with_columns(level=level, message=message)
    return replace(content, problems=milder, holds=tuple(code for code in content.holds if code not in problems))
