"""Which county cells of an unnamed programme may be shown, and how rounded. Pure: the caller passes the recipients."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from checks.frames import registered

COLUMNS = {
    "county_code": pl.String,
    "programme": pl.String,
    "month": pl.Date,
    "people": pl.Int64,
    "amount_yuan": pl.Int64,
}
KEY = ["county_code", "programme", "month"]
_SQL = Path(__file__).with_name("sql")


@dataclass(frozen=True)
class CellPolicy:
    """When a cell is shown and how it is rounded (docs/public-data.md).

    Sources: the "10-5" rule of the ONS; (n, k) dominance and p % rules of the Handbook on Statistical Disclosure Control.

    Attributes:
        threshold: fewest people of a cell.
        round_people: counts are rounded to multiples of this.
        round_yuan: amounts are rounded to multiples of this.
        top_two_share: not shown where two recipients hold more than this share.
        second_guess_share: not shown where the second largest recipient could estimate the largest to within this share.
    """

    threshold: int = 10
    round_people: int = 5
    round_yuan: int = 1000
    top_two_share: float = 0.5
    second_guess_share: float = 0.2

    @property
    def certain_change(self) -> int:
        """Smallest difference between a true and a published count that proves a true difference of the threshold."""
        return self.threshold + self.round_people // 2


def county_cells(
    connection: duckdb.DuckDBPyConnection, recipients: str, policy: CellPolicy, earlier: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return the cells that may be published.

    A cell whose recipients changed by one to nine since the month published before is left out, unless rounding hides
    the change: otherwise the change would tell who joined or left. A published cell stays as it is; a correction is
    published for its whole quarter, and only where it moves at least twelve people.

    Args:
        connection: in which `recipients` is visible.
        recipients: relation of (county_code, programme, month, recipient, fen), one row per recipient and month.
        policy: thresholds and rounding.
        earlier: cells of the release before, same columns as the answer.

    Returns:
        county_code, programme, month, people (rounded), amount_yuan (rounded), sorted.
    """
    connection.execute(f"create or replace temp table cell_recipients as select * from {recipients}")
    exact = _exact(connection, policy)
    before = earlier if earlier is not None else pl.DataFrame(schema=COLUMNS)
    corrected = _corrected(exact, before, policy)
    shown = _cells_by_month(connection, exact, before.join(corrected, on=KEY, how="anti"), policy)
    # A corrected quarter that cannot be shown beside its neighbours stays as published: a gap would disclose as much.
    lost = corrected.join(shown, on=KEY, how="anti").select("county_code", "programme").unique()
    if lost.height:
        open_still = corrected.join(lost, on=["county_code", "programme"], how="anti")
        shown = _cells_by_month(connection, exact, before.join(open_still, on=KEY, how="anti"), policy)
    connection.execute("drop table cell_recipients")
    answer: pl.DataFrame = shown.select(list(COLUMNS)).sort(KEY)
    return answer


def _exact(connection: duckdb.DuckDBPyConnection, policy: CellPolicy) -> pl.DataFrame:
    """Return every cell with its rounded values and `big`: whether it is large enough and not dominated."""
    cells: pl.DataFrame = connection.sql(
        (_SQL / "exact_cells.sql").read_text(encoding="utf-8"),
        params={
            "people": policy.round_people,
            "fen": policy.round_yuan * 100,
            "threshold": policy.threshold,
            "two": policy.top_two_share,
            "guess": policy.second_guess_share,
        },
    ).pl()
    return cells


def _corrected(exact: pl.DataFrame, before: pl.DataFrame, policy: CellPolicy) -> pl.DataFrame:
    """Return the published cells of the quarters in which some month moved by at least twelve people."""
    quarter = pl.col("month").dt.truncate("1q").alias("quarter")
    moved = (
        before.join(exact.filter("big").select(*KEY, "exact_people"), on=KEY)
        .filter((pl.col("people") - pl.col("exact_people")).abs() >= policy.certain_change)
        .select("county_code", "programme", quarter)
        .unique()
    )
    return before.with_columns(quarter).join(moved, on=["county_code", "programme", "quarter"], how="semi").select(KEY)


def _cells_by_month(
    connection: duckdb.DuckDBPyConnection, exact: pl.DataFrame, published: pl.DataFrame, policy: CellPolicy
) -> pl.DataFrame:
    """Return the cells that may be shown, month by month, each compared with its neighbours of the county and programme.

    Args:
        connection: holds `cell_recipients`.
        exact: every cell, see `_exact`.
        published: cells that stay as they were published, whatever is known now.
        policy: thresholds and rounding.

    Returns:
        The columns of the answer and `is_true`: whether a cell equals what is known now.
    """
    published = published.join(
        exact.select(*KEY, pl.col("people").alias("people_now"), pl.col("amount_yuan").alias("amount_now")),
        on=KEY,
        how="left",
    ).select(
        *COLUMNS,
        is_true=(
            (pl.col("people") == pl.col("people_now")) & (pl.col("amount_yuan") == pl.col("amount_now"))
        ).fill_null(value=False),
    )
    series = ["county_code", "programme"]
    last, shown = published.clear(), [published.clear()]
    for month in pl.concat([exact["month"], published["month"]]).unique().sort():
        kept = published.filter(pl.col("month") == month)
        coming = (
            published.filter(pl.col("month") > month).sort("month").unique(series, keep="first", maintain_order=True)
        )
        now = exact.filter((pl.col("month") == month) & pl.col("big")).join(kept, on=KEY, how="anti")
        now = now.join(last, on=series, how="left", suffix="_last").join(coming, on=series, how="left", suffix="_next")
        now = now.join(_changed(connection, now), on=series, how="left").filter(_may_show(policy))
        shown.append(pl.concat([kept, now.select(*COLUMNS, is_true=pl.lit(value=True))]))
        last = pl.concat([last, shown[-1]]).unique(series, keep="last", maintain_order=True)
    return pl.concat(shown)


def _may_show(policy: CellPolicy) -> pl.Expr:
    """Return where a cell equals its published neighbours, or differs so much that no single person can be inferred."""

    def same(side: str) -> pl.Expr:
        return (pl.col("people") == pl.col(f"people_{side}")) & (pl.col("amount_yuan") == pl.col(f"amount_yuan_{side}"))

    def far(side: str) -> pl.Expr:
        return (pl.col("exact_people") - pl.col(f"people_{side}")).abs() >= policy.certain_change

    count = pl.col("changed").fill_null(0)
    # Only where the cell before equals what is known now is the change between the lists the change that was published.
    apart = pl.when("is_true").then((count == 0) | (count >= policy.threshold)).otherwise(far("last"))
    behind = pl.col("month_last").is_null() | same("last") | apart
    ahead = pl.col("month_next").is_null() | same("next") | far("next")
    return behind & ahead


def _changed(connection: duckdb.DuckDBPyConnection, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return how many recipients are in only one of the two months, joiners and leavers together."""
    frame = pairs.filter(pl.col("month_last").is_not_null()).select("county_code", "programme", "month", "month_last")
    with registered(connection, "cell_pairs", frame):
        counted: pl.DataFrame = connection.sql((_SQL / "changed_recipients.sql").read_text(encoding="utf-8")).pl()
    return counted
