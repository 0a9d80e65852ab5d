"""A file against the months before it: in a check as the staff snapshot has them, in a load as the warehouse has them.

A load compares with all there is, and again when that changes, so that what it writes does not depend on the order of loading.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import polars as pl

from checks.schemas import history
from mingzhang.catalog.formats import amount
from mingzhang.intake.compare import other_files
from mingzhang.intake.context import Context
from mingzhang.intake.lines.file_content import FileContent
from mingzhang.intake.load import incoming
from mingzhang.intake.notes import Notes
from mingzhang.intake.receive import receipts
from mingzhang.intake.receive.receipts import Receipt

KEPT_DIGITS = 15  # Excel keeps fifteen significant digits of a number
MONTHS_BACK = 12
OTHER_UNIT = 2_000  # 元 for 万元 is a factor of 10,000; the usual amount may have changed meanwhile


def advise(content: FileContent, context: Context, is_correction: bool = False) -> pl.DataFrame:
    """Return the problems that earlier months and other files raise about a file, as a problem frame.

    Args:
        content: what was read of the file.
        context: the current snapshot.
        is_correction: the sender says that it corrects another file.
    """
    notes = Notes(None, None)
    if content.refused or content.layout is None or not content.lines.height or not context.history:
        return notes.problem_frame()
    if content.layout.table == "payment_lines":
        _payments(content, context, is_correction, notes)
    elif content.layout.slug == "bank_reply":
        other_files.compare_reply(content, context, notes)
    return notes.problem_frame()


def _earlier_month(
    context: Context, county: str, month: dt.date, programmes: list[str]
) -> tuple[str, pl.DataFrame] | None:
    """Return the newest month before this one, at most a year back, that paid one of these programmes."""
    for back in range(1, MONTHS_BACK + 1):
        first = dt.date(month.year + (month.month - 1 - back) // 12, (month.month - 1 - back) % 12 + 1, 1)
        frame = other_files.lake_table(context, "payments", county, f"{first:%Y-%m}")
        if frame is not None:
            same = frame.filter(pl.col("programme").is_in(programmes))
            if same.height:
                return f"{first:%Y-%m}", same
    return None


def _payments(content: FileContent, context: Context, is_correction: bool, notes: Notes) -> None:
    county, month = content.declared.county, content.declared.month
    if county is None or month is None:
        return
    lines = _accepted_lines(content)
    programmes = lines["programme"].unique().drop_nulls().to_list()
    beside = _same_month_payments(context, county, month, programmes)
    # A correction lists only the rows to change; whoever is not on it is not missing.
    is_whole = not is_correction and (
        "corrects" not in content.lines.columns or not _has_values(content.lines["corrects"])
    )
    if is_whole:
        again = history.repeated(lines, beside.join(_same_key(content, context), on="file", how="semi"))
        if again and again[1] >= incoming.OVERLAP * content.lines.height:
            beside = beside.filter(pl.col("file") != again[0])  # a question of its own: it may be this file again
        other_files.compare_vouchers(lines, beside, context, county, month, notes)
    found = _earlier_month(context, county, month, programmes)
    if found is None:
        return
    earlier_month, earlier = found[0], other_files.with_numbers(context, county, found[1])
    both = earlier["programme"].unique().implode()
    current = lines.filter(pl.col("programme").is_in(both))
    if is_whole and not _hold_if_nobody(current, beside, earlier, earlier_month, content, context, notes):
        _check_vanished_people(current, beside, earlier, earlier_month, content, context, notes)
    _hold_if_other_unit(current, earlier, earlier_month, notes)
    compared = history.compare(current, earlier.select("idno", "programme", "amount_fen", "account_no"))
    _add_line_problems(compared.filter("jumped"), "amount_jumped", notes)
    _add_line_problems(compared.filter("other_account"), "account_changed", notes)
    _propose_numbers(content, earlier, earlier_month, notes)


def _has_values(values: pl.Series) -> bool:
    return bool(values.is_not_null().any())


def _same_month_payments(context: Context, county: str, month: dt.date, programmes: list[str]) -> pl.DataFrame:
    """Return what the month's other files pay for these programmes, as far as the snapshot knows."""
    frame = other_files.lake_table(context, "payments", county, f"{month:%Y-%m}")
    if frame is None:
        columns = ("idno", "recipient_name", "programme", "plot_code", "item_serial", "file")
        schema = dict.fromkeys(columns, pl.String) | {"period_from": pl.Date, "amount_fen": pl.Int64}
        return pl.DataFrame(schema=schema)
    return other_files.with_numbers(context, county, frame.filter(pl.col("programme").is_in(programmes)))


def _same_key(content: FileContent, context: Context) -> pl.DataFrame:
    """Return the deliveries of the same county, kind, programme and month; the ledger searches them for repeats."""
    if context.deliveries is None:
        return pl.DataFrame(schema={"file": pl.String})
    declared = content.declared
    same = (
        (pl.col("county_code") == declared.county)
        & (pl.col("kind") == declared.kind)
        & pl.col("programme").eq_missing(pl.lit(declared.programme))
        & (pl.col("month") == declared.month)
    )
    return context.deliveries.filter(same).select(file="delivery_id")


def _check_vanished_people(
    current: pl.DataFrame,
    beside: pl.DataFrame,
    earlier: pl.DataFrame,
    earlier_month: str,
    content: FileContent,
    context: Context,
    notes: Notes,
) -> None:
    """Report how many people are missing compared with the earlier month, unless a file received since the snapshot may hold them."""
    people = history.people(current, beside, earlier)
    if not people.is_striking or _has_newer_roster(content, context):
        return
    notes.add_problem(
        "people_vanished", value=earlier_month, count=people.vanished, expected=people.earlier, added=people.added,
        together=other_files.together_words(beside),
    )  # fmt: skip


