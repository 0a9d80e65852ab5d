"""A file from bytes to its content: kind, lines, problems, what holds or refuses it. Writes nothing, knows no ledger."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from mingzhang.catalog.load import Catalogue
from mingzhang.catalog.models import Layout
from mingzhang.intake import parser_process
from mingzhang.intake.columns import mapping, titles
from mingzhang.intake.columns.mapping import Header
from mingzhang.intake.context import Context
from mingzhang.intake.lines import assemble as lines
from mingzhang.intake.lines import file_problems, months, normalise
from mingzhang.intake.lines.normalise import SheetLines
from mingzhang.intake.notes import PROBLEM_SCHEMA, REPAIR_SCHEMA, Notes
from mingzhang.intake.parser_process import ParsedFile, Sheet
from mingzhang.intake.problems import RefusedFileError
from mingzhang.intake.receive.declared import Declared
from mingzhang.intake.values.column import FileFacts
from mingzhang.intake.values.places import Gazetteer
from mingzhang.storage.clock import last_day_of_month

GUIDE = re.compile("字典|说明|须知|填表|示例|样表")  # sheets that explain the form, not data
HEADS_ONLY = "；按户发放、户主就是享受人的，把户主两列的列名改作享受人"
NIL = re.compile("零报告|零申报|零报送|本月无发放|无发放对象")
MILDER = {"hold": "warn", "warn": "note"}  # the level a waived problem gets
IDENTITY_CARD = "身份证|^0?1$|^01"
# Sheets of our own forms that explain and hold no lines.
DICTIONARY, IMPORTANT_SHEET, SUMMARY_SHEET = "字典", "重点问题", "问题汇总"
OWN_SHEETS = {DICTIONARY, IMPORTANT_SHEET, SUMMARY_SHEET}


@dataclass(frozen=True)
class SheetSummary:
    """How a sheet was understood; `ignored_reason` says why it was not read, `wan` which fields are in 万元."""

    name: str
    number: int
    header_row: int | None = None
    header: tuple[str, ...] = ()
    fields: tuple[str | None, ...] = ()
    ignored_reason: str | None = None
    wan: frozenset[str] = frozenset()


@dataclass(frozen=True)
class FileContent:
    """Everything read from a file, before it is compared with the ledger.

    Attributes:
        declared: the key, completed from the file.
        refused: reason code when the file is refused as a whole, with `message`.
        holds: problem ids that hold it.
        lines: one row per line with `status`, `reason` and the layout's columns.
        corrects: the delivery a correction workbook answers, from its title.
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


def read(path: Path, file_name: str, declared: Declared, context: Context, scratch: Path | None = None) -> FileContent:
    """Parse a file and return its content; a refused file's content names the reason.

    Args:
        path: the file, under any name.
        file_name: the sender's name: it gives the extension and may state a month.
        declared: what the sender declared.
        context: catalogue, day, places and people's decisions.
        scratch: folder for the parser's output; the system's otherwise.
    """
    try:
        parsed = parser_process.parse(path, file_name, scratch)
    except RefusedFileError as refusal:
        return refused(declared, refusal)
    return read_parsed(parsed, file_name, declared, context)


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


def read_parsed(parsed: ParsedFile, file_name: str, declared: Declared, context: Context) -> FileContent:
    """Return the content of a parsed file; a refused file's content names the reason.

    Args:
        parsed: what the parser process returned.
        file_name: the sender's name; it may state a month.
        declared: what the sender declared.
        context: catalogue, day, places and people's decisions.
    """
    sheets: list[SheetSummary] = []
    try:
        return _read(parsed, file_name, declared, context, sheets)
    except RefusedFileError as refusal:
        return refused(declared, refusal, tuple(sheets))


