"""The money chain of the warehouse: `fund_moves`, rebuilt from accepted documents. What it means is in `checks/money/chain.py`."""

from __future__ import annotations

import duckdb

from checks.money import chain
from mingzhang.warehouse import declaration
from mingzhang.warehouse.reconciliation import Difference, require
from mingzhang.warehouse.tables.money import FundMoves

# The whole amount of every document is in the chain exactly once, however it was split.
COMPARED = """
    select county_code, documents, fen, coalesce(m.moved, 0), coalesce(m.moved_fen, 0)
    from (select county_code, count(*) as documents, sum(amount_fen)::bigint as fen
          from fund_flows where status = 'accepted' and amount_fen <> 0 group by 1)
    left join (select county_code, count(distinct line_id) as moved, sum(fen)::bigint as moved_fen
               from fund_moves group by 1) m using (county_code)"""


def refresh(connection: duckdb.DuckDBPyConnection) -> None:
    """Rebuild `fund_moves`, one row per document and account its money came from.

    Raises:
        ReconciliationError: a fen of a document appeared or disappeared on the way.
    """
    connection.execute("drop table if exists temp.fund_moves")
    connection.execute(f"create or replace table fund_moves as {chain.MOVES}")
    declaration.check_columns(connection, "fund_moves", FundMoves)
    require(check(connection))


def check(connection: duckdb.DuckDBPyConnection) -> list[Difference]:
    """Return the counties whose documents and chain do not hold the same money."""
    rows = connection.execute(COMPARED).fetchall()
    return [
        Difference("funds", county, (documents, fen), (moved, moved_fen))
        for county, documents, fen, moved, moved_fen in rows
        if (documents, fen) != (moved, moved_fen)
    ]
