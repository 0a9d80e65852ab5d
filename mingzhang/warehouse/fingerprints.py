"""Tells whether what a rule reads has changed since it last ran, from the ledger and small tables; no line is read."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Collection, Mapping

import duckdb

from checks.rules.header import LIBRARY, Rule
from checks.rules.texts import reads, shared_views, summaries
from mingzhang.warehouse.catalogue_tables import TABLES as CATALOGUE_TABLES

TABLE = "rule_inputs"
CHECKS = LIBRARY.parents[1]


def of_deliveries(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return a hash per kind of file and register of everything that decides how its deliveries were read."""
    rows = connection.execute(
        """select kind, sha256(string_agg(concat_ws('|', delivery_id, status, correction_no, coalesce(corrects, ''),
                  content_hash, inputs_hash), chr(10) order by delivery_id))
           from deliveries where kind is not null group by kind"""
    ).fetchall()
    return dict(rows)


def of_rule(
    connection: duckdb.DuckDBPyConnection, rule: Rule, sources: Mapping[str, str], read: Collection[str]
) -> str:
    """Return the hash of all that decides a rule's answer: its file, its settings, what it reads, which months are covered.

    Args:
        connection: after `prepare_rules`.
        rule: the rule.
        sources: fingerprint by name of what is read: kinds of file, registers, and tables worked out of them.
        read: the names the rule reads, of those; a name without a fingerprint has no data.
    """
    tables = reads(rule.query)
    texts = {name: text for name, text in {**shared_views(), **summaries()}.items() if name in tables}
    parts = [
        _program(),
        repr(rule),
        repr(sorted(texts.items())),
        repr([(name, sources.get(name, "")) for name in sorted(read)]),
        *(_content(connection, f"select * from {name}") for name in sorted(_catalogue_tables(tables))),
        _content(
            connection,
            "select * from settings where name in (select unnest($1::varchar[]))",
            [*rule.settings, "exempt"],
        ),
        _content(connection, "select * from county_months"),
        _content(connection, "select * from current_months") if "current_months" in tables else "",
        _content(
            connection,
            "select * from register_coverage where register in (select unnest($1::varchar[]))",
            list(rule.needs),
        ),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def unchanged(connection: duckdb.DuckDBPyConnection, inputs: Mapping[str, str]) -> set[str]:
    """Return the ids of rules that last ran over exactly these inputs (rule id to `of_rule`)."""
    return {
        rule
        for rule, inputs_hash in connection.execute(f"select rule, inputs_hash from {TABLE}").fetchall()
        if inputs.get(rule) == inputs_hash
    }


def remember(
    connection: duckdb.DuckDBPyConnection, inputs: Mapping[str, str], known: Collection[str], failed: Collection[str]
) -> None:
    """Keep the inputs of rules that have just run; forget those of rules that failed or no longer exist.

    Args:
        connection: the warehouse, after `unchanged`.
        inputs: rule id to `of_rule`, of the rules that ran.
        known: ids of all rules there are.
        failed: ids of rules whose last run failed: they run again next time.
    """
    connection.execute(
        f"delete from {TABLE} where list_contains(?, rule) or not list_contains(?, rule)",
        [[*inputs, *failed], list(known)],
    )
    if inputs:
        connection.executemany(f"insert into {TABLE} values (?, ?)", list(inputs.items()))


@functools.cache
def _program() -> str:
    """Return a hash of the program that runs rules: whatever stands in `checks` but the rules themselves."""
    files = [path for path in sorted(CHECKS.rglob("*")) if path.suffix in (".py", ".sql", ".csv", ".yml")]
    own = [path for path in files if LIBRARY not in path.parents]
    return hashlib.sha256(b"".join(path.read_bytes() for path in own)).hexdigest()


def _catalogue_tables(tables: Collection[str]) -> set[str]:
    """Return the small tables of the catalogue a rule reads, in its text or to find its programmes."""
    return {"programmes", "register_titles", *tables} & CATALOGUE_TABLES


def _content(connection: duckdb.DuckDBPyConnection, query: str, values: list[str] | None = None) -> str:
    rows = connection.execute(query, [values] if values is not None else []).fetchall()
    return hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()
