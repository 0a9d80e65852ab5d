"""单据: one document of the money chain, where its money came from and where it went, as a chart and a list."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

from dashboards.shared.chart_theme import COLOURS, themed
from dashboards.shared.components import Column, aria, facts, link, table
from dashboards.staff.auth import guard
from dashboards.staff.pages.stuck import NEXT, due, whose_turn
from dashboards.staff.queries.funds import FundQueries
from dashboards.staff.request_context import RequestContext
from mingzhang.catalog import formats, words

PAGE = {"path": "/document", "name": "资金单据", "roles": guard.WORKERS}
# More documents than this are shown as a list only.
MOST_IN_CHART = 80


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return the document's facts and its timeline."""
    money = FundQueries(context)
    document = money.document(query.get("id", "")[:80])
    if document is None:
        return html.Div([html.H1("没有这份单据"), html.P(link("/stuck", "回到停在哪里"))])
    history = list(money.history(document["line_id"]))
    return html.Div(
        [
            html.H1(document["document_no"]),
            _facts(document),
            html.H2("这笔钱的来龙去脉"),
            _picture(history) if 1 < len(history) <= MOST_IN_CHART else None,
            _list(history, document["line_id"]),
            *_villages(money, history),
            html.P([link("/stuck", "现在停在哪里", county=document["county_code"], programme=document["programme"])]),
        ]
    )


def _facts(document: dict[str, Any]) -> Component:
    stands = document["standing_fen"]
    is_delivered = document["hop"] not in NEXT
    return html.Section(
        facts(
            [
                ("环节", document["hop"]),
                ("补贴项目", document["programme_name"] or document["programme"]),
                ("地方", f"{document['county_name'] or document['county_code']}{document['town_name'] or ''}"),
                ("日期", formats.day(document["dated_on"])),
                ("付方", document["from_office"]),
                ("收方", document["to_office"]),
                ("资金来源级次", document["source_level"]),
                ("上级文号", document["parent_document_no"]),
                ("金额", formats.yuan(document["received_fen"])),
                ("已经往下走", formats.yuan(document["passed_fen"])),
                ("到户" if is_delivered else "还停在这里", formats.yuan(stands) if stands or is_delivered else "没有"),
                ("时限", None if is_delivered or stands <= 0 else due(document)),
                (
                    "轮到谁办",
                    None if is_delivered or stands <= 0 else f"{whose_turn(document)}：{NEXT[document['hop']]}",
                ),
                ("摘要", document["note"]),
                (
                    "原文件",
                    link("/batch", document["file_name"], id=document["delivery_id"])
                    if document["file_name"]
                    else None,
                ),
            ],
            wide=True,
        ),
        className="card",
    )


def _picture(history: list[dict[str, Any]]) -> Component:
    """Return the documents by day and hop; the size of a mark grows with the money."""
    most = max(abs(row["received_fen"]) for row in history) or 1
    chart = go.Figure(
        go.Scatter(
            x=[row["dated_on"] for row in history],
            y=[row["hop"] for row in history],
            mode="markers",
            marker={
                "size": [14 + 22 * (abs(row["received_fen"]) / most) ** 0.5 for row in history],
                "color": [
                    COLOURS[1] if row["hop"] in NEXT and row["standing_fen"] > 0 else COLOURS[0] for row in history
                ],
                "opacity": 0.85,
            },
            text=[f"{row['document_no']}<br>{formats.yuan(row['received_fen'])}" for row in history],
            hovertemplate="%{text}<br>%{x|%Y-%m-%d}<extra></extra>",
        )
    )
    themed(chart, height=320)
    present = [hop for hop in reversed(words.HOPS) if any(row["hop"] == hop for row in history)]
    chart.update_layout(
        xaxis={"type": "date", "gridcolor": "#e5e1d6", "tickformat": "%-m月%-d日\n%Y年", "nticks": 3, "tickangle": 0},
        yaxis={"type": "category", "categoryorder": "array", "categoryarray": present, "title": ""},
        margin={"l": 60, "r": 30, "t": 20, "b": 50},
    )
    return html.Section(
        [
            html.Div(
                dcc.Graph(figure=chart, config={"displayModeBar": False}),
                role="img",
                **aria(label="各份单据按日期和环节排列，内容见下表"),
            ),
            html.P("每个圆是一份单据，越大钱越多；黄色的还有钱停在那里。", className="hint"),
        ],
        className="card",
    )


def _list(history: list[dict[str, Any]], here: str) -> Component:
    rows = [
        (
            formats.day(row["dated_on"]),
            row["hop"],
            html.Strong(f"{row['document_no']}（本单据）")
            if row["line_id"] == here
            else link("/document", row["document_no"], id=row["line_id"]),
            f"{row['to_office'] or '—'}{'（' + row['town_name'] + '）' if row['town_name'] else ''}",
            formats.yuan(row["received_fen"], ""),
            "—" if row["days"] is None else f"{row['days']} 天",
            formats.yuan(row["standing_fen"], "") if row["hop"] in NEXT and row["standing_fen"] else "—",
        )
        for row in history
    ]
    columns = [Column("日期", "nowrap"), Column("环节", "nowrap"), "文号", "收方", Column("金额（元）", "money")]
    columns += [Column("离上一步", "number"), Column("还停着（元）", "money")]
    return table(columns, rows, f"从指标到群众账户，按日期。{_rest(history, '份')}")


def _rest(rows: list[dict[str, Any]], unit: str) -> str:
    """Return that a list is not whole, when it is not."""
    return f"共 {rows[0]['of']:,} {unit}，只列出前 {len(rows)} {unit}。" if rows and rows[0]["of"] > len(rows) else ""


def _villages(money: FundQueries, history: list[dict[str, Any]]) -> list[Component | None]:
    """Return which villages the payments on this way reached, and whether rolls and vouchers say the same sum."""
    paid = [row for row in history if row["hop"] == "支付" and row["batch_month"]]
    if not paid:
        return []
    months = sorted({row["batch_month"] for row in paid})
    towns = sorted({row["town_code"] for row in paid} - {""})
    rows = list(money.villages(paid[0]["county_code"], paid[0]["programme"], months, towns))
    rolls, vouchers = rows[0]["all_fen"] if rows else 0, sum(row["received_fen"] for row in paid)
    shown = [
        (
            f"{row['town_name'] or ''}{row['village_name']}",
            formats.month(row["month"]),
            formats.count(row["lines"]),
            formats.yuan(row["paid_fen"], ""),
        )
        for row in rows
    ]
    same = "，两者一致。" if rolls == vouchers else f"，相差 {formats.yuan(abs(rolls - vouchers))}。"
    columns = ["村（居）", Column("发放月份", "nowrap"), Column("明细行", "number"), Column("金额（元）", "money")]
    return [
        html.H2("到了哪些村"),
        table(columns, shown, f"发放明细里的金额，退回的也算在内。{_rest(rows, '行')}"),
        # vouchers that are not listed are not in the sum, which then says nothing
        None
        if _rest(history, "份")
        else html.P(f"各村合计 {formats.yuan(rolls)}，支付凭证合计 {formats.yuan(vouchers)}{same}"),
    ]
