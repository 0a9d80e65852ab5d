"""The lines of a whole file: programme, place, period, state, duplicates, checks. Knows no ledger, writes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import polars as pl

from checks.schemas import history
from checks.schemas import lines as schemas
from mingzhang.catalog.formats import amount
from mingzhang.catalog.models import Layout
from mingzhang.intake.context import Context
from mingzhang.intake.lines import date_order, open_words
from mingzhang.intake.lines import row_kinds as sheet_rows
from mingzhang.intake.lines.normalise import SheetLines
from mingzhang.intake.notes import PROBLEM_SCHEMA, REPAIR_SCHEMA, Notes
from mingzhang.intake.problems import RefusedFileError, level_of, message_of
from mingzhang.intake.receive.declared import Declared
from mingzhang.intake.values import account_shapes
from mingzhang.intake.values.places import Gazetteer

ROUNDED_SHARE = 0.01
ROUNDED_LEAST = 3


@dataclass(frozen=True)
class FileLines:
    """Lines of all sheets with their common columns, and the problems found over the whole file."""

    declared: Declared
    lines: pl.DataFrame
    problems: pl.DataFrame
    repairs: pl.DataFrame


def assemble(
    by_sheet: list[SheetLines], declared: Declared, context: Context, gazetteer: Gazetteer, notes: Notes
) -> FileLines:
    """Join the sheets' lines and check them together.

    Args:
        by_sheet: the lines of each sheet, at least one of them with lines.
        declared: the file's key; programme and month may still be missing.
        context: catalogue, day and places.
        gazetteer: villages of the declared county.
        notes: where problems of the whole file are recorded.

    Returns:
        The key as completed, one row per line, and the problems of those lines.

    Raises:
        RefusedFileError: no programme, an unknown or a contradicting one, or identity numbers rounded to …000.
    """
    layout = context.catalogue.layout(declared.kind or "")
    frame = pl.concat([read.lines for read in by_sheet], how="diagonal_relaxed")
    problems: list[pl.DataFrame] = []
    _refuse_rounded(by_sheet, frame, layout)
    if layout.table == "payment_lines":
        declared, frame = _payments(by_sheet, frame, declared, context, problems, notes)
    else:
        frame = _others(by_sheet, frame, declared, context, layout, problems)
    frame = _villages(frame, by_sheet, layout, gazetteer, problems, notes)
    if layout.table == "places":
        frame = _place_codes(frame, declared, problems, _labels(by_sheet))
    labels = _labels(by_sheet)
    with ThreadPoolExecutor(1) as beside:  # each keeps one core busy
        twice = beside.submit(schemas.duplicates, frame) if layout.table == "payment_lines" else None
        failures = schemas.failures(frame, layout)
    for failure in failures:
        problems.append(problem_rows(failure.problem, frame, failure.mask, labels.get(failure.column), failure.column))
    problems += date_order.problems(frame, layout, labels)
    for code, column, mask, facts in account_shapes.shape_problems(frame, layout, context.catalogue.accounts):
        problems.append(problem_rows(code, frame, mask, labels.get(column), None, **facts))
    if twice:
        problems.append(problem_rows("duplicate_line", frame, twice.result(), None, None))
        problems.append(_unlike_median(frame, labels))
    found = [part for part in problems if part.height]
    return FileLines(
        declared,
        frame,
        pl.concat(found) if found else pl.DataFrame(schema=PROBLEM_SCHEMA),
        pl.DataFrame(schema=REPAIR_SCHEMA),
    )


def _unlike_median(frame: pl.DataFrame, labels: dict[str, str]) -> pl.DataFrame:
    """Report amounts a thousand times the file's median for the same programme: 元 and 万元 mixed up."""
    parts = [pl.DataFrame(schema=PROBLEM_SCHEMA)]
    for programme in frame["programme"].unique().to_list():
        odd, median = history.unlike_median(frame["amount_fen"], frame["programme"] == programme)
        if odd.any():
            expected, label = amount(median), labels.get("amount_fen")
            parts.append(problem_rows("amount_unlike_programme", frame, odd, label, "amount_fen", expected=expected))
    return pl.concat(parts)


def _labels(by_sheet: list[SheetLines]) -> dict[str, str]:
    labels: dict[str, str] = {}
    for read in by_sheet:
        for name, field in zip(read.header.names, read.header.fields, strict=True):
            if field:
                labels.setdefault(field, name)
    return labels


