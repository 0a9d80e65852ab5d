"""Households over time: `household_members`, rebuilt from the population register. No rules here."""

from __future__ import annotations

from pathlib import Path

import duckdb

from mingzhang.warehouse import declaration
from mingzhang.warehouse.tables.people import HouseholdMembers

QUERY = Path(__file__).with_name("sql") / "household_members.sql"


def refresh(connection: duckdb.DuckDBPyConnection) -> None:
    """Rebuild `household_members` from every population extract.

    The newest extract speaks for people who never moved; all extracts are read for the few who did.
    """
    connection.execute(f"create or replace table household_members as {QUERY.read_text(encoding='utf-8')}")
    declaration.check_columns(connection, "household_members", HouseholdMembers)
