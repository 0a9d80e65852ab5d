"""Whether registers are fresh. Pure questions; who acts on them is elsewhere."""

from __future__ import annotations

import datetime as dt

import duckdb


def register_ages(connection: duckdb.DuckDBPyConnection, register: str, today: dt.date) -> tuple[int, int]:
    """Return in how many counties a register stands, and in how many its extract is older than 92 days."""
    row = connection.execute(
        f"""with newest as (select county_code, max(as_of) as as_of from register_{register} where status = 'accepted' group by 1)
            select count(*), count(*) filter (as_of < $today::date - interval 92 day) from newest""",
        {"today": today},
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)
