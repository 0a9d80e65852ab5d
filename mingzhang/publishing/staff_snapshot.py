"""Builds the staff snapshot and its lake files from the warehouse. No rules, no judgement here."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from checks.money import chain, delays
from checks.rules import ranking
from checks.rules.header import load_rules
from checks.rules.prepare import prepare_rules
from mingzhang.casework.store import Store
from mingzhang.catalog.load import Catalogue
from mingzhang.publishing import finding_changes, village_boards
from mingzhang.storage import publication as publishing
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.durable import sync
from mingzhang.warehouse import catalogue_tables, database, findings, reconciliation, record_links, register_scorecard

# Copied for a dry run of a rule, which reads the lake beside them.
SMALL = ("deliveries", "batches", "findings")

# Tables the apps, check-file's history and a cluster read; one immutable file per county and period.
LAKE = {
    "payments": "select *, strftime(month, '%Y-%m') as period from payments",
    "lines": "select *, coalesce(strftime(month, '%Y-%m'), 'all') as period from lines",
    "fund_flows": "select *, 'all' as period from fund_flows where status = 'accepted'",
    "notices": "select *, 'all' as period from notices where status = 'accepted'",
    "bank_lines": "select *, strftime(month, '%Y-%m') as period from bank_lines where status = 'accepted'",
    "links": "select *, 'all' as period from links",
    "household_members": "select *, 'all' as period from household_members",
    "fund_moves": "select *, 'all' as period from fund_moves",
    "places": "select *, 'all' as period from places where status = 'accepted'",
    "identity": """
        select distinct p.county_code, i.*, 'all' as period from identity i join (
            select county_code, recipient_id as person_id from payment_lines
            union select county_code, head_id from payment_lines
            union select county_code, payee_id from payment_lines) p using (person_id)""",
    "account": """
        select distinct p.county_code, a.*, 'all' as period from account a
        join (select distinct county_code, account_id from payment_lines) p using (account_id)""",
}

TABLES = {
    "places": "select * from place_names",
    "deliveries": "select * from deliveries",
    "sheets": "select * from sheets",
    "problems": "select * from problems",
    "repairs": "select * from repairs",
    "rule_runs": "select * from rule_runs",
    "finding_lines": "select * from finding_lines",
    "programmes": "select * from programmes",
    "batches": "select b.*, c.place_name as county_name from batches b left join place_names c on c.place_code = b.county_code",
    "findings": """
        with wanted as (select distinct person_id from findings where person_id is not null),
        -- a person nobody paid is known to the police register alone; the village's group is known there as well
        named as (
            select recipient_id as person_id, recipient_name as name, 1 as rank, null as group_name from payment_lines
            semi join wanted on recipient_id = wanted.person_id
            union all
            select k.person_id, p.recipient_name, 2, null from links k join payment_lines p using (line_id)
            where k.role = 'recipient' and k.label in ('same', 'probable')
            union all
            select person_id, person_name, 3, group_name from register_population semi join wanted using (person_id)
            where status = 'accepted'),
        person as (select person_id, arg_min(name, (rank, name)) as person_name, min(group_name) as group_name
                   from named group by person_id)
        select f.*, person.person_name, person.group_name, place.place_name, p.name as programme_name, r.title,
               ranked.* exclude (finding_id), stated.state, stated.first_seen
        from findings f
        left join finding_ranks ranked using (finding_id)
        left join finding_states stated using (finding_id)
        left join person using (person_id)
        left join place_names place on place.place_code = coalesce(f.village_code, f.town_code, f.county_code)
        left join programmes p on p.slug = f.programme
        left join rules r on r.id = f.rule""",
    "coverage": """
        select c.register, r.title, r.department, c.county_code, min(c.month) as first_month, max(c.month) as last_month,
               max(c.as_of) as as_of, max(c.records) as records
        from register_coverage c join register_titles r using (register) group by all""",
    "totals": """
        select county_code, substr(village_code, 1, 9) as town_code, village_code, programme, month,
               count(distinct recipient_id) as people, count(*) as lines,
               coalesce(sum(amount_fen) filter (state = 'paid'), 0)::bigint as paid_fen,
               coalesce(sum(amount_fen) filter (state in ('returned', 'refunded')), 0)::bigint as returned_fen
        from payments group by all""",
    "flow": """
        select county_code, programme, hop, month, sum(amount_fen)::bigint as amount_fen, count(*) as documents
        from (select * exclude (month), coalesce(batch_month, date_trunc('month', dated_on)::date) as month
              from fund_flows where status = 'accepted') group by all""",
    "fund_moves": "select * from fund_moves",
    "fund_accounts": "select * from fund_accounts",
    "fund_balances": chain.BALANCES,
    "fund_delays": "select * from fund_delays",
    "scorecard": "select * from register_scorecard",
    "board_programmes": "select * from board_programmes",
    "board_lines": "select * from board_lines order by county_code, month, village_code, programme",
    "offices": "select * from offices",
    "gone_findings": "select * from gone_findings",
}


def _partitions(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[str, str, str]]:
    """Return (period, county, content hash) of each file a lake table consists of."""
    names = [row[0] for row in connection.execute(f"describe {query}").fetchall() if row[0] != "period"]
    row = ", ".join(f'"{name}" := "{name}"' for name in sorted(names))
    found = connection.execute(
        f"""with hashed as (select period, county_code, md5(struct_pack({row})::varchar) as h from ({query}))
            select period, county_code, printf('%d-%d-%d', count(*), sum(('0x' || substr(h, 1, 12))::ubigint),
                   sum(('0x' || substr(h, 13, 12))::ubigint))
            from hashed where county_code is not null group by all order by all"""
    ).fetchall()
    names_hash = "|".join(names)
    return [
        (period, county, hashlib.sha256(f"{names_hash}|{content}".encode()).hexdigest()[:16])
        for period, county, content in found
    ]


def write_lake(connection: duckdb.DuckDBPyConnection, folder: DataFolder, catalogue: Catalogue) -> dict[str, list[str]]:
    """Write the lake files that are not there yet.

    Returns:
        For each table the paths of its files, relative to the data folder.
    """
    registers = {
        f"register_{slug}": f"select *, 'all' as period from register_{slug} where status = 'accepted'"
        for slug in catalogue.registers
    }
    files: dict[str, list[str]] = {}
    for table, query in {**LAKE, **registers}.items():
        files[table] = []
        for period, county, content in _partitions(connection, query):
            path = folder.lake / table / period / f"{county}-{content}.parquet"
            if not path.exists():
                _write_parquet(connection, query, period, county, path)
            files[table].append(path.relative_to(folder.root).as_posix())
    return files


def _write_parquet(connection: duckdb.DuckDBPyConnection, query: str, period: str, county: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    connection.execute(
        f"""copy (select * exclude (period) from ({query}) where period = $period and county_code = $county order by all)
            to '{temporary}' (format parquet, compression zstd)""",
        {"period": period, "county": county},
    )
    sync(temporary)
    temporary.rename(path)


def _write_tables(connection: duckdb.DuckDBPyConnection, target: Path, meta: dict[str, Any]) -> None:
    connection.execute(f"attach '{target}' as snapshot")
    try:
        for name, query in {**TABLES, **record_links.SNAPSHOT}.items():
            connection.execute(f"create table snapshot.{name} as {query}")
        connection.execute("create table snapshot.rules as select * from rules")
        columns = ", ".join(f"${key} as {key}" for key in meta)
        connection.execute(f"create table snapshot.meta as select {columns}", meta)
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


def attach_lake(
    connection: duckdb.DuckDBPyConnection, folder: DataFolder, catalogue: Catalogue, publication: publishing.Publication
) -> None:
    """Give a connection everything rules read: lake files as views, small tables by copy, the rest empty."""
    manifest = json.loads((publication.path / publishing.MANIFEST).read_bytes())
    for table, paths in manifest["tables"].items():
        if paths:
            files = ", ".join(f"'{folder.root / path}'" for path in paths)
            connection.execute(f"create view {table} as select * from read_parquet([{files}])")
    connection.execute(f"attach '{publication.path / 'findings.duckdb'}' as staff (read_only)")
    for table in SMALL:
        connection.execute(f"create table {table} as select * from staff.{table}")
    with duckdb.connect() as shape:
        database.create(shape, catalogue)
        shapes = shape.execute("select table_name, sql from duckdb_tables()").fetchall()
    there = {row[0] for row in connection.execute("select table_name from information_schema.tables").fetchall()}
    for table, text in shapes:
        if table not in there:
            connection.execute(text)
    catalogue_tables.write(connection, catalogue)


def make(
    connection: duckdb.DuckDBPyConnection,
    folder: DataFolder,
    catalogue: Catalogue,
    store: Store,
    now: dt.datetime,
    made_from: str,
) -> publishing.Publication:
    """Gather what the snapshot needs beside the warehouse's own tables, then build it."""
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
    connection.register("catalogue_places", known.to_arrow())
    connection.execute(
        """create or replace temp table place_names as
           select code as place_code, name as place_name, null as short_names, parent as parent_code, level, null as county_code
           from catalogue_places
           union all
           select distinct place_code, place_name, short_names, parent_code, level, county_code
           from places where status = 'accepted'"""
    )
    connection.unregister("catalogue_places")


def build(
    connection: duckdb.DuckDBPyConnection,
    folder: DataFolder,
    catalogue: Catalogue,
    now: dt.datetime,
    made_from: str,
) -> publishing.Publication:
    """Publish the staff snapshot of the warehouse as it stands.

    Args:
        connection: the writer's connection, after `findings` has been written in this session.
        folder: the data folder.
        catalogue: names the registers.
        now: UTC.
        made_from: hash of what the warehouse was made from; the inbox sensor compares it.

    Returns:
        The publication; nothing changes when the content is the current one's.
    """
    files = write_lake(connection, folder, catalogue)
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
    content = {"tables": files, "inputs": made_from, "created_at": now.isoformat()}
    name = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]

    def write(target: Path) -> dict[str, Any]:
        _write_tables(connection, target / "findings.duckdb", meta)
        return content

    return publishing.publish_folder(folder.staff_snapshots, name, write, number, remove_after=publishing.GRACE)
