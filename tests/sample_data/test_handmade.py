"""The hand-made files are read as their `.expected.json`, reasoned by hand, says."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from mingzhang.catalog.load import catalogue
from mingzhang.intake.answer.report import check_file
from mingzhang.intake.context import Context
from mingzhang.intake.receive import declared
from sample_data.generate import END_MONTH, SIZES
from sample_data.world import District

HANDMADE = Path("sample_data/handmade")
EXPECTED = sorted(HANDMADE.glob("*.expected.json"))


@pytest.fixture(scope="module")
def places() -> pl.DataFrame:
    rows = set()
    for county, villages in District(1, END_MONTH, SIZES["full"]).villages.items():
        for village in villages:
            short = village.spellings[0] if len(village.spellings) > 1 else ""
            rows.add((village.code[:9], village.town, "", county, "town", county))
            rows.add((village.code, village.name, short, village.code[:9], "village", county))
    columns = ["place_code", "place_name", "short_names", "parent_code", "level", "county_code"]
    return pl.DataFrame(sorted(rows), schema=columns, orient="row")


def test_there_are_three() -> None:
    assert {path.suffix for path in HANDMADE.iterdir()} == {".xlsx", ".xls", ".csv", ".json"}
    assert len(EXPECTED) == 3


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.name.removesuffix(".expected.json"))
def test_counts_are_those_reasoned_by_hand(path: Path, places: pl.DataFrame) -> None:
    expected = json.loads(path.read_text(encoding="utf-8"))
    stem = path.name.removesuffix(".expected.json")
    file = next(HANDMADE / f"{stem}{end}" for end in (".xlsx", ".xls", ".csv") if (HANDMADE / f"{stem}{end}").exists())
    options = declared.from_options(catalogue(), **expected["options"])
    report = check_file(file, options, Context(catalogue(), dt.date(2026, 11, 23), places))
    for name in ("status", "lines", "accepted", "rejected", "held", "total_fen", "declared_total_fen"):
        assert report[name] == expected[name], name
    problems = report["problems"]
    assert Counter(p["id"] for p in problems if p["level"] == "warn") == expected["warnings"]
    assert {str(p["row"]): p["id"] for p in problems if p["level"] == "reject"} == expected["rejected_rows"]
