"""Leads are help to give: a village's route in the order of the visit, what is owed per township, and never a suspicion."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from dashboards.staff import visit_list
from dashboards.staff.pages import arrears, leads
from dashboards.staff.queries.findings import FindingFilter, FindingQueries
from dashboards.staff.queries.leads import ArrearsFilter, LeadQueries
from dashboards.staff.request_context import RequestContext, StaffSite
from tests.dashboards.staff_snapshot import TABLES, write_snapshot

from .conftest import Site, build, copied

# finding, rule, county, village, programme, person, group, home, rank, amount, facts
CASES = (
    ("l1", "K03", "452901", "452901100201", "care", "覃桂芳", "二组", "h2", 9, 8000, "{}"),
    ("l2", "K01", "452901", "452901100201", "grain", "韦阿婆", "一组", "h1", 5, 5000, "{}"),
    ("l3", "K03", "452901", "452901100201", "care", "韦建国", "一组", "h1", 7, 8000, "{}"),
    ("l4", "K01", "452901", "452901100201", "grain", "陆老伯", None, "h3", 1, 5000, "{}"),
    ("l5", "K01", "452902", "452902100201", "grain", "蒙老太", "三组", "h4", 2, 5000, "{}"),
    ("o1", "K10", "452901", "452901100201", "care", "莫春", "一组", "h5", 3, 16000, '{"owed": "unpaid"}'),
    ("o2", "K12", "452901", "452901100201", "care", "莫秋", "一组", "h6", 4, 3000, '{"owed": "short"}'),
    ("o3", "J05", "452901", "452901100", "care", None, None, "h7", 6, 90000, '{"owed": "late"}'),
    ("o4", "K10", "452902", "452902100201", "care", "莫冬", "一组", "h8", 8, 7000, '{"owed": "unpaid"}'),
)


def _values(rows: Any) -> str:
    return ", ".join("(" + ", ".join("null" if v is None else repr(v) for v in row) + ")" for row in rows)


RANKED = """0.2 as precision_mean, 0.1 as precision_low, 0.3 as precision_high, 3 as reviewed, 'visit' as effort,
           100::bigint as expected_fen, 1 as case_size, 'new' as state, timestamp '2026-11-02 01:30:00' as first_seen"""
OTHERS = TABLES["findings"].replace(
    "null::varchar as group_name", f"null::varchar as group_name, finding_id as case_id, i::bigint as rank, {RANKED}"
)
FOUND = f"""
    {OTHERS}
    union all by name
    select finding_id, rule, 1 as rule_version, case when rule = 'J05' then 'flow' else 'service_lead' end as kind,
           'medium' as severity, county_code, substr(village_code, 1, 9) as town_code, village_code, programme,
           uuid() as person_id, date '2026-10-01' as period_from, date '2026-10-01' as period_to, []::varchar[] as payment_ids,
           []::varchar[] as record_ids, amount::bigint as amount_fen, facts, 'e' as evidence_hash, person as person_name,
           '大塘村' as place_name, programme || '补贴' as programme_name, '可能漏了' || rule as title, group_name,
           home as case_id, rank::bigint as rank, {RANKED}
    from (values {_values(CASES)})
        t(finding_id, rule, county_code, village_code, programme, person, group_name, home, rank, amount, facts)"""
RULES = f"""
    {TABLES["rules"]} union all by name
    select id, id as slug, '可能漏了' as title, 'service_lead' as kind, 'medium' as severity, 1 as version, '规定' as basis,
           '可能漏了帮助。' as why, '不愿申请。' as clears, '上门告诉本人。' as ask, ['population'] as needs,
           'population' as population, effort
    from (values ('K01', 'visit'), ('K03', 'visit'), ('K10', 'office'), ('K12', 'desk'), ('J05', 'desk')) r(id, effort)"""
PROGRAMMES = """
    select * from (values ('care', '0301', '重度残疾人护理补贴', '身份证、残疾人证'), ('grain', '0201', '耕地地力保护补贴', null))
        t(slug, code, name, papers)"""


def _led(furnished: Path, target: Path) -> Path:
    data = copied(furnished, target)
    write_snapshot(data, number=2, tables={"findings": FOUND, "rules": RULES, "programmes": PROGRAMMES})
    return data


@pytest.fixture(scope="module")
def served(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The running site: asked over HTTP only, for one process opens a snapshot once."""
    return build(_led(furnished, tmp_path_factory.mktemp("served")))


@pytest.fixture(scope="module")
def contexts(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, RequestContext]:
    """One request context per user, over the same snapshot."""
    data = _led(furnished, tmp_path_factory.mktemp("contexts"))
    site = build(data)
    staff_site = StaffSite(data, site.store, site.clock)
    return {
        user.viewer.name: RequestContext(staff_site, user.viewer, "t", site.clock.now) for user in site.store.users()
    }


def test_the_route_goes_group_by_group_and_home_by_home(contexts: dict[str, RequestContext]) -> None:
    rows = LeadQueries(contexts["auditor"]).visit_list("452901100201").rows
    assert [(row["stop"], row["finding_id"]) for row in rows] == [(1, "l3"), (1, "l2"), (2, "l1"), (3, "l4")]
    assert [visit_list.visit_row(row)[3] for row in rows][:2] == ["care补贴（约 80.00 元）", "grain补贴（约 50.00 元）"]
    assert visit_list.visit_row(rows[0])[6] == "身份证、残疾人证"
    assert visit_list.visit_row(rows[1])[6] == visit_list.PAPERS


