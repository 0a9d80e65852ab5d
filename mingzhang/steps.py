"""The pipeline's steps in order, for rebuild, restore and tests; Dagster runs the same steps as nodes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import duckdb

from assets import findings, funds, links, people, programmes, publishing, snapshots
from assets.catalog import Catalogue
from assets.folder import DataFolder
from assets.intake.casework_facts import facts_for
from assets.intake.load import Outcome, load, pending
from casework.store import Store
from checks import engines


def read_deliveries(
    connection: duckdb.DuckDBPyConnection,
    folder: DataFolder,
    catalogue: Catalogue,
    store: Store,
    progress: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Read every received delivery the ledger does not hold as casework has it now."""
    facts = facts_for(store.facts())
    return load(connection, folder, catalogue, facts, pending(folder, connection, catalogue, facts), progress)


def judge(connection: duckdb.DuckDBPyConnection, folder: DataFolder, catalogue: Catalogue, store: Store) -> None:
    """Work out who is who, who lives with whom and where the money went, and run every rule."""
    links.build(connection, folder, catalogue, store.pair_words())
    people.refresh_households(connection)
    funds.refresh(connection)
    programmes.write(connection, catalogue)
    rules = engines.load_rules()
    engines.prepare(connection, rules)
    findings.forget_removed(connection, rules)
    findings.write(connection, [engines.run_rule(connection, rule) for rule in rules])


def all_steps(
    connection: duckdb.DuckDBPyConnection, folder: DataFolder, catalogue: Catalogue, store: Store, now: dt.datetime
) -> publishing.Publication:
    """Read, judge, and publish the staff snapshot."""
    read_deliveries(connection, folder, catalogue, store)
    judge(connection, folder, catalogue, store)
    return snapshots.make(connection, folder, catalogue, store, now)
