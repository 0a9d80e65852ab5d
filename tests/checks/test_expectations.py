"""The quality report notices what it must, and keeps no value."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from checks import expectations

GOOD = {
    "village_code": ["452921100201", "452921100202"],
    "programme": ["dibao_rural", "dibao_rural"],
    "month": ["2026-09", "2026-10"],
    "people": [12, 10],
    "lines": [12, 11],
    "paid_fen": [123456789, 1000],
    "returned_fen": [0, 0],
}
MARK = 987654321123


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[expectations.ExpectationResult], Path]:
    folder = tmp_path_factory.mktemp("quality")
    bad = pd.DataFrame(
        {
            "county_code": ["452921", "452921", None],
            "programme": ["dibao_rural", "dibao_rural", "no_such_programme"],
            "month": ["2026-10"] * 3,
            "people": [10, 10, -5],
            "amount_yuan": [1000, 1000, -MARK],
        }
    )
    frames = {"village_totals": pd.DataFrame(GOOD), "county_cells": bad}
    return expectations.examine(frames, ["dibao_rural"], folder), folder


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_good_months_hold_and_bad_ones_do_not(answers: tuple[list[expectations.ExpectationResult], Path]) -> None:
    found, _ = answers
    assert all(a.held for a in found if a.table == "village_totals")
    assert {a.month for a in found if a.table == "village_totals"} == {"2026-09", "2026-10"}
    broken = {a.sentence for a in found if a.table == "county_cells" and not a.held}
    assert broken == {
        "同一地点、项目、月份只有一行",
        "county_code 都已填写",
        "项目都在补贴目录里",
        "people 不小于零",
        "amount_yuan 不小于零",
    }


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_no_value_is_kept(answers: tuple[list[expectations.ExpectationResult], Path]) -> None:
    _, folder = answers
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".html" for path in files), "Data Docs are there to be searched"
    assert not [path.name for path in files if str(MARK).encode() in path.read_bytes()]
