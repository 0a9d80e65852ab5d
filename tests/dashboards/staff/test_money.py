"""What stands where, for whom, since when; a viewer's own counties only, and columns the real snapshot has."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboards.staff.house import Desk, House
from dashboards.staff.money import Money, MoneyFilter
from dashboards.staff.pages import document, funds, stuck
from tests.dashboards.fixture import TABLES

from .conftest import Site

NEW = ("fund_moves", "fund_accounts", "fund_balances", "fund_delays")


@pytest.fixture
def desks(site: Site) -> dict[str, Desk]:
    house = House(site.data, site.store, site.clock)
    return {user.viewer.name: Desk(house, user.viewer, "t", site.clock.now) for user in site.store.users()}


def text(part: Any) -> str:
    """Return every word of a page."""
    if isinstance(part, list | tuple):
        return " ".join(text(one) for one in part)
    if part is None or isinstance(part, str | int | float):
        return str(part or "")
    return text(getattr(part, "children", None))


def test_what_stands_with_the_latest_first(desks: dict[str, Desk]) -> None:
    rows = Money(desks["auditor"]).standing(MoneyFilter())
    told = [(row["document_no"], row["state"], row["standing_fen"], row["days"], row["late_days"]) for row in rows]
    assert told == [
        ("青指〔2026〕2号", "late", 30_000_000, 75, 45),
        ("临指〔2026〕1号", "soon", 7_000_000, 14, -16),
        ("青财〔2026〕1号", "waiting", 10_000_000, 92, -58),
    ]


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (MoneyFilter(county="452902"), 1),
        (MoneyFilter(programme="grain"), 1),
        (MoneyFilter(town="452901100"), 1),
        (MoneyFilter(hop="下达"), 2),
        (MoneyFilter(state="late"), 1),
        (MoneyFilter(county="' or 1=1 --"), 0),
    ],
)
def test_filters(desks: dict[str, Desk], wanted: MoneyFilter, count: int) -> None:
    assert len(Money(desks["auditor"]).standing(wanted)) == count


def test_another_countys_money_does_not_exist(desks: dict[str, Desk]) -> None:
    local, other = Money(desks["local"]), Money(desks["other"])
    assert {row["county_code"] for row in local.standing(MoneyFilter())} == {"452901"}
    assert {row["county_code"] for row in other.standing(MoneyFilter())} == {"452902"}
    assert other.document("d4/1/2") is None
    assert other.history("d4/1/2").rows == []
    assert [row["fen"] for row in other.links(MoneyFilter())] == [7_000_000]
    assert [row["hop"] for row in other.balances(MoneyFilter())] == ["下达"]
    assert [row["label"] for row in other.delays(MoneyFilter(), "month")] == ["2026-09"]
    assert other.towns() == {"452901100": "石桥镇"}
    assert local.towns() == {}
    assert "青指" not in text(stuck.layout(desks["other"], {}))
    assert "没有这份单据" in text(document.layout(desks["other"], {"id": "d4/1/2"}))


def test_quantiles_count_documents(desks: dict[str, Desk]) -> None:
    (row,) = [r for r in Money(desks["local"]).delays(MoneyFilter(), "programme") if r["hop"] == "拨付"]
    assert (row["median_days"], row["most_days"], row["documents"], row["late_yuan_days"]) == (41, 41, 1, 5_500_000)


def test_stuck_says_whose_turn_it_is(desks: dict[str, Desk]) -> None:
    shown = text(stuck.layout(desks["local"], {}))
    for words in (
        "青禾县民政局",
        "拨付到代发账户",
        "已超 45 天",
        "停了 75 天",
        "青指〔2026〕2号",
        "30.00 万元",
        "1350 万元·天",
    ):
        assert words.replace(",", "") in shown.replace(",", "")


def test_the_map_names_what_is_unexplained(desks: dict[str, Desk]) -> None:
    shown = text(funds.layout(desks["auditor"], {}))
    assert "＋ 来源不明 70,000.00 元" in shown
    delays = Money(desks["auditor"]).delays(MoneyFilter())
    newest, earlier = shown.split("以前各月")
    assert {row["label"] for row in delays if row["label"] in newest.split("每一步走了几天")[1]} == {
        max(row["label"] for row in delays)
    }
    assert all(row["label"] in earlier for row in delays if row["label"] not in newest), "nothing is left out"
    assert "来源不明" not in text(funds.layout(desks["local"], {"by": "town"})).replace("没有来源不明的钱", "")


def test_a_document_shows_where_its_money_came_from_and_went(desks: dict[str, Desk]) -> None:
    rows = Money(desks["local"]).history("d4/1/2")
    assert [(row["hop"], row["step"], row["days"]) for row in rows] == [
        ("指标", -1, None), ("下达", 0, 17), ("拨付", 1, 41), ("支付", 2, 8)]  # fmt: skip
    shown = text(document.layout(desks["local"], {"id": "d4/1/2"}))
    assert "（本单据）" in shown
    assert "300,000.00 元" in shown


def test_a_payment_is_followed_to_the_villages(desks: dict[str, Desk]) -> None:
    local, other = Money(desks["local"]), Money(desks["other"])
    wanted = ("452901", "urban_dibao", [dt.date(2026, 10, 1)], ["452901100"])
    assert [(row["village_name"], row["paid_fen"]) for row in local.villages(*wanted)] == [("大塘村", 2_132_000)]
    assert local.villages(*wanted[:3], ["452901999"]).rows == []
    assert other.villages(*wanted).rows == []


def test_the_fixture_has_the_columns_of_the_real_snapshot(finished_house: Path) -> None:
    (path,) = (finished_house / "snapshots" / "staff").glob("*/findings.duckdb")
    with duckdb.connect(str(path), read_only=True) as real, duckdb.connect() as fixture:
        for table in NEW:
            there = {row[0]: row[1] for row in real.execute(f"describe {table}").fetchall()}
            here = {row[0]: row[1] for row in fixture.execute(f"describe {TABLES[table]}").fetchall()}
            assert here == there, table
