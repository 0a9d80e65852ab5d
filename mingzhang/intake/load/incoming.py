"""The lines of one delivery, registered in DuckDB as the view `incoming`, and queries over them. Writes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

import duckdb
import polars as pl
import pyarrow as pa

from checks.linkage import idno
from checks.schemas.alike import alike
from mingzhang.intake.lines.file_content import FileContent

CELL = re.compile(r"^c[0-9]+$")
NOT_CONTENT = {"sheet_no", "sheet", "row", "status", "reason", "village_code"}
NUMBERED = {"idno": ("incoming_identity", "person_id"), "account": ("incoming_account", "account_id")}
OVERLAP = 0.5  # from this share of equal subjects on, a second file is taken for the first one again
BATCH_ROWS = 122_880  # DuckDB's own row group
NEWEST = pl.CompatLevel.newest()  # text goes over without being copied


@contextmanager
def incoming_view(connection: duckdb.DuckDBPyConnection, delivery_id: str, content: FileContent) -> Iterator[None]:
    """Register the lines as `incoming` for as long as the block runs.

    Each has its `line_id`; an identity number or account `x` has its id in the column `x_id`; `incoming_identity` and
    `incoming_account` hold each (number, id) once.
    """
    lines = content.lines
    if not lines.height:
        yield
        return
    views: dict[str, pa.Table] = {}
    # What Polars does here keeps one core busy, so it goes on while DuckDB makes ids.
    with ThreadPoolExecutor(1) as beside:
        filled = beside.submit(lines.with_columns, pl.col(cell_columns(lines)).fill_null(""), line_id(delivery_id))
        ids: dict[str, pa.Array] = {}
        for kind, (view, make) in NUMBERED.items():
            names = numbers_of(content, kind)
            if names:
                views[view], own = _identified(connection, beside, lines, names, make)
                ids |= own
        views["incoming"] = filled.result().to_arrow(compat_level=NEWEST)
    for name, column in ids.items():
        views["incoming"] = views["incoming"].append_column(f"{name}_id", column)
    for view, table in views.items():
        connection.register(view, _in_batches(table))
    try:
        yield
    finally:
        for view in views:
            connection.unregister(view)


def line_id(delivery_id: str) -> pl.Expr:
    """Return the id of each line of a delivery; null where there is no line."""
    return pl.concat_str(
        pl.lit(f"{delivery_id}/"), pl.col("sheet_no").cast(pl.String), pl.lit("/"), pl.col("row").cast(pl.String)
    ).alias("line_id")


def numbers_of(content: FileContent, kind: str) -> list[str]:
    """Return the columns of a file that hold numbers of a kind: `idno` or `account`."""
    fields = content.layout.fields if content.layout else ()
    return [field.name for field in fields if field.type == kind and field.name in content.lines.columns]


def _in_batches(table: pa.Table) -> pa.Table:
    """Return the table in pieces: DuckDB gives each thread a batch, and one batch would keep one thread busy alone."""
    return pa.Table.from_batches(table.to_batches(max_chunksize=BATCH_ROWS), table.schema)


def _identified(
    connection: duckdb.DuckDBPyConnection, beside: Executor, lines: pl.DataFrame, names: list[str], make: str
) -> tuple[pa.Table, dict[str, pa.Array]]:
    """Return each number once with its id, a person's with the birth date in it, and the ids of every line per column."""
    groups = alike((make, lines[name]) for name in names)
    once = [names[group[0]] for group in groups]
    numbers = pl.concat([lines[name].alias("number") for name in once])
    first = beside.submit(_first_of_each, numbers, make == "person_id")
    made = [_ids(connection, lines[name], make) for name in once]
    ids = pa.concat_arrays(made)
    own, mask = first.result()
    if mask is not None:
        ids = ids.filter(mask.to_arrow())
    of_lines = {names[at]: column for group, column in zip(groups, made, strict=True) for at in group}
    return own.to_arrow(compat_level=NEWEST).append_column("id", ids), of_lines


