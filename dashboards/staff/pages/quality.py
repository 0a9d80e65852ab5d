"""数据质量: which registers cover what, how good each supplier's extract is, and the trend of refused lines."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

from dashboards.shared import words
from dashboards.shared.charts import calm
from dashboards.shared.components import Column, table
from dashboards.staff import guard
from dashboards.staff.house import Desk
from dashboards.staff.queries import Queries

PAGE = {"path": "/quality", "name": "数据质量", "roles": guard.WORKERS, "menu": 6}


def layout(desk: Desk, query: dict[str, str]) -> Component:
    """Return the trend, the coverage and the scorecard."""
    queries = Queries(desk)
    return html.Div(
        [
            html.H1("数据质量"),
            html.H2("各月文件与明细"),
            _trend(queries),
            html.H2("部门数据覆盖"),
            html.P("缺少某月的部门数据时，相应规则对该月“不适用”，不会误报。", className="muted"),
            _coverage(queries),
            html.H2("部门数据评分"),
            _scorecard(queries),
        ]
    )


def _trend(queries: Queries) -> Component:
    months = queries.line_counts()
    if not months:
        return html.P("还没有数据。", className="muted")
    rows = [
        (
            words.month(month),
            words.count(row["files"]),
            words.count(row["lines"]),
            words.count(row["accepted"]),
            words.count(row["rejected"]),
            words.count(row["held"]),
            words.percent(row["rejected"] / row["lines"]) if row["lines"] else "—",
        )
        for month, row in reversed(months.items())
    ]
    shares = [100 * (r["rejected"] + r["held"]) / r["lines"] if r["lines"] else 0 for r in months.values()]
    labels = [words.month(month) for month in months]
    chart = go.Figure(
        go.Bar(
            x=labels, y=shares, width=0.5 if len(labels) > 2 else 0.15, hovertemplate="%{x}：%{y:.2f}%<extra></extra>"
        )
    )
    calm(chart, y_title="未入库明细占比（%）")
    numbers = [Column(name, "number") for name in ("文件", "明细行", "入库", "不收", "暂缓", "不收占比")]
    return html.Div([dcc.Graph(figure=chart, config={"displayModeBar": False}), table(["月份", *numbers], rows)])


def _coverage(queries: Queries) -> Component:
    rows = [
        (
            row["title"] or row["register"],
            row["department"] or "",
            row["county_name"] or row["county_code"],
            words.months(row["first_month"], row["last_month"]),
            words.day(row["as_of"]),
            words.count(row["records"]),
        )
        for row in queries.coverage()
    ]
    columns = [
        "部门数据",
        "提供部门",
        "县（区、市）",
        "覆盖月份",
        Column("数据截至", "nowrap"),
        Column("记录", "number"),
    ]
    return table(columns, rows) if rows else html.P("还没有收到部门数据。", className="muted")


def _scorecard(queries: Queries) -> Component:
    rows = [_score(row) for row in queries.scorecard()]
    columns = [
        "部门数据",
        "县（区、市）",
        Column("数据截至", "nowrap"),
        Column("记录", "number"),
        Column("填写完整", "number"),
        Column("无效证件号", "number"),
        Column("与上一版重合", "number"),
    ]
    return table(columns, rows) if rows else html.P("还没有评分。", className="muted")


def _score(row: dict[str, Any]) -> tuple[Any, ...]:
    return (
        row["title"],
        row["county_name"] or row["county_code"],
        words.day(row["as_of"]),
        words.count(row["records"]),
        _percent(row["filled_percent"]),
        words.count(row["invalid_ids"]),
        _percent(row["overlap_percent"]),
    )


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}%"
