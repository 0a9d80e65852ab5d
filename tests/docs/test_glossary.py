"""The glossary lists every table and every word of a fixed vocabulary, as the sites show it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

import duckdb
import pytest

from mingzhang.casework import models
from mingzhang.casework.workflow import Outcome, Role
from mingzhang.catalog import words
from mingzhang.catalog.load import catalogue
from mingzhang.warehouse import database
from mingzhang.warehouse.tables.results import RuleRuns
from tests.paths import ROOT

PAGE = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (?!中文|---)(.*) \|$", re.MULTILINE)


def entries(section: str) -> list[list[str]]:
    """Return the rows of a section: Chinese, English, code, meaning."""
    text = PAGE.split(f"## {section}\n", 1)[1].split("\n## ", 1)[0]
    return [row.split(" | ") for row in ROW.findall(text)]


def codes(section: str) -> dict[str, str]:
    """Return code → Chinese of a section."""
    return {code: row[0] for row in entries(section) for code in re.findall(r"`([^`]+)`", row[2])}


SECTIONS = re.findall(r"^## (.*)$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_entry_is_whole_and_stands_once(section: str) -> None:
    rows = entries(section)
    assert rows
    for row in rows:
        assert len(row) == 4, row
        assert all(row), row
        assert re.search(r"[\u4e00-\u9fff]", row[0]), row
        assert re.fullmatch(r"`[^`]+`(, `[^`]+`)*", row[2]), row
        assert row[3].endswith("."), row
    named = [code for row in rows for code in re.findall(r"`([^`]+)`", row[2])]
    assert [code for code, count in Counter(named).items() if count > 1] == []


def missing(section: str, wanted: Iterable[str]) -> list[str]:
    return sorted(set(wanted) - codes(section).keys())


def test_every_table_of_the_warehouse_is_listed() -> None:
    with duckdb.connect() as connection:
        database.create(connection, catalogue())
        found = connection.execute(
            "select table_name from duckdb_tables() union select view_name from duckdb_views() where not internal"
        ).fetchall()
    tables = {row[0] for row in found}
    assert len(tables) > 30
    assert missing("Tables of the warehouse", tables) == []


def test_every_table_of_casework_is_listed() -> None:
    assert codes("Tables of casework").keys() == models.Base.metadata.tables.keys()


def test_registers_bear_their_titles() -> None:
    listed = codes("Tables of the warehouse")
    titles = {slug: register.title for slug, register in catalogue().registers.items()}
    assert {slug: listed[f"register_{slug}"] for slug in titles} == titles


@pytest.mark.parametrize(
    ("section", "vocabulary"),
    [
        ("Roles", words.ROLES),
        ("Finding kinds", words.FINDING_KINDS),
        ("Severities", words.SEVERITIES),
        ("Delivery statuses", words.DELIVERY_STATUSES),
        ("Problem levels", words.PROBLEM_LEVELS),
        ("Outcomes", words.OUTCOMES),
    ],
)
def test_a_vocabulary_is_listed_whole_and_in_the_same_words(section: str, vocabulary: Mapping[str, str]) -> None:
    assert codes(section) == dict(vocabulary)


def test_roles_and_outcomes_are_those_of_the_workflow() -> None:
    assert codes("Roles").keys() == {role.value for role in Role}
    assert codes("Outcomes").keys() == {outcome.value for outcome in Outcome}


def test_outcomes_of_a_rule_are_those_its_table_allows() -> None:
    (allowed,) = [check.statistics["allowed_values"] for check in RuleRuns.to_schema().columns["outcome"].checks]
    assert codes("Outcomes of a rule").keys() == set(allowed)


def test_hops_of_the_money_chain_are_listed() -> None:
    assert missing("Terms", words.HOPS) == []


def test_a_word_that_is_not_listed_is_noticed() -> None:
    assert missing("Roles", ["maker", "no_such_role"]) == ["no_such_role"]
