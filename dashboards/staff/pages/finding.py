"""疑点详情: both records side by side with their source cells, what to ask, what clears, and the decision."""

from __future__ import annotations

import secrets
from collections import Counter
from itertools import groupby
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboards.shared.components import Part, badge, field, hidden, link, say, select, text_input
from dashboards.shared.components import facts as labelled
from dashboards.staff import fact_values, presumed_links
from dashboards.staff.auth import guard
from dashboards.staff.pages.findings import SEVERITY_TONES, status
from dashboards.staff.queries.findings import FindingQueries
from dashboards.staff.request_context import RequestContext
from mingzhang.casework.workflow import DECIDERS, Decision, Outcome, Status, allowed_outcomes
from mingzhang.catalog import formats, words

PAGE = {"path": "/finding", "name": "疑点详情", "roles": guard.WORKERS}
SIDES = {"payment": "发放记录", "record": "对照记录"}
FEW = 3
# Rows per side on the printed sheet, which is one page.
ON_PAPER = 6
UNTIL = {"6": "半年内不再提示", "12": "一年内不再提示", "24": "两年内不再提示"}


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return one finding, or say that there is none."""
    queries = FindingQueries(context)
    finding = queries.finding(query.get("id", ""))
    if finding is None:
        return _absent(context, queries, query.get("id", ""))
    history = context.site.store.history(finding["finding_id"])
    message = say("结论已保存。", "ok") if query.get("message") == "decided" else None
    return html.Div(
        [
            html.Nav(
                html.Ol([html.Li(_list_of(finding)), html.Li(finding["finding_id"])]),
                className="crumbs no-print",
            ),
            html.H1(f"{finding['rule']} {finding['title'] or ''}"),
            message,
            summary(queries, finding),
            sides(queries, finding),
            presumed_links.record_pairs(context, finding),
            guidance(finding),
            past(history, outcomes(finding)),
            _decide(context, finding, history) if context.viewer.may(*DECIDERS) else None,
            html.P(
                link("/clue", "打印走访单" if is_lead(finding) else "打印核查单", id=finding["finding_id"]),
                className="no-print",
            ),
        ]
    )


def is_lead(finding: dict[str, Any]) -> bool:
    """Return whether the finding is a service lead."""
    return bool(finding["kind"] == "service_lead")


def _list_of(finding: dict[str, Any]) -> Component:
    return link("/leads", "帮扶") if is_lead(finding) else link("/findings", "疑点")


def _absent(context: RequestContext, queries: FindingQueries, finding_id: str) -> Component:
    """Return the page of a finding that is no longer found: the reason, and the decisions in the viewer's counties."""
    back = html.P(link("/findings", "回到疑点列表"))
    why = queries.why_gone(finding_id)
    if why is None:
        return html.Div([html.H1("没有这条疑点"), back])
    decided = context.site.store.history(finding_id) if context.viewer.may(*DECIDERS) else []
    own = [decision for decision in decided if context.viewer.sees(decision.county_code)]
    return html.Div([html.H1("这条疑点已不再出现"), say(why), past(own), back])


def summary(queries: FindingQueries, finding: dict[str, Any]) -> Component:
    """Return what was found: person, place, period, amount, and the facts it rests on."""
    pairs = [
        ("状态", status(finding)),
        *_severity(finding),
        ("对象", finding["person_name"]),
        ("地点", finding["place_name"] or finding["county_code"]),
        ("补贴项目", finding["programme_name"]),
        ("期间", formats.months(finding["period_from"], finding["period_to"])),
        _money(finding),
        *fact_values.shown(finding, queries.programmes()),
        *presumed_links.identity_facts(finding),
        *_rank(finding),
        ("规则版本", f"{finding['rule']} 第 {finding['rule_version']} 版"),
        ("依据", finding["basis"]),
    ]
    return html.Section([html.P(finding["why"]), labelled(pairs, wide=True)], className="card")


def _money(finding: dict[str, Any]) -> tuple[str, Part]:
    """Return the amount at stake; where none is known, words instead of a zero."""
    fen = finding["amount_fen"]
    if is_lead(finding):
        return "可能应得", formats.yuan(fen) if fen else "以审核确认为准"
    return "涉及金额", "没有可以比较的金额" if fen is None else formats.yuan(fen)


def _severity(finding: dict[str, Any]) -> list[tuple[str, Part]]:
    """Return the finding's severity; a service lead has none."""
    if is_lead(finding):
        return []
    grade = finding["severity"]
    return [("严重程度", badge(words.SEVERITIES.get(grade, grade), SEVERITY_TONES.get(grade, "")))]


