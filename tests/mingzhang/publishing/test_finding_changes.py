"""A finding is new, the same, grown or gone, and when gone there is a reason."""

from __future__ import annotations

import datetime as dt

from mingzhang.casework.records import FindingHistory, FoundFinding
from mingzhang.catalog.load import catalogue
from mingzhang.publishing import finding_changes
from mingzhang.warehouse import catalogue_tables

THEN = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)


def history(finding_id: str, rule: str = "B01", version: int = 1, amount_fen: int = 100) -> FindingHistory:
    return FindingHistory(finding_id, rule, version, amount_fen, amount_fen, THEN, THEN)


def test_new_same_grown_shrunk() -> None:
    now = [
        FoundFinding("a", "B01", 1, 100),
        FoundFinding("b", "B01", 1, 150),
        FoundFinding("c", "B01", 1, 100),
        FoundFinding("d", "B01", 1, 50),
    ]
    before = {name: history(name) for name in "bcd"}
    assert finding_changes.states(now, before) == {"a": "new", "b": "grown", "c": "same", "d": "shrunk"}


def test_gone_has_a_reason() -> None:
    before = {
        "a": history("a"),
        "b": history("b", rule="C01", version=1),
        "c": history("c", rule="X99"),
        "d": history("d", rule="D01"),
        "e": history("e"),
    }
    answer = finding_changes.gone([FoundFinding("e", "B01", 1, 1)], before, {"B01": 1, "C01": 2, "D01": 1}, {"D01"})
    assert {g.finding_id: g.reason for g in answer} == {
        "a": "no_longer_found",
        "b": "rule_changed",
        "c": "rule_removed",
        "d": "not_checked",
    }
    assert set(finding_changes.REASONS) >= {g.reason for g in answer}


def test_seen_and_unchecked_come_from_the_run() -> None:
    connection = catalogue_tables.empty(catalogue())
    connection.execute("insert into findings (finding_id, rule, rule_version) values ('x', 'B01', 2)")
    connection.execute("insert into rule_runs (rule, checked) values ('B01', 5), ('B01', 0), ('D01', 0)")
    assert finding_changes.seen(connection) == [FoundFinding("x", "B01", 2, 0)]
    assert finding_changes.unchecked(connection) == {"D01"}
    connection.execute("create temp table rules as select 'B01' as id, 2 as version")
    finding_changes.write(connection, {"y": history("y"), "x": history("x", version=2, amount_fen=0)})
    assert connection.execute("select finding_id, state, first_seen is null from finding_states").fetchall() == [
        ("x", "same", False)
    ]
    assert connection.execute("select finding_id, reason from gone_findings").fetchall() == [("y", "rule_changed")]
    finding_changes.write(connection, {})
    assert connection.execute("select state, first_seen from finding_states").fetchall() == [("new", None)]
    connection.close()