def _read(
    parsed: ParsedFile, file_name: str, declared: Declared, context: Context, summaries: list[SheetSummary]
) -> FileContent:
    catalogue = context.catalogue
    seen = [sheet for sheet in parsed.sheets if sheet.visible and sheet.frame.height and not GUIDE.search(sheet.name)]
    kind = declared.kind or mapping.guess_kind(seen, catalogue)
    if kind is None:
        raise RefusedFileError("kind_unknown" if seen else "no_rows")
    declared = replace(declared, kind=kind)
    layout = catalogue.layout(kind)
    confirmed = context.facts.mappings.get((declared.county or "", kind), {})
    notes = Notes(None, None)
    headed = _headed(parsed, layout, confirmed, notes, summaries)
    declared = months.complete(declared, layout, headed, file_name, notes)
    file_facts = FileFacts(catalogue, layout, born_by(declared, context), _year(declared), parsed.date1904)
    by_sheet = [normalise.read(sheet, header, file_facts) for sheet, header in headed]
    if layout.table == months.PAYMENTS and declared.programme is None:
        by_sheet = [_with_programme(read, layout, catalogue) for read in by_sheet]
    if parsed.comments:
        notes.add_problem("comments_ignored")
    if not any(read.lines.height for read in by_sheet):
        return _without_lines(parsed, file_name, declared, layout, by_sheet, notes, summaries)
    gazetteer = Gazetteer.of(context.places, declared.county)
    result = lines.assemble(by_sheet, declared, context, gazetteer, notes)
    months.compare_records(result.lines, layout, declared, notes)
    if layout.table == months.PAYMENTS:
        file_problems.check_sheets(headed, result.lines, notes)
    headers = [header for _, header in headed]
    asked = file_problems.future_dates(result.lines, layout, headers, context.today)
    if layout.table == months.PAYMENTS:
        asked += file_problems.marked_as_dead(result.lines, headers)
    noted_problems = pl.concat([notes.problem_frame(), *(read.notes.problem_frame() for read in by_sheet), *asked])
    return _verdict(declared, layout, by_sheet, result, noted_problems, summaries, headed)


def _without_lines(
    parsed: ParsedFile,
    file_name: str,
    declared: Declared,
    layout: Layout,
    by_sheet: list[SheetLines],
    notes: Notes,
    summaries: list[SheetSummary],
) -> FileContent:
    """A table without lines is refused, unless it says that there is nothing to report."""
    cells = [text for sheet in parsed.sheets for row in sheet.frame.head(40).iter_rows() for text in row if text]
    if not any(NIL.search(str(text)) for text in (file_name, *cells)):
        raise RefusedFileError("no_rows")
    notes.add_problem("nil_return")
    problems = pl.concat([notes.problem_frame(), *(read.notes.problem_frame() for read in by_sheet)])
    return FileContent(declared, layout, sheets=tuple(summaries), problems=problems, declared_total_fen=0)


def _with_programme(read: SheetLines, layout: Layout, catalogue: Catalogue) -> SheetLines:
    """Give the lines of a sheet the programme its title names, unless a column does."""
    if "programme" in read.lines.columns:
        return read
    slug = titles.programme(read.sheet, read.header, layout, catalogue)
    return replace(read, lines=read.lines.with_columns(programme=pl.lit(slug, dtype=pl.String)))


def born_by(declared: Declared, context: Context) -> dt.date:
    """Return the last day on which a recipient of this file can have been born."""
    if declared.month is None:
        return context.today
    return last_day_of_month(declared.month)


def _year(declared: Declared) -> int | None:
    return declared.month.year if declared.month else None


def _headed(
    parsed: ParsedFile, layout: Layout, confirmed: Mapping[str, str], notes: Notes, summaries: list[SheetSummary]
) -> list[tuple[Sheet, Header]]:
    """Return the sheets to read with their headers; every other sheet is recorded with its reason."""
    found: list[tuple[Sheet, Header]] = []
    unread: list[tuple[int, Header]] = []
    for sheet in parsed.sheets:
        header, reason = _understood(sheet, parsed, layout, confirmed)
        if header and reason is None:
            summaries.append(
                SheetSummary(sheet.name, sheet.number, header.first, header.names, header.fields, wan=header.wan)
            )
            found.append((sheet, header))
            continue
        unread += [(len(summaries), header)] if header else []
        summaries.append(SheetSummary(sheet.name, sheet.number, ignored_reason=reason))
    if not found:
        # What was read of them is shown, so that a person can say which column is the missing one.
        for at, header in unread:
            summaries[at] = replace(summaries[at], header_row=header.first, header=header.names, fields=header.fields)
        _refuse_headless(parsed, layout, max((header for _, header in unread), key=lambda h: h.score, default=None))
    for note, sheet in zip(summaries, parsed.sheets, strict=True):
        if note.ignored_reason and sheet.frame.height and note.name not in OWN_SHEETS:
            _note_sheet(notes, note.number, note.name, note.ignored_reason)
    return found


