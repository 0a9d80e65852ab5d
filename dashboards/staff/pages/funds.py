"""资金: from quota to account, hop by hop, as a table and as a picture."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

from dashboards.shared import words
from dashboards.shared.charts import COLOURS, calm
from dashboards.shared.components import Column, field, select, table
from dashboards.staff import guard
from dashboards.staff.house import Desk
from dashboards.staff.queries import Queries

PAGE = {"path": "/funds", "name": "资金", "roles": guard.WORKERS, "menu": 7}
MAIN_HOPS = ("指标", "下达", "拨付", "支付")


def layout(desk: Desk, query: dict[str, str]) -> Component:
    """Return the flow of the chosen county and programme."""
    queries = Queries(desk)
    county, programme = query.get("county", ""), query.get("programme", "")
    flow = list(queries.flow(county, programme))
    totals = list(queries.totals(county, programme))
    return html.Div(
        [
            html.H1("资金"),
            html.P("资金从指标、下达、拨付、支付到个人账户的各个环节；退回和重发另列。", className="muted"),
            html.Form(
                [
                    field("县（区、市）", select("county", queries.counties_with_names(), county)),
                    field("补贴项目", select("programme", queries.programmes(), programme)),
                    html.Div(html.Button("查看", type="submit"), className="actions"),
                ],
                action="/funds",
                method="GET",
                className="filters card",
            ),
            _picture(flow),
            html.H2("各环节金额"),
            _hops(flow),
            html.H2("发放明细合计"),
            _paid(totals),
        ]
    )


def _sums(flow: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in flow:
        sums[row["programme_name"] or row["programme"] or "未注明项目", row["hop"]] += row["amount_fen"] or 0
    return sums


def _picture(flow: list[dict[str, Any]]) -> Component | None:
    """Return a Sankey of the hops: what a hop passes on, and what stayed behind."""
    sums = _sums(flow)
    hops = [sum(fen for (_, hop), fen in sums.items() if hop == name) for name in MAIN_HOPS]
    present = [(name, fen) for name, fen in zip(MAIN_HOPS, hops, strict=True) if fen]
    if len(present) < 2:
        return None
    labels = [f"{name} {words.wan_yuan(fen)}" for name, fen in present]
    source, target, value = [], [], []
    for index in range(len(present) - 1):
        here, after = present[index][1], present[index + 1][1]
        source.append(index)
        target.append(index + 1)
        value.append(min(here, after) / 1_000_000)
        if here > after:
            labels.append(f"尚未{present[index + 1][0]} {words.wan_yuan(here - after)}")
            source.append(index)
            target.append(len(labels) - 1)
            value.append((here - after) / 1_000_000)
    colours = [COLOURS[0]] * len(present) + [COLOURS[1]] * (len(labels) - len(present))
    chart = go.Figure(
        go.Sankey(
            node={"label": labels, "color": colours, "pad": 28, "thickness": 22, "line": {"width": 0}},
            link={"source": source, "target": target, "value": value, "color": "rgba(29,79,92,.22)"},
            valueformat=",.2f",
            valuesuffix=" 万元",
        )
    )
    calm(chart, height=300)
    return html.Section(dcc.Graph(figure=chart, config={"displayModeBar": False}), className="card")


def _hops(flow: list[dict[str, Any]]) -> Component:
    sums = _sums(flow)
    programmes = sorted({programme for programme, _ in sums})
    if not programmes:
        return html.P("还没有资金流转单据。", className="muted")
    rows = []
    for programme in programmes:
        cells = [sums.get((programme, hop), 0) for hop in words.HOPS]
        rows.append((programme, *(words.yuan(fen, "") if fen else "—" for fen in cells)))
    return table(["补贴项目", *(Column(hop, "money") for hop in words.HOPS)], rows, "金额单位：元")


def _paid(totals: list[dict[str, Any]]) -> Component:
    rows = [
        (
            words.month(row["month"]),
            row["programme_name"] or "全部项目",
            words.count(row["lines"]),
            words.yuan(row["paid_fen"], ""),
            words.yuan(row["returned_fen"], ""),
            words.yuan(row["paid_fen"] - row["returned_fen"], ""),
        )
        for row in reversed(totals)
    ]
    columns = [Column("月份", "nowrap"), "补贴项目", Column("明细行", "number")]
    columns += [Column(name, "money") for name in ("已发放（元）", "退回（元）", "实发（元）")]
    return table(columns, rows) if rows else html.P("还没有发放数据。", className="muted")
