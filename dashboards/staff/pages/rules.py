"""规则: what is checked, on how many, with what result, and how often it was right so far."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboards.shared.components import Column, Part, badge, facts, link, table
from dashboards.staff.auth import guard
from dashboards.staff.queries.findings import FindingQueries
from dashboards.staff.request_context import RequestContext
from mingzhang.casework.workflow import DECIDERS
from mingzhang.catalog import formats, words

PAGE = {"path": "/rules", "name": "规则", "roles": guard.WORKERS, "menu": 5}


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return every rule with its counts, then its words."""
    queries = FindingQueries(context)
    rules = list(queries.rules())
    so_far = {row["rule"]: row for row in queries.precision()} if context.viewer.may(*DECIDERS) else {}
    return html.Div(
        [
            html.H1("规则"),
            html.P("每条规则查了多少、发现多少、多少因缺少数据不能判断。“查实比例”来自已有结论，会随核查变化。"),
            _counts(rows=rules, so_far=so_far, with_precision=context.viewer.may(*DECIDERS)),
            html.H2("规则说明"),
            html.Section([_words(rule) for rule in rules], className="card"),
        ]
    )


def _counts(rows: list[dict[str, Any]], so_far: dict[str, dict[str, Any]], with_precision: bool) -> Component:
    columns = [
        "规则",
        "类别",
        "严重程度",
        Column("查了", "number"),
        Column("发现", "number"),
        Column("不适用", "number"),
    ]
    if with_precision:
        columns += [Column("已核查", "number"), Column("属实", "number"), "查实比例", Column("确认金额（元）", "money")]
    body = []
    for rule in rows:
        cells: list[Any] = [
            link("/findings", f"{rule['id']} {rule['title']}", rule=rule["id"]),
            words.FINDING_KINDS.get(rule["kind"], rule["kind"]),
            words.SEVERITIES.get(rule["severity"], rule["severity"]),
            formats.count(rule["checked"]),
            formats.count(rule["flagged"]),
            formats.count(rule["not_applicable"]),
        ]
        body.append(cells + _precision(so_far.get(rule["id"])) if with_precision else cells)
    return table(columns, body, f"共 {len(rows)} 条规则")


def _precision(row: dict[str, Any] | None) -> list[Any]:
    if not row or not row["reviewed"]:
        return ["0", "—", "还没有结论", "—"]
    low, high = interval(row["confirmed"], row["reviewed"])
    share = f"{formats.percent(row['confirmed'] / row['reviewed'])}（{low * 100:.0f}%–{high * 100:.0f}%）"
    return [formats.count(row["reviewed"]), formats.count(row["confirmed"]), share, formats.yuan(row["amount_fen"], "")]


def interval(confirmed: int, reviewed: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a share: honest where few were reviewed."""
    z = 1.96
    share, spread = confirmed / reviewed, z * z / reviewed
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * (share * (1 - share) / reviewed + spread / (4 * reviewed)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def _words(rule: dict[str, Any]) -> Component:
    reasons = rule["reasons"] or []
    names = words.delivery_titles()
    pairs = [
        ("为什么", rule["why"]),
        ("依据", rule["basis"]),
        ("问什么", rule["ask"]),
        ("可以排除的情况", rule["clears"]),
        ("需要的数据", "、".join(names.get(need, need) for need in rule["needs"] or [])),
        ("不适用的原因", html.Ul([html.Li(reason) for reason in reasons]) if reasons else ""),
    ]
    head: list[Part] = [f"{rule['id']} {rule['title']} ", badge(f"第 {rule['version']} 版")]
    return html.Details([html.Summary(head), facts(pairs)])
