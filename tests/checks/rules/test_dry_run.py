"""A dry run shows what a rule would find, and changes nothing."""

from __future__ import annotations

import dataclasses

from checks.rules import examples
from checks.rules.dry_run import as_markdown, dry_run
from checks.rules.header import load_rules
from checks.rules.prepare import prepare_rules
from checks.rules.run import run_rule
from mingzhang.catalog.load import catalogue
from mingzhang.warehouse import catalogue_tables, findings

PAYMENTS = [{"recipient_id": who, "period": month} for who in "abc" for month in ("2026-08", "2026-10")]
DEAD = [{"person_id": who, "died_on": "2026-07-01"} for who in "abc"]


def test_dry_run_compares_and_writes_nothing() -> None:
    connection = catalogue_tables.empty(catalogue())
    rule = next(rule for rule in load_rules() if rule.id == "B01")
    examples.fill(connection, rule, {"payments": PAYMENTS, "deaths": DEAD})
    prepare_rules(connection, [rule])
    findings.write(connection, [run_rule(connection, rule)])
    before = connection.execute("from findings order by finding_id").fetchall()
    ids = [row[0] for row in connection.execute("select finding_id from findings order by person_id").fetchall()]
    decisions = {ids[0]: {"outcome": "confirmed"}, ids[1]: {"outcome": "cleared"}}
    same = dry_run(connection, rule, 12, decisions)
    assert (same["flagged"], same["same"], same["new"], same["gone"]) == (3, 3, 0, 0)
    assert same["decided"] == {"cleared": 1, "confirmed": 1}
    assert same["counties"] == {"452921": 3}
    assert same["amount_fen"] == 60_000
    # a version that spares everybody would lose the confirmed one
    strict = dataclasses.replace(rule, version=rule.version + 1, query=rule.query + " and sum(month_fen) > 100000000")
    lost = dry_run(connection, strict, 12, decisions)
    assert (lost["version"], lost["compared_with"], lost["flagged"]) == (rule.version + 1, rule.version, 0)
    assert (lost["gone"], lost["lost_confirmed"]) == (3, 1)
    short = dry_run(connection, rule, 1, {})
    assert short["amount_fen"] == 30_000
    assert connection.execute("from findings order by finding_id").fetchall() == before
    assert connection.execute("select count(*) from payments").fetchone() == (6,)
    connection.close()


def test_the_table_of_rules_comes_from_the_headers() -> None:
    rules = load_rules()
    table = as_markdown(rules).splitlines()
    assert len(table) == len(rules) + 2
    assert all(rule.title in line and rule.id in line for rule, line in zip(rules, table[2:], strict=True))
