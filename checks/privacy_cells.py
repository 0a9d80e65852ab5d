"""Which county cells of an unnamed programme may be shown, and how rounded. Pure: the caller passes the recipients."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import polars as pl

COLUMNS = {
    "county_code": pl.String,
    "programme": pl.String,
    "month": pl.Date,
    "people": pl.Int64,
    "amount_yuan": pl.Int64,
}


@dataclass(frozen=True)
class CellPolicy:
    """When a cell is shown (dangers.md §6; the "10-5" rule of the ONS, dominance rules of the SDC handbook).

    Attributes:
        threshold: fewest people of a cell.
        round_people: counts are rounded to multiples of this.
        round_yuan: amounts are rounded to multiples of this.
        top_two_share: not shown where two recipients hold more than this share.
        second_guess_share: not shown where the second could work out the first to within this share.
    """

    threshold: int = 10
    round_people: int = 5
    round_yuan: int = 1000
    top_two_share: float = 0.5
    second_guess_share: float = 0.2


def county_cells(
    connection: duckdb.DuckDBPyConnection, recipients: str, policy: CellPolicy, earlier: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return the cells that may be published.

    A cell whose recipients changed by one to nine since the last published month is left out, unless rounding hides
    the change: otherwise who joined or left could be read off. A cell once published stands; a correction that
    rounding cannot hide is published for its whole quarter, and only where it moves at least twelve people.

    Args:
        connection: sees the relation.
        recipients: relation of (county_code, programme, month, recipient, fen), one row per recipient and month.
        earlier: cells of the release before, same columns as the answer.

    Returns:
        county_code, programme, month, people (rounded), amount_yuan (rounded), sorted.
    """
    connection.execute(f"create or replace temp table cell_recipients as select * from {recipients}")
    exact = _exact(connection, policy)
    shown = _walk(connection, exact, policy)
    if earlier is not None and earlier.height:
        shown = _keep_earlier(shown, exact, earlier, policy)
    connection.execute("drop table cell_recipients")
    answer: pl.DataFrame = shown.select(list(COLUMNS)).sort("county_code", "programme", "month")
    return answer


def _exact(connection: duckdb.DuckDBPyConnection, policy: CellPolicy) -> pl.DataFrame:
    """Every cell with its rounded values and whether it is big enough and undominated."""
    cells: pl.DataFrame = connection.sql(
        """
        with ranked as (
            select *, row_number() over (partition by county_code, programme, month order by fen desc) as place
            from cell_recipients),
        cells as (
            select county_code, programme, month, count(*) as exact_people, sum(fen)::bigint as fen,
                   sum(fen) filter (place = 1) as first, coalesce(sum(fen) filter (place = 2), 0) as second
            from ranked group by all)
        select county_code, programme, month, exact_people, fen,
               ((exact_people + $people // 2) // $people * $people)::bigint as people,
               ((fen + $fen // 2) // $fen * $fen // 100)::bigint as amount_yuan,
               exact_people >= $threshold and fen > 0
                   and first + second <= $two * fen and fen - first - second >= $guess * first as big
        from cells order by month""",
        params={
            "people": policy.round_people,
            "fen": policy.round_yuan * 100,
            "threshold": policy.threshold,
            "two": policy.top_two_share,
            "guess": policy.second_guess_share,
        },
    ).pl()
    return cells


def _walk(connection: duckdb.DuckDBPyConnection, exact: pl.DataFrame, policy: CellPolicy) -> pl.DataFrame:
    """Go through the months, comparing each with the month last shown of its county and programme."""
    last = exact.clear().select("county_code", "programme", "month", "people", "amount_yuan")
    shown = [last]
    for month in exact["month"].unique().sort():
        now = exact.filter((pl.col("month") == month) & pl.col("big"))
        now = now.join(last, on=["county_code", "programme"], how="left", suffix="_last")
        changed = _changed(connection, now)
        now = now.join(changed, on=["county_code", "programme"], how="left").filter(
            pl.col("month_last").is_null()
            | ((pl.col("people") == pl.col("people_last")) & (pl.col("amount_yuan") == pl.col("amount_yuan_last")))
            | (pl.col("changed").fill_null(0) == 0)
            | (pl.col("changed") >= policy.threshold)
        )
        shown.append(now.select(last.columns))
        last = pl.concat([last, shown[-1]]).unique(["county_code", "programme"], keep="last", maintain_order=True)
    return pl.concat(shown)


def _changed(connection: duckdb.DuckDBPyConnection, pairs: pl.DataFrame) -> pl.DataFrame:
    """Count who is in only one of the two months: joiners and leavers both."""
    frame = pairs.filter(pl.col("month_last").is_not_null()).select("county_code", "programme", "month", "month_last")
    connection.register("cell_pairs", frame.to_arrow())
    try:
        counted: pl.DataFrame = connection.sql(
            """
            with sides as (
                select p.county_code, p.programme, r.recipient, 1 as side
                from cell_pairs p join cell_recipients r using (county_code, programme, month)
                union all
                select p.county_code, p.programme, r.recipient, 2
                from cell_pairs p join cell_recipients r
                  on (r.county_code, r.programme, r.month) = (p.county_code, p.programme, p.month_last)),
            people as (select county_code, programme, recipient, count(*) as sides from sides group by all)
            select county_code, programme, count(*) filter (sides = 1) as changed from people group by all"""
        ).pl()
    finally:
        connection.unregister("cell_pairs")
    return counted


def _keep_earlier(shown: pl.DataFrame, exact: pl.DataFrame, earlier: pl.DataFrame, policy: CellPolicy) -> pl.DataFrame:
    """Let what was published stand, except quarters that a correction of at least twelve people touches."""
    key = ["county_code", "programme", "month"]
    quarter = pl.col("month").dt.truncate("1q").alias("quarter")
    # Rounding hides up to two people on either side, so twelve published means at least ten true ones.
    sure = policy.threshold + policy.round_people // 2
    moved = (
        earlier.join(exact.filter("big").select(*key, "exact_people"), on=key)
        .filter((pl.col("people") - pl.col("exact_people")).abs() >= sure)
        .select("county_code", "programme", quarter)
        .unique()
    )
    open_again = ["county_code", "programme", "quarter"]
    kept = earlier.with_columns(quarter).join(moved, on=open_again, how="anti")
    fresh = shown.join(kept, on=key, how="anti")
    return pl.concat([kept.select(shown.columns), fresh])
