"""A viewer sees his counties and his kinds, every reading of personal data is logged, status agrees with casework."""

from __future__ import annotations

import datetime as dt
import re
from itertools import product
from typing import Any

import pytest

from dashboards.staff.pages.findings import layout as findings_page
from dashboards.staff.queries.deliveries import PAGE_SIZE
from dashboards.staff.queries.findings import FindingFilter, FindingQueries
from dashboards.staff.request_context import Desk, House
from mingzhang.casework.workflow import Outcome, Role, finding_status
from tests.dashboards.staff_snapshot import TABLES, write_snapshot

from .conftest import Site


@pytest.fixture
def desks(site: Site) -> dict[str, Desk]:
    house = House(site.data, site.store, site.clock)
    users = {user.viewer.name: user.viewer for user in site.store.users()}
    return {name: Desk(house, viewer, "t", site.clock.now) for name, viewer in users.items()}


COUNTY_FUNCTIONS: list[tuple[str, tuple[Any, ...]]] = [
    ("deliveries", ()),
    ("findings", (FindingFilter(),)),
    ("coverage", ()),
    ("scorecard", ()),
    ("flow", ("", "")),
    ("finding_lines", ("f000000000000001",)),
]


@pytest.mark.parametrize(("name", "arguments"), COUNTY_FUNCTIONS)
def test_rows_of_another_county_never_come(desks: dict[str, Desk], name: str, arguments: tuple[Any, ...]) -> None:
    everything = {row["county_code"] for row in getattr(FindingQueries(desks["auditor"]), name)(*arguments)}
    assert "452901" in everything
    assert {row["county_code"] for row in getattr(FindingQueries(desks["local"]), name)(*arguments)} == {"452901"}
    assert "452901" not in {row["county_code"] for row in getattr(FindingQueries(desks["other"]), name)(*arguments)}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("delivery", "0000000000000001"),
        ("finding", "f000000000000005"),
        ("evidence_now", "f000000000000001"),
    ],
)
def test_single_things_of_another_county_do_not_exist(desks: dict[str, Desk], name: str, key: str) -> None:
    assert getattr(FindingQueries(desks["local"]), name)(key)
    assert getattr(FindingQueries(desks["other"]), name)(key) is None


@pytest.mark.parametrize("name", ["sheets", "problems", "repairs_by_kind", "repairs"])
def test_details_of_another_county_are_empty(desks: dict[str, Desk], name: str) -> None:
    assert len(getattr(FindingQueries(desks["maker"]), name)("0000000000000001"))
    assert not len(getattr(FindingQueries(desks["other"]), name)("0000000000000001"))


def test_totals_of_another_county_do_not_leak(desks: dict[str, Desk]) -> None:
    assert FindingQueries(desks["other"]).totals("452901", "").rows == []
    assert FindingQueries(desks["other"]).line_counts()[dt.date(2026, 10, 1)]["files"] == 1
    assert FindingQueries(desks["auditor"]).line_counts()[dt.date(2026, 10, 1)]["files"] == 4
    assert FindingQueries(desks["other"]).counties_with_names() == {"452902": "临江县"}
    ran = {row["id"]: row["not_applicable"] for row in FindingQueries(desks["local"]).rules()}
    assert ran["B01"] == 0, "the other county's 900 are not counted here"


def test_bureaus_see_data_errors_only(desks: dict[str, Desk]) -> None:
    for name in ("maker", "checker"):
        assert {row["kind"] for row in FindingQueries(desks[name]).findings(FindingFilter())} == {"data_error"}
        assert FindingQueries(desks[name]).finding("f000000000000001") is None, "a suspicion about a person"
        assert set(FindingQueries(desks[name]).finding_choices("rule")) == {"A01"}


READS = {
    "problems": ("0000000000000001", "read.problems"),
    "repairs": ("0000000000000001", "read.repairs"),
    "finding": ("f000000000000001", "read.finding"),
    "findings": (FindingFilter(), "read.findings"),
}


@pytest.mark.parametrize("name", READS)
def test_reading_personal_data_is_logged_without_values(site: Site, desks: dict[str, Desk], name: str) -> None:
    argument, action = READS[name]
    before = site.store.audit_head().size
    getattr(FindingQueries(desks["auditor"]), name)(argument)
    assert site.store.audit_head().size == before + 1
    line = site.store.audit_lines(limit=1)[0]
    assert (line.actor, line.action) == ("auditor", action)
    assert "韦" not in line.subject + line.detail


def test_an_export_is_logged_as_such(site: Site, desks: dict[str, Desk]) -> None:
    FindingQueries(desks["auditor"]).findings(FindingFilter(rule="B01"), everything=True)
    line = site.store.audit_lines(limit=1)[0]
    assert (line.action, line.subject) == ("export.findings", "rule=B01")
    assert '"count": 56' in line.detail


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (FindingFilter(), 70),
        (FindingFilter(county="452902"), 10),
        (FindingFilter(rule="A01"), 14),
        (FindingFilter(severity="high", money="1000"), 48),
        (FindingFilter(programme="nothing"), 0),
        (FindingFilter(rule="' or 1=1 --"), 0),
        (FindingFilter(kind="data_error"), 14),
    ],
)
def test_filters(desks: dict[str, Desk], wanted: FindingFilter, count: int) -> None:
    queries = FindingQueries(desks["auditor"])
    assert queries.findings_totals(wanted)["count"] == count
    assert len(queries.findings(wanted, everything=True)) == count


