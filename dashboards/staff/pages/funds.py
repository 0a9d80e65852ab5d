"""资金: the map of the money from quota to account, balances that add up, and how many days each step took."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import plotly.graph_objects as go
from dash import html
from dash.development.base_component import Component

from dashboards.shared.chart_theme import COLOURS, themed
from dashboards.shared.components import Column, field, link, pager, select, table
from dashboards.staff.auth import guard
from dashboards.staff.queries.deliveries import page_number
from dashboards.staff.queries.funds import QUOTAS, FundFilter, FundQueries
from dashboards.staff.request_context import RequestContext
from dashboards.staff.static_html import chart_card
from mingzhang.catalog import formats, words

PAGE = {"path": "/funds", "name": "资金", "roles": guard.WORKERS, "menu": 7}
ABOVE, NOWHERE = "上级下达", "来源不明"
HELD = {"指标": "还没有下达", "下达": "还没有拨付", "拨付": "还没有发放", "退回": "还没有重发"}
DAYS_NOTE = (
    "从上一步的文件日期算起。一次下达、分月使用的指标，后面各月天数自然长，不等于超期；"
    "超期（万元·天）是超过时限的钱数乘以超过的天数。"
)
BY = {"month": "按月份", "programme": "按补贴项目", "town": "按乡镇", "county": "按县"}


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return the map of the chosen county and programme."""
    money, wanted = FundQueries(context), FundFilter.from_query(query)
    by = query.get("by", "") if query.get("by", "") in BY else "month"
    links, balances = list(money.links(wanted)), list(money.balances(wanted))
    nothing = "所选范围内没有资金流转单据。" if wanted != FundFilter() else "还没有资金流转单据。"
    return html.Div(
        [
            html.H1("资金"),
            html.P(
                [
                    "每一笔钱从指标、下达、拨付、支付到个人账户，每一步都对得上分；对不上的单独列出。",
                    link("/stuck", "看现在停在哪里", county=wanted.county, programme=wanted.programme),
                ],
                className="muted",
            ),
            _filters(money, wanted, by),
            *(
                [
                    *_picture(links, wanted),
                    *_balances(balances),
                    *_delays(money, wanted, by),
                    *_quotas(money, wanted, {"by": by}, page_number(query)),
                ]
                if links
                else [html.P(nothing, className="muted")]
            ),
            html.H2("发放明细合计"),
            _paid(list(money.totals(wanted.county, wanted.programme))),
        ]
    )


def _filters(money: FundQueries, wanted: FundFilter, by: str) -> Component:
    towns = money.towns(wanted.county)
    return html.Form(
        [
            field("县（区、市）", select("county", money.counties_with_names(), wanted.county)),
            field("补贴项目", select("programme", money.programmes(), wanted.programme)),
            field("时间分布", select("by", BY, by, empty=None)),
            field("时间分布只看乡镇", select("town", towns, wanted.town)) if towns else None,
            html.Div([html.Button("查看", type="submit"), link("/funds", "清除条件")], className="actions"),
        ],
        action="/funds",
        method="GET",
        className="filters card",
    )


def _flows(links: list[dict[str, Any]]) -> tuple[dict[tuple[str, str], int], dict[str, int]]:
    """Return what went from node to node, and what entered or left each hop without a hop on the other side."""
    flows: dict[tuple[str, str], int] = defaultdict(int)
    standing: dict[str, int] = defaultdict(int)
    for row in links:
        standing[row["hop"]] += row["fen"]
        if row["from_hop"]:
            standing[row["from_hop"]] -= row["fen"]
        source = row["from_hop"] or (NOWHERE if row["gap"] else ABOVE)
        if source != row["hop"]:
            flows[source, row["hop"]] += row["fen"]
    for hop, words_of in HELD.items():
        if standing[hop] > 0:
            flows[hop, words_of] += standing[hop]
    return {pair: fen for pair, fen in flows.items() if fen > 0}, standing


