"""停在哪里: what stands where, since when, past which limit, whose turn it is, and the documents."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboards.shared import words
from dashboards.shared.components import Column, badge, field, figure, link, pager, select, table
from dashboards.staff import guard
from dashboards.staff.house import Desk
from dashboards.staff.money import SOON_DAYS, Money, MoneyFilter
from dashboards.staff.queries import PAGE_SIZE

PAGE = {"path": "/stuck", "name": "停在哪里", "roles": guard.WORKERS, "menu": 7.5, "below": ("/document",)}
STATES = {"late": "已经超期", "soon": f"{SOON_DAYS} 天内到期", "waiting": "没有到期"}
TONES = {"late": "bad", "soon": "warn", "waiting": ""}
# What the office that holds the money does next.
NEXT = {"指标": "下达到用款单位", "下达": "拨付到代发账户", "拨付": "发到个人账户", "退回": "核实账号后重发"}


def whose_turn(row: dict[str, Any]) -> str:
    """Return the office that must act: who holds the money, or for returned money the department in charge."""
    holder = row["department"] if row["hop"] == "退回" else row["to_office"] or row["department"]
    return str(holder or "未写明单位")


def due(row: dict[str, Any]) -> str:
    """Return the limit and how far it is."""
    if row["due_on"] is None:
        return "没有设时限"
    late = row["late_days"]
    return f"{words.day(row['due_on'])}，" + (f"已超 {late} 天" if late > 0 else f"还有 {-late} 天")


def layout(desk: Desk, query: dict[str, str]) -> Component:
    """Return what stands still, the worst first."""
    money, wanted = Money(desk), MoneyFilter.from_query(query)
    newest = money.newest()
    rows = list(money.standing(wanted))
    everything = rows if not wanted.state else list(money.standing(MoneyFilter(**{**wanted.__dict__, "state": ""})))
    pages = max(1, -(-len(rows) // PAGE_SIZE))
    page = min(pages, max(1, int(query["page"]) if query.get("page", "").isdecimal() else 1))
    if newest is None:
        return html.Div([html.H1("现在停在哪里"), html.P("还没有资金流转单据。", className="muted")])
    return html.Div(
        [
            html.H1("现在停在哪里"),
            html.P(
                f"算到今天（{words.day(desk.today)}）。台账登记到 {words.day(newest)}；之后已经拨付、没有登记的，也会显示为停留。"
                "停留只是提醒去问，不是结论。",
                className="muted",
            ),
            html.Div([_figure(everything, state, wanted) for state in STATES], className="grid"),
            _filters(money, wanted),
            _list(rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]) if rows else html.P("没有停留的资金。"),
            pager("/stuck", {name: value for name, value in wanted.__dict__.items() if value}, page, pages),
        ]
    )


def _figure(rows: list[dict[str, Any]], state: str, wanted: MoneyFilter) -> Component:
    mine = [row for row in rows if row["state"] == state]
    href = "/stuck?" + "&".join(
        f"{name}={value}" for name, value in {**wanted.__dict__, "state": state}.items() if value and name != "town"
    )
    stood = sum(row["standing_fen"] * row["late_days"] for row in mine if state == "late")
    hint = f"停留 {words.count(stood // 1_000_000)} 万元·天" if stood else ""
    return figure(
        words.wan_yuan(sum(row["standing_fen"] for row in mine)), f"{STATES[state]}（{len(mine)} 份单据）", href, hint
    )


def _filters(money: Money, wanted: MoneyFilter) -> Component:
    towns = money.towns()
    return html.Form(
        [
            field("县（区、市）", select("county", money.counties_with_names(), wanted.county)),
            field("补贴项目", select("programme", money.programmes(), wanted.programme)),
            field("乡镇", select("town", towns, wanted.town)) if towns else None,
            field("停在哪一步", select("hop", {hop: hop for hop in NEXT}, wanted.hop)),
            field("时限", select("state", STATES, wanted.state)),
            html.Div(html.Button("查看", type="submit"), className="actions"),
        ],
        action="/stuck",
        method="GET",
        className="filters card",
    )


def _list(rows: list[dict[str, Any]]) -> Component:
    shown = [
        (
            html.Span([badge(STATES[row["state"]], TONES[row["state"]]), html.Br(), words.yuan(row["standing_fen"])]),
            html.Span([row["programme_name"] or row["programme"], html.Br(), _place(row)]),
            html.Span([f"{row['hop']}以后，从 {words.day(row['dated_on'])} 起", html.Br(), f"停了 {row['days']} 天"]),
            due(row),
            html.Span([html.Strong(whose_turn(row)), html.Br(), NEXT[row["hop"]]]),
            html.Span(
                [
                    link("/document", row["document_no"], id=row["line_id"]),
                    html.Br(),
                    f"原金额 {words.yuan(row['received_fen'])}",
                ]
            ),
        )
        for row in rows
    ]
    columns = [Column("停留金额", "nowrap"), "项目和地方", "停在哪一步", "时限", "轮到谁办", "单据"]
    return table(columns, shown, "超期最久、金额最大的在前。")


def _place(row: dict[str, Any]) -> str:
    return f"{row['county_name'] or row['county_code']}{row['town_name'] or ''}"
