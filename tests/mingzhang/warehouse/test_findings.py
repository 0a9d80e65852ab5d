"""Findings lead back to place, person and the very cells they came from."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import duckdb
import pytest

from checks.rules import examples
from checks.rules.header import load_rules
from checks.rules.prepare import prepare_rules
from checks.rules.run import RuleResult, run_rule
from mingzhang.casework.workflow import Decision, Outcome
from mingzhang.catalog.load import catalogue
from mingzhang.operations.findings import as_json
from mingzhang.warehouse import catalogue_tables, findings

TODAY = dt.date(2026, 10, 31)
NOW = dt.datetime(2026, 10, 31, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    made = catalogue_tables.empty(catalogue())
    yield made
    made.close()


def run(connection: duckdb.DuckDBPyConnection, slug: str, tables: dict[str, list[dict[str, Any]]]) -> RuleResult:
    rule = next(rule for rule in load_rules() if rule.slug == slug)
    examples.fill(connection, rule, tables)
    for table, key in (("payment_lines", "line_id"), ("register_deaths", "record_id"), ("fund_flows", "line_id")):
        connection.execute(
            f"""insert into lines (line_id, delivery_id, county_code, kind, sheet, row)
            select {key}, delivery_id, county_code, '{table}', 'Sheet1', row_number() over (order by {key}) from {table}"""
        )
    connection.execute(
        "insert into deliveries (delivery_id, file_name) select distinct delivery_id, delivery_id || '.xlsx' from lines"
    )
    connection.execute("insert into line_cells (line_id, cells) select line_id, '格' from lines")
    prepare_rules(connection, [rule])
    result = run_rule(connection, rule)
    findings.write(connection, [result])
    findings.evidence(connection)
    return result


DEAD = {"payments": [{"recipient_id": "a"}], "deaths": [{"person_id": "a", "died_on": "2026-08-01"}]}


def test_place_programme_and_person_come_from_the_latest_payment(connection: duckdb.DuckDBPyConnection) -> None:
    run(connection, "paid_after_death", DEAD)
    row = connection.execute(
        "select county_code, town_code, village_code, programme, person_id, payment_ids, record_ids, facts from findings"
    ).fetchone()
    assert row is not None
    assert row[:4] == ("452921", "452921001", "452921001201", "old_age")
    assert row[4] == examples.person("a")
    assert row[5:7] == (["p1"], ["d1"])
    assert json.loads(row[7])["died_on"] == "2026-08-01"


def test_writing_again_replaces(connection: duckdb.DuckDBPyConnection) -> None:
    result = run(connection, "paid_after_death", DEAD)
    findings.write(connection, [result])
    assert connection.execute("select count(*) from findings").fetchone() == (1,)
    assert connection.execute("select rule, outcome, checked, flagged from rule_runs").fetchall() == [
        ("B01", "flagged", 1, 1)
    ]


def test_json_names_file_sheet_and_row(connection: duckdb.DuckDBPyConnection) -> None:
    run(connection, "paid_after_death", DEAD)
    (entry,) = as_json(connection, {}, TODAY)
    assert entry["lines"] == [{"file": "payments-452921-2026-10.xlsx", "sheet": "Sheet1", "row": 1}]
    assert [record["row"] for record in entry["evidence"]["records"]] == [1]
    assert entry["evidence"]["facts"]["died_on"] == "2026-08-01"
    assert (entry["rule"], entry["status"], entry["period_from"], entry["amount_fen"]) == (
        "B01",
        "open",
        "2026-10",
        10000,
    )
    assert set(entry) == {
        *("finding_id", "rule", "rule_version", "kind", "severity", "period_from", "period_to", "county_code"),
        *("village_code", "programme", "amount_fen", "status", "lines", "evidence", "link_score", "links"),
    }
    assert (entry["link_score"], entry["links"]) == (None, [])


def test_json_says_what_is_presumed_and_why(connection: duckdb.DuckDBPyConnection) -> None:
    pair = {"line_id": "p1", "source": "payments", "role": "recipient", "person_id": "a", "pair_id": "x"}
    link = {**pair, "label": "probable", "score": 0.97, "reasons": ["姓名相同", "同村"]}
    run(connection, "paid_after_death", {**DEAD, "payments": [{"recipient_id": None}], "links": [link]})
    (entry,) = as_json(connection, {}, TODAY)
    assert entry["link_score"] == 0.97
    assert entry["links"] == [{"pair_id": "x", "label": "probable", "score": 0.97, "reasons": ["姓名相同", "同村"]}]


def test_a_finding_about_documents_names_the_documents(connection: duckdb.DuckDBPyConnection) -> None:
    flow = [{"hop": "下达", "document_no": "A", "dated_on": "2026-08-01", "amount_fen": 100}]
    run(connection, "allocated_money_stuck", {"payments": [{}], "fund_flows": flow})
    (entry,) = as_json(connection, {}, TODAY)
    assert [line["row"] for line in entry["lines"]] == [1]
    assert entry["evidence"]["records"] == []


def test_status_follows_the_decision_until_the_facts_change(connection: duckdb.DuckDBPyConnection) -> None:
    run(connection, "paid_after_death", DEAD)
    finding_id, evidence_hash = connection.execute("select finding_id, evidence_hash from findings").fetchone() or (
        "",
        "",
    )
    cleared = Decision(finding_id, 1, Outcome.CLEARED, "已抵扣", "auditor", NOW, evidence_hash, "request-1")

    def status(decision: Decision, today: dt.date = TODAY) -> str:
        return str(as_json(connection, {finding_id: decision}, today)[0]["status"])

    assert status(cleared) == "cleared"
    assert status(replace(cleared, evidence_hash="other")) == "reopened"
    assert status(replace(cleared, outcome=Outcome.CONFIRMED, evidence_hash="other")) == "confirmed"
    ended = replace(cleared, until=TODAY)
    assert status(ended) == "cleared"
    assert status(ended, TODAY + dt.timedelta(days=1)) == "reopened"


def test_a_question_to_an_office_bears_nobodys_name(connection: duckdb.DuckDBPyConnection) -> None:
    paid = {"payments": [{"recipient_id": "a", "period": "2026-05", "paid_on": "2026-08-25", "month": "2026-08-01"}]}
    run(connection, "paid_late_for_period", paid)
    found = connection.execute("select town_code, village_code, person_id from findings").fetchall()
    assert found == [("452921001", "452921001", None)]
