"""Order by money, precision and effort; nobody ties; a household is one case."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.rules import ranking
from checks.rules.examples import person
from checks.rules.header import load_rules
from checks.rules.prepare import prepare_rules
from mingzhang.catalog.load import catalogue
from mingzhang.warehouse import catalogue_tables


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    made = catalogue_tables.empty(catalogue())
    prepare_rules(made, load_rules())
    yield made
    made.close()


def put(
    connection: duckdb.DuckDBPyConnection, finding_id: str, rule: str, amount_fen: int | None, who: str = ""
) -> None:
    kind = next(r.kind for r in load_rules() if r.id == rule)
    connection.execute(
        "insert into findings (finding_id, rule, kind, severity, amount_fen, person_id) values (?, ?, ?, 'medium', ?, ?)",
        [finding_id, rule, kind, amount_fen, person(who) if who else None],
    )


def order(connection: duckdb.DuckDBPyConnection, **counts: tuple[int, int]) -> list[str]:
    ranking.rank(connection, counts)
    return [row[0] for row in connection.execute("select finding_id from finding_ranks order by rank").fetchall()]


def test_money_precision_and_effort_decide(connection: duckdb.DuckDBPyConnection) -> None:
    put(connection, "small", "E01", 1_000)
    put(connection, "large", "E01", 9_000)
    assert order(connection) == ["large", "small"]
    put(connection, "visit", "D01", 9_000)
    assert order(connection) == ["large", "visit", "small"]
    # forty decisions: E01 is never right, D01 always
    assert order(connection, E01=(0, 40), D01=(40, 0))[0] == "visit"


def test_no_two_tie_and_the_order_is_fixed(connection: duckdb.DuckDBPyConnection) -> None:
    for number in range(20):
        put(connection, f"f{number:02}", "E01" if number % 2 else "B01", None)
    ranking.rank(connection, {})
    ranks = connection.execute("select rank, finding_id from finding_ranks order by rank").fetchall()
    assert [row[0] for row in ranks] == list(range(1, 21))
    connection.execute("create table again as from findings order by finding_id desc")
    connection.execute("delete from findings")
    connection.execute("insert into findings from again")
    ranking.rank(connection, {})
    assert connection.execute("select rank, finding_id from finding_ranks order by rank").fetchall() == ranks


def test_findings_of_one_household_are_one_case(connection: duckdb.DuckDBPyConnection) -> None:
    connection.executemany(
        "insert into household_members (person_id, household_id) values (?, 'h')", [[person("a")], [person("b")]]
    )
    put(connection, "one", "E01", 3_000, "a")
    put(connection, "two", "E01", 3_000, "b")
    put(connection, "alone", "E01", 5_000, "z")
    put(connection, "error", "A03", 1, "a")
    assert order(connection) == ["one", "two", "alone", "error"]
    cases = dict(connection.execute("select finding_id, case_id from finding_ranks").fetchall())
    assert cases["one"] == cases["two"] != cases["alone"]
    assert cases["error"] != cases["one"]  # a data error goes to the bureau, not into a family's case


@given(
    st.sampled_from(sorted(ranking.PRIOR)), st.sampled_from(["high", "low"]), st.integers(0, 500), st.integers(0, 500)
)
def test_precision_lies_in_its_interval(kind: str, severity: str, confirmed: int, cleared: int) -> None:
    so_far = ranking.precision(kind, severity, confirmed, cleared)
    assert 0 < so_far.low < so_far.mean < so_far.high < 1
    assert so_far.mean < ranking.precision(kind, severity, confirmed + 1, cleared).mean
    assert so_far.reviewed == confirmed + cleared


def test_few_decisions_move_little() -> None:
    assert ranking.precision("suspicion", "high", 0, 0).mean == 0.2
    assert ranking.precision("suspicion", "high", 1, 0).mean < 0.4
    assert ranking.precision("suspicion", "low", 0, 0).mean == 0.05
    assert ranking.precision("suspicion", "high", 90, 10).mean > 0.8


def test_unsure_counts_for_neither() -> None:
    decisions = [("B01", "confirmed"), ("B01", "unsure"), ("B01", "cleared"), ("B01", "reopened"), ("C01", "unsure")]
    assert ranking.tally(decisions) == {"B01": (1, 1), "C01": (0, 0)}
