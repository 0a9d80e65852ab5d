"""帮扶: who may be owed help, village by village; one village is a visit list to print."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboards.shared.components import Column, address, data, field, link, pager, select, table
from dashboards.staff.queries.deliveries import PAGE_SIZE, page_number
from dashboards.staff.queries.leads import LeadQueries
from dashboards.staff.request_context import RequestContext
from dashboards.staff.visit_list import VISIT_HEADER, visit_row
from mingzhang.casework.workflow import DECIDERS
from mingzhang.catalog import formats

PAGE = {"path": "/leads", "name": "帮扶", "roles": DECIDERS, "menu": 4}
INTRO = "按名单比对，这些人可能符合条件却没有享受，或者名单上有、名册上没有。名单可能不全，去看看能帮什么。"


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return the villages of a county, or one village's visit list."""
    if place := query.get("village", "")[:12]:
        return _visit_list(context, place)
    return _villages(context, query)


def _villages(context: RequestContext, query: dict[str, str]) -> Component:
    queries = LeadQueries(context)
    county, number = query.get("county", "")[:6], page_number(query)
    rows, total = queries.villages_with_leads(county, number)
    body = [
        [
            link("/leads", row["place_name"] or row["place_code"], village=row["place_code"]),
            row["town_name"] or "—",
            row["county_name"] or row["county_code"],
            formats.count(row["homes"]),
            formats.count(row["leads"]),
        ]
        for row in rows
    ]
    columns = ["村（社区）", "乡镇", "县（区、市）", Column("要走访的户", "number"), Column("线索", "number")]
    return html.Div(
        [
            html.H1("帮扶走访"),
            html.P(INTRO, className="muted"),
            html.Form(
                [
                    field("县（区、市）", select("county", queries.counties_with_names(), county)),
                    html.Div(html.Button("查看", type="submit"), className="actions"),
                ],
                action="/leads",
                method="GET",
                className="filters card",
            ),
            html.P(["漏发、少发、晚发的钱不用上门问，见", link("/arrears", "欠发"), "。"]),
            table(columns, body, f"共 {total:,} 个村（社区）") if body else html.P("目前没有需要走访的线索。"),
            pager("/leads", {"county": county} if county else {}, number, max(1, -(-total // PAGE_SIZE))),
        ]
    )


def _visit_list(context: RequestContext, place: str) -> Component:
    queries = LeadQueries(context)
    rows = queries.visit_list(place)
    if not rows.rows:
        return html.Div([html.H1("没有要走访的线索"), html.P(link("/leads", "回到各村"))])
    homes = len({row["stop"] for row in rows})
    body = [
        [str(stop), group, link("/finding", name, id=lead["finding_id"]), *rest]
        for lead, (stop, group, name, *rest) in ((lead, visit_row(lead)) for lead in rows)
    ]
    return html.Div(
        [
            html.H1(f"{queries.place_name(place)}　帮扶走访清单"),
            html.Div(
                [
                    html.Button("打印", **data(print="1")),
                    html.A("导出 XLSX", href=address("/file/leads.xlsx", village=place), className="button quiet"),
                    link("/leads", "回到各村"),
                ],
                className="actions no-print",
            ),
            html.P(
                f"{homes} 户，{len(rows)} 条；按村民小组、一户一户排列。打印 {formats.moment(context.now)}　{context.viewer.name}"
                "　含个人信息，用后请妥善保管或销毁",
                className="muted small",
            ),
            html.P("先听本人和家人说。不愿申请、已在外地享受的，请登记原因和依据，以后不再上门。"),
            table([Column("顺序", "number"), "村民小组", Column("姓名", "nowrap"), *VISIT_HEADER[3:]], body),
        ],
        className="sheet",
    )
