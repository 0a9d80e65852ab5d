"""Whether registers are fresh and sound. Pure questions; who acts on them is elsewhere."""

from __future__ import annotations

import datetime as dt

import duckdb

# Ours: below or above these a supplier is asked; nothing is refused.
DOUBTS = {
    "registers_are_filled": "filled_percent < 70",
    "registers_name_people": "invalid_ids > records * 0.01",
    "registers_stay_alike": "overlap_percent < 50",
    "officials_have_kin": "without_kin > 0",
}


def register_ages(connection: duckdb.DuckDBPyConnection, register: str, today: dt.date, months: int) -> tuple[int, int]:
    """Return in how many counties a register stands, and in how many its extract is older than it may be."""
    row = connection.execute(
        f"""with newest as (select county_code, max(as_of) as as_of from register_{register} where status = 'accepted' group by 1)
            select count(*), count(*) filter (as_of < $today::date - to_months($months)) from newest""",
        {"today": today, "months": months},
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def register_doubts(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Return, per check of `DOUBTS`, the registers and counties (`deaths 452921`) that do not meet it.

    Args:
        connection: holds `register_scorecard`.
    """
    return {
        check: [
            row[0]
            for row in connection.execute(
                f"select register || ' ' || county_code from register_scorecard where {doubt} order by 1"
            ).fetchall()
        ]
        for check, doubt in DOUBTS.items()
    }
