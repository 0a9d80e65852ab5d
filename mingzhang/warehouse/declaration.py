"""How a table is declared: one pandera model from which DDL, validation, documentation and fixtures come. No table here."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any

import duckdb
import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

Texts = Annotated[pl.List, pl.String()]
Moment = Annotated[pl.Datetime, "us", None]

SQL_TYPES: dict[Any, str] = {
    pl.String(): "VARCHAR",
    pl.Int32(): "INTEGER",
    pl.Int64(): "BIGINT",
    pl.Float64(): "DOUBLE",
    pl.Boolean(): "BOOLEAN",
    pl.Date(): "DATE",
    pl.Datetime("us"): "TIMESTAMP",
    pl.List(pl.String): "VARCHAR[]",
}
# What `example_row` puts into a column that must not be null.
EXAMPLES: dict[str, Any] = {
    "VARCHAR": "x",
    "INTEGER": 1,
    "BIGINT": 1,
    "DOUBLE": 1.0,
    "BOOLEAN": False,
    "DATE": dt.date(2026, 10, 1),
    "TIMESTAMP": dt.datetime(2026, 10, 1),  # noqa: DTZ001 - UTC, naive, as the warehouse keeps it
    "VARCHAR[]": [],
    "UUID": "00000000-0000-0000-0000-000000000001",
}


class Table(pa.DataFrameModel):
    """A declared table. The docstring of a subclass is the meaning of one row; its fields are made by `column`."""

    class Config:
        """No column but the declared ones."""

        strict = True


class TableError(Exception):
    """A table does not hold what its declaration says. Names table, column and check; never a value.

    Attributes:
        rows: how many rows fail; 0 where the column itself is wrong.
    """

    def __init__(self, table: str, column: str, check: str, rows: int = 0) -> None:
        counted = f"，{rows} 行" if rows else ""
        super().__init__(f"表 {table} 的列 {column} 与声明不符（{check}{counted}）；已停止，请联系管理员。")
        self.table, self.column, self.check, self.rows = table, column, check, rows


def column(
    meaning: str,
    unit: str | None = None,
    *,
    nullable: bool = True,
    sql: str | None = None,
    compression: str | None = None,
    isin: Collection[str] | None = None,
    ge: int | None = None,
    **more: Any,
) -> Any:
    """Declare a column of a `Table`; its type is the annotation beside it.

    Args:
        meaning: one sentence for the documentation.
        unit: of a number, such as `fen` or `days`.
        nullable: whether a row may leave it empty.
        sql: SQL type, where it is not the annotation's; `UUID` is text in a frame.
        compression: how DuckDB keeps the column.
        isin: the only values there are.
        ge: the least value.
        more: further metadata, such as how the publish gate treats the column.
    """
    metadata = {"unit": unit, "sql": sql, "compression": compression, **more}
    values = list(isin) if isin is not None else None
    return pa.Field(nullable=nullable, isin=values, ge=ge, description=meaning, metadata=metadata)


def declare(name: str, meaning: str, columns: Mapping[str, tuple[Any, Any]], base: type[Table] = Table) -> type[Table]:
    """Return a table whose columns come from data, such as a register's YAML.

    Args:
        name: of the table.
        meaning: of one row.
        columns: name → (Polars type without parameters, what `column` returned).
        base: a table whose columns come first.
    """
    types = {column_name: dtype.base_type() for column_name, (dtype, _) in columns.items()}
    fields = {column_name: field for column_name, (_, field) in columns.items()}
    return type(name, (base,), {"__doc__": meaning, "__annotations__": types, "__module__": __name__, **fields})


def name_of(table: type[Table]) -> str:
    """Return the table's name: `Config.name`, else that of the class in small letters, words joined by underscores."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(table.to_schema().name)).lower()


def column_names(table: type[Table]) -> list[str]:
    """Return the declared columns in order."""
    return list(_columns(table))


def sql_types(table: type[Table]) -> dict[str, str]:
    """Return the SQL type of each column, as `describe` names it."""
    return {name: _metadata(found)["sql"] or SQL_TYPES[found.dtype.type] for name, found in _columns(table).items()}


def frame_schema(table: type[Table]) -> dict[str, pl.DataType]:
    """Return the columns with their Polars types, as a `DataFrame` takes them."""
    return {name: found.dtype.type for name, found in _columns(table).items()}


def allowed_values(table: type[Table]) -> dict[str, list[str]]:
    """Return the columns that have only certain values, with these."""
    return {name: values for name, found in _columns(table).items() if (values := _allowed(found))}


def metadata(table: type[Table]) -> list[dict[str, Any]]:
    """Return what was declared of each column besides its type: unit, storage, and what else a room needs to know."""
    return [_metadata(found) for found in _columns(table).values()]


def ddl(table: type[Table]) -> str:
    """Return the columns as `create table` takes them."""
    types = sql_types(table)
    kept = {name: _metadata(found)["compression"] for name, found in _columns(table).items()}
    return ", ".join(
        f'"{name}" {types[name]}' + (f" USING COMPRESSION {kept[name]}" if kept[name] else "") for name in types
    )


def example_row(table: type[Table], **values: Any) -> dict[str, Any]:
    """Return a row for a test: these values, and something in every other column that must not be null.

    Raises:
        TypeError: a value for a column that is not declared.
    """
    columns, types = _columns(table), sql_types(table)
    if unknown := sorted(values.keys() - columns.keys()):
        raise TypeError(f"{name_of(table)} has no column {', '.join(unknown)}")
    needed = {
        name: (_allowed(found) or [EXAMPLES[types[name]]])[0] for name, found in columns.items() if not found.nullable
    }
    return {name: values.get(name, needed.get(name)) for name in columns if name in values or name in needed}


