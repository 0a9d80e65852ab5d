"""The pipeline's steps in order, for rebuild, restore and tests; Dagster runs the same steps as nodes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable

import duckdb

from checks.rules.header import load_rules
from checks.rules.prepare import prepare_rules
from checks.rules.run import run_rule
from mingzhang.casework.records import Facts
from mingzhang.casework.store import Store
from mingzhang.catalog.load import Catalogue
from mingzhang.intake.context import CaseworkFacts, WaivedCheck
from mingzhang.intake.load.load import Outcome, load, pending
from mingzhang.intake.receive import receipts
from mingzhang.publishing import staff_snapshot
from mingzhang.storage import publication
from mingzhang.storage.data_folder import DataFolder
from mingzhang.warehouse import catalogue_tables, findings, fund_moves, people, record_links


def facts_for(facts: Facts) -> CaseworkFacts:
    """Return casework's facts, what `Store.facts()` gave, keyed as intake looks them up."""
    waivers = tuple(WaivedCheck(w.problem, w.county_code, w.kind, w.programme, w.until) for w in facts.waivers)
    return CaseworkFacts(
        settlements={s.delivery_id: s.outcome for s in facts.settlements},
        mappings={(m.county_code, m.kind): dict(zip(m.header, m.fields, strict=True)) for m in facts.mappings},
        waivers=waivers,
    )


def inputs(folder: DataFolder, catalogue: Catalogue, store: Store) -> str:
    """Return a hash of what the warehouse is made from: how much was received, what people decided, the catalogue."""
    said = json.dumps([receipts.last_sequence(folder), repr(store.facts()), store.pair_words(), catalogue.version])
    return hashlib.sha256(said.encode()).hexdigest()


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
    record_links.build(connection, folder, catalogue, store.pair_words())
    people.refresh_households(connection)
    fund_moves.refresh(connection)
    catalogue_tables.write(connection, catalogue)
    rules = load_rules()
    prepare_rules(connection, rules)
    findings.forget_removed(connection, rules)
    findings.write(connection, [run_rule(connection, rule) for rule in rules])


def all_steps(
    connection: duckdb.DuckDBPyConnection, folder: DataFolder, catalogue: Catalogue, store: Store, now: dt.datetime
) -> publication.Publication:
    """Read, judge, and publish the staff snapshot."""
    read_deliveries(connection, folder, catalogue, store)
    judge(connection, folder, catalogue, store)
    return staff_snapshot.make(connection, folder, catalogue, store, now, inputs(folder, catalogue, store))
