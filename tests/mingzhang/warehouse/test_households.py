"""Households over time: a household that split in the middle of the year is two only from then on."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator

import duckdb
import pytest

from checks.rules.examples import person
from mingzhang.catalog.load import catalogue
from mingzhang.warehouse import database, households

COUNTY, OTHER = "452921", "452922"
Row = tuple[str, str]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    made = duckdb.connect()
    database.create(made, catalogue())
    yield made
    made.close()


def extract(
    connection: duckdb.DuckDBPyConnection,
    as_of: str,
    county: str = COUNTY,
    **homes: str | tuple[str, str | None, str | None],
) -> None:
    """Load an extract: person → household, or (household, valid_from, valid_to)."""
    for name, home in homes.items():
        household, begins, ends = (home, None, None) if isinstance(home, str) else home
        connection.execute(
            """insert into register_population by name select $record as record_id, $delivery as delivery_id,
               $county as county_code, $as_of::date as month, 'accepted' as status, $as_of::date as as_of,
               $person::uuid as person_id, $home as household_no, '子' as relation, $county || '100203' as village_code,
               $begins::date as valid_from, $ends::date as valid_to""",
            {"record": f"{as_of}/{name}", "delivery": as_of, "county": county, "as_of": as_of, "person": person(name),
             "home": household, "begins": begins, "ends": ends},
        )  # fmt: skip


def together(connection: duckdb.DuckDBPyConnection, month: str) -> set[frozenset[str]]:
    """Return who shares a household in a month, asked as the rules ask."""
    households.refresh(connection)
    names = {person(name): name for name in "abcd"}
    rows = connection.execute(
        """select household_id, list(distinct person_id) from household_members
           where (valid_from is null or valid_from <= last_day($month)) and (valid_to is null or valid_to >= $month)
           group by 1""",
        {"month": day(month)},
    ).fetchall()
    return {frozenset(names[member] for member in members) for _, members in rows}


def test_a_split_in_the_middle_of_the_year_is_judged_by_the_month(connection: duckdb.DuckDBPyConnection) -> None:
    extract(connection, "2026-03-31", a="h1", b="h1", c="h1")
    extract(connection, "2026-09-30", a="h1", b=("h2", "2026-07-15", None), c="h1")
    assert together(connection, "2026-05-01") == {frozenset("abc")}
    assert together(connection, "2026-08-01") == {frozenset("ac"), frozenset("b")}


def test_a_split_without_a_date_counts_from_the_extract_that_shows_it(connection: duckdb.DuckDBPyConnection) -> None:
    extract(connection, "2026-03-31", a="h1", b="h1")
    extract(connection, "2026-09-30", a="h1", b="h2")
    assert together(connection, "2026-08-01") == {frozenset("ab")}
    assert together(connection, "2026-10-01") == {frozenset("a"), frozenset("b")}


def test_who_is_no_longer_listed_was_there_until_then(connection: duckdb.DuckDBPyConnection) -> None:
    extract(connection, "2026-03-31", a="h1", b="h1")
    extract(connection, "2026-09-30", a="h1")
    assert together(connection, "2026-05-01") == {frozenset("ab")}
    assert together(connection, "2026-10-01") == {frozenset("a")}


def test_three_households_follow_each_other(connection: duckdb.DuckDBPyConnection) -> None:
    extract(connection, "2026-01-31", a="h1", b="h1", c="h2", d="h3")
    extract(connection, "2026-05-31", a="h2", b="h1", c="h2", d="h3")
    extract(connection, "2026-09-30", a="h3", b="h1", c="h2", d="h3")
    homes = [together(connection, month) for month in ("2026-03-01", "2026-07-01", "2026-11-01")]
    assert [next(home for home in found if "a" in home) for found in homes] == [
        frozenset("ab"),
        frozenset("ac"),
        frozenset("ad"),
    ]


def test_a_move_to_another_county_leaves_the_old_household(connection: duckdb.DuckDBPyConnection) -> None:
    extract(connection, "2026-03-31", a="h1", b="h1")
    extract(connection, "2026-09-30", a="h1")
    extract(connection, "2026-09-30", OTHER, b="h1")
    assert together(connection, "2026-05-01") == {frozenset("ab")}
    assert together(connection, "2026-10-01") == {frozenset("a"), frozenset("b")}


def test_what_the_newest_extract_says_of_who_never_moved_stands_as_it_is(connection: duckdb.DuckDBPyConnection) -> None:
    extract(connection, "2026-03-31", a="h1", b=("h1", None, "2026-02-10"))
    extract(connection, "2026-09-30", a=("h1", "2020-01-01", None), b=("h1", None, "2026-02-12"))
    households.refresh(connection)
    rows = connection.execute("select valid_from, valid_to, as_of from household_members order by all").fetchall()
    assert rows == [
        (day("2020-01-01"), None, day("2026-09-30")),
        (None, day("2026-02-12"), day("2026-09-30")),
    ]


def test_the_order_of_arrival_does_not_matter(connection: duckdb.DuckDBPyConnection) -> None:
    extracts = [
        ("2026-01-31", {"a": "h1", "b": "h1"}),
        ("2026-05-31", {"a": "h2", "b": "h1"}),
        ("2026-09-30", {"a": "h2", "c": "h1"}),
    ]
    answers = set()
    for order in itertools.permutations(extracts):
        connection.execute("delete from register_population")
        for as_of, homes in order:
            extract(connection, as_of, **homes)
        households.refresh(connection)
        answers.add(database.table_hash(connection, "household_members"))
    assert len(answers) == 1