def _rank(finding: dict[str, Any]) -> list[tuple[str, Part]]:
    """Return the finding's rank and the reasons for it, when the snapshot ranks."""
    if finding.get("rank") is None:
        return []
    low, high = formats.percent(finding["precision_low"]), formats.percent(finding["precision_high"])
    so_far = f"已核查 {finding['reviewed']} 条" if finding["reviewed"] else "还没有核查过，先按经验估计"
    share = f"查实比例 {formats.percent(finding['precision_mean'])}（{low}–{high}，{so_far}）"
    pairs: list[tuple[str, Part]] = []
    if not is_lead(finding):
        pairs.append(
            (
                "名次",
                f"第 {finding['rank']} 名：涉及金额 × {share}{presumed_links.expected_money_factor(finding)}，按核查难易折算",
            )
        )
    if finding["kind"] == "suspicion":  # what is late or mistyped is corrected, not paid back
        pairs.append(("预期可追回", formats.yuan(finding["expected_fen"])))
    pairs.append(
        ("办理方式" if is_lead(finding) else "核查方式", words.EFFORTS.get(finding["effort"], finding["effort"]))
    )
    if (finding["case_size"] or 0) > 1:
        shown = f"共 {finding['case_size']} 条，建议一并核查"
        pairs.append(
            ("同一户的线索" if is_lead(finding) else "同一户的疑点", link("/findings", shown, case=finding["case_id"]))
        )
    if finding.get("first_seen"):
        state = words.FINDING_STATES.get(finding["state"], "")
        pairs.append(("首次发现", f"{formats.moment(finding['first_seen'])}{f'（{state}）' if state else ''}"))
    return pairs


def sides(queries: FindingQueries, finding: dict[str, Any], only_key: bool = False) -> Component:
    """Return the payments' and the records' source rows beside each other, with the cells that matter marked.

    Args:
        queries: the viewer's queries.
        finding: as `FindingQueries.finding` gives it.
        only_key: for paper: leave out columns that neither identify nor decide, and rows beyond the first few.
    """
    lines = list(queries.finding_lines(finding["finding_id"]))
    fact_texts = {value for _, value in fact_values.shown(finding, {})}
    if only_key:
        lines = [_key_columns(line, fact_texts) for line in lines]
    columns = []
    for role, title in SIDES.items():
        rows = [line for line in lines if line["role"] == role]
        if not rows:
            continue
        kept = rows[:ON_PAPER] if only_key else rows
        alike = [list(group) for _, group in groupby(sorted(kept, key=_header), key=_header)]
        shown = [_few(group, fact_texts) if len(group) <= FEW else _many(group, fact_texts) for group in alike]
        rest = html.P(f"其余 {len(rows) - len(kept)} 行见系统。") if len(kept) < len(rows) else None
        columns.append(html.Section([html.H2(f"{title}（{len(rows)} 行）"), *shown, rest], className="card"))
    return html.Div(columns, className=_beside(lines))


def _beside(lines: list[dict[str, Any]]) -> str | None:
    """Return the CSS class by which two sides share the page: equal, one wider, or none when they are stacked."""
    most = Counter((line["role"], _header(line)) for line in lines)
    payment, record = (max([n for (role, _), n in most.items() if role == side], default=0) for side in SIDES)
    if not (payment and record) or max(payment, record) > FEW or min(payment, record) > 1:
        return None
    return "pair" if payment == record else "pair wide-left" if payment > record else "pair wide-right"


def _header(line: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(head or "") for head in line["header"] or [])


def _where(line: dict[str, Any]) -> str:
    return " · ".join(str(part) for part in (line["file_name"], line["sheet"], f"第 {line['row']} 行") if part)