def _picture(links: list[dict[str, Any]], wanted: FundFilter) -> list[Component | None]:
    """Return a Sankey of the hops: what each hop passes on and what still stands there; the standing money also as a list."""
    flows, _ = _flows(links)
    passed: dict[str, int] = defaultdict(int)
    for (source, target), fen in flows.items():
        passed[source] = max(passed[source], sum(f for (s, _), f in flows.items() if s == source))
        passed[target] = max(passed[target], fen)
    nodes = list(passed)
    colours = [COLOURS[1] if node in (*HELD.values(), NOWHERE) else COLOURS[0] for node in nodes]
    chart = go.Figure(
        go.Sankey(
            node={
                # returned money is shown by its two parts beside it; there is no room for more
                "label": [node if node == "退回" else f"{node}<br>{formats.wan_yuan(passed[node])}" for node in nodes],
                "color": colours,
                "pad": 46,  # a label has two lines; thin nodes lie below each other
                "thickness": 20,
                "line": {"width": 0},
            },
            link={
                "source": [nodes.index(source) for source, _ in flows],
                "target": [nodes.index(target) for _, target in flows],
                "value": [fen / 1_000_000 for fen in flows.values()],
                "color": "rgba(29,79,92,.22)",
            },
            valueformat=",.2f",
            valuesuffix=" 万元",
        )
    )
    themed(chart, height=440)
    description = "；".join(f"{source}到{target} {formats.wan_yuan(fen)}" for (source, target), fen in flows.items())
    return [chart_card(chart, f"资金走向图：{description}"), _held(flows, wanted)]


def _held(flows: dict[tuple[str, str], int], wanted: FundFilter) -> Component | None:
    """Return where money stands, each with a link to its documents."""
    parts = [
        html.Li(
            [
                link("/stuck", name, county=wanted.county, programme=wanted.programme, hop=hop),
                " ",
                formats.wan_yuan(fen),
            ]
        )
        for hop, name in HELD.items()
        if (fen := flows.get((hop, name), 0))
    ]
    return html.Div([html.P("停在路上的钱："), html.Ul(parts, className="inline")], className="held") if parts else None


def _balances(rows: list[dict[str, Any]]) -> list[Component]:
    """Return the newest month's balances per hop, and the sentence that they add up."""
    newest = max(row["month"] for row in rows)
    order = {hop: number for number, hop in enumerate(words.HOPS)}
    current = sorted((row for row in rows if row["month"] == newest), key=lambda row: order[row["hop"]])
    shown = [
        (row["hop"], *(formats.yuan(row[f"{name}_fen"], "") for name in ("opening", "received", "passed", "closing")))
        for row in current
    ]
    above, unexplained = (sum(row[f"{name}_fen"] for row in rows) for name in ("above", "unexplained"))
    closing = sum(row["closing_fen"] for row in current)
    columns = ["环节", *(Column(name, "money") for name in ("月初余额", "本月收到", "本月拨出", "月末余额"))]
    sentence = f"各环节月末余额合计 {formats.yuan(closing)} ＝ 上级下达累计 {formats.yuan(above)}"
    sentence += f" ＋ 来源不明 {formats.yuan(unexplained)}。" if unexplained else "，没有来源不明的钱。"
    return [
        html.H2(f"各环节余额（{formats.month(newest)}）"),
        table(columns, shown, "金额单位：元。支付、重发的余额就是已经到群众账户的钱。"),
        html.P([sentence, link("/findings", "看来源不明的单据", rule="J06") if unexplained else None]),
    ]


