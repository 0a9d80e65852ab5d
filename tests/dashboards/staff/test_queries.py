"""A viewer sees only their counties and their kinds of finding, every reading of personal data is logged, status agrees with casework."""

from __future__ import annotations

import datetime as dt
import re
from itertools import product
from typing import Any

import pytest

from dashboards.staff.pages.findings import layout as findings_page
from dashboards.staff.queries.deliveries import PAGE_SIZE
from dashboards.staff.queries.findings import FindingFilter, FindingQueries
from dashboards.staff.request_context import RequestContext, StaffSite
from mingzhang.casework.workflow import Outcome, Role, finding_status
from tests.dashboards.staff_snapshot import TABLES, write_snapshot

from .conftest import Site


@pytest.fixture
def contexts(site: Site) -> dict[str, RequestContext]:
    staff_site = StaffSite(site.data, site.store, site.clock)
    users = {user.viewer.name: user.viewer for user in site.store.users()}
    return {name: RequestContext(staff_site, viewer, "t", site.clock.now) for name, viewer in users.items()}


COUNTY_FUNCTIONS: list[tuple[str, tuple[Any, ...]]] = [
    ("deliveries", ()),
    ("findings", (FindingFilter(),)),
    ("coverage", ()),
    ("scorecard", ()),
    ("flow", ("", "")),
    ("finding_lines", ("f000000000000001",)),
]


@pytest.mark.parametrize(("name", "arguments"), COUNTY_FUNCTIONS)
def test_rows_of_another_county_never_come(
    contexts: dict[str, RequestContext], name: str, arguments: tuple[Any, ...]
) -> None:
    everything = {row["county_code"] for row in getattr(FindingQueries(contexts["auditor"]), name)(*arguments)}
    assert "452901" in everything
    assert {row["county_code"] for row in getattr(FindingQueries(contexts["local"]), name)(*arguments)} == {"452901"}
    assert "452901" not in {row["county_code"] for row in getattr(FindingQueries(contexts["other"]), name)(*arguments)}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("delivery", "0000000000000001"),
        ("finding", "f000000000000005"),
        ("evidence_now", "f000000000000001"),
    ],
)
def test_single_things_of_another_county_do_not_exist(contexts: dict[str, RequestContext], name: str, key: str) -> None:
    assert getattr(FindingQueries(contexts["local"]), name)(key)
    assert getattr(FindingQueries(contexts["other"]), name)(key) is None


@pytest.mark.parametrize("name", ["sheets", "problems", "repairs_by_kind", "repairs"])
def test_details_of_another_county_are_empty(contexts: dict[str, RequestContext], name: str) -> None:
    assert len(getattr(FindingQueries(contexts["maker"]), name)("0000000000000001"))
    assert not len(getattr(FindingQueries(contexts["other"]), name)("0000000000000001"))


def test_totals_of_another_county_do_not_leak(contexts: dict[str, RequestContext]) -> None:
    assert FindingQueries(contexts["other"]).totals("452901", "").rows == []
    assert FindingQueries(contexts["other"]).line_counts()[dt.date(2026, 10, 1)]["files"] == 1
    assert FindingQueries(contexts["auditor"]).line_counts()[dt.date(2026, 10, 1)]["files"] == 4
    assert FindingQueries(contexts["other"]).counties_with_names() == {"452902": "临江县"}
    ran = {row["id"]: row["not_applicable"] for row in FindingQueries(contexts["local"]).rules()}
    assert ran["B01"] == 0, "the other county's 900 are not counted here"


def test_bureaus_see_data_errors_only(contexts: dict[str, RequestContext]) -> None:
    for name in ("maker", "checker"):
        assert {row["kind"] for row in FindingQueries(contexts[name]).findings(FindingFilter())} == {"data_error"}
        assert FindingQueries(contexts[name]).finding("f000000000000001") is None, "a suspicion about a person"
        assert set(FindingQueries(contexts[name]).finding_choices("rule")) == {"A01"}


READS = {
    "problems": ("0000000000000001", "read.problems"),
    "repairs": ("0000000000000001", "read.repairs"),
    "finding": ("f000000000000001", "read.finding"),
    "findings": (FindingFilter(), "read.findings"),
}


@pytest.mark.parametrize("name", READS)
def test_reading_personal_data_is_logged_without_values(
    site: Site, contexts: dict[str, RequestContext], name: str
) -> None:
    argument, action = READS[name]
    before = site.store.audit_head().size
    getattr(FindingQueries(contexts["auditor"]), name)(argument)
    assert site.store.audit_head().size == before + 1
    line = site.store.audit_lines(limit=1)[0]
    assert (line.actor, line.action) == ("auditor", action)
    assert "韦" not in line.subject + line.detail


