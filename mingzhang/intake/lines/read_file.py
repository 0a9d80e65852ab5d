"""A file from bytes to its content: kind, lines, problems, what holds or refuses it. Writes nothing, knows no ledger."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import polars as pl

from mingzhang.catalog.load import Catalogue
from mingzhang.catalog.models import Layout
from mingzhang.intake import parser_process
from mingzhang.intake.columns import mapping, settle, sheets, titles
from mingzhang.intake.columns.mapping import Header
from mingzhang.intake.columns.sheets import SheetSummary
from mingzhang.intake.context import Context
from mingzhang.intake.lines import file_problems, months, normalise, stated
from mingzhang.intake.lines.assemble import FileLines, assemble
from mingzhang.intake.lines.file_content import FileContent, refused
from mingzhang.intake.lines.normalise import SheetLines
from mingzhang.intake.notes import Notes
from mingzhang.intake.parser_process import ParsedFile, Sheet
from mingzhang.intake.problems import RefusedFileError
from mingzhang.intake.receive.declared import Declared
from mingzhang.intake.values.column import FileFacts
from mingzhang.intake.values.places import Gazetteer
from mingzhang.storage.clock import last_day_of_month

NIL = re.compile("零报告|零申报|零报送|本月无发放|无发放对象")
IDENTITY_CARD = "身份证|^0?1$|^01"


def read(
    path: Path,
    file_name: str,
    declared: Declared,
    context: Context,
    scratch: Path | None = None,
    is_correction: bool = False,
) -> FileContent:
    """Parse a file and return its content; a refused file's content names the reason.

    Args:
        path: the file, under any name.
        file_name: the sender's name: it gives the extension and may state a month.
        declared: what the sender declared.
        context: catalogue, day, places and people's decisions.
        scratch: folder for the parser's output; the system's otherwise.
        is_correction: the sender says that it corrects another file, which may be of a month long past.
    """
    try:
        parsed = parser_process.parse(path, file_name, scratch)
    except RefusedFileError as refusal:
        return refused(declared, refusal)
    return read_parsed(parsed, file_name, declared, context, is_correction)


def read_parsed(
    parsed: ParsedFile, file_name: str, declared: Declared, context: Context, is_correction: bool = False
) -> FileContent:
    """Return the content of a parsed file; a refused file's content names the reason.

    Args:
        parsed: what the parser process returned.
        file_name: the sender's name; it may state a month.
        declared: what the sender declared.
        context: catalogue, day, places and people's decisions.
        is_correction: the sender says that it corrects another file, which may be of a month long past.
    """
    summaries: list[SheetSummary] = []
    try:
        return _read(parsed, file_name, declared, context, summaries, is_correction)
    except RefusedFileError as refusal:
        return refused(declared, refusal, tuple(summaries))


def _read(
    parsed: ParsedFile,
    file_name: str,
    declared: Declared,
    context: Context,
    summaries: list[SheetSummary],
    is_correction: bool,
) -> FileContent:
    catalogue = context.catalogue
    with_rows = [
        sheet for sheet in parsed.sheets if sheet.visible and sheet.frame.height and not sheets.GUIDE.search(sheet.name)
    ]
    kind = declared.kind or mapping.guess_kind(with_rows, catalogue)
    if kind is None:
        raise RefusedFileError("kind_unknown" if with_rows else "no_rows")
    declared = replace(declared, kind=kind)
    layout = catalogue.layout(kind)
    confirmed = context.facts.mappings.get((declared.county or "", kind), {})
    notes = Notes(None, None)
    headed = sheets.sheets_to_read(parsed, layout, confirmed, notes, summaries)
    declared = months.complete(declared, layout, headed, file_name, notes)
    headed = [(sheet, _settled(sheet, header, layout, declared, notes)) for sheet, header in headed]
    summaries[:] = [_as_settled(summary, headed) for summary in summaries]
    file_facts = FileFacts(catalogue, layout, born_by(declared, context), _year(declared), parsed.date1904)
    by_sheet = [normalise.read(sheet, header, file_facts) for sheet, header in headed]
    stated.compare(file_name, headed, by_sheet, layout, declared, context, notes, is_correction)
    if layout.table == months.PAYMENTS and declared.programme is None:
        by_sheet = [_with_programme(part, layout, catalogue) for part in by_sheet]
    if parsed.comments:
        notes.add_problem("comments_ignored")
    for code, facts in parsed.notes:
        notes.add_problem(code, None, None, **facts)
    if not any(part.lines.height for part in by_sheet):
        return _without_lines(parsed, file_name, declared, layout, by_sheet, notes, summaries)
    gazetteer = Gazetteer.of(context.places, declared.county)
    result = assemble(by_sheet, declared, context, gazetteer, notes)
    months.compare_records(result.lines, layout, declared, notes)
    if layout.table == months.PAYMENTS:
        file_problems.check_sheets(headed, result.lines, notes)
    headers = [header for _, header in headed]
    asked = file_problems.future_dates(result.lines, layout, headers, context.today)
    if layout.table == months.PAYMENTS:
        asked += file_problems.marked_as_dead(result.lines, headers)
    own_problems = pl.concat([notes.problem_frame(), *(part.notes.problem_frame() for part in by_sheet), *asked])
    over_all = (Path(file_name).stem, *(title for header in headers for title in header.titles))
    content = _verdict(declared, layout, by_sheet, result, own_problems, summaries, headed)
    return replace(content, titles=over_all)


def _settled(sheet: Sheet, header: Header, layout: Layout, declared: Declared, notes: Notes) -> Header:
    """Return the heading of a sheet with each field in one column; questions are recorded under the sheet's name."""
    own = Notes(sheet.number, sheet.name)
    settled = settle.settle(sheet, header, layout, declared.month, own)
    notes.extend(own)
    return settled


