"""The warehouse file: creating its tables, its one writer, its logical hash. What a table holds is declared in `tables`."""

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
from mingzhang.storage.errors import Refusal
from mingzhang.warehouse.declaration import Table, column_names, ddl, name_of
from mingzhang.warehouse.tables import deliveries, meta, money, people, results
from mingzhang.warehouse.tables.registers import register_table

# Raised with every change of a table's columns or their meaning: an older warehouse is rebuilt from what was received.
# Version 0.1.0 of the program kept no number; its warehouse counts as 1.
SCHEMA_VERSION = 2

# No PRIMARY KEY, UNIQUE or index: DuckDB's index replay has a record of corruption; the single writer checks keys itself.
# Text that is another in every row and is read whole or not at all is kept by zstd: DuckDB would first look for repetitions,
# zstd is smaller at half the time.
CORE_TABLES: tuple[type[Table], ...] = (
    *(deliveries.Deliveries, deliveries.Sheets, deliveries.Lines, deliveries.LineCells),
    *(deliveries.Problems, deliveries.Repairs),
    *(money.PaymentLines, money.BankLines, money.FundFlows, money.Notices),
    *(people.Places, people.Identity, people.Account, people.Links),
    *(results.Findings, results.RuleRuns, results.RuleInputs),
    meta.WarehouseMeta,
)
# Rebuilt from the others by `households` and `fund_moves`, which create them.
DERIVED_TABLES: tuple[type[Table], ...] = (people.HouseholdMembers, money.FundMoves)

# Each view with what it reads and the columns it renames. Accepted lines only; everything that judges money reads these.
VIEWS: dict[type[Table], tuple[str, dict[str, str]]] = {
    money.Payments: (
        "payment_lines where status = 'accepted'",
        {"payment_id": "line_id", "batch_id": "delivery_id"},
    ),
    deliveries.Batches: (
        "deliveries where kind in ('roster', 'dibao_roll', 'relief_table')",
        {"batch_id": "delivery_id"},
    ),
}


def split_cells(text: str) -> str:
    """Return the SQL for the cells of a line, as the sender wrote them, from `line_cells.cells`, where NUL separates them."""
    return f"string_split({text}, chr(0))"


def create(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Create missing tables and the views over accepted lines."""
    for table in (*CORE_TABLES, *map(register_table, catalogue.registers.values())):
        connection.execute(f"create table if not exists {name_of(table)} ({ddl(table)})")
    for view, (source, renamed) in VIEWS.items():
        columns = ", ".join(f"{renamed.get(name, name)} as {name}" for name in column_names(view))
        connection.execute(f"create or replace view {name_of(view)} as select {columns} from {source}")
    connection.execute(f"insert into warehouse_meta select {SCHEMA_VERSION} where not exists (from warehouse_meta)")


def schema_version(connection: duckdb.DuckDBPyConnection) -> int | None:
    """Return the schema version of a warehouse, None for one without tables."""
    tables = {
        row[0] for row in connection.execute("select table_name from duckdb_tables() where not temporary").fetchall()
    }
    if name_of(meta.WarehouseMeta) not in tables:
        return 1 if tables else None
    row = connection.execute("select schema_version from warehouse_meta").fetchone()
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
    """Return the hash of everything the warehouse holds, whatever the order of arrival."""
    tables = [
        row[0]
        for row in connection.execute(
            """select table_name from duckdb_tables()
               where not temporary and table_name not in ('warehouse_meta', 'rule_inputs') order by 1"""
        ).fetchall()
    ]
    lines = [f"{table} {table_hash(connection, table)}" for table in tables]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
