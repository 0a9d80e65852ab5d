"""The facts of a finding as an auditor reads them."""

from __future__ import annotations

import json

import pytest

from dashboards.staff import facts

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
        ({"visited_on": None}, []),
    ],
)
def test_shown(found: dict[str, object], shown: list[tuple[str, str]]) -> None:
    assert facts.shown(json.dumps(found), PROGRAMMES) == shown


@pytest.mark.parametrize("text", ["", None, "not json", "[1]", "3"])
def test_odd_facts_show_nothing(text: str | None) -> None:
    assert facts.shown(text, {}) == []
