"""The warehouse: its tables, its one writer, its logical hash. What goes into the tables is in intake, people and findings."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from mingzhang.catalog.load import Catalogue
from mingzhang.catalog.models import Field, Register
from mingzhang.storage.errors import Refusal

# Text that is another in every row and is read whole or not at all: DuckDB would first look for repetitions, zstd is smaller
# at half the time. Ids that rules pick a few of are kept as they are: twice the room, a third of the time to pick.
OWN_TEXT = "VARCHAR USING COMPRESSION zstd"
PICKED_TEXT = "VARCHAR USING COMPRESSION uncompressed"

# Raised with every change of a table's columns or their meaning: an older warehouse is rebuilt from what was received.
# Version 0.1.0 of the program kept no number; its warehouse counts as 1.
SCHEMA_VERSION = 2
META = "warehouse_meta"

# No PRIMARY KEY, UNIQUE or index: DuckDB's index replay has a record of corruption; the single writer checks keys itself.
CORE_TABLES = {
    "deliveries": """
        delivery_id VARCHAR, sequence BIGINT, county_code VARCHAR, kind VARCHAR, programme VARCHAR, month DATE,
        sha256 VARCHAR, content_hash VARCHAR, file_name VARCHAR, sender VARCHAR, received_at TIMESTAMP, as_of DATE,
        correction_no INTEGER, corrects VARCHAR, status VARCHAR, reason VARCHAR, message VARCHAR,
        lines BIGINT, accepted BIGINT, rejected BIGINT, held BIGINT, warnings BIGINT,
        total_fen BIGINT, rejected_fen BIGINT, held_fen BIGINT, declared_total_fen BIGINT,
        catalogue VARCHAR, inputs_hash VARCHAR""",
    "sheets": """
        delivery_id VARCHAR, sheet VARCHAR, sheet_no INTEGER, header_row INTEGER, header VARCHAR[], fields VARCHAR[],
        ignored_reason VARCHAR""",
    "lines": f"""
        line_id {OWN_TEXT}, delivery_id VARCHAR, county_code VARCHAR, kind VARCHAR, month DATE,
        sheet VARCHAR, row INTEGER, status VARCHAR, reason VARCHAR""",
    # The sender's own text, as one: `split_cells` takes it apart.
    "line_cells": f"line_id {OWN_TEXT}, delivery_id VARCHAR, cells {OWN_TEXT}",
    "problems": """
        delivery_id VARCHAR, line_id VARCHAR, sheet VARCHAR, row INTEGER, column_name VARCHAR,
        id VARCHAR, level VARCHAR, message VARCHAR""",
    "repairs": """
        delivery_id VARCHAR, line_id VARCHAR, sheet VARCHAR, row INTEGER, column_name VARCHAR,
        kind VARCHAR, from_value VARCHAR, to_value VARCHAR""",
    "payment_lines": f"""
        line_id {PICKED_TEXT}, delivery_id VARCHAR, county_code VARCHAR, month DATE, status VARCHAR,
        programme VARCHAR, village_code VARCHAR, group_name VARCHAR,
        recipient_name VARCHAR, recipient_id UUID, id_problem VARCHAR,
        head_name VARCHAR, head_id UUID, payee_name VARCHAR, payee_id UUID, account_id UUID,
        period_from DATE, period_to DATE, paid_on DATE, state VARCHAR,
        standard_fen BIGINT, quantity DOUBLE, unit VARCHAR, extra_fen BIGINT, amount_fen BIGINT,
        plot_code VARCHAR, item_serial VARCHAR, household_size INTEGER, corrects VARCHAR, note VARCHAR""",
    "bank_lines": """
        line_id VARCHAR, delivery_id VARCHAR, county_code VARCHAR, month DATE, status VARCHAR,
        direction VARCHAR, batch_no VARCHAR, programme VARCHAR, payee_name VARCHAR, payee_id UUID, account_id UUID,
        amount_fen BIGINT, paid_on DATE, result VARCHAR, failure VARCHAR, note VARCHAR""",
    "fund_flows": """
        line_id VARCHAR, delivery_id VARCHAR, county_code VARCHAR, month DATE, status VARCHAR,
        hop VARCHAR, document_no VARCHAR, parent_document_no VARCHAR, source_level VARCHAR, programme VARCHAR,
        function_class VARCHAR, from_office VARCHAR, to_office VARCHAR, town_code VARCHAR,
        dated_on DATE, amount_fen BIGINT, batch_month DATE, note VARCHAR""",
    "notices": """
        line_id VARCHAR, delivery_id VARCHAR, county_code VARCHAR, month DATE, status VARCHAR,
        programme VARCHAR, village_code VARCHAR, stage VARCHAR, begins_on DATE, ends_on DATE,
        listed_count INTEGER, listed_fen BIGINT, decided_by VARCHAR, result VARCHAR, note VARCHAR""",
    "places": """
        line_id VARCHAR, delivery_id VARCHAR, county_code VARCHAR, month DATE, status VARCHAR,
        place_code VARCHAR, place_name VARCHAR, short_names VARCHAR, parent_code VARCHAR, level VARCHAR""",
    "identity": f"person_id UUID, id_number {OWN_TEXT}, born_on DATE, sex VARCHAR",
    "account": f"account_id UUID, account_no {OWN_TEXT}",
    "links": """
        line_id VARCHAR, delivery_id VARCHAR, county_code VARCHAR, village_code VARCHAR, source VARCHAR, role VARCHAR,
        person_id UUID, person_line_id VARCHAR, score DOUBLE, label VARCHAR, answer VARCHAR, reasons VARCHAR[],
        slip VARCHAR, pair_id VARCHAR, parameters INTEGER""",
    "findings": """
        finding_id VARCHAR, rule VARCHAR, rule_version INTEGER, kind VARCHAR, severity VARCHAR,
        county_code VARCHAR, town_code VARCHAR, village_code VARCHAR, programme VARCHAR, person_id UUID,
        period_from DATE, period_to DATE, payment_ids VARCHAR[], record_ids VARCHAR[],
        amount_fen BIGINT, facts VARCHAR, evidence_hash VARCHAR, link_score DOUBLE, link_pairs VARCHAR[]""",
    "rule_runs": """
        rule VARCHAR, rule_version INTEGER, county_code VARCHAR, month DATE, outcome VARCHAR, reason VARCHAR,
        checked BIGINT, flagged BIGINT, not_applicable BIGINT""",
}

# Accepted lines only; everything that judges money reads these.
VIEWS = {
    "payments": """
        select line_id as payment_id, delivery_id as batch_id, programme, county_code, village_code, group_name,
               recipient_name, recipient_id, id_problem, head_name, head_id, payee_name, payee_id, account_id,
               period_from, period_to, paid_on, state, standard_fen, quantity, unit, extra_fen, amount_fen,
               plot_code, item_serial, household_size, corrects, note, month
        from payment_lines where status = 'accepted'""",
    "batches": """
        select delivery_id as batch_id, county_code, kind, programme, month, file_name, lines, accepted, rejected, held,
               total_fen, declared_total_fen, status, correction_no, corrects
        from deliveries where kind in ('roster', 'dibao_roll', 'relief_table')""",
}

SQL_TYPES = {
    "idno": "UUID",
    "account": "UUID",
    "fen": "BIGINT",
    "number": "DOUBLE",
    "count": "BIGINT",
    "date": "DATE",
    "month": "DATE",
    "flag": "BOOLEAN",
}


def split_cells(text: str) -> str:
    """Return the SQL for the cells of a line, as the sender wrote them, from `line_cells.cells`: NUL stands between them."""
    return f"string_split({text}, chr(0))"


def columns_of(field: Field) -> list[tuple[str, str]]:
    """Return the warehouse columns (name, SQL type) a layout field is stored in.

    An identity number `x_idno` is stored as `x_id`, an account as `account_id`, a village as `village_code`.
    """
    if field.type == "idno":
        return [(field.name.removesuffix("_idno") + "_id", "UUID")]
    if field.type == "account":
        return [("account_id", "UUID")]
    if field.type == "period":
        return [("period_from", "DATE"), ("period_to", "DATE")]
    if field.type == "village":
        return [("village_code", "VARCHAR")]
    return [(field.name, SQL_TYPES.get(field.type, "VARCHAR"))]


def register_table(register: Register) -> str:
    """Return the column definitions of `register_<slug>`: the common ones, then the YAML's."""
    common = (
        f"record_id {PICKED_TEXT}, delivery_id VARCHAR, county_code VARCHAR, month DATE, status VARCHAR, as_of DATE"
    )
    own = [f"{name} {kind}" for field in register.fields for name, kind in columns_of(field)]
    return ", ".join([common, *own])


