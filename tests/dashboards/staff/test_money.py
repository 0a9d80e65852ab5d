"""What stands where, for whom, since when; a viewer's own counties only, and columns the real snapshot has."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboards.staff.pages import document, funds, home, stuck
from dashboards.staff.queries.funds import FundFilter, FundQueries
from dashboards.staff.request_context import RequestContext, StaffSite
from tests.dashboards.staff_snapshot import TABLES

from .conftest import Site

NEW = ("fund_moves", "fund_accounts", "fund_balances", "fund_delays")


@pytest.fixture
def contexts(site: Site) -> dict[str, RequestContext]:
    staff_site = StaffSite(site.data, site.store, site.clock)
    return {
        user.viewer.name: RequestContext(staff_site, user.viewer, "t", site.clock.now) for user in site.store.users()
    }


def text(part: Any) -> str:
    """Return every word of a page."""
    if isinstance(part, list | tuple):
        return " ".join(text(one) for one in part)
    if part is None or isinstance(part, str | int | float):
        return str(part or "")
    return text(getattr(part, "children", None))


def test_what_stands_with_the_latest_first(contexts: dict[str, RequestContext]) -> None:
    rows = FundQueries(contexts["auditor"]).standing(FundFilter())
    told = [(row["document_no"], row["state"], row["standing_fen"], row["days"], row["late_days"]) for row in rows]
    assert told == [
        ("青指〔2026〕2号", "late", 30_000_000, 75, 45),
        ("临指〔2026〕1号", "soon", 7_000_000, 14, -16),
        ("青财〔2026〕1号", "waiting", 10_000_000, 92, -58),
    ]


def test_sums_are_of_all_documents_and_a_page_is_not(contexts: dict[str, RequestContext]) -> None:
    money = FundQueries(contexts["auditor"])
    sums = {state: tuple(row[name] for name in ("documents", "fen", "fen_days"))
            for state, row in money.standing_sums(FundFilter(state="late")).items()}  # fmt: skip
    assert sums == {"late": (1, 30_000_000, 30_000_000 * 45), "soon": (1, 7_000_000, 0), "waiting": (1, 10_000_000, 0)}
    assert list(money.standing_sums(FundFilter(town="452901100"))) == ["soon"]
    assert FundQueries(contexts["local"]).standing_sums(FundFilter(county="452902")) == {}
    assert len(money.standing(FundFilter(), 2)) == 0, "three documents are one page"
    assert "没有停留" not in text(stuck.layout(contexts["auditor"], {"page": "9"})), (
        "there is no ninth page; the last is shown"
    )
    assert "所选范围内没有停留的资金" in text(stuck.layout(contexts["auditor"], {"programme": "none"}))


def test_the_first_page_counts_all_that_is_late(
    contexts: dict[str, RequestContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.staff.queries.funds.PAGE_SIZE", 0)
    assert "停在半路、已经超期（1 份单据）" in text(home.layout(contexts["auditor"], {}))


def test_a_days_limit_in_words() -> None:
    told = {late: stuck.due({"due_on": dt.date(2026, 11, 3), "late_days": late}) for late in (-1, 0, 2)}
    assert told == {-1: "还有 1 天，2026年11月3日到期", 0: "今天到期", 2: "已超 2 天，2026年11月3日到期"}


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (FundFilter(county="452902"), 1),
        (FundFilter(programme="grain"), 1),
        (FundFilter(town="452901100"), 1),
        (FundFilter(hop="下达"), 2),
        (FundFilter(state="late"), 1),
        (FundFilter(county="' or 1=1 --"), 0),
    ],
)
def test_filters(contexts: dict[str, RequestContext], wanted: FundFilter, count: int) -> None:
    assert len(FundQueries(contexts["auditor"]).standing(wanted)) == count


def test_another_countys_money_does_not_exist(contexts: dict[str, RequestContext]) -> None:
    local, other = FundQueries(contexts["local"]), FundQueries(contexts["other"])
    assert {row["county_code"] for row in local.standing(FundFilter())} == {"452901"}
    assert {row["county_code"] for row in other.standing(FundFilter())} == {"452902"}
    assert other.document("d4/1/2") is None
    assert other.history("d4/1/2").rows == []
    assert [row["fen"] for row in other.links(FundFilter())] == [7_000_000]
    assert [row["hop"] for row in other.balances(FundFilter())] == ["下达"]
    assert [row["label"] for row in other.delays(FundFilter(), "month")] == ["2026-09"]
    assert other.towns() == other.towns("452902") == {"452901100": "石桥镇"}
    assert FundQueries(contexts["auditor"]).towns("452901") == {}, "a county's own townships are offered"
    assert local.towns() == {}
    assert "青指" not in text(stuck.layout(contexts["other"], {}))
    assert "没有这份单据" in text(document.layout(contexts["other"], {"id": "d4/1/2"}))


def test_quantiles_count_documents(contexts: dict[str, RequestContext]) -> None:
    (row,) = [r for r in FundQueries(contexts["local"]).delays(FundFilter(), "programme") if r["hop"] == "拨付"]
    assert (row["median_days"], row["most_days"], row["documents"], row["late_yuan_days"]) == (41, 41, 1, 5_500_000)


def test_stuck_says_whose_turn_it_is(contexts: dict[str, RequestContext]) -> None:
    shown = text(stuck.layout(contexts["local"], {}))
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


def test_the_map_names_what_is_unexplained(contexts: dict[str, RequestContext]) -> None:
    shown = text(funds.layout(contexts["auditor"], {}))
    assert "＋ 来源不明 70,000.00 元" in shown
    delays = FundQueries(contexts["auditor"]).delays(FundFilter())
    newest, earlier = shown.split("以前各月")
    assert {row["label"] for row in delays if row["label"] in newest.split("每一步走了几天")[1]} == {
        max(row["label"] for row in delays)
    }
    assert all(row["label"] in earlier for row in delays if row["label"] not in newest), "nothing is left out"
    assert "来源不明" not in text(funds.layout(contexts["local"], {"by": "town"})).replace("没有来源不明的钱", "")


def test_the_days_of_one_township_over_the_months(contexts: dict[str, RequestContext]) -> None:
    money = FundQueries(contexts["auditor"])
    towns = money.towns()
    assert towns, "some townships hold money of their own"
    for town, name in towns.items():
        own = sum(row["documents"] for row in money.delays(FundFilter(town=town)))
        of_all = [row["documents"] for row in money.delays(FundFilter(), "town") if row["label"] == name]
        assert own == sum(of_all)
        assert name in text(funds.layout(contexts["auditor"], {"town": town}))


def test_a_document_shows_where_its_money_came_from_and_went(contexts: dict[str, RequestContext]) -> None:
    rows = FundQueries(contexts["local"]).history("d4/1/2")
    assert [(row["hop"], row["step"], row["days"]) for row in rows] == [
        ("指标", -1, None), ("下达", 0, 17), ("拨付", 1, 41), ("支付", 2, 8)]  # fmt: skip
    shown = text(document.layout(contexts["local"], {"id": "d4/1/2"}))
    assert "（本单据）" in shown
    assert "只列出前" not in shown
    assert "300,000.00 元" in shown


@pytest.mark.parametrize("left_out", [0, 2])
def test_a_long_way_is_not_told_as_whole(
    contexts: dict[str, RequestContext], monkeypatch: pytest.MonkeyPatch, left_out: int
) -> None:
    rows = list(FundQueries(contexts["local"]).history("d4/1/2"))
    paid = {"hop": "支付", "programme": "urban_dibao", "town_code": "452901100", "batch_month": dt.date(2026, 10, 1)}
    told = [*rows[:-1], {**rows[-1], **paid}]
    monkeypatch.setattr(FundQueries, "history", lambda *_: [{**row, "of": len(rows) + left_out} for row in told])
    shown = text(document.layout(contexts["local"], {"id": "d4/1/2"}))
    assert ("共 6 份，只列出前 4 份" in shown) is bool(left_out)
    assert ("各村合计" in shown) is (not left_out), "sums of a part are compared with nothing"


def test_a_page_tells_of_so_many(contexts: dict[str, RequestContext], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboards.staff.queries.funds.MOST", 3)
    assert [row["of"] for row in FundQueries(contexts["local"]).history("d4/1/2")] == [4, 4, 4]


def test_a_payment_is_followed_to_the_villages(contexts: dict[str, RequestContext]) -> None:
    local, other = FundQueries(contexts["local"]), FundQueries(contexts["other"])
    wanted = ("452901", "urban_dibao", [dt.date(2026, 10, 1)], ["452901100"])
    assert [(row["village_name"], row["paid_fen"]) for row in local.villages(*wanted)] == [("大塘村", 2_132_000)]
    assert [(row["of"], row["all_fen"]) for row in local.villages(*wanted)] == [(1, 2_132_000)]
    assert local.villages(*wanted[:3], ["452901999"]).rows == []
    assert other.villages(*wanted).rows == []


def test_the_fixture_has_the_columns_of_the_real_snapshot(judged_district: Path) -> None:
    (path,) = (judged_district / "snapshots" / "staff").glob("*/findings.duckdb")
    with duckdb.connect(str(path), read_only=True) as real, duckdb.connect() as fixture:
        for table in NEW:
            there = {row[0]: row[1] for row in real.execute(f"describe {table}").fetchall()}
            here = {row[0]: row[1] for row in fixture.execute(f"describe {TABLES[table]}").fetchall()}
            assert here == there, table
