"""Builds the staff snapshot from the warehouse. What its tables hold is declared in `staff_tables.py`."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from checks.frames import registered
from checks.money import chain, delays
from checks.rules import ranking
from checks.rules.header import load_rules
from checks.rules.prepare import prepare_rules
from mingzhang.casework.store import Store
from mingzhang.catalog.load import Catalogue
from mingzhang.publishing import finding_changes, staff_tables, village_boards
from mingzhang.storage import publication as publishing
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.publication import STAFF_SNAPSHOT_VERSION
from mingzhang.warehouse import catalogue_tables, findings, lake, reconciliation, record_links, register_scorecard
from mingzhang.warehouse.declaration import Table, check_columns, column_names, ddl, name_of
from mingzhang.warehouse.tables import catalogue as catalogue_columns
from mingzhang.warehouse.tables import deliveries, money, results

FINDINGS = Path(__file__).with_name("sql") / "staff_findings.sql"

# What each table of the snapshot is filled with; a path is a file with the query.
TABLES: dict[type[Table], str | Path] = {
    staff_tables.Places: "select * from place_names",
    deliveries.Deliveries: "select * from deliveries",
    deliveries.Sheets: "select * from sheets",
    deliveries.Problems: "select * from problems",
    deliveries.Repairs: "select * from repairs",
    results.RuleRuns: "select * from rule_runs",
    staff_tables.FindingLines: "select * from finding_lines",
    catalogue_columns.Programmes: "select * from programmes",
    staff_tables.Batches: "select b.*, c.place_name as county_name from batches b left join place_names c on c.place_code = b.county_code",
    staff_tables.Findings: FINDINGS,
    staff_tables.Coverage: """
        select c.register, r.title, r.department, c.county_code, min(c.month) as first_month, max(c.month) as last_month,
               max(c.as_of) as as_of, max(c.records) as records
        from register_coverage c join register_titles r using (register) group by all""",
    staff_tables.Totals: """
        select county_code, substr(village_code, 1, 9) as town_code, village_code, programme, month,
               count(distinct recipient_id) as people, count(*) as lines,
               coalesce(sum(amount_fen) filter (state = 'paid'), 0)::bigint as paid_fen,
               coalesce(sum(amount_fen) filter (state in ('returned', 'refunded')), 0)::bigint as returned_fen
        from payments group by all""",
    staff_tables.Flow: """
        select county_code, programme, hop, month, sum(amount_fen)::bigint as amount_fen, count(*) as documents
        from (select * exclude (month), coalesce(batch_month, date_trunc('month', dated_on)::date) as month
              from fund_flows where status = 'accepted') group by all""",
    money.FundMoves: "select * from fund_moves",
    staff_tables.FundAccounts: "select * from fund_accounts",
    staff_tables.FundBalances: chain.BALANCES,
    staff_tables.FundDelays: "select * from fund_delays",
    staff_tables.Scorecard: "select * from register_scorecard",
    staff_tables.BoardProgrammes: "select * from board_programmes",
    staff_tables.BoardLines: "select * from board_lines order by county_code, month, village_code, programme",
    staff_tables.Offices: "select * from offices",
    staff_tables.GoneFindings: "select * from gone_findings",
    staff_tables.Links: record_links.SNAPSHOT_LINKS,
    staff_tables.LinkLines: record_links.SNAPSHOT_LINK_LINES,
    staff_tables.Rules: "select * from rules",
}


def _write_tables(connection: duckdb.DuckDBPyConnection, target: Path, meta: dict[str, Any]) -> None:
    """Write every table and compare it with its declaration.

    Raises:
        TableError: a table has other columns or types than declared.
    """
    connection.execute(f"attach '{target}' as snapshot")
    try:
        for table, source in TABLES.items():
            query = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
            connection.execute(f"create table snapshot.{name_of(table)} as {query}")
            check_columns(connection, f"snapshot.{name_of(table)}", table)
        connection.execute(f"create table snapshot.meta ({ddl(staff_tables.Meta)})")
        names = column_names(staff_tables.Meta)
        connection.execute(f"insert into snapshot.meta values ({', '.join(f'${name}' for name in names)})", meta)
        connection.execute("checkpoint snapshot")
    finally:
        connection.execute("detach snapshot")


def is_current(folder: DataFolder, wanted: str) -> bool:
    """Return whether the current staff snapshot was made from these inputs."""
    publication = publishing.current(folder.staff_snapshots)
    if publication is None:
        return False
    manifest = json.loads((publication.path / publishing.MANIFEST).read_bytes())
    return bool(manifest.get("inputs") == wanted)


def make(
    connection: duckdb.DuckDBPyConnection,
    folder: DataFolder,
    catalogue: Catalogue,
    store: Store,
    now: dt.datetime,
    made_from: str,
) -> publishing.Publication:
    """Work out what the snapshot needs beside the warehouse's own tables, then build it.

    Args:
        connection: the writer's connection.
        folder: the data folder.
        catalogue: names the registers, programmes and places.
        store: casework, whose decisions rank the findings; this run's findings are recorded in it.
        now: UTC.
        made_from: hash of what the warehouse was made from.

    Returns:
        The publication.
    """
    rules = load_rules()
    catalogue_tables.write(connection, catalogue)
    prepare_rules(connection, rules)
    findings.evidence(connection)
    ranking.rank(connection, ranking.tally((d.rule, d.outcome.value) for d in store.latest_decisions().values()))
    seen = finding_changes.write(connection, store.finding_history())
    _place_names(connection, catalogue)
    register_scorecard.write(connection, catalogue)
    village_boards.write(connection, catalogue, now)
    delays.write(connection, rules)
    publication = build(connection, folder, catalogue, now, made_from)
    store.record_findings(seen, now)
    return publication


def _place_names(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Write the temporary table `place_names`: the division table, then the towns and villages counties loaded."""
    known = pl.DataFrame([place.model_dump() for place in catalogue.places])
    with registered(connection, "catalogue_places", known):
        connection.execute(
            """create or replace temp table place_names as
               select code as place_code, name as place_name, null as short_names, parent as parent_code, level, null as county_code
               from catalogue_places
               union all
               select distinct place_code, place_name, short_names, parent_code, level, county_code
               from places where status = 'accepted'"""
        )