def _hold_if_nobody(
    current: pl.DataFrame,
    beside: pl.DataFrame,
    earlier: pl.DataFrame,
    earlier_month: str,
    content: FileContent,
    context: Context,
    notes: Notes,
) -> bool:
    """Hold a regular list with nobody of the earlier month's: another county's, programme's or file's; say both counts.

    Programmes that pay a person once have other people each month, and a list of newcomers or arrears says what it is.
    A second list beside one that continues the earlier month, as of another township, is none of its.
    """
    programmes = context.catalogue.programmes
    regular = [slug for slug, entry in programmes.items() if entry.frequency not in {"once", "term", "yearly"}]
    now, then = (frame.filter(pl.col("programme").is_in(regular)) for frame in (current, earlier))
    known = then["idno"].drop_nulls().unique()
    people = now["idno"].drop_nulls().unique()
    words = [word for own in context.catalogue.words_of("list_of_arrears").values() for word in own]
    texts = [*(note.name for note in content.sheets), *content.titles]
    is_partial = any(word in text for text in texts for word in words)
    if not len(known) or not len(people) or is_partial or people.is_in(known.implode()).any():
        return False
    if beside["idno"].drop_nulls().is_in(known.implode()).any():
        return False
    notes.add_problem("nobody_of_last_month", value=earlier_month, expected=len(known), count=len(people))
    return True


def _hold_if_other_unit(current: pl.DataFrame, earlier: pl.DataFrame, earlier_month: str, notes: Notes) -> None:
    """Hold a file whose amounts are all about ten thousand times the earlier month's, or a ten-thousandth of them."""
    for programme in current["programme"].unique().sort().to_list():
        now, then = (_usual_fen(frame, programme) for frame in (current, earlier))
        if now and then and (now >= then * OTHER_UNIT or then >= now * OTHER_UNIT):
            notes.add_problem("factor_ten_thousand", value=earlier_month, expected=amount(now), before=amount(then))
            return


def _usual_fen(frame: pl.DataFrame, programme: str) -> int:
    """Return the median of what a programme pays, in fen; 0 where it pays nothing."""
    paid = frame.filter((pl.col("programme") == programme) & (pl.col("amount_fen") > 0))["amount_fen"]
    return round(float(paid.median() or 0))  # type: ignore[arg-type]


def _has_newer_roster(content: FileContent, context: Context) -> bool:
    """Tell whether another list of payments of this county and month came in that the snapshot does not know yet."""
    declared = content.declared
    programmes = {None, *content.lines["programme"].unique()}
    return any(
        receipt.declared.county in (None, declared.county)
        and receipt.declared.month in (None, declared.month)
        and receipt.declared.programme in programmes
        and (kind := receipt.declared.kind or declared.kind)
        and context.catalogue.layout(kind).table == "payment_lines"
        for receipt in _arrived_since(context)
    )


def _arrived_since(context: Context) -> Iterable[Receipt]:
    """Return the receipts of what is not part of the history yet."""
    if context.folder is None or context.deliveries is None:
        return ()
    seen = set(context.deliveries["delivery_id"])
    return (r for r in receipts.receipts(context.folder) if r.delivery_id not in seen and r.status == "received")


def _accepted_lines(content: FileContent) -> pl.DataFrame:
    frame = content.lines.filter(pl.col("status") == "accepted")
    optional = ("account_no", "recipient_name", "plot_code", "item_serial")
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in optional if name not in frame.columns]
    known = ("sheet_no", "sheet", "row", "programme", "amount_fen", "period_from", *optional)
    return frame.with_columns(absent).select(*known, idno="recipient_idno")


def _add_line_problems(lines: pl.DataFrame, code: str, notes: Notes) -> None:
    """One problem per line, up to a number a person can read; pages show the head of the list and count the rest."""
    for sheet_no, sheet, row, now, before in lines.select(
        "sheet_no", "sheet", "row", "amount_fen", "amount_before"
    ).iter_rows():
        own = Notes(sheet_no, sheet)
        own.add_problem(code, row=row, value=amount(now), expected=amount(before))
        notes.problems += own.problems


def _propose_numbers(content: FileContent, earlier: pl.DataFrame, month: str, notes: Notes) -> None:
    """Propose the earlier month's number for a number a spreadsheet has damaged; a person must accept it."""
    damaged = content.problems.filter(
        (pl.col("id").is_in(["id_is_number", "id_in_scientific_notation"])) & pl.col("row").is_not_null()
    ).select("sheet_no", "row", "column")
    if not damaged.height or "recipient_name" not in content.lines.columns:
        return
    broken = content.lines.join(damaged, on=["sheet_no", "row"])
    broken = broken.with_columns(incoming.cells(broken))
    village = (
        "village_code" if "village_code" in broken.columns else pl.lit(None, dtype=pl.String).alias("village_code")
    )
    broken = broken.select(
        "sheet_no", "sheet", "row", "column", village, name="recipient_name", kept=pl.col("cells").list.eval(
            pl.element().filter(pl.element().str.contains(r"^[0-9]{17,18}$")).str.slice(0, KEPT_DIGITS)
        ).list.first().fill_null("x"),
        line=pl.format("{}/{}", "sheet_no", "row"),
    )  # fmt: skip
    known = earlier.filter(pl.col("idno").is_not_null()).select("village_code", "idno", name="recipient_name")
    proposals = broken.join(history.rescued(broken, known), on="line")
    for sheet_no, sheet, row, column, number in proposals.select(
        "sheet_no", "sheet", "row", "column", "idno"
    ).iter_rows():
        own = Notes(sheet_no, sheet)
        own.add_problem("id_suggested", row=row, column=column, value=number, expected=month)
        notes.problems += own.problems
