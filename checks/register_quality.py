"""Whether registers are up to date and complete. Queries only; nothing is refused here."""

from __future__ import annotations

import datetime as dt

import duckdb

FRESH = "is_fresh"
# Check -> sentence for people, and what `register_scorecard` shows where it is not met. The limits are this project's own:
# beyond them the department is asked, and nothing is refused.
SCORECARD_CHECKS = {
    "is_filled": ("填写完整率不低于七成", "filled_percent < 70"),
    "names_people": ("无效证号不超过百分之一", "invalid_ids > records * 0.01"),
    "stays_alike": ("与上一版至少一半重合", "overlap_percent < 50"),
    "officials_have_kin": ("在任干部和经办人员都有近亲属记录", "without_kin > 0"),
}


def descriptions(register: str, months: int) -> dict[str, str]:
    """Return the checks of a register with their sentences.

    Args:
        register: its slug.
        months: after how many months an extract is stale.
    """
    of_register = {
        name: sentence
        for name, (sentence, _) in SCORECARD_CHECKS.items()
        if name != "officials_have_kin" or register == "kin"
    }
    return {FRESH: f"最新数据在 {months} 个月之内", **of_register}


def register_ages(connection: duckdb.DuckDBPyConnection, register: str, today: dt.date, months: int) -> tuple[int, int]:
    """Return for how many counties there is an extract of a register, and for how many it is stale.

    Args:
        connection: the warehouse.
        register: its slug.
        today: Beijing date.
        months: after how many months an extract is stale.
    """
    row = connection.execute(
        f"""with newest as (select county_code, max(as_of) as as_of from register_{register} where status = 'accepted' group by 1)
            select count(*), count(*) filter (as_of < $today::date - to_months($months)) from newest""",
        {"today": today, "months": months},
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def failed_scorecard_checks(connection: duckdb.DuckDBPyConnection, register: str) -> dict[str, list[str]]:
    """Return, per check of `SCORECARD_CHECKS`, the counties whose extract of a register does not meet it.

    Args:
        connection: holds `register_scorecard`.
        register: its slug.
    """
    return {
        check: [
            row[0]
            for row in connection.execute(
                f"select county_code from register_scorecard where register = ? and {failure} order by 1", [register]
            ).fetchall()
        ]
        for check, (_, failure) in SCORECARD_CHECKS.items()
    }


def answers(
    connection: duckdb.DuckDBPyConnection, register: str, today: dt.date, months: int
) -> dict[str, tuple[bool, list[str]]]:
    """Return every check of `descriptions` with whether it is met and the counties that do not meet it.

    Args:
        connection: the warehouse, with `register_scorecard`.
        register: its slug.
        today: Beijing date.
        months: after how many months an extract is stale.
    """
    counties, stale = register_ages(connection, register, today, months)
    failed = failed_scorecard_checks(connection, register)
    met = {name: (not failed[name], failed[name]) for name in descriptions(register, months) if name != FRESH}
    return {FRESH: (counties > 0 and not stale, []), **met}
