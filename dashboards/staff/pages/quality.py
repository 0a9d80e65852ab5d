"""数据质量: which registers cover what, how good each supplier's extract is, and the trend of refused lines."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

from dashboards.shared.chart_theme import themed
from dashboards.shared.components import Column, field, select, table
from dashboards.staff.auth import guard
from dashboards.staff.queries.deliveries import SnapshotQueries
from dashboards.staff.request_context import RequestContext
from mingzhang.catalog import formats

PAGE = {"path": "/quality", "name": "数据质量", "roles": guard.WORKERS, "menu": 6}


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return the trend, then each register's coverage and score for one county."""
    queries = SnapshotQueries(context)
    counties = queries.counties_with_names()
    county = query.get("county") or next(iter(counties), "")
    return html.Div(
        [
            html.H1("数据质量"),
            html.P(html.A("查看公开数据的质量报告", href="/quality/report")),
            html.H2("各月文件与明细"),
            _trend(queries),
            html.H2("部门数据"),
            html.P("缺少某月的部门数据时，相应规则对该月“不适用”，不会误报。", className="muted"),
            html.Form(
                [
                    field("县（区、市）", select("county", counties, county, empty=None)),
                    html.Div(html.Button("查看", type="submit"), className="actions"),
                ],
                action="/quality",
                method="GET",
                className="filters card",
            ),
            _registers(queries, county),
        ]
    )


def _trend(queries: SnapshotQueries) -> Component:
    months = queries.line_counts()
    if not months:
        return html.P("还没有数据。", className="muted")
    rows = [
        (
            formats.month(month),
            *(formats.count(row[name]) for name in ("files", "lines", "accepted", "rejected", "held")),
        )
        for month, row in reversed(months.items())
    ]
    labels = [formats.month(month) for month in months]
    chart = go.Figure()
    for name, title in (("rejected", "不收"), ("held", "暂缓")):
        chart.add_bar(
            x=labels,
            y=[row[name] for row in months.values()],
            name=title,
            width=0.5 if len(labels) > 2 else 0.15,
            hovertemplate="%{x}：%{y} 行<extra>" + title + "</extra>",
        )
    chart.update_layout(barmode="stack", showlegend=True)
    themed(chart, y_title="未入库的明细行")
    numbers = [Column(name, "number") for name in ("文件", "明细行", "入库", "不收", "暂缓")]
    graph = dcc.Graph(figure=chart, config={"displayModeBar": False})
    return html.Div([html.Div(graph, className="card"), table(["月份", *numbers], rows)])


def _registers(queries: SnapshotQueries, county: str) -> Component:
    scores = {row["register"]: row for row in queries.scorecard() if row["county_code"] == county}
    rows = [
        _register(row, scores.get(row["register"], {})) for row in queries.coverage() if row["county_code"] == county
    ]
    columns = [
        "部门数据",
        "提供部门",
        "覆盖月份",
        Column("数据截至", "nowrap"),
        *(Column(name, "number") for name in ("记录", "填写完整", "无效证件号", "与上一版重合", "无近亲属记录")),
    ]
    return table(columns, rows) if rows else html.P("还没有收到部门数据。", className="muted")


def _register(row: dict[str, Any], score: dict[str, Any]) -> tuple[Any, ...]:
    return (
        row["title"] or row["register"],
        row["department"] or "",
        formats.months(row["first_month"], row["last_month"]),
        formats.day(row["as_of"]),
        formats.count(row["records"]),
        _percent(score.get("filled_percent")),
        formats.count(score.get("invalid_ids")),
        _percent(score.get("overlap_percent")),
        formats.count(score.get("without_kin")) if row["register"] == "kin" else "—",
    )


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}%"
