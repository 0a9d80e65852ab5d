"""How long money remains at each hop, and until when it may: accounts with their limits, days between hops. No rules here.

Limits are the settings of the rules J01 and J03, so that a page and a rule never disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from checks.rules.header import Rule

_SQL = Path(__file__).with_name("sql")
_LIMITED_BY = ("allocated_money_stuck", "bank_return_not_repaid")


def write(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> None:
    """Create the temporary tables `fund_accounts` and `fund_delays`.

    Args:
        connection: holds `fund_flows`, `fund_moves` and `settings`.
        rules: their headers hold the default limits, in days, for what no setting limits.
    """
    connection.execute(
        """create or replace temp table fund_limits as
           select name, region, programme, valid_from, valid_to, value as days from settings
           where name like 'allocated_money_stuck.%days' or name = 'bank_return_not_repaid.days'"""
    )
    defaults = [
        (f"{rule.slug}.{default.name}", default.value)
        for rule in rules
        if rule.slug in _LIMITED_BY
        for default in rule.defaults
        if default.name.endswith("days")
    ]
    for name, days in defaults:
        connection.execute("insert into fund_limits values (?, '', '', date '0001-01-01', null, ?)", [name, days])
    for table in ("fund_accounts", "fund_delays"):
        connection.execute((_SQL / f"{table}.sql").read_text(encoding="utf-8"))
