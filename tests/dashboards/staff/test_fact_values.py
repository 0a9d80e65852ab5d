"""The facts of a finding as an auditor reads them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from checks.rules.header import load_rules
from dashboards.staff import fact_values
from mingzhang.catalog.load import catalogue
from mingzhang.operations import findings
from mingzhang.storage.data_folder import DataFolder

PROGRAMMES = {"dibao_rural": "农村低保", "tekun_rural": "农村特困"}
LABELS = {name: label for rule in load_rules() for name, label in rule.fact_labels.items()}


def finding(facts: str | None, values: dict[str, str] | None = None) -> dict[str, str | None]:
    return {"facts": facts, "fact_labels": json.dumps(LABELS), "value_labels": json.dumps(values or {})}


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        ({"died_on": "2026-07-15", "offset_fen": 1250}, [("死亡日期", "2026-07-15"), ("已抵扣", "12.50 元")]),
        ({"a": "dibao_rural", "b": "tekun_rural"}, [("项目一", "农村低保"), ("项目二", "农村特困")]),
        ({"programmes_paid": "dibao_rural、tekun_rural"}, [("已发项目", "农村低保、农村特困")]),
        ({"is_known": False}, [("人口库中有此人", "否")]),
        ({"people_key": "ab12", "account_id": "u", "payee": "u", "payment_id": "x/1/2"}, []),
        ({"employers": ["x", 3]}, [("工作单位", "x、3")]),
        ({"something_new": 3}, []),
        ({"visited_on": None, "town_code": ""}, []),
        ({"day_kind": "working", "owed": "late"}, [("天数种类", "工作日"), ("欠发情形", "晚发")]),
        (
            {"first_month": "2026-08-01", "paid_until": "2026-09-01"},
            [("起始月份", "2026年8月"), ("最后发放月份", "2026年9月")],
        ),
    ],
)
def test_shown(found: dict[str, object], shown: list[tuple[str, str]]) -> None:
    assert fact_values.shown(finding(json.dumps(found), {"working": "工作日"}), PROGRAMMES) == shown


@pytest.mark.parametrize("text", ["", None, "not json", "[1]", "3"])
def test_odd_facts_show_nothing(text: str | None) -> None:
    assert fact_values.shown(finding(text), {}) == []


def test_every_fact_of_every_rule_reads_as_chinese(judged_district: Path) -> None:
    programmes = {slug: programme.name for slug, programme in catalogue().programmes.items()}
    with findings.snapshot(DataFolder(judged_district)) as connection:
        found = connection.execute(
            """select f.rule, f.facts, r.fact_labels, r.value_labels
               from findings f left join rules r on r.id = f.rule"""
        ).fetchall()
    pairs = {
        (rule, label, value)
        for rule, *texts in found
        for label, value in fact_values.shown(
            dict(zip(("facts", "fact_labels", "value_labels"), texts, strict=True)), programmes
        )
    }
    assert len({rule for rule, _, _ in pairs}) > 60
    assert not {found for found in pairs if re.search("[a-z]{2}|[a-z]_", found[2])}