def test_an_export_is_logged_as_such(site: Site, contexts: dict[str, RequestContext]) -> None:
    FindingQueries(contexts["auditor"]).findings(FindingFilter(rule="B01"), everything=True)
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
def test_filters(contexts: dict[str, RequestContext], wanted: FindingFilter, count: int) -> None:
    queries = FindingQueries(contexts["auditor"])
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


def test_pages_together_are_the_export(contexts: dict[str, RequestContext]) -> None:
    queries = FindingQueries(contexts["auditor"])
    whole = [row["finding_id"] for row in queries.findings(FindingFilter(), everything=True)]
    paged = [row["finding_id"] for page in (1, 2) for row in queries.findings(FindingFilter(page=page))]
    assert len(whole) == len(set(whole)) == 70 > PAGE_SIZE
    assert paged == whole


@pytest.mark.parametrize("page", ["0", "-1", "x", "٣", "9999999999", "1.5", ""])
def test_odd_page_numbers_are_the_first_page(page: str) -> None:
    assert FindingFilter.from_query({"page": page}).page >= 1


def test_status_in_the_list_is_casework_status(own_site: Site) -> None:
    """Every kind of decision, fresh and outdated, gives the same word in SQL and in the state machine."""
    staff_site = StaffSite(own_site.data, own_site.store, own_site.clock)
    viewer = next(user.viewer for user in own_site.store.users() if user.viewer.name == "auditor")
    context = RequestContext(staff_site, viewer, "t", own_site.clock.now)
    cases = list(product((Outcome.CLEARED, Outcome.CONFIRMED, Outcome.UNSURE), (True, False), (None, -1, 0, 1)))
    for index, (outcome, is_fresh, days) in enumerate(cases, start=1):
        evidence = f"e{index}" if is_fresh else "e-before"
        until = None if days is None else context.today + dt.timedelta(days=days)
        own_site.store.decide(
            f"f{index:015d}", outcome, "r", by="auditor", roles={Role.AUDITOR}, seen_version=0, seen_evidence=evidence,
            evidence_now=evidence, request_id=f"r{index}", now=own_site.clock.now, until=until,
        )  # fmt: skip
    decided = own_site.store.latest_decisions()
    rows = FindingQueries(context).findings(FindingFilter(), everything=True)
    for row in rows:
        expected = finding_status(decided.get(row["finding_id"]), row["evidence_hash"], context.today)
        assert row["status"] == expected, row["finding_id"]
    assert {row["status"] for row in rows} == {"open", "cleared", "confirmed", "unsure", "reopened"}
    waiting = FindingQueries(context).findings_totals(FindingFilter(status="waiting"))["count"]
    assert waiting == sum(row["status"] in ("open", "reopened", "unsure") for row in rows)
    assert sum(FindingQueries(context).findings_by_status().values()) == 70


def test_precision_counts_within_the_counties(own_site: Site) -> None:
    for index, (county, outcome) in enumerate([("452901", Outcome.CONFIRMED), ("452902", Outcome.CLEARED)]):
        own_site.store.decide(
            f"f{index}", outcome, "r", by="a", roles={Role.AUDITOR}, seen_version=0, seen_evidence="e", evidence_now="e",
            request_id=f"r{index}", now=own_site.clock.now, rule="B01", county_code=county, amount_fen=500,
        )  # fmt: skip
    staff_site = StaffSite(own_site.data, own_site.store, own_site.clock)
    users = {user.viewer.name: user.viewer for user in own_site.store.users()}
    everywhere = FindingQueries(RequestContext(staff_site, users["auditor"], "t", own_site.clock.now)).precision()
    here = FindingQueries(RequestContext(staff_site, users["local"], "t", own_site.clock.now)).precision()
    assert [(row["reviewed"], row["confirmed"], row["amount_fen"]) for row in everywhere] == [(2, 1, 500)]
    assert [(row["reviewed"], row["confirmed"]) for row in here] == [(1, 1)]


def test_the_page_is_made_of_what_the_query_returns(contexts: dict[str, RequestContext]) -> None:
    from flask import Flask

    with Flask("x").test_request_context():
        text = str(findings_page(contexts["auditor"], {"county": "452902"}))
    assert "河口村" in text
    assert "大塘村" not in text