def _first_of_each(numbers: pl.Series, has_birth_date: bool) -> tuple[pl.DataFrame, pl.Series | None]:
    """Return the distinct numbers, and a mask of their first rows where some rows repeat or lack one."""
    mask = None
    if numbers.has_nulls() or numbers.n_unique() < len(numbers):
        mask = numbers.is_not_null() & numbers.is_first_distinct()
        numbers = numbers.filter(mask)
    own = pl.DataFrame({"number": numbers})
    return own.with_columns(born_on=idno.birth_dates(numbers)) if has_birth_date else own, mask


def _ids(connection: duckdb.DuckDBPyConnection, numbers: pl.Series, make: str) -> pa.Array:
    """Return the id of every number, in their order."""
    connection.register("numbers", _in_batches(pl.DataFrame({"number": numbers}).to_arrow(compat_level=NEWEST)))
    # In order, and UUIDs as what they are: here only, other readers of this connection know them as text.
    connection.execute("set preserve_insertion_order = true; set arrow_lossless_conversion = true")
    made = connection.sql(f"select {make}(number) as id from numbers").to_arrow_table()
    connection.execute("set preserve_insertion_order = false; reset arrow_lossless_conversion")
    connection.unregister("numbers")
    return made["id"].combine_chunks()


def cell_columns(lines: pl.DataFrame) -> list[str]:
    """Return the columns that hold the sender's own cells, in their order."""
    return sorted((name for name in lines.columns if CELL.match(name)), key=lambda name: int(name[1:]))


def cells(lines: pl.DataFrame) -> pl.Expr:
    """Return the sender's cells of each line as one list; empty text where a cell is empty."""
    return pl.concat_list([pl.col(name).fill_null("") for name in cell_columns(lines)]).alias("cells")


def cells_sql(lines: pl.DataFrame) -> str:
    """Return the SQL over `incoming` that makes one text of a line's cells, as `line_cells` keeps it.

    NUL separates the cells; the parser lets none through (`nul_character`), so it ends a cell and nothing else.
    """
    return f"concat_ws(chr(0), {', '.join(cell_columns(lines))})"


def content_hash(connection: duckdb.DuckDBPyConnection, content: FileContent) -> str:
    """Return a hash of the lines that neither their order nor the file around them changes.

    DuckDB's own hash is fast and the same for one version, which is pinned; it tells copies apart, not enemies.
    """
    if not content.lines.height:
        return ""
    present = set(content.lines.columns)
    # A number's text says all of it: what was made of it depends on the day it was read.
    made = {f"{name}{end}" for name in present if f"{name}_text" in present for end in ("", "_problem")}
    kept = sorted(name for name in present - made - NOT_CONTENT if not CELL.match(name))
    names = ", ".join(f'"{name}"' for name in kept)
    rows = connection.execute(
        f"""select count(*), sum(line::hugeint), sum(hash(line)::hugeint)
            from (select hash({names}) as line from incoming)"""
    ).fetchall()
    return ":".join(str(value) for value in rows[0])


def overlap(
    connection: duckdb.DuckDBPyConnection, content: FileContent, others: Sequence[str]
) -> tuple[str, int] | None:
    """Return which of the other deliveries shares most lines with this one, and how many.

    Payments are the same line when person, programme, first month and, where both name one, plot and serial agree,
    whatever the amount; other kinds when all cells do. A valid number is the person, however the name is written;
    only without one does the name count.
    """
    if content.layout and content.layout.table == "payment_lines":
        parts = [name for name in ("plot_code", "item_serial") if name in content.lines.columns]
        match = """payment_lines old on coalesce(old.recipient_id::varchar, old.recipient_name)
                       = coalesce(new.recipient_idno_id::varchar, new.recipient_name)
                   and old.programme = new.programme and old.period_from = new.period_from"""
        match += "".join(f" and coalesce(old.{name} = new.{name}, true)" for name in parts)
    else:
        match = f"line_cells old on old.cells = {cells_sql(content.lines)}"
    rows = connection.execute(
        f"""select old.delivery_id, count(distinct new.line_id) as n from incoming new join {match}
            where list_contains(?, old.delivery_id) group by 1 order by n desc, 1 limit 1""",
        [list(others)],
    ).fetchall()
    return (rows[0][0], rows[0][1]) if rows else None