def problem_rows(
    code: str, frame: pl.DataFrame, mask: pl.Series, label: str | None, shown: str | None, **facts: str | int
) -> pl.DataFrame:
    """Return one problem per row of `frame` where `mask` is true, with the columns of `PROBLEM_SCHEMA`.

    Args:
        code: id of the problem in `problems.PROBLEMS`.
        frame: lines with `sheet_no`, `sheet` and `row`.
        mask: one boolean per line; null counts as false.
        label: the sender's header of the column; None for the whole line.
        shown: column of `frame` whose value the sentence quotes; a column in fen is quoted in yuan.
        facts: further values of the sentence.
    """
    chosen = frame.filter(mask.fill_null(False))
    if not chosen.height:
        return pl.DataFrame(schema=PROBLEM_SCHEMA)
    text = message_of(code, value="\x00", **facts)
    before, quoted, after = text.partition("\x00")
    value = pl.lit("")
    if quoted and shown:
        money = shown.endswith("_fen")
        value = (pl.col(shown) / 100 if money else pl.col(shown)).cast(pl.String).fill_null("")
    return chosen.select(
        "sheet_no",
        "sheet",
        "row",
        column=pl.lit(label, dtype=pl.String),
        id=pl.lit(code),
        level=pl.lit(level_of(code)),
        message=pl.lit(before) + value + pl.lit(after),
    )


def _refuse_rounded(by_sheet: list[SheetLines], frame: pl.DataFrame, layout: Layout) -> None:
    """Refuse a text file whose identity numbers a spreadsheet has rounded to …000."""
    subject = f"{sheet_rows.subject_of(layout)}_text"
    if any(read.sheet.typed for read in by_sheet) or subject not in frame.columns:
        return
    numbers = frame[subject].drop_nulls()
    rounded = int(numbers.str.contains(r"^[0-9]{15}000$").sum())
    if rounded >= ROUNDED_LEAST and rounded > ROUNDED_SHARE * len(numbers):
        raise RefusedFileError("ids_rounded", count=rounded)


def _payments(
    by_sheet: list[SheetLines],
    frame: pl.DataFrame,
    declared: Declared,
    context: Context,
    problems: list[pl.DataFrame],
    notes: Notes,
) -> tuple[Declared, pl.DataFrame]:
    frame = _programmes(frame, declared)
    slugs = frame["programme"].unique().drop_nulls().to_list()
    if not slugs or frame["programme"].is_null().any():
        raise RefusedFileError("programme_missing")
    declared = replace(declared, programme=declared.programme or (slugs[0] if len(slugs) == 1 else None))
    declared = _month_of_periods(frame, declared, notes)
    month = pl.lit(declared.month, dtype=pl.Date)
    for name in ("period_from", "period_to"):
        frame = frame.with_columns((pl.coalesce(name, month) if name in frame.columns else month).alias(name))
    units = {slug: programme.unit for slug, programme in context.catalogue.programmes.items()}
    frame = frame.with_columns(unit=pl.col("programme").replace_strict(units, default=None, return_dtype=pl.String))
    written = open_words.states(frame, context.catalogue.words_of("payment_state"), _labels(by_sheet), problems)
    return declared, _states(frame, written)


def _others(
    by_sheet: list[SheetLines],
    frame: pl.DataFrame,
    declared: Declared,
    context: Context,
    layout: Layout,
    problems: list[pl.DataFrame],
) -> pl.DataFrame:
    """Give lines that are no payments their programme, and a bank's reply what came of each."""
    if "programme" in frame.columns:
        frame = _programmes(frame, declared)
    elif declared.programme:
        frame = frame.with_columns(programme=pl.lit(declared.programme))
    if layout.slug == "bank_reply":
        words = context.catalogue.words_of("bank_result")
        frame = open_words.bank_results(frame, words, _labels(by_sheet), problems)
    return frame


def _programmes(frame: pl.DataFrame, declared: Declared) -> pl.DataFrame:
    own = pl.lit(declared.programme, dtype=pl.String)
    if "programme_text" not in frame.columns:
        return frame if "programme" in frame.columns else frame.with_columns(programme=own)
    unknown = frame.filter(pl.col("programme").is_null() & pl.col("programme_text").is_not_null())
    if unknown.height:
        first = unknown.row(0, named=True)
        raise RefusedFileError("unknown_programme", row=first["row"], value=str(first["programme_text"])[:40])
    if declared.programme and frame.filter(pl.col("programme") != own).height:
        raise RefusedFileError("programmes_disagree")
    return frame.with_columns(programme=pl.coalesce("programme", own))


