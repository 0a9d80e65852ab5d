"""认人: rows without a usable number beside the person they may be about, and the form to answer."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboards.shared.components import field, hidden, link, pager, say, select, text_input
from dashboards.staff.presumed_links import both_rows
from dashboards.staff.queries.deliveries import page_number
from dashboards.staff.queries.record_pairs import ANSWERED, PAGE_SIZE, PROBABLE, WAITING, RecordPairQueries
from dashboards.staff.request_context import RequestContext
from mingzhang.casework.answers import ANSWERS
from mingzhang.casework.records import Answer
from mingzhang.casework.workflow import DECIDERS
from mingzhang.catalog import formats

PAGE = {"path": "/questions", "name": "认人", "roles": DECIDERS, "menu": 4.5}
STATES = {WAITING: "待回答", ANSWERED: "已回答", PROBABLE: "很可能是（不需回答）"}
INTRO = (
    "这些行没有可用的身份证号。系统按姓名、残缺的证号、出生日期、住址、户主和账号推断可能是谁，没有把握的请人判断。"
    "判断为“是同一人”后，这一行算到此人名下，规则照样核对；"
    "判断为“不是同一人”后，只要两行内容不变，就不再询问。没有核对过证件，请不要凭姓名判断。"
)


SAVED = "回答已保存，下次核对时生效。"


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return the filter and one page of pairs, or the one pair another page asks about."""
    pairs = RecordPairQueries(context)
    if query.get("pair"):
        return _one(context, pairs, query)
    state = query.get("state", WAITING)
    state = state if state in STATES else WAITING
    county = query.get("county", "")[:6]
    page = page_number(query)
    count = pairs.count(state, county)
    shown = pairs.page(state, county, page)
    answers = pairs.answers()
    kept = {"state": state, "county": county}
    return html.Div(
        [
            html.H1("认人"),
            html.P(INTRO, className="muted"),
            say(SAVED, "ok") if query.get("message") == "answered" else None,
            _filters(pairs, state, county),
            html.P(f"共 {count:,} 对。" if count else "没有符合条件的记录。"),
            *(_pair(context, pair, answers.get(pair["pair_id"]), kept) for pair in shown),
            pager("/questions", kept, page, max(1, -(-count // PAGE_SIZE))),
        ]
    )


def _one(context: RequestContext, pairs: RecordPairQueries, query: dict[str, str]) -> Component:
    found, answers = pairs.named([query["pair"][:64]]), pairs.answers()
    shown = [_pair(context, pair, answers.get(pair["pair_id"]), {"pair": pair["pair_id"]}) for pair in found]
    return html.Div(
        [
            html.H1("认人"),
            html.P(INTRO, className="muted"),
            say(SAVED, "ok") if query.get("message") == "answered" else None,
            *(shown or [html.P("没有这一对记录，或者不在您的范围内。")]),
            html.P(link("/questions", "查看全部待回答的")),
        ]
    )


def _filters(pairs: RecordPairQueries, state: str, county: str) -> Component:
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


def _pair(context: RequestContext, pair: dict[str, Any], answer: Answer | None, kept: dict[str, str]) -> Component:
    is_asked = pair["label"] != "probable" or answer or "pair" in kept
    record = link("/questions", "核对过？记录结果", pair=pair["pair_id"])
    more = _ask(context, pair["pair_id"], answer, kept) if is_asked else html.P(record, className="no-print")
    return html.Section([*both_rows(pair), _answer_line(answer) if answer else None, more], className="card")


def _answer_line(answer: Answer) -> Component:
    why = f"：{answer.why}" if answer.why else ""
    return html.P(
        [html.Strong(ANSWERS[answer.answer]), f"{why}（{answer.by}，{formats.moment(answer.at)}）"], className="muted"
    )


def _ask(context: RequestContext, pair_id: str, answer: Answer | None, kept: dict[str, str]) -> Component:
    return html.Form(
        [
            # The version on this screen travels with the form: a second answer is refused, not overwritten.
            *hidden(token=context.token, id=pair_id, seen_version=answer.version if answer else 0, **kept),
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