def _delays(money: FundQueries, wanted: FundFilter, by: str) -> list[Component | None]:
    newest_first = sorted(money.delays(wanted, by), key=lambda row: str(row["label"]), reverse=by == "month")
    order = {label: number for number, label in enumerate(dict.fromkeys(row["label"] for row in newest_first))}
    rows = sorted(newest_first, key=lambda row: (order[row["label"]], words.HOPS.index(row["hop"])))
    shown = [
        (
            row["label"],
            f"{row['from_hop']}→{row['hop']}",
            formats.count(row["documents"]),
            f"{row['median_days']} 天",
            f"{row['most_days']} 天",
            f"{row['longest_days']} 天",
            formats.count(row["late_yuan_days"] // 10_000),
        )
        for row in rows
    ]
    columns = ["月份" if by == "month" else BY[by][1:], Column("环节", "nowrap"), Column("单据", "number")]
    columns += [Column(name, "number") for name in ("一半在几天内", "九成在几天内", "最长", "超期（万元·天）")]
    # by month the newest is what is asked about; the chart has them all
    first = [row for row in shown if by != "month" or row[0] == shown[0][0]]
    return [
        html.H2("每一步走了几天"),
        _quantiles(list(money.delays(wanted))),
        table(columns, first, DAYS_NOTE),
        html.Details([html.Summary("以前各月"), table(columns, rest)]) if (rest := shown[len(first) :]) else None,
    ]


def _quantiles(rows: list[dict[str, Any]]) -> Component:
    """Return the chart of days over months: the median as a line, nine in ten as a dashed one."""
    chart = go.Figure()
    steps = sorted({(row["from_hop"], row["hop"]) for row in rows}, key=lambda step: words.HOPS.index(step[1]))
    for number, step in enumerate(steps):
        mine = [row for row in rows if (row["from_hop"], row["hop"]) == step]
        for name, column, dash in (("一半", "median_days", "solid"), ("九成", "most_days", "dot")):
            chart.add_scatter(
                x=[row["label"] for row in mine],
                y=[row[column] for row in mine],
                name=f"{step[0]}→{step[1]}（{name}）",
                mode="lines+markers",
                line={"dash": dash, "color": COLOURS[number % len(COLOURS)]},
            )
    themed(chart, "天", height=340)
    return chart_card(chart, "各月每一步天数的折线图，数字见下表")


def _quotas(money: FundQueries, wanted: FundFilter, others: dict[str, str], page: int) -> list[Component | None]:
    found = list(money.quotas(wanted, page))
    pages = -(-found[0]["of"] // QUOTAS) if found else page
    rows = [
        (
            link("/document", row["document_no"], id=row["line_id"]),
            row["programme_name"] or row["programme"],
            formats.day(row["dated_on"]),
            formats.yuan(row["received_fen"], ""),
            formats.yuan(row["passed_fen"], ""),
            formats.yuan(row["standing_fen"], ""),
        )
        for row in found
    ]
    columns = ["文号", "补贴项目", Column("日期", "nowrap"), *(Column(n, "money") for n in ("金额", "已下达", "还有"))]
    caption = "金额单位：元。新的在前，点文号看这笔钱一直走到哪里。"
    chosen = {**others, **{name: value for name, value in wanted.__dict__.items() if value}}
    return [
        html.H2("指标文件"),
        table(columns, rows, caption) if rows else html.P("没有更多的指标文件。"),
        pager("/funds", chosen, page, pages),
    ]


def _paid(totals: list[dict[str, Any]]) -> Component:
    rows = [
        (
            formats.month(row["month"]),
            formats.count(row["lines"]),
            formats.yuan(row["paid_fen"], ""),
            formats.yuan(row["returned_fen"], ""),
            formats.yuan(row["paid_fen"] - row["returned_fen"], ""),
        )
        for row in reversed(totals)
    ]
    columns = [Column("月份", "nowrap"), Column("明细行", "number")]
    columns += [Column(name, "money") for name in ("已发放", "退回", "实发")]
    whose = (totals[0]["programme_name"] or "全部项目") if totals else ""
    caption = f"{whose}。金额单位：元；实发 ＝ 已发放 － 退回。"
    return table(columns, rows, caption) if rows else html.P("所选范围内没有发放数据。", className="muted")
