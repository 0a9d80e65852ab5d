"""回执: a page to print and sign, proof of what was handed in."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboards.shared.components import data, facts, link
from dashboards.staff.actions.downloads import receipt_of
from dashboards.staff.auth import guard
from dashboards.staff.queries.deliveries import SnapshotQueries
from dashboards.staff.request_context import RequestContext
from mingzhang.catalog import formats, words

PAGE = {"path": "/receipt", "name": "回执", "roles": guard.WORKERS}


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return the receipt of one delivery."""
    queries = SnapshotQueries(context)
    delivery = queries.delivery(query.get("id", ""))
    if delivery is None:
        return html.Div([html.H1("没有这个批次"), html.P(link("/batches", "回到批次列表"))])
    receipt = receipt_of(context, delivery)
    kinds = words.delivery_titles()
    pairs = [
        ("批次号", html.Span(receipt["delivery_id"], className="mono")),
        ("文件名", receipt["file_name"]),
        ("文件指纹（SHA-256）", html.Span(receipt["sha256"], className="mono")),
        ("县（区、市）", receipt["county_name"] or receipt["county_code"]),
        ("所属月份", formats.month(receipt["month"])),
        (
            "种类与项目",
            " ".join(p for p in (kinds.get(receipt["kind"], receipt["kind"]), receipt["programme_name"]) if p),
        ),
        ("提交人", receipt["sender"]),
        ("收到时间", formats.moment(receipt["received_at"])),
        ("结果", words.DELIVERY_STATUSES.get(receipt["status"], receipt["status"])),
        ("明细行", formats.count(receipt["lines"])),
        ("入库", f"{formats.count(receipt['accepted'])} 行，{formats.yuan_of(receipt['kind'], receipt['total_fen'])}"),
        (
            "不收",
            f"{formats.count(receipt['rejected'])} 行，{formats.yuan_of(receipt['kind'], receipt['rejected_fen'])}",
        ),
        ("暂缓", f"{formats.count(receipt['held'])} 行，{formats.yuan_of(receipt['kind'], receipt['held_fen'])}"),
        ("文件自报合计", formats.yuan_of(receipt["kind"], receipt["declared_total_fen"])),
        ("复核人", receipt["certified_by"] or "尚未复核"),
        ("出具时间", formats.moment(context.now)),
    ]
    return html.Div(
        [
            html.H1("数据接收回执"),
            html.Section(facts(pairs), className="card"),
            html.P("本回执证明上述文件已由本系统接收并按所列结果处理。文件指纹可用于核对文件是否被改动。"),
            html.P(
                "经办人（签字）：____________　　复核人（签字）：____________　　日期：____________",
                className="print-only",
            ),
            html.Div(
                [
                    html.Button("打印", className="quiet", **data(print="1")),
                    link("/batch", "回到批次", id=receipt["delivery_id"]),
                ],
                className="actions no-print",
            ),
        ]
    )