def create(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Create missing tables and the views over accepted lines."""
    for name, columns in CORE_TABLES.items():
        connection.execute(f"create table if not exists {name} ({columns})")
    for slug, register in catalogue.registers.items():
        connection.execute(f"create table if not exists register_{slug} ({register_table(register)})")
    for name, query in VIEWS.items():
        connection.execute(f"create or replace view {name} as {query}")
    connection.execute(f"create table if not exists {META} (schema_version integer)")
    connection.execute(f"insert into {META} select {SCHEMA_VERSION} where not exists (from {META})")


def schema_version(connection: duckdb.DuckDBPyConnection) -> int | None:
    """Return the schema version of a warehouse, None for one without tables."""
    tables = {
        row[0] for row in connection.execute("select table_name from duckdb_tables() where not temporary").fetchall()
    }
    if META not in tables:
        return 1 if tables else None
    row = connection.execute(f"select schema_version from {META}").fetchone()
    return int(row[0]) if row else None


class OlderWarehouseError(Refusal):
    """The warehouse was written by an older program and must be rebuilt before anything reads or writes it."""

    def __init__(self, found: int) -> None:
        super().__init__("数据仓是旧版本的程序写的；请先运行 mingzhang upgrade，它会按收到的原件重建。")
        self.found = found


def check_version(connection: duckdb.DuckDBPyConnection) -> None:
    """Hold a warehouse to this program's schema version; one without tables fits.

    Raises:
        OlderWarehouseError: an older program wrote it.
        Refusal: a newer program wrote it.
    """
    found = schema_version(connection)
    if found is not None and found < SCHEMA_VERSION:
        raise OlderWarehouseError(found)
    if found is not None and found > SCHEMA_VERSION:
        raise Refusal(
            f"数据仓由更新版本的程序写成（结构版本 {found}，本程序只认到 {SCHEMA_VERSION}）；请安装新版本的程序再打开。"
        )


@dataclass(frozen=True)
class WriterBusyError(Exception):
    """Another process is writing the warehouse."""

    path: Path

    def __str__(self) -> str:
        return "另一个任务正在写入数据仓，请稍候再试。"


@contextmanager
def writer(data: Path, catalogue: Catalogue, wait: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse for writing; one process at a time, by a file lock.

    Args:
        data: the data folder.
        catalogue: defines the register tables.
        wait: wait for the lock; otherwise fail at once.

    Raises:
        WriterBusyError: the lock is taken and `wait` is false.
        OlderWarehouseError: an older program wrote the warehouse.
        Refusal: a newer program wrote it.
    """
    data.mkdir(parents=True, exist_ok=True)
    with (data / "warehouse.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise WriterBusyError(data) from error
        connection = connect(data)
        try:
            check_version(connection)
            create(connection, catalogue)
            yield connection
            connection.execute("checkpoint")
        finally:
            connection.close()


def connect(data: Path) -> duckdb.DuckDBPyConnection:
    """Open the warehouse file with bounded memory and its own spill folder. Call only under `writer`."""
    spill = data / "tmp"
    spill.mkdir(parents=True, exist_ok=True)
    memory_gib = max(1, int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 * 0.4))
    return duckdb.connect(
        str(data / "warehouse.duckdb"),
        config={
            "memory_limit": f"{memory_gib}GiB",
            "temp_directory": str(spill),
            "preserve_insertion_order": "false",
            "autoinstall_known_extensions": "false",
        },
    )


# Arrival numbers, wall-clock times and inputs differ between two histories of the same content.
NOT_HASHED = {"deliveries": {"sequence", "received_at", "inputs_hash", "file_name", "sender"}}


def table_hash(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """Return a hash of a table's rows that does not depend on their order."""
    left_out = NOT_HASHED.get(table, set())
    names = [row[0] for row in connection.execute(f"describe {table}").fetchall() if row[0] not in left_out]
    text = ", ".join(f'"{name}" := "{name}"' for name in sorted(names))
    # Two independent sums over per-row hashes: order-free, and duplicates count.
    rows = connection.execute(
        f"""with hashed as (select md5(struct_pack({text})::varchar) as h from {table})
            select count(*), coalesce(sum(('0x' || substr(h, 1, 12))::ubigint), 0),
                   coalesce(sum(('0x' || substr(h, 13, 12))::ubigint), 0) from hashed"""
    ).fetchall()
    return ":".join(str(value) for value in rows[0])


def logical_hash(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the hash of everything the warehouse says, whatever the order it was told in."""
    tables = [
        row[0]
        for row in connection.execute(
            "select table_name from duckdb_tables() where not temporary and table_name not in (?, 'rule_inputs') order by 1",
            [META],
        ).fetchall()
    ]
    lines = [f"{table} {table_hash(connection, table)}" for table in tables]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