RANKED = """
    select *, (71 - row_number() over (order by finding_id))::integer as rank, case when finding_id < 'f000000000000003'
           then 'house1' else finding_id end as case_id, case when finding_id < 'f000000000000003' then 2 else 1 end as case_size,
           amount_fen // 2 as expected_fen, 0.5 as precision_mean, 0.2 as precision_low, 0.8 as precision_high,
           4 as reviewed, 'visit' as effort, 'grown' as state, timestamp '2026-10-03 00:00:00' as first_seen from ({})"""


def test_where_findings_are_ranked_the_list_the_export_and_the_page_say_so(own_site: Site) -> None:
    write_snapshot(own_site.data, 2, {"findings": RANKED.format(TABLES["findings"])})
    shown = own_site.page("auditor", "/findings?county=452902")
    assert re.findall(r"/finding\?id=f0+(\d+)", shown) == [str(n) for n in range(70, 60, -1)], "best rank first"
    assert "预期可追回金额" in shown
    shown = own_site.page("auditor", "/finding?id=f000000000000002")
    for text in (
        "第 69 名",
        "查实比例 50.0%（20.0%–80.0%，已核查 4 条）",
        "入户走访",
        "共 2 条，建议一并核查",
        "金额增加",
    ):
        assert text in shown
    assert "共 2 条" in own_site.page("auditor", "/findings?case=house1")
    answer = own_site.client("auditor").get("/file/findings.xlsx?case=house1")
    assert answer.status_code == 200


def test_pages_together_are_the_export(desks: dict[str, Desk]) -> None:
    queries = FindingQueries(desks["auditor"])
    whole = [row["finding_id"] for row in queries.findings(FindingFilter(), everything=True)]
    paged = [row["finding_id"] for page in (1, 2) for row in queries.findings(FindingFilter(page=page))]
    assert len(whole) == len(set(whole)) == 70 > PAGE_SIZE
    assert paged == whole


@pytest.mark.parametrize("page", ["0", "-1", "x", "٣", "9999999999", "1.5", ""])
def test_odd_page_numbers_are_the_first_page(page: str) -> None:
    assert FindingFilter.from_query({"page": page}).page >= 1


def test_status_in_the_list_is_casework_status(own_site: Site) -> None:
    """Every kind of decision, fresh and outdated, gives the same word in SQL and in the state machine."""
    house = House(own_site.data, own_site.store, own_site.clock)
    viewer = next(user.viewer for user in own_site.store.users() if user.viewer.name == "auditor")
    desk = Desk(house, viewer, "t", own_site.clock.now)
    cases = list(product((Outcome.CLEARED, Outcome.CONFIRMED, Outcome.UNSURE), (True, False), (None, -1, 0, 1)))
    for index, (outcome, is_fresh, days) in enumerate(cases, start=1):
        evidence = f"e{index}" if is_fresh else "e-before"
        until = None if days is None else desk.today + dt.timedelta(days=days)
        own_site.store.decide(
            f"f{index:015d}", outcome, "r", by="auditor", roles={Role.AUDITOR}, seen_version=0, seen_evidence=evidence,
            evidence_now=evidence, request_id=f"r{index}", now=own_site.clock.now, until=until,
        )  # fmt: skip
    decided = own_site.store.latest_decisions()
    rows = FindingQueries(desk).findings(FindingFilter(), everything=True)
    for row in rows:
        expected = finding_status(decided.get(row["finding_id"]), row["evidence_hash"], desk.today)
        assert row["status"] == expected, row["finding_id"]
    assert {row["status"] for row in rows} == {"open", "cleared", "confirmed", "unsure", "reopened"}
    waiting = FindingQueries(desk).findings_totals(FindingFilter(status="waiting"))["count"]
    assert waiting == sum(row["status"] in ("open", "reopened", "unsure") for row in rows)
    assert sum(FindingQueries(desk).findings_by_status().values()) == 70


def test_precision_counts_within_the_counties(own_site: Site) -> None:
    for index, (county, outcome) in enumerate([("452901", Outcome.CONFIRMED), ("452902", Outcome.CLEARED)]):
        own_site.store.decide(
            f"f{index}", outcome, "r", by="a", roles={Role.AUDITOR}, seen_version=0, seen_evidence="e", evidence_now="e",
            request_id=f"r{index}", now=own_site.clock.now, rule="B01", county_code=county, amount_fen=500,
        )  # fmt: skip
    house = House(own_site.data, own_site.store, own_site.clock)
    users = {user.viewer.name: user.viewer for user in own_site.store.users()}
    everywhere = FindingQueries(Desk(house, users["auditor"], "t", own_site.clock.now)).precision()
    here = FindingQueries(Desk(house, users["local"], "t", own_site.clock.now)).precision()
    assert [(row["reviewed"], row["confirmed"], row["amount_fen"]) for row in everywhere] == [(2, 1, 500)]
    assert [(row["reviewed"], row["confirmed"]) for row in here] == [(1, 1)]


def test_the_page_is_made_of_what_the_query_returns(desks: dict[str, Desk]) -> None:
    from flask import Flask

    with Flask("x").test_request_context():
        text = str(findings_page(desks["auditor"], {"county": "452902"}))
    assert "河口村" in text
    assert "大塘村" not in text
