"""Whether the warehouse adds up: lines, money, register freshness. Pure questions; who acts on them is elsewhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Difference:
    """A joint at which something went missing.

    Attributes:
        joint: between which two places, e.g. `file → lines`.
        delivery_id: of which delivery.
        expected, found: counts or fen.
    """

    joint: str
    delivery_id: str
    expected: int
    found: int


def line_differences(connection: duckdb.DuckDBPyConnection) -> list[Difference]:
    """Return deliveries whose ledger counts differ from the lines that stand in the warehouse."""
    rows = connection.execute(
        """
        with counted as (
            select delivery_id, count(*) as lines,
                   count(*) filter (status = 'accepted') as accepted,
                   count(*) filter (status = 'rejected') as rejected,
                   count(*) filter (status = 'held') as held
            from lines group by delivery_id),
        joined as (
            select d.delivery_id, d.lines, d.accepted, d.rejected, d.held, coalesce(c.lines, 0) as found_lines,
                   coalesce(c.accepted, 0) as found_accepted, coalesce(c.rejected, 0) as found_rejected,
                   coalesce(c.held, 0) as found_held
            from deliveries d left join counted c using (delivery_id) where d.status <> 'refused')
        select '登记的总行数 → 明细', delivery_id, lines, found_lines from joined where lines <> found_lines
        union all select '接收行数 → 明细', delivery_id, accepted, found_accepted from joined where accepted <> found_accepted
        union all select '退回行数 → 明细', delivery_id, rejected, found_rejected from joined where rejected <> found_rejected
        union all select '搁置行数 → 明细', delivery_id, held, found_held from joined where held <> found_held
        order by all"""
    ).fetchall()
    return [Difference(*row) for row in rows]


def money_differences(connection: duckdb.DuckDBPyConnection) -> list[Difference]:
    """Return deliveries whose ledger sums (fen) differ from the payment lines that stand in the warehouse."""
    rows = connection.execute(
        """
        with counted as (
            select delivery_id, coalesce(sum(amount_fen) filter (status = 'accepted'), 0)::bigint as accepted,
                   coalesce(sum(amount_fen) filter (status = 'held'), 0)::bigint as held
            from payment_lines group by delivery_id),
        joined as (
            select d.delivery_id, d.total_fen, d.held_fen, coalesce(c.accepted, 0) as accepted, coalesce(c.held, 0) as held
            from deliveries d left join counted c using (delivery_id)
            where d.kind in ('roster', 'dibao_roll', 'relief_table') and d.status <> 'refused')
        select '接收金额 → 发放记录', delivery_id, total_fen, accepted from joined where total_fen <> accepted
        union all select '搁置金额 → 发放记录', delivery_id, held_fen, held from joined where held_fen <> held
        order by all"""
    ).fetchall()
    return [Difference(*row) for row in rows]


def register_ages(connection: duckdb.DuckDBPyConnection, register: str, today: dt.date) -> tuple[int, int]:
    """Return in how many counties a register stands, and in how many its extract is older than 92 days."""
    row = connection.execute(
        f"""with newest as (select county_code, max(as_of) as as_of from register_{register} where status = 'accepted' group by 1)
            select count(*), count(*) filter (as_of < $today::date - interval 92 day) from newest""",
        {"today": today},
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)
