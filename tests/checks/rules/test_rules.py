"""Every rule has examples and does what they say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
import yaml

from checks.rules import examples as rule_examples
from checks.rules.header import LIBRARY, load_rules
from mingzhang.catalog.load import catalogue
from mingzhang.warehouse import catalogue_tables

RULES = {rule.slug: rule for rule in load_rules()}


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    made = catalogue_tables.empty(catalogue())
    yield made
    made.close()


def examples(slug: str) -> dict[str, list[dict[str, Any]]]:
    return yaml.safe_load((LIBRARY / f"{slug}.yml").read_text(encoding="utf-8"))


def test_every_rule_has_examples_and_every_example_a_rule() -> None:
    assert {path.stem for path in LIBRARY.glob("*.yml")} == set(RULES)


@pytest.mark.parametrize("slug", RULES)
def test_examples(slug: str, connection: duckdb.DuckDBPyConnection) -> None:
    wanted = examples(slug)
    assert all(wanted.get(group) for group in ("passing", "failing", "boundary")), (
        "passing, failing and boundary examples"
    )
    if RULES[slug].needs or RULES[slug].requires:
        assert wanted.get("not_applicable"), "an example of what it cannot judge"
    assert rule_examples.run_examples(RULES[slug], wanted, connection) > 2


def test_a_wrong_example_is_noticed(connection: duckdb.DuckDBPyConnection) -> None:
    rule = RULES["paid_after_death"]
    dead = {"payments": [{"recipient_id": "a"}], "deaths": [{"person_id": "a", "died_on": "2026-08-01"}]}
    alive = {"payments": [{"recipient_id": "a"}], "deaths": [{"person_id": "b", "died_on": "2026-08-01"}]}
    for wrong in (
        {"passing": [dead]},
        {"failing": [{**alive, "finds": ["p1"]}]},
        {"failing": [dead]},
        {"failing": [{**dead, "finds": ["p2"]}]},
        {"failing": [{**dead, "finds": [{"ids": ["p1"], "amount_fen": 1}]}]},
        {"boundary": [dead]},
        {"not_applicable": [alive]},
        {"faling": [dead]},
        {"passing": [{"payments": [{"recipiend_id": "a"}]}]},
    ):
        with pytest.raises(rule_examples.ExampleError):
            rule_examples.run_examples(rule, wanted_lists(wrong), connection)


def wanted_lists(value: Any) -> dict[str, list[dict[str, Any]]]:
    return value