def test_what_nobody_needs_any_more_is_not_on_the_route(furnished: Path, tmp_path: Path) -> None:
    own = build(_led(furnished, tmp_path))
    assert "韦阿婆" in own.page("auditor", "/leads?village=452901100201")
    own.post("auditor", "/do/decide", id="l2", outcome="cleared", reason="本人不愿申请，已签字", seen_version="0",
             seen_evidence="e", request_id="r1")  # fmt: skip
    assert "韦阿婆" not in own.page("auditor", "/leads?village=452901100201")


def test_nobody_sees_another_countys_leads_or_arrears(contexts: dict[str, RequestContext], served: Site) -> None:
    local = LeadQueries(contexts["local"])
    assert not local.visit_list("452902100201").rows
    villages, total = local.villages_with_leads("", 1)
    assert ({row["county_code"] for row in villages}, total) == ({"452901"}, 1)
    assert {row["county_code"] for row in local.arrears(ArrearsFilter())} == {"452901"}
    assert LeadQueries(contexts["auditor"]).villages_with_leads("", 1)[1] == 2
    assert served.client("local").get("/file/leads.xlsx?village=452902100201").status_code == 404


def test_bureaus_get_neither(contexts: dict[str, RequestContext], served: Site) -> None:
    for path in ("/file/leads.xlsx?village=452901100201", "/file/arrears.xlsx"):
        assert served.client("maker").get(path).status_code == 403
    assert not LeadQueries(contexts["maker"]).visit_list("452901100201").rows


def test_reading_a_route_is_logged_without_names(contexts: dict[str, RequestContext]) -> None:
    LeadQueries(contexts["auditor"]).visit_list("452901100201")
    line = contexts["auditor"].site.store.audit_lines(limit=1)[0]
    assert (line.actor, line.action, line.subject) == ("auditor", "read.leads", "452901100201")
    assert "韦" not in line.detail


def test_the_export_is_the_screen(contexts: dict[str, RequestContext], served: Site) -> None:
    answer = served.client("auditor").get("/file/leads.xlsx?village=452901100201")
    assert served.store.audit_lines(limit=1)[0].action == "export.leads"
    cells = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    shown = [visit_list.visit_row(row) for row in LeadQueries(contexts["auditor"]).visit_list("452901100201")]
    assert cells[0] == list(visit_list.VISIT_HEADER)
    assert [tuple(row[1:7]) for row in cells[1 : len(shown) + 1]] == [row[1:7] for row in shown]
    page = str(leads.layout(contexts["auditor"], {"village": "452901100201"}))
    assert all(text in page for row in shown for text in row[1:7])


def test_no_word_of_suspicion_where_help_is_offered(contexts: dict[str, RequestContext], served: Site) -> None:
    for query in ({}, {"village": "452901100201"}):
        text = str(leads.layout(contexts["auditor"], query))
        assert not [word for word in ("疑点", "可疑", "核查", "违规", "追回") if word in text]
    for path in ("/finding?id=l2", "/clue?id=l2"):
        page = served.page("auditor", path).split('["main"')[1].split("site-footer")[0]
        assert not [word for word in ("严重程度", "追回", "属实", "什么情况可以排除") if word in page], path
        assert "可能应得" in page
    for query in ("kind=service_lead", "rule=K01", "rule=K10&status=open"):
        page = served.page("auditor", f"/findings?{query}").split('["main"')[1].split("site-footer")[0]
        told = page.split("清除条件")[0].split('["form"')[0] + page.split("清除条件")[1]  # filters name every kind
        assert not [word for word in ("疑点", "严重程度", "追回", "查实", "核查", "涉及") if word in told], query
        assert "可能应得（元）" in told


def test_suspicions_are_listed_without_leads_unless_asked_for(contexts: dict[str, RequestContext]) -> None:
    queries = FindingQueries(contexts["auditor"])
    assert queries.findings_totals(FindingFilter())["count"] == 71, "seventy, and one question to an office"
    assert queries.findings_totals(FindingFilter(kind="service_lead"))["count"] == 8
    assert queries.findings_totals(FindingFilter(rule="K01"))["count"] == 3
    assert queries.findings_totals(FindingFilter(case="h1"))["count"] == 2
    assert sum(queries.findings_by_status().values()) == 71


def test_what_is_owed_adds_up_per_programme_and_township(contexts: dict[str, RequestContext], served: Site) -> None:
    rows = LeadQueries(contexts["auditor"]).arrears(ArrearsFilter()).rows
    sums = {row["county_code"]: (row["unpaid_fen"], row["short_fen"], row["owed_fen"], row["late_fen"]) for row in rows}
    assert sums == {"452901": (16000, 3000, 19000, 90000), "452902": (7000, 0, 7000, 0)}
    assert {row["county_code"]: row["people"] for row in rows} == {"452901": 2, "452902": 1}
    assert visit_list.arrears_totals(rows) == (26000, 90000)
    answer = served.client("auditor").get("/file/arrears.xlsx?county=452901")
    (line,) = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()[1:2]
    assert line[3:] == [2.0, 160.0, 30.0, 0.0, 190.0, 900.0]
    page = str(arrears.layout(contexts["auditor"], {"county": "452901"}))
    assert "190.00 元" in page
    assert "石桥镇" in page
    assert LeadQueries(contexts["auditor"]).arrears(ArrearsFilter(programme="grain")).rows == []
