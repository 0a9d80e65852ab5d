"""Every bad file ends with the status and reason its case names, and none takes the calling process down."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from mingzhang.catalog.load import catalogue
from mingzhang.intake.answer.report import check_file
from mingzhang.intake.context import Context
from mingzhang.intake.receive.declared import Declared
from tests.mingzhang.intake import corpus_tables, hostile_files
from tests.mingzhang.intake.corpus import Case, cases

CASES = [*cases(), *corpus_tables.cases()]
FAST_PER_CLASS = 4


def test_corpus_is_large_enough() -> None:
    per_class = Counter(case.number for case in CASES)
    assert len(CASES) >= 400  # what the README says; class 14 adds its fifteen in test_ledger
    assert {number: count for number, count in per_class.items() if count < 15} == {}


def _params() -> list[object]:
    seen: Counter[int] = Counter()
    params = []
    for case in CASES:
        seen[case.number] += 1
        marks = [pytest.mark.slow] if seen[case.number] > FAST_PER_CLASS else []
        params.append(pytest.param(case, id=f"{case.number:02d}-{case.name}", marks=marks))
    return params


@pytest.mark.parametrize("case", _params())
def test_outcome(case: Case, tmp_path: Path) -> None:
    path = case.build(tmp_path)
    options = {"programme": "dibao_rural"} | case.declared
    declared = Declared(hostile_files.COUNTY, "roster", options["programme"], hostile_files.MONTH)
    places = {"places": hostile_files.places()} if case.with_places else {}
    answer = check_file(path, declared, Context(catalogue(), dt.date(2026, 11, 1), **places))
    found = {problem["id"] for problem in answer["problems"]}
    assert answer["status"] == case.status, (answer["reason"], answer["message"], found)
    assert case.reason is None or answer["reason"] == case.reason
    assert case.has <= found
    assert not case.lacks & found
    assert {key: answer[key] for key in case.counts} == case.counts
    rejected = {p["row"]: p["id"] for p in answer["problems"] if p["level"] == "reject" and p["row"]}
    assert not case.rows or rejected == case.rows
    assert case.repairs <= {repair["kind"] for repair in answer["repairs"]}
    assert answer["lines"] == answer["accepted"] + answer["rejected"] + answer["held"]
    assert answer["message"]