def _as_settled(summary: SheetSummary, headed: list[tuple[Sheet, Header]]) -> SheetSummary:
    """Return how a sheet was understood once its columns are settled."""
    header = next((header for sheet, header in headed if sheet.number == summary.number), None)
    return replace(summary, fields=header.fields, wan=header.wan, questions=header.questions) if header else summary


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
    problems = pl.concat([notes.problem_frame(), *(part.notes.problem_frame() for part in by_sheet)])
    return FileContent(declared, layout, sheets=tuple(summaries), problems=problems, declared_total_fen=0)


def _with_programme(part: SheetLines, layout: Layout, catalogue: Catalogue) -> SheetLines:
    """Give the lines of a sheet the programme its title names, or the row above their part of it, unless a column does."""
    if "programme" in part.lines.columns:
        return part
    slug = titles.programme(part.sheet, part.header, layout, catalogue)
    lines = part.lines.with_columns(programme=pl.lit(slug, dtype=pl.String))
    above = [(row, titles.programmes_in(text, catalogue)) for row, text in part.sections.iter_rows()]
    named = pl.DataFrame(
        [(row, found.pop()) for row, found in above if len(found) == 1],
        schema={"row": pl.Int32, "named": pl.String},
        orient="row",
    )
    if named.height:
        lines = lines.sort("row").join_asof(named.sort("row"), on="row")
        lines = lines.with_columns(programme=pl.coalesce("named", "programme")).drop("named")
    return replace(part, lines=lines)


def born_by(declared: Declared, context: Context) -> dt.date:
    """Return the last day on which a recipient of this file can have been born."""
    if declared.month is None:
        return context.today
    return last_day_of_month(declared.month)


def _year(declared: Declared) -> int | None:
    return declared.month.year if declared.month else None


def _verdict(
    declared: Declared,
    layout: Layout,
    by_sheet: list[SheetLines],
    result: FileLines,
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
    repairs = pl.concat([part.notes.repair_frame() for part in by_sheet] + [result.repairs])
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
    declared_fen = [part.declared_fen for part in by_sheet if part.declared_fen is not None]
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
