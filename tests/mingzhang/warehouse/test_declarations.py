"""Every table is declared once: its DDL, what it refuses, and what an error may say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl
import pytest

from mingzhang.catalog.load import catalogue
from mingzhang.catalog.words import DELIVERY_STATUSES, FINDING_KINDS, PAYMENT_STATES, PROBLEM_LEVELS
from mingzhang.publishing import staff_snapshot, staff_tables
from mingzhang.publishing.release import schema
from mingzhang.warehouse import catalogue_tables, database, declaration, incoming_lines
from mingzhang.warehouse.declaration import (
    Table,
    TableError,
    column,
    ddl,
    declare,
    example_row,
    frame_schema,
    name_of,
    validate,
    validate_stored,
)
from mingzhang.warehouse.tables import catalogue as catalogue_columns
from mingzhang.warehouse.tables import deliveries, money, results
from mingzhang.warehouse.tables.registers import RegisterScorecard, register_table

REGISTERS = tuple(map(register_table, catalogue().registers.values()))
TABLES = tuple(
    dict.fromkeys(
        (
            *(*database.CORE_TABLES, *database.VIEWS, *database.DERIVED_TABLES, *REGISTERS, *catalogue_columns.TABLES),
            RegisterScorecard,
            *(staff_tables.Meta, *staff_snapshot.TABLES, *schema.PUBLIC_TABLES, *schema.NOTICE_TABLES),
        )
    )
)
SECRET = "452921195003071234"


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    made = catalogue_tables.empty(catalogue())
    yield made
    made.close()


def frame(table: type[Table], **values: Any) -> pl.DataFrame:
    return pl.DataFrame([example_row(table, **values)], schema=frame_schema(table))


def identify(table: type[Table]) -> str:
    return f"{table.__module__.rpartition('.')[2]}.{name_of(table)}"


def bad_rows(table: type[Table]) -> Iterator[pl.DataFrame]:
    """Yield a row of the table with one thing wrong, for each thing its declaration forbids."""
    good = frame(table)
    first = good.columns[0]
    yield good.with_columns(pl.lit(1).alias("undeclared"))
    yield good.drop(first)
    yield good.with_columns(pl.lit([1.5]).alias(first))
    for name, found in table.to_schema().columns.items():
        if not found.nullable:
            yield good.with_columns(pl.lit(None, dtype=good.schema[name]).alias(name))
        for check in found.checks:
            wrong = SECRET if "allowed_values" in check.statistics else check.statistics["min_value"] - 1
            yield good.with_columns(pl.lit(wrong, dtype=good.schema[name]).alias(name))


@pytest.mark.parametrize("table", TABLES, ids=identify)
def test_a_declared_table_takes_a_good_row_and_refuses_every_bad_one(table: type[Table]) -> None:
    declaration.validate(frame(table), table)
    for bad in bad_rows(table):
        with pytest.raises(TableError) as caught:
            declaration.validate(bad, table)
        assert caught.value.table == name_of(table)


@pytest.mark.parametrize("table", TABLES, ids=identify)
def test_every_column_has_a_meaning_and_money_a_unit(table: type[Table]) -> None:
    assert (table.__doc__ or "").strip() and table.__doc__ != Table.__doc__
    for name, found in table.to_schema().columns.items():
        assert found.description, name
        if name.endswith("_fen") or name == "fen":
            assert found.metadata["unit"] in ("fen", "分"), name


def test_an_error_names_table_column_check_and_rows_and_no_value() -> None:
    bad = pl.concat([frame(deliveries.Lines, status=SECRET), frame(deliveries.Lines)])
    with pytest.raises(TableError, match=r"表 lines 的列 status 与声明不符（isin.*，1 行）") as caught:
        declaration.validate(bad, deliveries.Lines)
    assert SECRET not in str(caught.value)
    assert caught.value.__context__ is None  # pandera's own error holds the values
    assert (caught.value.column, caught.value.rows) == ("status", 1)


def test_a_lazy_frame_is_refused() -> None:
    """Of a lazy frame pandera looks at no value: the bad one would pass."""
    bad = frame(money.PaymentLines, state=SECRET).lazy()
    with pytest.raises(TypeError, match="collect"):
        declaration.validate(bad, money.PaymentLines)  # type: ignore[arg-type]


def test_the_warehouse_is_made_of_the_declarations(connection: duckdb.DuckDBPyConnection) -> None:
    catalogues = catalogue_columns.TABLES
    for table in (*database.CORE_TABLES, *database.VIEWS, *REGISTERS, *catalogues):
        declaration.check_columns(connection, name_of(table), table)
    found = {row[0] for row in connection.execute("select table_name from duckdb_tables()").fetchall()}
    assert found == {
        *map(name_of, (*database.CORE_TABLES, *REGISTERS, *catalogues)),
        "household_members",
    }, "a table that nobody declared"


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ("alter table rule_runs drop column checked", "missing"),
        ("alter table rule_runs add column note varchar", "not declared"),
        ("alter table rule_runs alter checked type integer", "type INTEGER instead of BIGINT"),
        ("create or replace table rule_runs as select checked, * exclude (checked) from rule_runs", "out of order"),
    ],
)
def test_a_table_that_was_built_otherwise_is_named(
    connection: duckdb.DuckDBPyConnection, change: str, check: str
) -> None:
    connection.execute(change)
    with pytest.raises(TableError) as caught:
        declaration.check_columns(connection, "rule_runs", results.RuleRuns)
    assert caught.value.check == check


def test_the_values_are_those_of_the_vocabulary() -> None:
    assert set(deliveries.DELIVERY_STATUSES) == set(DELIVERY_STATUSES)
    assert set(deliveries.LEVELS) == set(PROBLEM_LEVELS)
    assert set(money.PAYMENT_STATES) == set(PAYMENT_STATES)
    assert set(results.FINDING_KINDS) == set(FINDING_KINDS)


def test_an_example_row_has_what_must_not_be_null() -> None:
    row = example_row(deliveries.Problems, row=7)
    assert row == {"delivery_id": "x", "row": 7, "id": "x", "level": "reject", "message": "x"}
    with pytest.raises(TypeError, match="no column line"):
        example_row(deliveries.Problems, line=7)


def test_a_new_column_needs_its_declaration_alone(connection: duckdb.DuckDBPyConnection) -> None:
    wider = declare("rule_runs", "A run.", {"seconds": (pl.Float64, column("how long", "seconds"))}, results.RuleRuns)
    connection.execute(f"create table wider ({declaration.ddl(wider)})")
    declaration.check_columns(connection, "wider", wider)
    assert "| seconds | DOUBLE | seconds | how long |" in declaration.reference_page([wider])


def lines(**changes: pl.Expr) -> pl.DataFrame:
    values = {"sheet_no": 1, "sheet": "表一", "row": 2, "status": "accepted", "reason": None, "amount_fen": 100}
    values |= {"programme": "old_age", "state": "paid", "unit": "人", "period_from": None, "period_to": None}
    values |= {"recipient_idno": SECRET, "c0": SECRET, "recipient_idno_text": SECRET}
    small = dict.fromkeys(("sheet_no", "row"), pl.Int32)
    dates = dict.fromkeys(("period_from", "period_to"), pl.Date)
    made = pl.DataFrame([values], schema_overrides=small | dates | {"reason": pl.String})
    return made.with_columns(**changes)


def test_lines_that_are_as_declared_are_taken() -> None:
    incoming_lines.check(lines(), catalogue().layout("roster"))


@pytest.mark.parametrize(
    ("change", "column_name"),
    [
        ({"status": pl.lit(SECRET)}, "status"),
        ({"state": pl.lit(SECRET)}, "state"),
        ({"amount_fen": pl.lit(1.5)}, "amount_fen"),
        ({"recipient_idno": pl.lit(45)}, "recipient_idno"),
        ({"row": pl.lit(0, dtype=pl.Int32)}, "row"),
        ({"sheet": pl.lit(None, dtype=pl.String)}, "sheet"),
    ],
)
def test_lines_that_are_not_as_declared_are_refused(change: dict[str, pl.Expr], column_name: str) -> None:
    with pytest.raises(TableError) as caught:
        incoming_lines.check(lines(**change), catalogue().layout("roster"))
    assert caught.value.column == column_name
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("name", ["state", "programme", "status", "row"])
def test_lines_without_a_required_column_are_refused(name: str) -> None:
    with pytest.raises(TableError, match="missing") as caught:
        incoming_lines.check(lines().drop(name), catalogue().layout("roster"))
    assert caught.value.column == name


class Stored(Table):
    """A row with every kind of check."""

    word: pl.String = column("one of two", nullable=False, isin=("a", "b'c"))
    fen: pl.Int64 = column("money", "fen", ge=1)


@pytest.mark.parametrize("values", ["null, 1", "'z', 1", "'a', 0"])
def test_a_stored_table_is_refused_as_its_frame_is(values: str) -> None:
    connection = duckdb.connect()
    connection.execute(f"create table stored ({ddl(Stored)})")
    connection.execute("insert into stored values ('a', 1), ('b''c', null)")
    validate_stored(connection, "stored", Stored)
    validate(connection.sql("from stored").pl(), Stored)
    connection.execute(f"insert into stored values ({values})")
    for refused in (
        lambda: validate_stored(connection, "stored", Stored),
        lambda: validate(connection.sql("from stored").pl(), Stored),
    ):
        with pytest.raises(TableError) as caught:
            refused()
        assert caught.value.rows == 1
