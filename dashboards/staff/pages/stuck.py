"""停在哪里: money that has not gone on: where, since when, past which limit, whose turn it is, and the documents."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboards.shared.components import Column, Part, address, badge, field, figure, link, pager, select, table
from dashboards.staff.auth import guard
from dashboards.staff.queries.deliveries import PAGE_SIZE, page_number
from dashboards.staff.queries.funds import SOON_DAYS, FundFilter, FundQueries
from dashboards.staff.request_context import RequestContext
from mingzhang.catalog import formats

PAGE = {"path": "/stuck", "name": "停在哪里", "roles": guard.WORKERS, "menu": 7.5, "below": ("/document",)}
STATES = {"late": "已经超期", "soon": f"{SOON_DAYS} 天内到期", "waiting": "没有到期"}
NOTHING = {False: "没有停留的资金。", True: "所选范围内没有停留的资金。"}
NONE: dict[str, int] = {"documents": 0, "fen": 0, "fen_days": 0}
TONES = {"late": "bad", "soon": "warn", "waiting": ""}
# What the office that holds the money does next.
NEXT = {"指标": "下达到用款单位", "下达": "拨付到代发账户", "拨付": "发到个人账户", "退回": "核实账号后重发"}


def whose_turn(row: dict[str, Any]) -> str:
    """Return the office that must act: who holds the money, or for returned money the department in charge."""
    holder = row["department"] if row["hop"] == "退回" else row["to_office"] or row["department"]
    return str(holder or "未写明单位")


def due(row: dict[str, Any]) -> str:
    """Return the days to or past the limit, and its date."""
    if row["due_on"] is None:
        return "没有设时限"
    if (late := row["late_days"]) == 0:
        return "今天到期"
    return (f"已超 {late} 天" if late > 0 else f"还有 {-late} 天") + f"，{formats.day(row['due_on'])}到期"


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return the standing money, the worst first."""
    money, wanted = FundQueries(context), FundFilter.from_query(query)
    newest = money.newest()
    if newest is None:
        return html.Div([html.H1("现在停在哪里"), html.P("还没有资金流转单据。", className="muted")])
    sums = money.standing_sums(wanted)
    documents = sum(row["documents"] for state, row in sums.items() if wanted.state in ("", state))
    pages = max(1, -(-documents // PAGE_SIZE))
    page = min(pages, page_number(query))
    chosen = {name: value for name, value in wanted.__dict__.items() if value}
    return html.Div(
        [
            html.H1("现在停在哪里"),
            html.P(
                f"算到今天（{formats.day(context.today)}）。台账登记到 {formats.day(newest)}；之后已经拨付、没有登记的，也会显示为停留。"
                "停留只是提醒去问，不是结论。",
                className="muted",
            ),
            html.Div([_figure(sums.get(state, NONE), state, chosen) for state in STATES], className="grid"),
            _filters(money, wanted),
            _list(list(money.standing(wanted, page))) if documents else html.P(NOTHING[bool(chosen)]),
            pager("/stuck", chosen, page, pages),
        ]
    )


def _figure(sums: dict[str, int], state: str, chosen: dict[str, str]) -> Component:
    hint = (
        f"合 {formats.count(sums['fen_days'] // 1_000_000)} 万元·天（停留金额 × 超期天数）" if sums["fen_days"] else ""
    )
    label = f"{STATES[state]}（{formats.count(sums['documents'])} 份单据）"
    return figure(formats.wan_yuan(sums["fen"]), label, address("/stuck", **{**chosen, "state": state}), hint)


def _filters(money: FundQueries, wanted: FundFilter) -> Component:
    towns = money.towns(wanted.county)
    return html.Form(
        [
            field("县（区、市）", select("county", money.counties_with_names(), wanted.county)),
            field("补贴项目", select("programme", money.programmes(), wanted.programme)),
            field("乡镇", select("town", towns, wanted.town)) if towns else None,
            field("停在哪一步", select("hop", {hop: hop for hop in NEXT}, wanted.hop)),
            field("时限", select("state", STATES, wanted.state)),
            html.Div([html.Button("查看", type="submit"), link("/stuck", "清除条件")], className="actions"),
        ],
        action="/stuck",
        method="GET",
        className="filters card",
    )


def _list(rows: list[dict[str, Any]]) -> Component:
    shown = [
        (
            _lines(badge(STATES[row["state"]], TONES[row["state"]]), formats.yuan(row["standing_fen"])),
            _lines(row["programme_name"] or row["programme"], _place(row)),
            _lines(f"{row['hop']}以后停了 {row['days']} 天", f"{formats.day(row['dated_on'])}起"),
            _lines(*due(row).split("，")),
            _lines(html.Strong(whose_turn(row)), NEXT[row["hop"]]),
            _lines(
                link("/document", row["document_no"], id=row["line_id"]), f"原金额 {formats.yuan(row['received_fen'])}"
            ),
        )
        for row in rows
    ]
    columns = [Column("停留金额", "nowrap"), "项目和地方", Column("停在哪一步", "nowrap"), Column("时限", "nowrap")]
    columns += ["轮到谁办", Column("单据", "nowrap")]
    return table(columns, shown, "超期的在前，其中按停留金额 × 超期天数从大到小。")


def _lines(*lines: Part) -> Component:
    """Return a cell's lines below each other."""
    return html.Span([part for line in lines for part in (html.Br(), line)][1:])


def _place(row: dict[str, Any]) -> str:
    return f"{row['county_name'] or row['county_code']}{row['town_name'] or ''}"
