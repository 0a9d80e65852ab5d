"""Headers are strict, outcomes are counted, ids do not depend on order or run."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.rules import examples, limits
from checks.rules.header import Rule, RuleError, load_rules, parse_rule
from checks.rules.prepare import prepare_rules
from checks.rules.run import run_rule
from checks.rules.texts import candidates_first
from mingzhang.catalog.load import catalogue
from mingzhang.warehouse import catalogue_tables

HEADER = {
    "id": "X01",
    "title": "试",
    "kind": "suspicion",
    "severity": "low",
    "version": "1",
    "population": "payments",
    "needs": "none",
    "grain": "payment_id",
    "rests_on": "none",
    "basis": "试",
    "why": "试",
    "clears": "试",
    "ask": "试",
}
SELECT = """select payment_id, period_from, period_to, list_value(payment_id) as payment_ids, []::varchar[] as record_ids,
    amount_fen from payments"""


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    made = catalogue_tables.empty(catalogue())
    yield made
    made.close()


def rule_file(folder: Path, select: str = SELECT, extra: str = "", **changes: str | None) -> Path:
    header = {**HEADER, **changes}
    text = "".join(f"-- {key}: {value}\n" for key, value in header.items() if value is not None)
    path = folder / "a_rule.sql"
    path.write_text(text + extra + select, encoding="utf-8")
    return path


def test_header_is_read_in_full(tmp_path: Path) -> None:
    extra = (
        "-- setting: days = 30; 试行办法 §3\n-- exempt: 甲, 乙; 项目约定\n-- uses: kin\n-- programmes: dibao_*\n"
        "-- requires: account_id\n-- effort: visit\n-- fact: died_on = 死亡日期\n-- value: a_b = 甲 乙\n"
    )
    rule = parse_rule(rule_file(tmp_path, extra=extra, why="一句话，\n--   写成两行"))
    assert (rule.slug, rule.why, rule.effort) == ("a_rule", "一句话， 写成两行", "visit")
    assert [(d.name, d.word, d.value) for d in rule.defaults] == [
        ("days", "", 30.0),
        ("exempt", "甲", 1.0),
        ("exempt", "乙", 1.0),
    ]
    assert rule.needs == ()
    assert (rule.fact_labels, rule.value_labels) == ({"died_on": "死亡日期"}, {"a_b": "甲 乙"})


@pytest.mark.parametrize("key", HEADER)
def test_a_missing_key_is_an_error(tmp_path: Path, key: str) -> None:
    with pytest.raises(RuleError, match=key):
        parse_rule(rule_file(tmp_path, **{key: None}))


@pytest.mark.parametrize(
    ("extra", "changes"),
    [
        ("-- colour: red\n", {}),
        ("-- id: X02\n", {}),
        ("--nonsense\n", {}),
        ("-- setting: days 30\n", {}),
        ("-- setting: days = 30\n", {}),
        ("-- exempt: 甲\n", {}),
        ("-- fact: died_on 死亡日期\n", {}),
        ("-- fact: died_on = 死亡日期\n-- fact: died_on = 死亡时间\n", {}),
        ("-- value: late\n", {}),
        ("-- fact: cremated_on = 火化日期\n", {"rests_on": "cremated_on, died_on"}),
        ("", {"kind": "opinion"}),
        ("", {"severity": "H"}),
        ("", {"version": "one"}),
        ("", {"id": "MY1"}),
        ("", {"effort": "none"}),
    ],
)
def test_a_wrong_header_is_an_error(tmp_path: Path, extra: str, changes: dict[str, str]) -> None:
    with pytest.raises(RuleError, match=r"a_rule\.sql"):
        parse_rule(rule_file(tmp_path, extra=extra, **changes))


def test_no_select_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuleError):
        parse_rule(rule_file(tmp_path, select="delete from payments"))


def test_two_files_with_one_id_are_an_error(tmp_path: Path) -> None:
    path = rule_file(tmp_path)
    (tmp_path / "b_rule.sql").write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(RuleError, match="one id"):
        load_rules(tmp_path)


@pytest.mark.parametrize(
    ("select", "changes"),
    [
        (SELECT, {"needs": "no_such_register"}),
        (SELECT, {"population": "no_such_view"}),
        (SELECT + " where month < $no_such_constant", {}),
        (SELECT.replace("amount_fen", "1 as fen"), {}),
        (SELECT, {"rests_on": "died_on", "fact": "died_on = 死亡日期"}),
        (SELECT.replace("amount_fen", "amount_fen, 3 as months_paid"), {}),
        (SELECT, {"fact": "months_paid = 多发月数"}),
        (SELECT + " where no_such_column = 1", {}),
        (SELECT + " union all " + SELECT, {}),
    ],
)
def test_a_rule_that_cannot_keep_its_promise_is_an_error(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, select: str, changes: dict[str, str]
) -> None:
    rule = parse_rule(rule_file(tmp_path, select=select, **changes))
    tables = {"payments": [{"recipient_id": "a"}]}
    examples.fill(connection, dataclasses.replace(rule, needs=()), tables)
    with pytest.raises(RuleError, match=r"a_rule\.sql"):
        prepare_rules(connection, [rule])
        run_rule(connection, rule)


def rules_by_slug() -> dict[str, Rule]:
    return {rule.slug: rule for rule in load_rules()}


def flags(connection: duckdb.DuckDBPyConnection, slug: str) -> list[tuple[Any, ...]]:
    rule = rules_by_slug()[slug]
    prepare_rules(connection, [rule])
    return connection.execute(f"from {run_rule(connection, rule).table} order by all").fetchall()


def test_three_outcomes_are_counted_per_county(connection: duckdb.DuckDBPyConnection) -> None:
    rule = rules_by_slug()["paid_after_death"]
    payments = [
        {"recipient_id": who, "county_code": county} for county in ("452921", "452922", "452923") for who in "abc"
    ]
    payments += [{"recipient_id": None, "county_code": "452921"}]
    deaths = [{"person_id": "a", "died_on": "2026-08-01"}]
    # what a neighbouring county registered counts here, too
    deaths += [{"person_id": "b", "died_on": "2026-01-01", "county_code": "452922", "as_of": "2026-01-31"}]
    examples.fill(connection, rule, {"payments": payments, "deaths": deaths})
    prepare_rules(connection, [rule])
    result = run_rule(connection, rule)
    counts = {(c.county_code, c.reason): c.rows for c in result.counts}
    assert counts == {
        ("452921", None): 3,
        ("452921", "享受人身份未能识别"): 1,
        ("452922", "死亡户籍注销数据只能用到2026年04月"): 3,
        ("452923", "没有死亡户籍注销数据"): 3,
    }
    assert (result.checked, result.flagged, result.not_applicable) == (3, 2, 7)


def test_constants_default_to_the_data_not_the_clock(connection: duckdb.DuckDBPyConnection) -> None:
    rule = rules_by_slug()["allocated_money_stuck"]
    flow = [{"hop": "下达", "document_no": "A", "dated_on": "2026-08-01", "amount_fen": 100}]
    examples.fill(connection, rule, {"payments": [{"period": "2026-08"}], "fund_flows": flow})
    prepare_rules(connection, [rule])
    assert run_rule(connection, rule).flagged == 0
    connection.execute("update payment_lines set month = date '2026-09-01'")
    prepare_rules(connection, [rule])
    assert run_rule(connection, rule).flagged == 1


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.lists(st.sampled_from("abcd"), min_size=2, max_size=7))
def test_ids_and_hashes_do_not_depend_on_row_order(seed: int, people: list[str]) -> None:
    rows = [{"payment_id": f"p{n}", "recipient_id": who, "account_id": "x"} for n, who in enumerate(people)]
    dead = [{"person_id": who, "died_on": "2026-08-01", "record_id": f"d{who}"} for who in "abc"]
    answers = []
    for shuffled in (False, True):
        connection = catalogue_tables.empty(catalogue())
        if shuffled:
            random.Random(seed).shuffle(rows)
            random.Random(seed).shuffle(dead)
        rule = rules_by_slug()["paid_after_death"]
        examples.fill(
            connection,
            rule,
            {"payments": rows, "deaths": dead, "population": [{"person_id": "z", "household_no": "1"}]},
        )
        answers.append(
            [
                flags(connection, slug)
                for slug in ("paid_after_death", "same_line_paid_twice", "one_account_many_people")
            ]
        )
        assert answers[-1] == [
            flags(connection, slug) for slug in ("paid_after_death", "same_line_paid_twice", "one_account_many_people")
        ]
        connection.close()
    assert answers[0] == answers[1]


def test_a_finding_keeps_its_id_and_evidence_while_it_grows(connection: duckdb.DuckDBPyConnection) -> None:
    rule = rules_by_slug()["paid_after_death"]
    dead = {"deaths": [{"person_id": "a", "died_on": "2026-08-01"}]}
    examples.fill(connection, rule, {"payments": [{"recipient_id": "a", "period": "2026-09"}], **dead})
    prepare_rules(connection, [rule])
    run_rule(connection, rule)
    query = "select finding_id, evidence_hash, amount_fen from flags_paid_after_death"
    before = connection.execute(query).fetchone()
    examples.fill(
        connection, rule, {"payments": [{"recipient_id": "a", "period": "2026-10", "payment_id": "p9"}], "deaths": []}
    )
    prepare_rules(connection, [rule])
    run_rule(connection, rule)
    after = connection.execute(query).fetchone()
    assert before and after
    assert before[:2] == after[:2]
    assert (before[2], after[2]) == (10000, 20000)
    connection.execute("update register_deaths set died_on = date '2026-08-15'")
    run_rule(connection, rule)
    changed = connection.execute(query).fetchone()
    assert changed and changed[0] == after[0] and changed[1] != after[1]


def test_a_summary_is_made_once_a_run_and_anew_for_the_next(connection: duckdb.DuckDBPyConnection) -> None:
    rule = rules_by_slug()["same_line_paid_twice"]
    line = {"recipient_id": "a", "programme": "old_age"}
    examples.fill(connection, rule, {"payments": [line]})
    prepare_rules(connection, [rule])
    assert run_rule(connection, rule).flagged == 0
    examples.fill(connection, rule, {"payments": [{**line, "payment_id": "p9"}]})
    assert run_rule(connection, rule).flagged == 0, "a run judges what it began with"
    prepare_rules(connection, [rule])
    assert run_rule(connection, rule).flagged == 1


def test_a_summary_made_county_by_county_says_the_same(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = rules_by_slug()["paid_in_two_counties"]
    lines = [
        {"recipient_id": who, "county_code": county, "village_code": f"{county}101201", "programme": "old_age"}
        for who, counties in (("a", "12"), ("b", "2"), ("c", "233"))
        for county in (f"45292{number}" for number in counties)
    ]
    examples.fill(connection, rule, {"payments": lines})
    query, found = "from person_programmes order by all", []
    for lines_per_part in (limits.LINES_PER_PART, 2, 1):
        monkeypatch.setattr(limits, "LINES_PER_PART", lines_per_part)
        prepare_rules(connection, [rule])
        assert run_rule(connection, rule).flagged == 2
        found.append(connection.execute(query).fetchall())
    assert len(found[0]) == 3 and found[0] == found[1] == found[2]


def test_candidates_are_asked_for_first() -> None:
    text = "with x as (select 1 as i), candidates as (select i from x), y as (select i from candidates) select i from y"
    first, rest = candidates_first(text)
    assert first == "WITH x AS (SELECT 1 AS i), candidates AS (SELECT i FROM x) SELECT * FROM candidates"
    assert rest == "WITH x AS (SELECT 1 AS i), y AS (SELECT i FROM candidates) SELECT i FROM y"
    assert (
        candidates_first("with candidates as (select 1 as i) select i from candidates")[1] == "SELECT i FROM candidates"
    )
    assert candidates_first("select 1 as i") == (None, "select 1 as i")


@pytest.mark.parametrize("paid", [0, 1, 3, limits.FEW_PROGRAMMES + 1])
def test_a_rule_sees_the_programmes_it_names(tmp_path: Path, connection: duckdb.DuckDBPyConnection, paid: int) -> None:
    rule = parse_rule(rule_file(tmp_path, extra="-- programmes: !old_age\n"))
    others = [slug for slug in catalogue().programmes if slug != "old_age"][:paid]
    examples.fill(connection, rule, {"payments": [{"programme": slug} for slug in ["old_age", *others]]})
    prepare_rules(connection, [rule])
    assert run_rule(connection, rule).flagged == paid


def test_what_was_looked_at_is_counted_as_the_views_part_it(connection: duckdb.DuckDBPyConnection) -> None:
    rule = rules_by_slug()["paid_after_death"]
    lines = [
        {"recipient_id": "a", "period_from": "2026-01-01", "period_to": "2026-03-01"},
        {"recipient_id": "a", "period_from": "2026-02-01", "period_to": "2026-02-01", "village_code": None},
        {"recipient_id": None, "period_from": "2025-12-01", "period_to": "2026-02-01", "county_code": "452922"},
        {"recipient_id": "b", "period_from": None, "period_to": None},
        {"recipient_id": "b", "period_from": "2026-03-01", "period_to": "2026-01-01"},
        {"recipient_id": "b", "period_from": "2026-01-01", "period_to": "2026-04-01", "state": "returned"},
    ]
    examples.fill(connection, rule, {"payments": lines})
    prepare_rules(connection, [rule])
    for view in ("payments", "payment_months"):
        groups = "programme, county_code, month, recipient_id is null, village_code is null, paid_on is null"
        seen = connection.execute(f"select {groups}, count(*) from {view} group by all order by all").fetchall()
        counted = connection.execute(
            """select programme, county_code, month, no_recipient_id, no_village_code, no_paid_on, sum(rows)
               from population_counts where population = ? group by all order by all""",
            [view],
        ).fetchall()
        assert counted == seen and len(seen) > 3
