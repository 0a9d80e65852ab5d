"""The gate refuses: one bad example for every check, and passes what is good."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from checks.privacy.gate import Assertion, Identifiers, Source, inspect, inspect_files, known
from checks.privacy.identifiers import Column, Hit
from tests.mingzhang.publishing.release_case import account_no, id_number

COLUMNS = (
    Column("place_code", "VARCHAR", "code", r"\d{12}"),
    Column("text", "VARCHAR", "text"),
    Column("amount_fen", "BIGINT", "number"),
    Column("day", "DATE", "date"),
)
SOURCE = Source("out.duckdb", "published", COLUMNS)
KNOWN = (
    Identifiers("id_number", (18,), "select c from candidates where c in (select id_number from identity)"),
    Identifiers("account", (16, 17, 18, 19), "select c from candidates where c in (select account_no from account)"),
)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("create table published (place_code VARCHAR, text VARCHAR, amount_fen BIGINT, day DATE)")
        opened.execute("insert into published values ('452921101201', '青桐村', 45000, '2026-10-01')")
        opened.execute("create table identity (id_number VARCHAR)")
        opened.execute("create table account (account_no VARCHAR)")
        opened.execute("insert into identity values (?)", [id_number(1)])
        opened.execute("insert into account values (?)", [account_no(1)])
        yield opened


def checks(connection: duckdb.DuckDBPyConnection, *assertions: Assertion) -> set[tuple[str, str]]:
    return {(hit.field, hit.check) for hit in searched(connection, *assertions)}


def searched(connection: duckdb.DuckDBPyConnection, *assertions: Assertion) -> list[Hit]:
    hits, runs = inspect(connection, [SOURCE], assertions)
    return hits + known(connection, runs, KNOWN)


def searched_files(connection: duckdb.DuckDBPyConnection, folder: Path, *files: Path) -> list[Hit]:
    hits, runs = inspect_files(folder, files, r"a\.bin")
    return hits + known(connection, runs, KNOWN)


def test_good_output_passes(connection: duckdb.DuckDBPyConnection) -> None:
    assert checks(connection, Assertion("out", "x", "small_cell", "select 0")) == set()


@pytest.mark.parametrize(
    ("harm", "expected"),
    [
        ("alter table published add column name VARCHAR", ("name", "column_not_listed")),
        ("alter table published drop column day", ("day", "column_missing")),
        ("alter table published alter column text type BLOB using 'x'::blob", ("text", "column_type")),
        ("update published set place_code = '13800138000'", ("place_code", "pattern")),
        ("update published set text = '联系13800138000'", ("text", "phone_shape")),
        (f"update published set text = '{id_number(5)}'", ("text", "id_number_shape")),
        (f"update published set text = '{id_number(1)}'", ("text", "id_number")),
        (f"update published set text = '{id_number(1)[:9]} {id_number(1)[9:]}'", ("text", "id_number")),
        (f"update published set amount_fen = {int(account_no(1)) // 10}", None),
        (f"update published set text = '编号77{account_no(1)}99'", ("text", "account")),
    ],
)
def test_each_harm_is_found(connection: duckdb.DuckDBPyConnection, harm: str, expected: tuple[str, str] | None) -> None:
    connection.execute(harm)
    found = checks(connection)
    assert expected in found if expected else found == set()


def test_a_number_column_is_joined_too(connection: duckdb.DuckDBPyConnection) -> None:
    number = next(n for n in (id_number(serial) for serial in range(100)) if "X" not in n)
    connection.execute("insert into identity values (?)", [number])
    connection.execute(f"update published set amount_fen = {number}")
    assert ("amount_fen", "id_number") in checks(connection)


def test_in_a_hash_of_ours_only_runs_too_long_for_chance_are_looked_up(connection: duckdb.DuckDBPyConnection) -> None:
    source = Source("out.duckdb", "hashed", (Column("hash", "VARCHAR", "digest", r"[0-9a-f]{64}"),))
    number = next(n for n in (id_number(serial) for serial in range(100)) if "X" not in n)
    connection.execute("insert into identity values (?)", [number])
    for digits, expected in (("13900000001", set()), (number, {number})):
        connection.execute("create or replace table hashed as select rpad($1, 64, 'a') as hash", [digits])
        hits, runs = inspect(connection, [source])
        assert hits == []
        assert set().union(*runs.values()) == expected
    connection.execute("create or replace table hashed as select 'x' as hash")
    assert [hit.check for hit in inspect(connection, [source])[0]] == ["pattern"]


def test_an_assertion_that_counts_something_is_a_hit(connection: duckdb.DuckDBPyConnection) -> None:
    assert checks(connection, Assertion("out", "cells", "small_cell", "select 3")) == {("cells", "small_cell")}


def test_a_hit_never_repeats_the_value(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"update published set text = '{id_number(1)}'")
    assert id_number(1) not in repr(searched(connection))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("offset", [0, 1, (1 << 24) - 9])
def test_bytes_are_searched_in_every_encoding_and_across_pieces(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, encoding: str, offset: int
) -> None:
    (tmp_path / "a.bin").write_bytes(b"\xff" * offset + f"作者{id_number(1)}完".encode(encoding))
    assert searched_files(connection, tmp_path, tmp_path / "a.bin") == [Hit("a.bin", "bytes", "id_number", 1)]


def test_clean_bytes_pass_and_a_file_name_not_listed_does_not(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    good, bad = tmp_path / "a.bin", tmp_path / f"{account_no(1)}.csv"
    good.write_bytes(id_number(2).encode())
    bad.write_bytes(b"")
    hits = searched_files(connection, tmp_path, good, bad)
    assert hits == [Hit(".", "file name", "file_name_not_listed", 1)]
    assert account_no(1) not in repr(hits)