def build(
    connection: duckdb.DuckDBPyConnection,
    folder: DataFolder,
    catalogue: Catalogue,
    now: dt.datetime,
    made_from: str,
) -> publishing.Publication:
    """Publish the staff snapshot of the warehouse.

    Args:
        connection: the writer's connection, after `findings` has been written in this session.
        folder: the data folder.
        catalogue: names the registers.
        now: UTC.
        made_from: hash of what the warehouse was made from; the inbox sensor compares it.

    Returns:
        The publication; nothing changes when the content is the current one's.
    """
    files = lake.write(connection, folder, catalogue)
    reconciliation.require(
        reconciliation.check_snapshot(connection, [folder.root / name for name in files["payments"]])
    )
    before = publishing.current(folder.staff_snapshots)
    number = (before.number if before else 0) + 1
    month = connection.execute("select max(month) from payment_lines").fetchone()
    meta = {
        "number": number,
        "month": month[0] if month else None,
        "catalogue": catalogue.version,
        "created_at": now.replace(tzinfo=None),
    }
    content = {
        "schema_version": STAFF_SNAPSHOT_VERSION,
        "tables": files,
        "inputs": made_from,
        "created_at": now.isoformat(),
    }
    name = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]

    def write(target: Path) -> dict[str, Any]:
        _write_tables(connection, target / "findings.duckdb", meta)
        return content

    return publishing.publish_folder(folder.staff_snapshots, name, write, number, remove_after=publishing.GRACE)
