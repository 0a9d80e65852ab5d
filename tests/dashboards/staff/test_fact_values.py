"""The facts of a finding as an auditor reads them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dashboards.staff import fact_values
from mingzhang.catalog.load import catalogue
from mingzhang.operations import findings
from mingzhang.storage.data_folder import DataFolder

PROGRAMMES = {"dibao_rural": "农村低保", "tekun_rural": "农村特困"}


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        ({"died_on": "2026-07-15", "offset_fen": 1250}, [("死亡日期", "2026-07-15"), ("已抵扣", "12.50 元")]),
        ({"a": "dibao_rural", "b": "tekun_rural"}, [("项目一", "农村低保"), ("项目二", "农村特困")]),
        ({"programmes_paid": "dibao_rural、tekun_rural"}, [("已发项目", "农村低保、农村特困")]),
        ({"is_known": False}, [("人口库中有此人", "否")]),
        ({"people_key": "ab12", "account_id": "u", "payee": "u", "payment_id": "x/1/2"}, []),
        ({"something_new": ["x", 3]}, [("something_new", "x、3")]),
        ({"visited_on": None, "town_code": ""}, []),
        (
            {"first_month": "2026-08-01", "paid_until": "2026-09-01"},
            [("起始月份", "2026年8月"), ("最后发放月份", "2026年9月")],
        ),
    ],
)
def test_shown(found: dict[str, object], shown: list[tuple[str, str]]) -> None:
    assert fact_values.shown(json.dumps(found), PROGRAMMES) == shown


@pytest.mark.parametrize("text", ["", None, "not json", "[1]", "3"])
def test_odd_facts_show_nothing(text: str | None) -> None:
    assert fact_values.shown(text, {}) == []


def test_every_fact_of_every_rule_reads_as_chinese(finished_house: Path) -> None:
    programmes = {slug: programme.name for slug, programme in catalogue().programmes.items()}
    with findings.snapshot(DataFolder(finished_house)) as connection:
        found = connection.execute("select rule, facts from findings").fetchall()
    english = {
        (rule, label, value)
        for rule, facts in found
        for label, value in fact_values.shown(facts, programmes)
        if re.fullmatch("[a-z_]+", label) or re.search("[a-z]{2}|[a-z]_", value)
    }
    assert len({rule for rule, _ in found}) > 60
    assert not english
