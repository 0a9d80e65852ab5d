"""The sample district through the whole judgement: what is found is what was planted, no more and no less."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from checks.rules.header import load_rules
from checks.rules.prepare import prepare_rules
from checks.rules.run import RuleResult, run_rule
from mingzhang.catalog.load import catalogue
from mingzhang.intake.context import CaseworkFacts
from mingzhang.intake.load import load as loading
from mingzhang.intake.receive import inbox
from mingzhang.operations.findings import as_json
from mingzhang.storage.data_folder import DataFolder
from mingzhang.warehouse import catalogue_tables, database, findings, households, person_ids, record_links
from sample_data.generate import generate

Cells = frozenset[tuple[str, str, int]]
NOW = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
TABLES = ("payment_lines", "lines", "findings", "rule_runs")


def load(
    folder: DataFolder, connection: duckdb.DuckDBPyConnection, order: Callable[[list[Any]], list[Any]] = list
) -> None:
    """Take in every file of the inbox in some order."""
    person_ids.prepare(connection, folder.key("person"))
    for item in order(inbox.scan(folder, catalogue())):
        inbox.take(folder, item, NOW)
    waiting = loading.pending(folder, connection, catalogue(), CaseworkFacts())
    loading.load(connection, folder, catalogue(), CaseworkFacts(), waiting)
    record_links.build(connection, folder, catalogue(), {})


def judge(connection: duckdb.DuckDBPyConnection) -> list[RuleResult]:
    """Run every rule and write what it found."""
    households.refresh(connection)
    catalogue_tables.write(connection, catalogue())
    rules = load_rules()
    prepare_rules(connection, rules)
    results = [run_rule(connection, rule) for rule in rules]
    findings.write(connection, results)
    findings.evidence(connection)
    return results


def found(connection: duckdb.DuckDBPyConnection) -> dict[str, set[Cells]]:
    """Return per rule the set of source rows of each finding, as `findings --json` names them."""
    cells: dict[str, set[Cells]] = defaultdict(set)
    for entry in as_json(connection, {}, NOW.date()):
        cells[entry["rule"]].add(frozenset((line["file"], line["sheet"] or "", line["row"]) for line in entry["lines"]))
    return cells


def planted(source: Path) -> dict[str, set[Cells]]:
    """Return per rule the set of source rows of each planted case."""
    cases: dict[tuple[str, str], set[tuple[str, str, int]]] = defaultdict(set)
    with (source / "planted.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            cases[row["rule"], row["case"]].add((Path(row["file"]).name, row["sheet"], int(row["row"])))
    by_rule: dict[str, set[Cells]] = defaultdict(set)
    for (rule, _), cells in cases.items():
        by_rule[rule].add(frozenset(cells))
    return by_rule


def prepared(root: Path, seed: int, size: Any) -> tuple[Path, DataFolder]:
    source, folder = root / "district", DataFolder(root / "data")
    if not source.exists():
        generate(source, seed=seed, size=size)
    shutil.copytree(source, folder.inbox, ignore=shutil.ignore_patterns("*.csv"))
    # bank files are CSV, too; only the answers beside them are left out
    for path in source.rglob("*/*/*/*.csv"):
        shutil.copy(path, folder.inbox / path.relative_to(source))
    return source, folder


def check_golden(root: Path, seed: int, size: Any) -> None:
    source, folder = prepared(root, seed, size)
    with database.writer(folder.root, catalogue()) as connection:
        load(folder, connection)
        judge(connection)
        answer, wanted = found(connection), planted(source)
    for rule in sorted({*answer, *wanted}):
        missing, extra = wanted[rule] - answer[rule], answer[rule] - wanted[rule]
        assert not missing and not extra, f"{rule}: {len(missing)} missing {missing}, {len(extra)} extra {extra}"


@pytest.mark.parametrize("seed", [1, 2])
def test_tiny_district(tmp_path: Path, seed: int) -> None:
    check_golden(tmp_path, seed, "tiny")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_full_district(tmp_path: Path, seed: int) -> None:
    check_golden(tmp_path, seed, "full")


def test_every_rule_is_planted(tmp_path: Path) -> None:
    """At full size ten cases and ten near misses; here, that no rule is left untried."""
    generate(tmp_path, seed=1, size="tiny")
    planted_rules = set(planted(tmp_path))
    assert {rule.id for rule in load_rules()} - planted_rules == set()
