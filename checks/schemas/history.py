"""What a file says against earlier months and other files. Answers are questions: nothing here rejects a line."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

JUMP_RATIO = 1.5  # ours: half as much again, or a third less
JUMP_FEN = 10_000
FACTOR = 1_000  # a slip between 元 and 万元 is a factor of 10,000; a thousand catches it with room for real spread
LEAST_FOR_MEDIAN = 5
VANISHED_SHARE = 0.1


@dataclass(frozen=True)
class People:
    """Who came and went since the earlier month, counted by person.

    Attributes:
        vanished: on the earlier list and not on this one.
        share: of the earlier list.
    """

    earlier: int
    vanished: int
    added: int

    @property
    def share(self) -> float:
        """Vanished people as a share of the earlier list."""
        return self.vanished / self.earlier if self.earlier else 0.0

    @property
    def is_striking(self) -> bool:
        """Whether so many vanished that a person should say why."""
        return self.vanished >= 1 and self.share > VANISHED_SHARE


def people(current: pl.DataFrame, beside: pl.DataFrame, earlier: pl.DataFrame) -> People:
    """Compare who is paid, whether a month's list comes in one file or in several.

    A file is compared with those of the earlier month it continues: the ones it holds half of, and the one it holds
    most of. Whoever is in another file of this month is not missing.

    Args:
        current: `idno` of this file, null where unknown; only programmes both months have.
        beside: `idno` of the month's other files.
        earlier: `idno, file` of the earlier month.
    """
    now = current["idno"].drop_nulls().unique()
    known = (
        earlier.drop_nulls("idno")
        .select("file", "idno")
        .unique()
        .with_columns(kept=pl.col("idno").is_in(now.implode()))
    )
    files = known.group_by("file").agg(kept=pl.col("kept").sum(), all=pl.len()).filter(pl.col("kept") > 0)
    continued = files.filter((pl.col("kept") == pl.col("kept").max()) | (2 * pl.col("kept") >= pl.col("all")))
    then = known.join(continued, on="file", how="semi").unique("idno")
    missing = then.filter(~pl.col("kept") & ~pl.col("idno").is_in(beside["idno"].drop_nulls().implode()))
    added = now.filter(~now.is_in(known["idno"].implode()))
    return People(then.height, missing.height, len(added))


def repeated(current: pl.DataFrame, beside: pl.DataFrame) -> tuple[str, int] | None:
    """Return which other file of the month shares most lines with this one, and how many of this one's.

    Args:
        current, beside: `idno, recipient_name, programme, period_from, plot_code, item_serial`; beside also `file`.
            A number is the person; without one the name counts. Plot and serial tell lines apart where both have one.
    """
    who = pl.coalesce("idno", "recipient_name").alias("who")
    joined = current.with_columns(who).with_row_index("line").join(
        beside.with_columns(who), on=["who", "programme", "period_from"], suffix="_other"
    )  # fmt: skip
    same = [(pl.col(name) == pl.col(f"{name}_other")).fill_null(True) for name in ("plot_code", "item_serial")]
    counted = joined.filter(*same).group_by("file").agg(n=pl.col("line").n_unique()).sort("n", "file").tail(1)
    return counted.row(0) if counted.height else None


def compare(current: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Return each line beside the same person's line of the earlier month.

    Args:
        current: `idno, programme, amount_fen, account_no` and anything that names the line.
        earlier: `idno, programme, amount_fen, account_no`; people with several lines are left out, as nobody can say
            which belongs to which.

    Returns:
        The current lines that have one earlier line, with `amount_before`, `account_before`, `jumped`, `other_account`.
    """
    key = ["idno", "programme"]
    once = earlier.filter(pl.col("idno").is_not_null()).filter(pl.struct(key).is_unique())
    alone = current.filter(pl.col("idno").is_not_null()).filter(pl.struct(key).is_unique())
    joined = alone.join(once.rename({"amount_fen": "amount_before", "account_no": "account_before"}), on=key)
    now, then = pl.col("amount_fen"), pl.col("amount_before")
    return joined.with_columns(
        jumped=(
            (now > 0)
            & (then > 0)
            & ((now - then).abs() >= JUMP_FEN)
            & ((now > then * JUMP_RATIO) | (then > now * JUMP_RATIO))
        ).fill_null(False),
        other_account=(pl.col("account_no") != pl.col("account_before")).fill_null(False),
    )


def unlike_median(amounts: pl.Series, among: pl.Series) -> tuple[pl.Series, int]:
    """Return where an amount is a thousand times the median or a thousandth of it, and the median in fen.

    Args:
        amounts: fen of all lines.
        among: the lines that are compared with each other.
    """
    paid = amounts.filter(among & (amounts > 0))
    if len(paid) < LEAST_FOR_MEDIAN:
        return pl.repeat(False, len(amounts), eager=True), 0
    median = float(paid.median() or 0)  # type: ignore[arg-type]
    odd = among & (amounts > 0) & ((amounts >= median * FACTOR) | (amounts * FACTOR <= median))
    return odd.fill_null(False), round(median)


def without_payment(reply: pl.DataFrame, payments: pl.DataFrame) -> pl.Series:
    """Return the lines of a bank's reply that no payment of the month explains: person and account are unknown.

    Args:
        reply: `idno, account_no, amount_fen`; what is null is not compared.
        payments: the same columns of the month's payments.
    """
    by_person = payments.filter(pl.col("idno").is_not_null()).select("idno").unique().with_columns(known=True)
    by_account = payments.filter(pl.col("account_no").is_not_null()).select("account_no").unique()
    found = reply.join(by_person, on="idno", how="left", maintain_order="left").join(
        by_account.with_columns(known_account=True), on="account_no", how="left", maintain_order="left"
    )
    return ~(found["known"].fill_null(False) | found["known_account"].fill_null(False))


def other_amounts(reply: pl.DataFrame, payments: pl.DataFrame) -> pl.DataFrame:
    """Return the lines of a bank's reply whose amount is none of the payments of that account, nor their sum.

    Args:
        reply: `account_no, amount_fen` and anything that names the line; what is null is not compared.
        payments: the same columns of the month's payments.

    Returns:
        Those lines with `paid_fen`, what the payments of the account come to.
    """
    paid = payments.drop_nulls(["account_no", "amount_fen"]).group_by("account_no")
    sums = paid.agg(amounts=pl.col("amount_fen").unique(), paid_fen=pl.col("amount_fen").sum())
    joined = reply.drop_nulls(["account_no", "amount_fen"]).join(sums, on="account_no", maintain_order="left")
    known = pl.col("amounts").list.contains(pl.col("amount_fen")) | (pl.col("amount_fen") == pl.col("paid_fen"))
    return joined.filter(~known).drop("amounts")


def rescued(broken: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Return, for damaged numbers, the one number of an earlier month that agrees with what is left of them.

    Args:
        broken: `line, name, village_code, kept`: the digits that survived, at least the first 15 of the cell.
        earlier: `name, village_code, idno`, verified in an earlier month.

    Returns:
        `line, idno`, only where exactly one person of that name (and village, if given) has a number that begins so.
    """
    joined = broken.join(earlier.select("name", "village_code", "idno").unique(), on="name", suffix="_before")
    same_place = (
        pl.col("village_code").is_null()
        | pl.col("village_code_before").is_null()
        | (pl.col("village_code") == pl.col("village_code_before"))
    )
    fits = joined.filter(same_place & pl.col("idno").str.starts_with(pl.col("kept")))
    return fits.select("line", "idno").unique().filter(pl.col("line").is_unique())
