"""公示栏名单: lists of class B for the village board, on paper only."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboards.shared.components import Column, address, badge, field, pager, say, select, table
from dashboards.staff.auth import guard
from dashboards.staff.queries.deliveries import PAGE_SIZE, page_number
from dashboards.staff.queries.village_boards import VillageBoardQueries
from dashboards.staff.request_context import RequestContext
from mingzhang.catalog import formats

FILTERS: tuple[str, ...] = ("county", "month", "village", "programme")
PAGE = {"path": "/boards", "name": "公示栏名单", "roles": guard.BOARD, "menu": 3.5}


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return the lists there are, by village; nobody's name is on this page."""
    boards = VillageBoardQueries(context)
    months = {f"{month:%Y-%m}": formats.month(month) for month in boards.months()}
    month = query.get("month", "") or next(iter(months), "")
    counties = boards.counties_with_names()
    county = query.get("county", "") or (next(iter(counties)) if len(counties) == 1 else "")
    villages = boards.villages(county, month) if county and months else {}
    village = query.get("village", "") if query.get("village") in villages else ""
    rows = list(boards.index(county, month, village, query.get("programme", ""))) if months else []
    pages = max(1, -(-len(rows) // PAGE_SIZE))
    page = min(pages, page_number(query))
    kept: dict[str, str] = {name: query[name] for name in FILTERS if name in query}
    return html.Div(
        [
            html.H1("公示栏名单"),
            html.P("残疾人两项补贴等只在村务公开栏张贴，不上网。在这里按村打印；期满请取下，用剩的纸请销毁。"),
            say("打印会留下记录：谁、什么时候、哪个村、哪一项。"),
            _filters(boards, (months, counties, villages), (month, county, village), query) if months else None,
            _list(rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], len(rows))
            if rows
            else html.P("没有只在公示栏张贴的名单。", className="muted"),
            pager("/boards", kept, page, pages),
        ]
    )


def _filters(
    boards: VillageBoardQueries,
    offered: tuple[dict[str, str], dict[str, str], dict[str, str]],
    chosen: tuple[str, str, str],
    query: dict[str, str],
) -> Component:
    months, counties, villages = offered
    month, county, village = chosen
    return html.Form(
        [
            field("发放月份", select("month", months, month, empty=None)),
            field("县（区、市）", select("county", counties, county)),
            # A region's villages would be one endless list: the county first.
            field("村（社区）", select("village", villages, village)) if villages else None,
            field("补贴项目", select("programme", boards.programmes_listed(), query.get("programme", ""))),
            html.Div(html.Button("查看", type="submit"), className="actions"),
        ],
        action="/boards",
        method="GET",
        className="filters card",
    )


def _list(rows: list[dict[str, Any]], total: int) -> Component:
    columns = [
        "村（社区）",
        "补贴项目",
        Column("月份", "nowrap"),
        Column("人（户）数", "number"),
        Column("金额（元）", "money"),
        "打印",
    ]
    body = [
        (
            " ".join(part for part in (row["county_name"], row["town_name"], row["village_name"]) if part),
            row["programme_name"],
            formats.month(row["month"]),
            formats.count(row["people"]),
            formats.yuan(row["amount_fen"], ""),
            _print(row),
        )
        for row in rows
    ]
    return table(columns, body, f"共 {total:,} 份名单")


def _print(row: dict[str, Any]) -> Component:
    if not row["is_certified"]:
        return badge("待复核，不能张贴", "warn")
    where = {"village": row["village_code"], "month": f"{row['month']:%Y-%m}"}
    # A plain page, not one of Dash's: the browser's own print does the rest.
    one = html.A("这一份", href=address("/board", **where, programme=row["programme"]), target="_blank")
    return html.Span([one, "　", html.A("本村全部", href=address("/board", **where), target="_blank")])
