"""Loads the catalogue into a connection as the tables rules read. No rules, no judgement."""

from __future__ import annotations

from typing import Any

import duckdb

from mingzhang.catalog.load import Catalogue
from mingzhang.warehouse import database
from mingzhang.warehouse.declaration import Table, ddl, fill_temporary, name_of
from mingzhang.warehouse.tables.catalogue import TABLES as CATALOGUE
from mingzhang.warehouse.tables.catalogue import (
    ExclusivePairs,
    Programmes,
    RegisterTitles,
    Settings,
    Standards,
    Vocabulary,
)
from mingzhang.warehouse.tables.people import HouseholdMembers

TABLES = frozenset(map(name_of, CATALOGUE))


def _rows(catalogue: Catalogue) -> dict[type[Table], list[tuple[Any, ...]]]:
    return {
        Programmes: [
            (
                *(p.slug, p.code, p.name, p.category, p.department, p.payment_unit, p.unit, p.frequency),
                *(p.function_class, p.disclosure, p.fixed_rate, p.payable_after_death, p.for_minors),
                *(p.notice.before_payment, p.notice.days, p.notice.day_kind, "、".join(p.papers), p.notice.result_days),
            )
            for p in catalogue.programmes.values()
        ],
        Standards: [
            (p.slug, s.region, s.valid_from, s.valid_to, s.fen, s.band, s.per, s.basis)
            for p in catalogue.programmes.values()
            for s in p.standards
        ],
        Settings: [
            (s.name, s.word, s.region, s.programme, s.valid_from, s.valid_to, s.value, s.basis)
            for s in catalogue.settings
        ],
        ExclusivePairs: [(p.rule, p.a, p.b, p.scope, p.same, p.exempt, p.region, p.basis) for p in catalogue.pairs],
        Vocabulary: [(v.field, v.meaning, word) for v in catalogue.vocabularies for word in v.words],
        RegisterTitles: [
            (r.slug, r.title, r.department, r.versions, r.stale_after_months, r.valid_from or "month")
            for r in catalogue.registers.values()
        ],
    }


def write(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Create the catalogue's tables as temporary tables of the connection."""
    for table, rows in _rows(catalogue).items():
        fill_temporary(connection, table, rows)


def empty(catalogue: Catalogue) -> duckdb.DuckDBPyConnection:
    """Return an in-memory connection with empty warehouse tables and the catalogue: where rule examples run."""
    connection = duckdb.connect(config={"threads": "1"})
    database.create(connection, catalogue)
    connection.execute(f"create table household_members ({ddl(HouseholdMembers)})")
    write(connection, catalogue)
    return connection
