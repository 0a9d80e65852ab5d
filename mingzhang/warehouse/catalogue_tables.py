"""Loads the catalogue into a connection as the tables rules read. No rules, no judgement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import duckdb

from mingzhang.catalog.load import Catalogue
from mingzhang.warehouse import database

TABLES = {
    "programmes": """
        slug VARCHAR, code VARCHAR, name VARCHAR, category VARCHAR, department VARCHAR, payment_unit VARCHAR, unit VARCHAR,
        frequency VARCHAR, function_class VARCHAR, disclosure VARCHAR, fixed_rate BOOLEAN, payable_after_death BOOLEAN,
        for_minors BOOLEAN, notice_required BOOLEAN, notice_days INTEGER, notice_day_kind VARCHAR,
        papers VARCHAR, result_days INTEGER""",
    "standards": """
        programme VARCHAR, region VARCHAR, valid_from DATE, valid_to DATE, fen BIGINT, band VARCHAR, per VARCHAR,
        basis VARCHAR""",
    "settings": """
        name VARCHAR, word VARCHAR, region VARCHAR, programme VARCHAR, valid_from DATE, valid_to DATE, value DOUBLE,
        basis VARCHAR""",
    "exclusive_pairs": """
        rule VARCHAR, a VARCHAR, b VARCHAR, scope VARCHAR, same VARCHAR, exempt VARCHAR, region VARCHAR, basis VARCHAR""",
    "vocabulary": """field VARCHAR, meaning VARCHAR, word VARCHAR""",
    "register_titles": """
        register VARCHAR, title VARCHAR, department VARCHAR, versions VARCHAR, stale_after_months INTEGER,
        month_column VARCHAR""",
}


def _rows(catalogue: Catalogue) -> dict[str, list[tuple[Any, ...]]]:
    return {
        "programmes": [
            (
                *(p.slug, p.code, p.name, p.category, p.department, p.payment_unit, p.unit, p.frequency),
                *(p.function_class, p.disclosure, p.fixed_rate, p.payable_after_death, p.for_minors),
                *(p.notice.before_payment, p.notice.days, p.notice.day_kind, "、".join(p.papers), p.notice.result_days),
            )
            for p in catalogue.programmes.values()
        ],
        "standards": [
            (p.slug, s.region, s.valid_from, s.valid_to, s.fen, s.band, s.per, s.basis)
            for p in catalogue.programmes.values()
            for s in p.standards
        ],
        "settings": [
            (s.name, s.word, s.region, s.programme, s.valid_from, s.valid_to, s.value, s.basis)
            for s in catalogue.settings
        ],
        "exclusive_pairs": [(p.rule, p.a, p.b, p.scope, p.same, p.exempt, p.region, p.basis) for p in catalogue.pairs],
        "vocabulary": [(v.field, v.meaning, word) for v in catalogue.vocabularies for word in v.words],
        "register_titles": [
            (r.slug, r.title, r.department, r.versions, r.stale_after_months, r.valid_from or "month")
            for r in catalogue.registers.values()
        ],
    }


def write(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Create the catalogue's tables as temporary tables of the connection."""
    for name, rows in _rows(catalogue).items():
        connection.execute(f"create or replace temp table {name} ({TABLES[name]})")
        _insert(connection, name, rows)


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    values = list(rows)
    if values:
        connection.executemany(f"insert into {table} values ({', '.join('?' * len(values[0]))})", values)


def empty(catalogue: Catalogue) -> duckdb.DuckDBPyConnection:
    """Return an in-memory connection with empty warehouse tables and the catalogue: where rule examples run."""
    connection = duckdb.connect(config={"threads": "1"})
    database.create(connection, catalogue)
    connection.execute(
        """create table if not exists household_members
           (person_id UUID, household_id VARCHAR, county_code VARCHAR, village_code VARCHAR, relation VARCHAR,
            valid_from DATE, valid_to DATE, as_of DATE)"""
    )
    write(connection, catalogue)
    return connection
