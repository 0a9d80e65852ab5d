"""核查单: one finding on one printed page, for the visit to the village."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboards.shared.components import data, link
from dashboards.staff import presumed_links
from dashboards.staff.pages.finding import guidance, is_lead, outcomes, past, sides, summary
from dashboards.staff.queries.findings import FindingQueries
from dashboards.staff.request_context import RequestContext
from mingzhang.casework.workflow import DECIDERS
from mingzhang.catalog import formats

PAGE = {"path": "/clue", "name": "核查单", "roles": DECIDERS}
BLANK_LINES = 3
BOXES = {False: "□ 属实　□ 不属实　□ 暂不能确定", True: "□ 应当帮助　□ 不需要帮助　□ 暂不能确定"}


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return the sheet: what matched, both records, what to ask, room for what was found."""
    queries = FindingQueries(context)
    finding = queries.finding(query.get("id", ""))
    if finding is None:
        return html.Div([html.H1("没有这条疑点"), html.P(link("/findings", "回到疑点列表"))])
    history = context.site.store.history(finding["finding_id"])
    room = [html.P("_" * 60, className="print-only") for _ in range(BLANK_LINES)]
    return html.Div(
        [
            html.Div(
                [
                    html.Button("打印", **data(print="1")),
                    link("/finding", "返回", id=finding["finding_id"]),
                ],
                className="actions no-print",
            ),
            html.H1(f"{'走访单' if is_lead(finding) else '核查单'}　{finding['rule']} {finding['title'] or ''}"),
            html.P(
                f"编号 {finding['finding_id']}　打印 {formats.moment(context.now)}　{context.viewer.name}　含个人信息，用后请妥善保管或销毁",
                className="muted small",
            ),
            summary(queries, finding),
            sides(queries, finding, only_key=True),
            presumed_links.record_pairs(context, finding),
            guidance(finding),
            past(history[-1:], outcomes(finding)),
            html.Section(
                [
                    html.H2("走访记录" if is_lead(finding) else "核查记录"),
                    html.P(f"{BOXES[is_lead(finding)]}　　走访对象：____________　日期：____________"),
                    *room,
                    html.P("核查人（签字）：____________　　当事人或见证人（签字）：____________"),
                ],
                className="card print-only",
            ),
        ],
        className="sheet",
    )