def _understood(
    sheet: Sheet, parsed: ParsedFile, layout: Layout, confirmed: Mapping[str, str]
) -> tuple[Header | None, str | None]:
    """Return a sheet's header, and why it is not read if it is not."""
    if not sheet.visible:
        return None, "hidden_sheet"
    guide = (GUIDE.search(sheet.name) or sheet.name in OWN_SHEETS) and len(parsed.sheets) > 1
    header = mapping.find(sheet, layout, confirmed) if sheet.frame.height and not guide else None
    return header, None if header and not header.missing else "sheet_ignored"


def _note_sheet(notes: Notes, number: int, name: str, code: str) -> None:
    own = Notes(number, name)
    own.add_problem(code)
    notes.problems += own.problems


def _refuse_headless(parsed: ParsedFile, layout: Layout, nearest: Header | None) -> None:
    cells = (cell for sheet in parsed.sheets for cell in sheet.frame.drop("row", "types", strict=False))
    if all(cell.is_null().all() for cell in cells):
        raise RefusedFileError("no_rows")
    if nearest is None:
        raise RefusedFileError("header_not_recognised", title=layout.title)
    # A roster paid by household may name nobody but its heads; who the money is for is the sender's to say.
    hint = HEADS_ONLY if "head_name" in nearest.fields and "recipient_name" not in nearest.fields else ""
    raise RefusedFileError("missing_column", columns="、".join(nearest.missing), example=nearest.missing[0], hint=hint)


def _verdict(
    declared: Declared,
    layout: Layout,
    by_sheet: list[SheetLines],
    result: lines.FileLines,
    summaries: pl.DataFrame,
    sheets: list[SheetSummary],
    headed: list[tuple[Sheet, Header]],
) -> FileContent:
    problems = pl.concat([summaries, result.problems])
    problems = _without_foreign_papers(problems, result.lines)
    # A bad character in both the head's and the recipient's name is reported once.
    lost = problems["id"].is_in(["character_lost", "name_odd"])
    if lost.any():
        once = problems.filter(lost).unique(["sheet_no", "row", "id"], keep="last", maintain_order=True)
        problems = pl.concat([problems.filter(~lost), once])
    repairs = pl.concat([read.notes.repair_frame() for read in by_sheet] + [result.repairs])
    rejected = (
        problems.filter((pl.col("level") == "reject") & pl.col("row").is_not_null())
        .unique(["sheet_no", "row"], keep="first", maintain_order=True)
        .select("sheet_no", "row", reason="id")
    )
    if rejected.height:
        frame = result.lines.join(rejected, on=["sheet_no", "row"], how="left", maintain_order="left")
    else:
        frame = result.lines.with_columns(reason=pl.lit(None, dtype=pl.String))
    frame = frame.with_columns(
        status=pl.when(pl.col("reason").is_null()).then(pl.lit("accepted")).otherwise(pl.lit("rejected"))
    )
    declared_fen = [read.declared_fen for read in by_sheet if read.declared_fen is not None]
    holds = tuple(problems.filter(pl.col("level") == "hold")["id"].unique(maintain_order=True).to_list())
    return FileContent(
        declared=result.declared,
        layout=layout,
        holds=holds,
        sheets=tuple(sheets),
        lines=frame,
        problems=problems,
        repairs=repairs,
        declared_total_fen=sum(declared_fen) if declared_fen else None,
        as_of=titles.as_of(headed, result.declared),
        corrects=titles.corrects(headed),
    )


def _without_foreign_papers(problems: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Drop problems of numbers that are no identity numbers: the file's own column names a passport or permit."""
    if "id_kind" not in lines.columns:
        return problems
    foreign = lines.filter(pl.col("id_kind").is_not_null() & ~pl.col("id_kind").str.contains(IDENTITY_CARD))
    number_problems = problems.filter(pl.col("id").is_in(["id_malformed", "id_checksum"]))
    excused = number_problems.join(foreign.select("sheet_no", "row"), on=["sheet_no", "row"], how="semi")
    return problems.join(excused, on=["sheet_no", "row", "id"], how="anti") if excused.height else problems
