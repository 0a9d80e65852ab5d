"""The lake: immutable Parquet files of the warehouse's tables, named by content. Reads and writes no other file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import duckdb

from mingzhang.catalog.load import Catalogue
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.durable import sync
from mingzhang.storage.publication import MANIFEST, Publication
from mingzhang.warehouse import catalogue_tables, database

# Copied for a dry run of a rule, which reads the lake beside them.
SMALL = ("deliveries", "batches", "findings")

# What the apps, check-file's history and a cluster read; one immutable file per county and period.
TABLES = {
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


def write(connection: duckdb.DuckDBPyConnection, folder: DataFolder, catalogue: Catalogue) -> dict[str, list[str]]:
    """Write the lake files that do not exist yet.

    Returns:
        For each table the paths of its files, relative to the data folder.
    """
    registers = {
        f"register_{slug}": f"select *, 'all' as period from register_{slug} where status = 'accepted'"
        for slug in catalogue.registers
    }
    files: dict[str, list[str]] = {}
    for table, query in {**TABLES, **registers}.items():
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


def attach(
    connection: duckdb.DuckDBPyConnection, folder: DataFolder, catalogue: Catalogue, snapshot: Publication
) -> None:
    """Give a connection everything rules read: lake files as views, small tables by copy, the rest empty.

    Args:
        connection: an empty in-memory connection.
        folder: the data folder the file names are relative to.
        catalogue: names the registers.
        snapshot: the staff snapshot whose files are read.
    """
    manifest = json.loads((snapshot.path / MANIFEST).read_bytes())
    for table, paths in manifest["tables"].items():
        if paths:
            files = ", ".join(f"'{folder.root / path}'" for path in paths)
            connection.execute(f"create view {table} as select * from read_parquet([{files}])")
    connection.execute(f"attach '{snapshot.path / 'findings.duckdb'}' as staff (read_only)")
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
