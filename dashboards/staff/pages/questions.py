"""认人: rows without a usable number beside the person they may mean, and the question to whoever can tell."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from casework.answers import ANSWERS
from casework.records import Answer
from casework.workflow import DECIDERS
from dashboards.shared import words
from dashboards.shared.components import badge, field, hidden, link, pager, say, select, text_input
from dashboards.shared.components import facts as labelled
from dashboards.staff.house import Desk
from dashboards.staff.pairs import ANSWERED, PAGE_SIZE, PROBABLE, WAITING, Pairs

PAGE = {"path": "/questions", "name": "认人", "roles": DECIDERS, "menu": 4.5}
STATES = {WAITING: "待回答", ANSWERED: "已回答", PROBABLE: "很可能是（不需回答）"}
SIDES = {"line": "没有可用证号的行", "person": "可能是这个人"}
INTRO = (
    "这些行没有可用的身份证号。系统按姓名、残缺的证号、出生日期、住址、户主和账号推断可能是谁，没有把握的请人判断。"
    "判断为“不是同一人”后，只要两行内容不变，就不再询问。没有核对过证件，请不要凭姓名判断。"
)


def layout(desk: Desk, query: dict[str, str]) -> Component:
    """Return the filter and one page of pairs."""
    pairs = Pairs(desk)
    state = query.get("state", WAITING)
    state = state if state in STATES else WAITING
    county = query.get("county", "")[:6]
    page = int(query["page"]) if query.get("page", "").isdecimal() and 0 < int(query["page"]) < 10**6 else 1
    count = pairs.count(state, county)
    shown = pairs.page(state, county, page)
    answers = pairs.answers()
    kept = {"state": state, "county": county}
    return html.Div(
        [
            html.H1("认人"),
            html.P(INTRO, className="muted"),
            say("回答已保存，下次核对时生效。", "ok") if query.get("said") == "answered" else None,
            _filters(pairs, state, county),
            html.P(f"共 {count:,} 对。" if count else "没有符合条件的记录。"),
            *(_pair(desk, pair, answers.get(pair["pair_id"]), kept) for pair in shown),
            pager("/questions", kept, page, max(1, -(-count // PAGE_SIZE))),
        ]
    )


def _filters(pairs: Pairs, state: str, county: str) -> Component:
    return html.Form(
        [
            field("县（区、市）", select("county", pairs.counties_with_names(), county)),
            field("状态", select("state", STATES, state, empty=None)),
            html.Div([html.Button("查看", type="submit"), link("/questions", "清除条件")], className="actions"),
        ],
        action="/questions",
        method="GET",
        className="filters card",
    )


def _pair(desk: Desk, pair: dict[str, Any], answer: Answer | None, kept: dict[str, str]) -> Component:
    likely = "很可能是同一人" if pair["label"] == "probable" else "可能是同一人"
    more = f"，共 {pair['lines']} 行内容相同" if pair["lines"] > 1 else ""
    return html.Section(
        [
            html.H2(
                [f"{pair['place_name'] or pair['county_name'] or pair['county_code']}{more} ", badge(likely, "calm")]
            ),
            html.P(f"理由：{'、'.join(pair['reasons'])}。把握 {pair['score']:.0%}（第 {pair['parameters']} 版参数）。"),
            html.Div([_side(title, pair["rows"].get(side)) for side, title in SIDES.items()], className="pair"),
            _said(answer) if answer else None,
            _ask(desk, pair["pair_id"], answer, kept) if pair["label"] != "probable" or answer else None,
        ],
        className="card",
    )


def _side(title: str, row: dict[str, Any] | None) -> Component:
    if row is None:
        return html.Div([html.H3(title), html.P("此人的登记在其他县（区、市），请由能查看两地数据的人员判断。")])
    where = f"{row['file_name']} · {row['sheet']} · 第 {row['row']} 行"
    cells = [(head or "", cell) for head, cell in zip(row["header"] or [], row["cells"] or [], strict=False) if cell]
    return html.Div([html.H3(title), html.P(where, className="muted small"), labelled(cells)])


def _said(answer: Answer) -> Component:
    why = f"：{answer.why}" if answer.why else ""
    return html.P(
        [html.Strong(ANSWERS[answer.answer]), f"{why}（{answer.by}，{words.moment(answer.at)}）"], className="muted"
    )


def _ask(desk: Desk, pair_id: str, answer: Answer | None, kept: dict[str, str]) -> Component:
    return html.Form(
        [
            # The version on this screen travels with the form: whoever is second is told, not overwritten.
            *hidden(token=desk.token, id=pair_id, seen_version=answer.version if answer else 0, **kept),
            html.Fieldset(
                [
                    html.Legend("是不是同一个人"),
                    *(
                        html.Label([text_input("answer", key, "radio", required=True), text], className="choice")
                        for key, text in ANSWERS.items()
                    ),
                ]
            ),
            field("依据", text_input("why", "", maxLength=500), "判断为同一人时必填，例如“已核对身份证复印件”。"),
            html.Div(html.Button("保存回答", type="submit"), className="actions"),
        ],
        action="/do/answer",
        method="POST",
        className="no-print",
    )
