"""The lines of one reading, offered to DuckDB as the view `incoming`, and what is asked of them there. Writes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb
import polars as pl

from assets.intake.reading import Reading

CELL = re.compile(r"^c[0-9]+$")
NOT_CONTENT = {"sheet_no", "sheet", "row", "status", "reason", "village_code"}
LINE_ID = "$delivery_id || '/' || sheet_no || '/' || row"


@contextmanager
def offered(connection: duckdb.DuckDBPyConnection, reading: Reading) -> Iterator[None]:
    """Register the lines as `incoming` for as long as the block runs."""
    if not reading.lines.height:
        yield
        return
    connection.register("incoming", reading.lines.to_arrow())
    try:
        yield
    finally:
        connection.unregister("incoming")


def cell_columns(lines: pl.DataFrame) -> list[str]:
    """Return the columns that hold the sender's own cells, in his order."""
    return sorted((name for name in lines.columns if CELL.match(name)), key=lambda name: int(name[1:]))


def cells(lines: pl.DataFrame) -> pl.Expr:
    """Return the sender's cells of each line as one list; empty text where a cell is empty."""
    return pl.concat_list([pl.col(name).fill_null("") for name in cell_columns(lines)]).alias("cells")


def cells_sql(lines: pl.DataFrame) -> str:
    """Return the same list as SQL over `incoming`: DuckDB builds it several times faster."""
    return f"[{', '.join(f'coalesce({name}, $empty)' for name in cell_columns(lines))}]".replace("$empty", "''")


def content_hash(connection: duckdb.DuckDBPyConnection, reading: Reading) -> str:
    """Return a hash of the lines that neither their order nor the file around them changes.

    DuckDB's own hash is fast and the same for one version, which is pinned; it tells copies apart, not enemies.
    """
    if not reading.lines.height:
        return ""
    kept = sorted(name for name in reading.lines.columns if name not in NOT_CONTENT and not CELL.match(name))
    names = ", ".join(f'"{name}"' for name in kept)
    rows = connection.execute(
        f"select count(*), sum(hash({names})::hugeint), sum(hash('again', {names})::hugeint) from incoming"
    ).fetchall()
    return ":".join(str(value) for value in rows[0])


def overlap(connection: duckdb.DuckDBPyConnection, reading: Reading, others: Sequence[str]) -> tuple[str, int] | None:
    """Return which of the other deliveries shares most lines with this one, and how many.

    Payments are the same line when person, programme, first month and, where both name one, plot and serial agree,
    whatever the amount; other kinds when all cells do. A valid number is the person, however the name is written;
    only without one does the name count.
    """
    if reading.layout and reading.layout.table == "payment_lines":
        parts = [name for name in ("plot_code", "item_serial") if name in reading.lines.columns]
        match = """payment_lines old on coalesce(old.recipient_id::varchar, old.recipient_name)
                       = coalesce(person_id(new.recipient_idno)::varchar, new.recipient_name)
                   and old.programme = new.programme and old.period_from = new.period_from"""
        match += "".join(f" and coalesce(old.{name} = new.{name}, true)" for name in parts)
    else:
        match = f"line_cells old on old.cells = {cells_sql(reading.lines)}"
    rows = connection.execute(
        f"""select old.delivery_id, count(distinct (new.sheet_no, new.row)) as n from incoming new join {match}
            where list_contains(?, old.delivery_id) group by 1 order by n desc, 1 limit 1""",
        [list(others)],
    ).fetchall()
    return (rows[0][0], rows[0][1]) if rows else None
