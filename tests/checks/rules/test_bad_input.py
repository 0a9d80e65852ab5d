"""What comes broken from other departments: missing, empty and stale registers, records without a person, twice the same."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl
import pytest
import yaml

from checks.linkage import idno
from checks.rules import examples as rule_examples
from checks.rules.header import LIBRARY, Rule, load_rules
from checks.rules.prepare import KINDS, prepare_rules
from checks.rules.run import RuleResult, run_rule
from mingzhang.catalog.load import catalogue
from mingzhang.warehouse import catalogue_tables

RULES = load_rules()
NEEDING = [(rule, need) for rule in RULES for need in rule.needs]
PEOPLE = {slug for slug, shape in catalogue().registers.items() if any(f.name == "person_idno" for f in shape.fields)}
PAYMENTS = [
    {
        "recipient_id": who,
        "programme": programme,
        "account_id": "x",
        "quantity": 9,
        "plot_code": "1",
        "paid_on": "2026-10-20",
    }
    for programme in (
        *("dibao_rural", "tekun_rural", "old_age", "farmland_protection", "public_post", "yulu", "disabled_care"),
        *("house_repair", "machine_purchase"),
    )
    for who in "abc"
]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    made = catalogue_tables.empty(catalogue())
    yield made
    made.close()


def examples(rule: Rule) -> dict[str, list[dict[str, Any]]]:
    return yaml.safe_load((LIBRARY / f"{rule.slug}.yml").read_text(encoding="utf-8"))


def run(connection: duckdb.DuckDBPyConnection, rule: Rule, tables: dict[str, Any]) -> RuleResult:
    connection.execute("begin")
    try:
        rule_examples.fill(connection, rule, tables)
        prepare_rules(connection, [rule])
        return run_rule(connection, rule)
    finally:
        connection.execute("rollback")


@pytest.mark.parametrize(("rule", "need"), NEEDING, ids=[f"{rule.id}-{need}" for rule, need in NEEDING])
@pytest.mark.parametrize("state", ["missing", "empty"])
def test_a_gap_is_never_clean(connection: duckdb.DuckDBPyConnection, rule: Rule, need: str, state: str) -> None:
    table = KINDS[need][0] if need in KINDS else need
    result = run(connection, rule, {"payments": PAYMENTS, table: "missing" if state == "missing" else []})
    assert result.flagged == 0
    if rule.population not in (need, table):
        assert result.checked == 0
    assert all(count.reason for count in result.counts if count.rows and rule.population != "batches")


@pytest.mark.parametrize(
    ("rule", "need"),
    [(r, n) for r, n in NEEDING if n in PEOPLE and catalogue().registers[n].versions == "latest"],
    ids=lambda value: getattr(value, "id", value),
)
def test_a_stale_register_judges_nothing(connection: duckdb.DuckDBPyConnection, rule: Rule, need: str) -> None:
    old = [
        {"person_id": "somebody else", "as_of": "2020-01-31", "month": "2020-01", "household_no": "0", "plot_code": "0"}
    ]
    columns = {row[0] for row in connection.execute(f"describe register_{need}").fetchall()}
    rows = [{name: value for name, value in old[0].items() if name in columns}]
    result = run(connection, rule, {"payments": PAYMENTS, need: rows})
    assert result.flagged == 0
    if rule.population != need:
        assert (result.checked, bool(result.not_applicable)) == (0, True)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_records_without_a_person_neither_silence_nor_accuse(connection: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """`NOT IN` over one NULL answers nothing; a join over NULLs must accuse nobody."""
    wanted = {group: copy.deepcopy((examples(rule).get(group) or [])[:2]) for group in ("passing", "failing")}
    for example in (example for group in wanted.values() for example in group):
        for register in PEOPLE & {*rule.needs, *rule.uses, *example}:
            if example.get(register) == "missing":
                continue
            nobody = {"record_id": f"null-{register}", "person_id": None}
            if register in ("public_payroll", "social_insurance"):
                column = catalogue().registers[register].valid_from
                nobody[str(column)] = "2026-10"
            if register in example or register in rule.needs:
                rows = example.setdefault(register, rule_examples.unrelated_record(register))
                if rows and "delivery_id" not in rows[0]:
                    rows.append({**nobody, **{k: rows[0][k] for k in ("month", "as_of") if k in rows[0]}})
        if example.get("payments"):
            example["payments"].append({"payment_id": "nobody", "recipient_id": None, "payee_id": None, "account_id": None,
                                        "amount_fen": 10000, "village_code": None, "programme": "relocation_none"})  # fmt: skip
    assert rule_examples.run_examples(rule, wanted, connection) > 0


def test_fifteen_and_eighteen_digits_are_one_person() -> None:
    """Numbers are made one before ids are: rules never see two forms."""
    short = pl.Series(["452901850101001"])
    long = idno.upgrade(short)
    assert long.str.len_chars().to_list() == [18]
    assert idno.upgrade(long).to_list() == long.to_list()
