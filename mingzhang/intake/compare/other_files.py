"""A file compared with other files of its month in the current snapshot: the bank's reply, the vouchers. Writes nothing."""

from __future__ import annotations

import datetime as dt

import polars as pl

from checks.schemas import history
from mingzhang.catalog.formats import amount
from mingzhang.intake.context import Context
from mingzhang.intake.lines.file_content import FileContent
from mingzhang.intake.notes import Notes


def lake_table(context: Context, table: str, county: str, period: str) -> pl.DataFrame | None:
    """Return the rows of a table of the history for a county and a period, or None where there are none.

    Args:
        context: what is known besides the file.
        table: name of the lake table, such as `payments`.
        county: six digits.
        period: a month such as `2026-10`, or `all` for tables without months.
    """
    return context.history.table(table, county, period) if context.history else None


def with_numbers(context: Context, county: str, payments: pl.DataFrame) -> pl.DataFrame:
    """Return payments of the snapshot with the columns `file`, `idno` and `account_no`.

    A corrected line belongs to the file it first came with.
    """
    payments = payments.with_columns(file=pl.coalesce(pl.col("corrects").str.extract("^([^/]+)/"), "batch_id"))
    identity, account = lake_table(context, "identity", county, "all"), lake_table(context, "account", county, "all")
    if identity is None:
        return payments.with_columns(idno=pl.lit(None, dtype=pl.String), account_no=pl.lit(None, dtype=pl.String))
    known = identity.select(recipient_id="person_id", idno="id_number").unique()
    frame = payments.join(known, on="recipient_id", how="left")
    if account is None:
        return frame.with_columns(account_no=pl.lit(None, dtype=pl.String))
    return frame.join(account.select("account_id", "account_no").unique(), on="account_id", how="left")


def together_words(beside: pl.DataFrame) -> str:
    """Return the words that state with how many files of the month a file was compared; '' for none."""
    files = beside["file"].n_unique()
    return f"（连同已入库的 {files} 份名册）" if files else ""


def compare_vouchers(
    lines: pl.DataFrame, beside: pl.DataFrame, context: Context, county: str, month: dt.date, notes: Notes
) -> None:
    """Compare the total of the month's files with the month's payment vouchers, where there are any.

    Args:
        lines: accepted payment lines of the file, with `programme` and `amount_fen`.
        beside: payments of the month's other files, as `with_numbers` returns them.
        context: the current snapshot.
        county: six digits.
        month: first day of the month.
        notes: where differences are recorded.
    """
    flows = lake_table(context, "fund_flows", county, "all")
    if flows is None:
        return
    for programme, fen in lines.group_by("programme").agg(pl.col("amount_fen").sum()).sort("programme").iter_rows():
        paid = flows.filter(
            (pl.col("hop") == "支付") & (pl.col("programme") == programme) & (pl.col("batch_month") == month)
        )["amount_fen"]
        others = beside.filter(programme=programme)
        whole = fen + int(others["amount_fen"].sum())
        if len(paid) and int(paid.sum()) != whole:
            name, expected = context.catalogue.programmes[programme].name, amount(int(paid.sum()))
            notes.add_problem(
                "voucher_differs",
                value=amount(whole),
                expected=expected,
                programme=name,
                together=together_words(others),
            )


def compare_reply(content: FileContent, context: Context, notes: Notes) -> None:
    """Compare a bank's reply with the payments of its month: lines without a payment, and other amounts."""
    county, month = content.declared.county, content.declared.month
    payments = lake_table(context, "payments", county or "", f"{month:%Y-%m}") if county and month else None
    if payments is None or county is None:
        return
    if content.declared.programme:
        payments = payments.filter(pl.col("programme") == content.declared.programme)
    identified = with_numbers(context, county, payments).select("idno", "account_no", "amount_fen")
    lines = content.lines
    for name in ("account_no", "amount_fen", "payee_idno"):
        if name not in lines.columns:
            lines = lines.with_columns(
                pl.lit(None, dtype=identified.schema["idno" if name == "payee_idno" else name]).alias(name)
            )
    answered = lines.select("sheet_no", "sheet", "row", "account_no", "amount_fen", idno="payee_idno")
    strangers = answered.filter(history.without_payment(answered, identified))
    for sheet_no, sheet, row in strangers.select("sheet_no", "sheet", "row").iter_rows():
        own = Notes(sheet_no, sheet)
        own.add_problem("reply_without_payment", row=row)
        notes.problems += own.problems
    for sheet_no, sheet, row, back, paid in (
        history.other_amounts(answered, identified)
        .select("sheet_no", "sheet", "row", "amount_fen", "paid_fen")
        .iter_rows()
    ):
        own = Notes(sheet_no, sheet)
        own.add_problem("reply_amount_differs", row=row, value=amount(back), expected=amount(paid))
        notes.problems += own.problems