def _filled(lines: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """Return each column of rows under one header: its name and its cells; columns empty in all rows are left out."""
    width = max(len(line["cells"] or []) for line in lines)
    header = [*_header(lines[0]), *([""] * width)][:width]
    found = [
        (head, [str((line["cells"] or [])[i] or "") if i < len(line["cells"] or []) else "" for line in lines])
        for i, head in enumerate(header)
    ]
    return [(head, cells) for head, cells in found if any(cells)]


def _few(lines: list[dict[str, Any]], fact_texts: set[str]) -> Component:
    """Return one to three rows as header beside cells: easy to compare, and a phone can show it."""
    rows = [
        html.Tr([html.Th(head, scope="row"), *(_cell(head, cell, fact_texts) for cell in cells)])
        for head, cells in _filled(lines)
    ]
    places = html.Tr(
        [html.Th("出处", scope="row"), *(html.Td(_where(line), className="small muted") for line in lines)]
    )
    body = html.Table(html.Tbody([places, *rows]), className="data pairs")
    return html.Div(body, className="scroll", tabIndex=0)


def _many(lines: list[dict[str, Any]], fact_texts: set[str]) -> Component:
    """Return many rows under one header as header over cells."""
    columns = _filled(lines)
    body = [
        html.Tr(
            [html.Th(_where(line), scope="row", className="small"), *(_cell(h, c[i], fact_texts) for h, c in columns)]
        )
        for i, line in enumerate(lines)
    ]
    head_row = html.Tr([html.Th(head, scope="col") for head in ("出处", *(head for head, _ in columns))])
    table = html.Table([html.Thead(head_row), html.Tbody(body)], className="data source")
    return html.Div(table, className="scroll", tabIndex=0)


def _key_columns(line: dict[str, Any], fact_texts: set[str]) -> dict[str, Any]:
    cells = [str(cell or "") for cell in line["cells"] or []]
    kept = [
        (head, cell)
        for head, cell in zip(_header(line), cells, strict=False)
        if _is_key(head, cell, fact_texts) or any(word in head for word in NAMING_WORDS)
    ]
    return {**line, "header": [head for head, _ in kept], "cells": [cell for _, cell in kept]}


NAMING_WORDS = ("姓名", "户主", "享受人", "补贴对象", "收款人", "村", "单位", "项目", "文号", "企业名称")
KEY_WORDS = (
    "身份证",
    "身份号",
    "证件号",
    "金额",
    "死亡",
    "火化",
    "日期",
    "时间",
    "账号",
    "卡号",
    "月份",
    "年月",
    "期间",
    "数量",
    "面积",
)


def _cell(head: str, cell: str, fact_texts: set[str]) -> Component:
    """Return a source cell; a fact of the finding, or an identifying or deciding column, is marked."""
    return html.Td(cell, className="mark" if _is_key(head, cell, fact_texts) else None)


def _is_key(head: str, cell: str, fact_texts: set[str]) -> bool:
    return bool(cell) and (cell in fact_texts or any(word in head for word in KEY_WORDS))


def guidance(finding: dict[str, Any]) -> Component:
    """Return what to ask and what would clear the finding."""
    return html.Div(
        [
            html.Section(
                [html.H2("怎么帮" if is_lead(finding) else "核查时问什么"), html.P(finding["ask"] or "—")],
                className="card",
            ),
            html.Section(
                [
                    html.H2("什么情况不用办" if is_lead(finding) else "什么情况可以排除"),
                    html.P(finding["clears"] or "—"),
                ],
                className="card",
            ),
        ],
        className="pair",
    )


def outcomes(finding: dict[str, Any]) -> dict[str, str]:
    """Return the words of the outcomes for this kind of finding."""
    return words.LEAD_OUTCOMES if is_lead(finding) else words.OUTCOMES


def past(history: list[Decision], titles: dict[str, str] = words.OUTCOMES) -> Component | None:
    """Return earlier decisions, newest first, in the words of `outcomes`."""
    if not history:
        return None
    items = []
    for decision in reversed(history):
        extra = [f"，确认金额 {formats.yuan(decision.amount_fen)}"] if decision.amount_fen is not None else []
        extra += [f"，有效至 {formats.day(decision.until)}"] if decision.until else []
        head: list[Part] = [html.Strong(titles[decision.outcome]), *extra]
        who = f"{decision.by}，{formats.moment(decision.at)}"
        items.append(html.Li([html.P([*head, "。", decision.reason]), html.P(who, className="muted small")]))
    return html.Section([html.H2("已有结论"), html.Ul(items)], className="card")


def _decide(context: RequestContext, finding: dict[str, Any], history: list[Decision]) -> Component:
    choices = {o.value: outcomes(finding)[o.value] for o in allowed_outcomes(Status(finding["status"]))}
    may_confirm = Outcome.CONFIRMED.value in choices
    return html.Form(
        [
            html.H2("作出结论"),
            # The version on this screen travels with the form: a second decision is refused, not overwritten.
            *hidden(
                token=context.token,
                id=finding["finding_id"],
                seen_version=len(history) and history[-1].version,
                seen_evidence=finding["evidence_hash"],
                request_id=secrets.token_hex(16),
            ),
            html.Fieldset(
                [
                    html.Legend("结论"),
                    *(
                        html.Label(
                            [text_input("outcome", key, "radio", required=True), text],
                            className="choice",
                        )
                        for key, text in choices.items()
                    ),
                ]
            ),
            field(
                "理由（必填）", dcc.Textarea(name="reason", required=True, maxLength=2000), "写明查了什么、看到什么。"
            ),
            html.Div(
                [
                    field(
                        "确认金额（元）",
                        text_input("amount", "", inputMode="decimal"),
                        f"选“{outcomes(finding)['confirmed']}”时填写"
                        + ("。" if finding["amount_fen"] is None else "；不填即为全部金额。"),
                    ),
                    field("排除的有效期", select("until", UNTIL, empty="证据不变就一直有效")),
                ],
                className="filters",
            )
            if may_confirm
            else None,
            html.Div(html.Button("保存结论", type="submit"), className="actions"),
        ],
        action="/do/decide",
        method="POST",
        className="card no-print",
    )
