"""欠发: money that was approved and has not reached people, per programme and township."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboards.shared.components import Column, address, field, figure, link, pager, select, table
from dashboards.staff.queries.deliveries import PAGE_SIZE, page_number
from dashboards.staff.queries.leads import ArrearsFilter, LeadQueries
from dashboards.staff.request_context import RequestContext
from dashboards.staff.visit_list import ARREARS_HEADER, arrears_row, arrears_totals
from mingzhang.casework.workflow import DECIDERS
from mingzhang.catalog import formats

PAGE = {"path": "/arrears", "name": "欠发", "roles": DECIDERS, "menu": 7}
KINDS = ["nowrap", "", "number", "money", "money", "money", "money", "money"]


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return the sums of the chosen county and programme, and the export."""
    queries, wanted = LeadQueries(context), ArrearsFilter.from_query(query)
    rows = queries.arrears(wanted).rows
    owed, late = arrears_totals(rows)
    pages = max(1, -(-len(rows) // PAGE_SIZE))
    page = min(pages, page_number(query))
    chosen = {name: value for name, value in wanted.__dict__.items() if value}
    export = html.A(
        "导出 XLSX",
        href=address("/file/arrears.xlsx", county=wanted.county, programme=wanted.programme),
        className="button quiet",
    )
    return html.Div(
        [
            html.H1("欠发"),
            html.P(
                "已经批准、还没有发到群众手里的钱：没有发、没有发足、退回后没有重发；发了但晚了的另列。"
                "金额按名册、标准和前后月份推算，以核实为准；核实排除的不计。",
                className="muted",
            ),
            html.Form(
                [
                    field("县（区、市）", select("county", queries.counties_with_names(), wanted.county)),
                    field("补贴项目", select("programme", queries.programmes(), wanted.programme)),
                    html.Div([html.Button("查看", type="submit"), link("/arrears", "清除条件")], className="actions"),
                ],
                action="/arrears",
                method="GET",
                className="filters card",
            ),
            html.Div(
                [figure(formats.wan_yuan(owed), "欠发合计"), figure(formats.wan_yuan(late), "晚发金额")],
                className="grid",
            ),
            html.Div([html.Span(f"共 {len(rows):,} 行（项目 × 乡镇）。"), export], className="pager"),
            _table(rows, page) if rows else html.P("所选范围内没有欠发的线索。" if chosen else "没有欠发的线索。"),
            pager("/arrears", chosen, page, pages),
            html.P(["逐人的线索：", *_rules(queries)], className="small"),
        ]
    )


def _table(rows: list[dict[str, object]], page: int) -> Component:
    """Return the table; the unit is in its caption and the county is shown only where there are several, to save width."""
    columns = [
        Column(label.removesuffix("（元）"), kind) for label, kind in zip(ARREARS_HEADER[1:], KINDS, strict=True)
    ]
    several = len({row["county_code"] for row in rows}) > 1
    body = []
    for county, town, programme, people, *money in map(arrears_row, rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]):
        place = f"{county} {town}" if several else town
        body.append(
            [place, programme, formats.count(people or None), *(formats.yuan(fen, "") if fen else "—" for fen in money)]
        )
    return table(columns, body, "金额单位：元")


def _rules(queries: LeadQueries) -> list[Component]:
    return [
        html.Span([link("/findings", f"{row['rule']} {row['title']}（{row['n']:,}）", rule=row["rule"]), "　"])
        for row in queries.arrears_rules()
    ]
