"""Payments by month, summed and counted once for all rules of a run. No register and no rule's own views here."""

from __future__ import annotations

import duckdb

from checks.rules.texts import statement

# Payment columns a rule may name in `requires`.
REQUIRABLE = (
    *("recipient_id", "head_id", "payee_id", "account_id", "village_code", "paid_on"),
    *("standard_fen", "quantity", "plot_code", "item_serial"),
)


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Sum the lines in one pass, for rules about batches, and count lines and line-months.

    `payment_sums` has a row per village, programme, month, period, state and set of empty columns (`no_<column>`).
    """
    connection.execute(f"create or replace temp view payment_months as {statement('payment_months')}")
    # one number for all empty columns: each key of a group costs
    bits = {f"no_{column}": f"({column} is null)::int" for column in REQUIRABLE}
    bits["is_correction"] = "(corrects is not null)::int"
    gaps = " + ".join(f"{is_set} * {1 << bit}" for bit, is_set in enumerate(bits.values()))
    flags = {name: f"gaps & {1 << bit} <> 0 as {name}" for bit, name in enumerate(bits)}
    connection.execute(
        f"""create or replace temp table payment_groups as
        select county_code, village_code, programme, month, period_from, period_to, state, {gaps} as gaps,
               min(paid_on) as paid_on, max(paid_on) as last_paid_on, count(*) as lines, sum(amount_fen)::bigint as fen
        from payments group by all"""
    )
    connection.execute(
        f"create or replace temp view payment_sums as select * exclude (gaps), {', '.join(flags.values())} from payment_groups"
    )
    _counts(connection, ", ".join(flags[f"no_{column}"] for column in REQUIRABLE))


def _counts(connection: duckdb.DuckDBPyConnection, flags: str) -> None:
    """Count lines and line-months per programme, county, month and set of empty columns; list the months paid for."""
    connection.execute(
        f"""create or replace temp table population_counts as
        select 'payments' as population, programme, county_code, month, {flags}, sum(lines)::bigint as rows
        from payment_groups group by all
        union all
        -- as the view `payment_months` splits a line
        select 'payment_months', programme, county_code, month, {flags}, sum(lines)::bigint
        from (select * replace (unnest(case when period_from < period_to
                                            then generate_series(period_from, period_to, interval 1 month)
                                            else [period_from] end)::date as month)
              from (select programme, county_code, month, period_from, period_to, gaps, sum(lines) as lines
                    from payment_groups where coalesce(state, 'paid') not in ('stopped', 'returned', 'refunded') group by all)
              where period_from < period_to or period_from is not distinct from period_to)
        group by all"""
    )
    # every month from the first paid for to the last
    connection.execute(
        """create or replace temp table months as
           select unnest(generate_series(date_trunc('month', min(period_from)), max(period_to), interval 1 month))::date
                  as month from payment_groups"""
    )
