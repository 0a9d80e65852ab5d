"""The money chain: documents into moves between accounts, moves into balances. No rules and no limits here.

Every document is an account: money enters it and leaves it again with the documents that name it as their parent. A move is
one row `(from_id, to_id, fen)`, so every fen that leaves one account enters another, whatever order the documents come in.

A document may name several parents, `甲号、乙号`; money comes from them in proportion to their amounts, or as written:
`甲号=3000.00；乙号=2000.00` (yuan). Of a parent with several lines, the lines of the same programme give, and among them
those of the same township. A negative amount that names a document of its own hop corrects that document: it lessens its
account and goes back to where that document's money came from. A repayment (重发) draws on the returns (退回) of the
payment it names. Money whose source the ledger does not hold comes from nowhere (`from_id` null) with the reason in `gap`;
only a quota (指标) comes from above without one.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import duckdb

_SQL = Path(__file__).with_name("sql")
# SELECT over `fund_flows`: the rows of `fund_moves`.
MOVES = (_SQL / "fund_moves.sql").read_text(encoding="utf-8")
# SELECT over `fund_moves`: what each programme and hop holds in a county at the end of each month.
BALANCES = (_SQL / "fund_balances.sql").read_text(encoding="utf-8")


def derive(connection: duckdb.DuckDBPyConnection, wanted: Collection[str]) -> None:
    """Create the temporary table `fund_moves` if it is among the wanted tables and the warehouse does not hold it.

    Args:
        connection: holds `fund_flows`.
        wanted: names of the tables that will be read.
    """
    known = {
        row[0] for row in connection.execute("select table_name from duckdb_tables() where not temporary").fetchall()
    }
    known |= {
        row[0] for row in connection.execute("select view_name from duckdb_views() where not internal").fetchall()
    }
    if "fund_moves" in wanted and "fund_moves" not in known:
        connection.execute(f"create or replace temp table fund_moves as {MOVES}")