def fill_temporary(
    connection: duckdb.DuckDBPyConnection, table: type[Table], rows: Collection[tuple[Any, ...]]
) -> None:
    """Replace the connection's temporary table by these rows, whose values are in the order of the declaration."""
    connection.execute(f"create or replace temp table {name_of(table)} ({ddl(table)})")
    if rows:
        marks = ", ".join("?" * len(column_names(table)))
        connection.executemany(f"insert into {name_of(table)} values ({marks})", list(rows))


def check_columns(connection: duckdb.DuckDBPyConnection, relation: str, table: type[Table]) -> None:
    """Compare what was built with its declaration: the same columns, in the same order, of the same types.

    Args:
        connection: sees the relation.
        relation: name of a table or view.
        table: its declaration.

    Raises:
        TableError: names the first column that differs.
    """
    rows = connection.execute(f"describe {relation}").fetchall()
    found, declared = {row[0]: row[1] for row in rows}, sql_types(table)
    _compare(name_of(table), list(found), list(declared))
    for name, wanted in declared.items():
        if found[name] != wanted:
            raise TableError(name_of(table), name, f"type {found[name]} instead of {wanted}")


def validate(frame: pl.DataFrame, table: type[Table]) -> None:
    """Check a frame against a declaration: columns, types, empty values, values.

    Args:
        frame: collected: pandera checks no values of a LazyFrame.
        table: its declaration.

    Raises:
        TypeError: the frame is lazy.
        TableError: names the first column and check that fail, and how many rows.
    """
    if not isinstance(frame, pl.DataFrame):
        raise TypeError("collect the frame first: values of a LazyFrame are not checked")
    _compare(name_of(table), frame.columns, column_names(table), in_order=False)
    failures = _failures(frame, table)
    if failures:  # raised out here: pandera's own error, which holds values, must not hang on ours as its context
        failed, check, rows = failures[0]
        raise TableError(name_of(table), failed, check, rows)


def validate_stored(connection: duckdb.DuckDBPyConnection, relation: str, table: type[Table]) -> None:
    """Check a stored table against its declaration: columns and types as SQL has them, then the values,
    in one pass inside the database.

    Raises:
        TableError: names the first column that differs.
    """
    check_columns(connection, relation, table)
    asked = {(name, check): test for name, found in _columns(table).items() for check, test in _violations(name, found)}
    if not asked:
        return
    counts = ", ".join(f"count(*) filter (where {test})" for test in asked.values())
    for (name, check), rows in zip(
        asked, connection.execute(f"select {counts} from {relation}").fetchall()[0], strict=True
    ):
        if rows:
            raise TableError(name_of(table), name, check, int(rows))


def _violations(name: str, found: pa.Column) -> Iterator[tuple[str, str]]:
    """Yield each declared check of a column with the SQL of what breaks it: a month's names are not fetched to be looked at.

    Raises:
        NotImplementedError: a check that `column` does not offer.
    """
    if not found.nullable:
        yield "not_nullable", f'"{name}" is null'
    for check in found.checks:
        if "min_value" in check.statistics:
            yield f"ge({check.statistics['min_value']})", f'"{name}" < {int(check.statistics["min_value"])}'
        elif "allowed_values" in check.statistics:
            allowed = ", ".join(
                "'" + str(value).replace("'", "''") + "'" for value in check.statistics["allowed_values"]
            )
            yield "isin", f'"{name}" not in ({allowed})'
        else:
            raise NotImplementedError(str(check.name))


def reference_page(tables: Collection[type[Table]], heading: str = "##") -> str:
    """Return Markdown about tables: what a row is, and each column with type, unit and meaning.

    Args:
        tables: in the order of the page.
        heading: marks before each table's name.
    """
    lines: list[str] = []
    for table in tables:
        meaning = " ".join((table.__doc__ or "").split())
        lines += [
            "",
            f"{heading} {name_of(table)}",
            "",
            meaning,
            "",
            "| column | type | unit | meaning |",
            "|---|---|---|---|",
        ]
        lines += [_as_row(name, found, sql_types(table)[name]) for name, found in _columns(table).items()]
    return "\n".join([*lines[1:], ""])


def _as_row(name: str, found: pa.Column, kind: str) -> str:
    allowed = _allowed(found)
    meaning = (found.description or "").replace("|", "\\|") + (f" (`{'`, `'.join(allowed)}`)" if allowed else "")
    return f"| {name} | {kind} | {_metadata(found)['unit'] or ''} | {meaning} |"


def _columns(table: type[Table]) -> dict[str, pa.Column]:
    columns: dict[str, pa.Column] = table.to_schema().columns
    return columns


def _metadata(found: pa.Column) -> dict[str, Any]:
    return found.metadata or {"unit": None, "sql": None, "compression": None}


def _allowed(found: pa.Column) -> list[str] | None:
    lists = (check.statistics.get("allowed_values") for check in found.checks)
    return next((list(values) for values in lists if values), None)


def _compare(table: str, found: list[str], declared: list[str], *, in_order: bool = True) -> None:
    for name in declared:
        if name not in found:
            raise TableError(table, name, "missing")
    for name in found:
        if name not in declared:
            raise TableError(table, name, "not declared")
    if in_order and found != declared:
        moved = next(name for name, other in zip(found, declared, strict=True) if name != other)
        raise TableError(table, moved, "out of order")


def _failures(frame: pl.DataFrame, table: type[Table]) -> list[tuple[str, str, int]]:
    """Return column, check and number of rows of each failure; the values stay behind."""
    try:
        table.validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases.group_by(["column", "check"], maintain_order=True).agg(pl.col("index").count())
        return [(str(name), str(check), int(rows)) for name, check, rows in cases.iter_rows()]
    return []
