"""疑点: the auditor's list. The export uses the same filter, the same order, the same count."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboards.shared.components import Column, Part, address, badge, field, hidden, link, pager, select, table
from dashboards.staff import presumed_links
from dashboards.staff.auth import guard
from dashboards.staff.queries.deliveries import PAGE_SIZE
from dashboards.staff.queries.findings import FindingFilter, FindingQueries
from dashboards.staff.request_context import RequestContext
from mingzhang.casework.workflow import DECIDERS
from mingzhang.catalog import formats, words

PAGE = {"path": "/findings", "name": "疑点", "roles": guard.WORKERS, "menu": 4, "below": ("/finding", "/clue")}
STATUS_TONES = {"open": "calm", "reopened": "warn", "unsure": "warn", "confirmed": "bad", "cleared": "ok"}
SEVERITY_TONES = {"high": "bad", "medium": "warn", "low": ""}
# Title and introduction of the list.
HEADINGS = {
    "doubt": ("疑点", "疑点只是线索，须经核查才能下结论；系统不会因此停发或改动任何补贴。"),
    "help": ("服务线索", "按名单比对，这些人可能应得而没有得到。线索是去帮忙的，不是说谁有错；以审核确认为准。"),
    "error": ("数据差错", "以下是本单位数据中需要更正的差错。涉及个人的疑点由审计人员核查，不在此列出。"),
}
ORDERS = {
    "ranked": "按预期可追回金额（涉及金额 × 该规则历来查实的比例；身份按推断认定的，再乘以把握）与核查难易排序",
    "plain": "按严重程度、涉及金额排序",
    "help": "金额大、好核实的在前",
}
MONEY = {"1000": "1,000 元及以上", "10000": "1 万元及以上", "100000": "10 万元及以上"}


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return filters, counts, one page of findings, and the export."""
    queries = FindingQueries(context)
    wanted = FindingFilter.from_query(query)
    totals = queries.findings_totals(wanted)
    rows = queries.findings(wanted)
    pages = max(1, -(-totals["count"] // PAGE_SIZE))
    is_decider = context.viewer.may(*DECIDERS)
    heading = "help" if _is_help(rows.rows, wanted) else "doubt" if is_decider else "error"
    title, intro = HEADINGS[heading]
    return html.Div(
        [
            html.H1(title),
            html.P(intro, className="muted"),
            _filters(queries, wanted, is_decider),
            _count(
                totals, wanted, is_decider, "help" if heading == "help" else "ranked" if queries.has_rank() else "plain"
            ),
            _list(rows.rows, queries.has_rank(), heading == "help") if len(rows) else html.P("没有符合条件的记录。"),
            pager("/findings", wanted.as_query(page=1), wanted.page, pages),
        ]
    )


def _is_help(rows: list[dict[str, Any]], wanted: FindingFilter) -> bool:
    """Return whether the list holds service leads only: nobody on it is suspected of anything."""
    return wanted.kind == "service_lead" or (bool(rows) and all(row["kind"] == "service_lead" for row in rows))


def _filters(queries: FindingQueries, wanted: FindingFilter, is_decider: bool) -> Component:
    statuses = {"waiting": "所有未结的", **words.STATUSES}
    fields = [
        field("县（区、市）", select("county", queries.counties_with_names(), wanted.county)),
        field("规则", select("rule", queries.finding_choices("rule"), wanted.rule)),
        field("补贴项目", select("programme", queries.finding_choices("programme"), wanted.programme)),
        field("状态", select("status", statuses, wanted.status)),
        field("严重程度", select("severity", words.SEVERITIES, wanted.severity)),
        field("涉及金额", select("money", MONEY, wanted.money)),
    ]
    if is_decider:
        fields.insert(3, field("类别", select("kind", words.FINDING_KINDS, wanted.kind)))
    # The household stays chosen while other filters change; clearing the filters lets it go.
    fields += hidden(case=wanted.case) if wanted.case else []
    buttons = [html.Button("查看", type="submit"), link("/findings", "清除条件")]
    return html.Form(
        [*fields, html.Div(buttons, className="actions")], action="/findings", method="GET", className="filters card"
    )


def _count(totals: dict[str, Any], wanted: FindingFilter, is_decider: bool, order: str) -> Component:
    money = "可能应得" if order == "help" else "涉及"
    text = f"共 {totals['count']:,} 条，{money} {formats.wan_yuan(totals['amount_fen'])}。{ORDERS[order]}。"
    export = html.A(
        "导出 XLSX", href=address("/file/findings.xlsx", **wanted.as_query(page=1)), className="button quiet"
    )
    return html.Div([html.Span(text), export if is_decider else None], className="pager")


def _list(rows: list[dict[str, Any]], ranked: bool, is_help: bool) -> Component:
    columns = [
        "线索" if is_help else "疑点",
        "严重程度",
        Column("对象", "nowrap"),
        "地点",
        "补贴项目",
        "期间",
        Column("可能应得（元）" if is_help else "涉及金额（元）", "money"),
        "状态",
    ]
    body = [
        [
            link("/finding", f"{row['rule']} {row['title'] or ''}", id=row["finding_id"]),
            _severity(row),
            presumed_links.person_with_badge(row),
            row["place_name"] or row["county_code"],
            row["programme_name"] or "—",
            formats.months(row["period_from"], row["period_to"]),
            formats.yuan(row["amount_fen"], ""),
            status(row),
        ]
        for row in rows
    ]
    if is_help:
        columns, body = [columns[0], *columns[2:]], [[cells[0], *cells[2:]] for cells in body]
    elif ranked:
        columns = [Column("名次", "number"), *columns]
        body = [[row["rank"], *cells] for row, cells in zip(rows, body, strict=True)]
    return table(columns, body, "线索清单" if is_help else "疑点清单")


def status(row: dict[str, Any]) -> Component:
    """Return a finding's status; that of a service lead is always in a neutral tone."""
    if row["kind"] == "service_lead":
        return badge(words.LEAD_STATUSES[row["status"]], "calm")
    return badge(words.STATUSES[row["status"]], STATUS_TONES[row["status"]])


def _severity(row: dict[str, Any]) -> Part:
    """Return a finding's severity; a service lead has none."""
    if row["kind"] == "service_lead":
        return "—"
    return badge(words.SEVERITIES.get(row["severity"], row["severity"]), SEVERITY_TONES.get(row["severity"], ""))