def _month_of_periods(frame: pl.DataFrame, declared: Declared, notes: Notes) -> Declared:
    """Take the month from the period column, or hold a file all of whose lines pay for one other month."""
    if "period_from" not in frame.columns:
        return declared
    single = frame.filter(pl.col("period_from") == pl.col("period_to"))["period_from"].drop_nulls()
    ends = frame["period_to"].drop_nulls().unique()
    if declared.month is None:
        return replace(declared, month=ends.item()) if len(ends) == 1 else declared
    months = single.unique()
    if len(months) == 1 and len(single) == frame.height and months.item() != declared.month:
        notes.add_problem("month_mismatch", expected=f"{declared.month:%Y-%m}", value=f"{months.item():%Y-%m}")
    return declared


def _states(frame: pl.DataFrame, written: pl.Series) -> pl.DataFrame:
    """Give each line its state: as written, refunded where the amount is negative, stopped where it says 停发."""
    state = pl.lit(written)
    if "is_refund" in frame.columns:
        state = pl.when(pl.col("is_refund")).then(pl.lit("refunded")).otherwise(state)
    if "amount_fen_stopped" in frame.columns:
        state = pl.when(pl.col("amount_fen_stopped")).then(pl.lit("stopped")).otherwise(state)
        amount = pl.when(pl.col("amount_fen_stopped")).then(0).otherwise(pl.col("amount_fen"))
        frame = frame.with_columns(amount.alias("amount_fen"))
    return frame.with_columns(state=state)


def _villages(
    frame: pl.DataFrame,
    by_sheet: list[SheetLines],
    layout: Layout,
    gazetteer: Gazetteer,
    problems: list[pl.DataFrame],
    notes: Notes,
) -> pl.DataFrame:
    if "village" not in frame.columns:
        return frame
    if gazetteer.is_empty:
        # A line with a village word cannot be placed yet; the lines are accepted and the file says so once.
        if frame["village"].is_not_null().any():
            notes.add_problem("places_not_loaded", column=_labels(by_sheet).get("village"))
        return frame.with_columns(village_code=pl.lit(None, dtype=pl.String))
    titled = {read.sheet.number: gazetteer.town_named(read.sheet.name, *read.header.titles) for read in by_sheet}
    town = pl.col("sheet_no").replace_strict(titled, default=None, return_dtype=pl.String)
    if "town" in frame.columns:
        town = pl.coalesce("town", town)
    frame = frame.with_columns(town_word=town)
    pairs = frame.select("village", "town_word").unique().filter(pl.col("village").is_not_null())
    answers = [gazetteer.resolve(village, town) for village, town in pairs.iter_rows()]
    table = pairs.with_columns(
        pl.Series("village_code", [code for code, _ in answers], dtype=pl.String),
        pl.Series("place_problem", [problem for _, problem in answers], dtype=pl.String),
    )
    keys = ["village", "town_word"]
    frame = frame.join(table, on=keys, how="left", nulls_equal=True, maintain_order="left")
    for code in ("unknown_place", "ambiguous_place"):
        mask = frame["place_problem"] == code
        problems.append(problem_rows(code, frame, mask, _labels(by_sheet).get("village"), "village"))
    return frame.drop("town_word", "place_problem")


def _place_codes(
    frame: pl.DataFrame, declared: Declared, problems: list[pl.DataFrame], labels: dict[str, str]
) -> pl.DataFrame:
    """Give each place its level and parent: nine digits (or twelve ending in 000) are a town, twelve a village."""
    code = pl.col("place_code")
    is_town = code.str.contains(r"^[0-9]{9}(000)?$")
    is_village = code.str.contains(r"^[0-9]{12}$") & ~is_town
    frame = frame.with_columns(
        level=pl.when(is_town).then(pl.lit("town")).when(is_village).then(pl.lit("village")),
        place_code=pl.when(is_town).then(code.str.slice(0, 9)).otherwise(code),
        parent_code=pl.when(is_town).then(code.str.slice(0, 6)).when(is_village).then(code.str.slice(0, 9)),
    )
    outside = frame["level"].is_null()
    if declared.county:
        outside = outside | ~frame["place_code"].str.starts_with(declared.county).fill_null(False)
    problems.append(problem_rows("place_code_wrong", frame, outside, labels.get("place_code"), "place_code"))
    return frame
