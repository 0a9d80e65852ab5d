"""Presumed rows: who may use them, what rests on them, what opens again when a person answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from checks.rules import examples, ranking
from checks.rules.header import load_rules
from checks.rules.outcomes import count
from checks.rules.prepare import prepare_rules
from checks.rules.run import run_rule
from mingzhang.catalog.load import catalogue
from mingzhang.warehouse import catalogue_tables

RULES = {rule.id: rule for rule in load_rules()}
DEAD = {"deaths": [{"person_id": "a", "died_on": "2026-08-01"}]}
LINE = {"payments": [{"recipient_id": None}]}


def link(label: str = "probable", **more: Any) -> dict[str, Any]:
    row = {"line_id": "p1", "source": "payments", "role": "recipient", "person_id": "a", "pair_id": "x"}
    return {**row, "label": label, "score": 0.97, **more}


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    made = catalogue_tables.empty(catalogue())
    yield made
    made.close()


def run(connection: duckdb.DuckDBPyConnection, rule: str, **tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Run one rule over an example's tables."""
    connection.execute("begin")
    examples.fill(connection, RULES[rule], tables)
    prepare_rules(connection, [RULES[rule]])
    result = run_rule(connection, RULES[rule])
    cursor = connection.execute(f"select * from {result.table} order by finding_id")
    names = [column[0] for column in cursor.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    connection.execute("rollback")
    return rows


def test_what_was_cleared_opens_when_a_person_says_so_or_the_number_comes(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    [presumed] = run(connection, "B01", **LINE, **DEAD, links=[link()])
    [confirmed] = run(connection, "B01", **LINE, **DEAD, links=[link("same", answer="same")])
    [corrected] = run(connection, "B01", payments=[{"recipient_id": "a"}], **DEAD)
    assert presumed["finding_id"] == confirmed["finding_id"] == corrected["finding_id"]
    assert presumed["evidence_hash"] != confirmed["evidence_hash"] == corrected["evidence_hash"]
    assert (presumed["link_score"], confirmed["link_score"], corrected["link_score"]) == (0.97, None, None)
    assert (confirmed["link_pairs"], corrected["link_pairs"]) == (["x"], None)


def test_what_was_cleared_stays_cleared_while_only_more_rows_are_presumed(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    [once] = run(connection, "B01", **LINE, **DEAD, links=[link()])
    two = [{"recipient_id": None, "period": month} for month in ("2026-09", "2026-10")]
    [twice] = run(connection, "B01", payments=two, **DEAD, links=[link(), link(line_id="p2", pair_id="y", score=0.96)])
    assert once["evidence_hash"] == twice["evidence_hash"] and twice["link_score"] == 0.96


def test_the_lowest_score_of_the_presumed_rows_counts_and_a_confirmed_one_does_not(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    two = [{"recipient_id": None, "period": month} for month in ("2026-09", "2026-10")]
    links = [link(), link("same", line_id="p2", pair_id="y", score=0.4)]
    [found] = run(connection, "B01", payments=two, **DEAD, links=links)
    assert (found["link_score"], found["link_pairs"]) == (0.97, ["x", "y"])


@pytest.mark.parametrize(
    "links",
    [
        pytest.param([link("question")], id="nobody answered"),
        pytest.param([link(role="kin")], id="another role of the row"),
        pytest.param([link(), link(person_id="b", pair_id="y")], id="two people"),
        pytest.param([link(line_id="p9")], id="another row"),
        pytest.param([link(person_id="b")], id="another person"),
    ],
)
def test_what_is_not_presumed_finds_nothing(connection: duckdb.DuckDBPyConnection, links: list[dict[str, Any]]) -> None:
    assert run(connection, "B01", **LINE, **DEAD, links=links) == []


def test_two_presumed_rows_are_not_joined_to_each_other(connection: duckdb.DuckDBPyConnection) -> None:
    """The same person paid twice in one month, both rows under damaged numbers."""
    two = [{"recipient_id": None, "batch_id": f"b{n}"} for n in (1, 2)]
    sides = [link(), link(line_id="p2", pair_id="y")]
    assert run(connection, "A06", payments=two, links=sides) == []
    one_known = [{"recipient_id": "a", "batch_id": "b1"}, {"recipient_id": None, "batch_id": "b2"}]
    [found] = run(connection, "A06", payments=one_known, links=[sides[1]])
    assert (found["payment_ids"], found["link_score"]) == (["p1", "p2"], 0.97)
    sides[0]["label"] = "same"
    assert len(run(connection, "A06", payments=two, links=sides)) == 1


@pytest.mark.parametrize("rule", ["A03", "L01", "L13", "A08"])
def test_rules_about_the_number_or_the_sum_do_not_presume(rule: str) -> None:
    assert RULES[rule].presumes == ()


def test_what_only_clears_must_bear_the_number() -> None:
    assert "cremations" in RULES["B01"].presumes and "enrolment" not in RULES["E08"].presumes
    assert "agreements" in RULES["F03"].uses and "agreements" not in RULES["F03"].presumes


def test_a_presumed_row_was_checked_and_the_count_adds_up(connection: duckdb.DuckDBPyConnection) -> None:
    rows = [{"recipient_id": None}, {"recipient_id": None}, {"recipient_id": "b"}]
    for rule, answer in ((RULES["B01"], (2, 1)), (dataclasses.replace(RULES["B01"], probable=()), (1, 2))):
        connection.execute("begin")
        examples.fill(connection, rule, {"payments": rows, **DEAD, "links": [link()]})
        prepare_rules(connection, [rule])
        counts = count(connection, rule)
        connection.execute("rollback")
        checked = sum(c.rows for c in counts if c.reason is None)
        assert (checked, sum(c.rows for c in counts) - checked) == answer


def test_a_record_is_presumed_in_the_role_that_lacks_the_number(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("begin")
    tables = {"kin": [{"person_id": "o", "kin_id": None}, {"person_id": None, "kin_id": "k"}]}
    links = [
        link(line_id="k1", source="kin", role="kin"),
        link(line_id="k2", source="kin", role="person", person_id="b"),
    ]
    examples.fill(connection, RULES["G01"], {**tables, "links": links})
    prepare_rules(connection, [RULES["G01"]])
    found = connection.execute("select record_id, person_id, kin_id from linked_kin order by 1").fetchall()
    a, b, k, o = (examples.person(word) for word in "abko")
    assert found == [("k1", o, a), ("k2", b, k)]
    connection.execute("rollback")


def test_money_is_ranked_down_by_the_score(connection: duckdb.DuckDBPyConnection) -> None:
    expected = []
    for score in ("null", "0.96"):
        connection.execute("delete from findings")
        connection.execute(
            f"""insert into findings by name select 'f' as finding_id, 'B01' as rule, 'suspicion' as kind, 'high' as severity,
                100000 as amount_fen, {score}::double as link_score"""
        )
        prepare_rules(connection, [RULES["B01"]])
        ranking.rank(connection, {})
        expected += connection.execute("select expected_fen, score from finding_ranks").fetchall()
    assert expected == [(20000, 10000), (19200, 9600)]
