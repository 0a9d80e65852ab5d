"""批次与复核: every delivery, from submission to certification."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboards.shared.components import Column, badge, field, link, pager, say, select, table
from dashboards.staff.actions import uploads
from dashboards.staff.auth import guard
from dashboards.staff.queries.deliveries import PAGE_SIZE, SnapshotQueries, page_number
from dashboards.staff.request_context import RequestContext
from mingzhang.catalog import formats, words

PAGE = {"path": "/batches", "name": "批次与复核", "roles": guard.WORKERS, "menu": 3, "below": ("/batch", "/receipt")}
MESSAGES = {"submitted": "已提交。系统正在入库，通常半分钟内完成，请稍候刷新本页。"}
TONES = {"accepted": "ok", "accepted_with_errors": "warn", "held": "warn", "refused": "bad"}
FILTERS = ("month", "county", "kind", "status", "wait")
# Only payments are certified and published; registers and documents are evidence.
PAYMENT_KINDS = frozenset({"roster", "dibao_roll", "relief_table"})


def can_be_certified(delivery: dict[str, Any]) -> bool:
    """Return whether a delivery is a batch of payments that is loaded."""
    is_loaded = delivery["status"] in ("accepted", "accepted_with_errors")
    return is_loaded and delivery["kind"] in PAYMENT_KINDS and bool(delivery["accepted"])


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return the filtered list, with uploads that are not loaded yet on top."""
    queries = SnapshotQueries(context)
    certified = context.site.store.certified_batches()
    has_data = queries.meta() is not None
    rows = (
        list(
            queries.deliveries(
                query.get("month", ""), query.get("county", ""), query.get("kind", ""), query.get("status", "")
            )
        )
        if has_data
        else []
    )
    if query.get("wait") == "certify":
        rows = [row for row in rows if can_be_certified(row) and row["delivery_id"] not in certified]
    pages = max(1, -(-len(rows) // PAGE_SIZE))
    page = min(pages, page_number(query))
    message = MESSAGES.get(query.get("message", ""))
    return html.Div(
        [
            html.H1("批次与复核"),
            say(message, "ok") if message else None,
            _on_the_way(context, queries),
            _filters(queries, query) if has_data else None,
            _list(rows, certified, page) if rows else html.P("没有符合条件的批次。", className="muted"),
            pager("/batches", {name: query[name] for name in FILTERS if name in query}, page, pages),
        ]
    )


def _on_the_way(context: RequestContext, queries: SnapshotQueries) -> Component | None:
    """Return the submitted uploads of the viewer's counties that no snapshot shows yet."""
    submitted = [u for u in uploads.all_of(context.site.incoming) if u.state == "submitted"]
    submitted = [u for u in submitted if context.viewer.sees(u.county)]
    arrived = {row["sha256"] for row in queries.deliveries()} if queries.meta() else set()
    waiting = [u for u in submitted if u.sha256 not in arrived]
    if not waiting:
        return None
    items = [html.Li([badge("正在入库", "calm"), f" {u.file_name}，{u.sender} 提交"]) for u in waiting]
    return html.Section([html.H2("正在入库"), html.Ul(items)], className="card")


def _filters(queries: SnapshotQueries, query: dict[str, str]) -> Component:
    kinds = words.delivery_titles()
    months = {f"{month:%Y-%m}": formats.month(month) for month in reversed(queries.line_counts())}
    return html.Form(
        [
            field("月份", select("month", months, query.get("month", ""))),
            field("县（区、市）", select("county", queries.counties_with_names(), query.get("county", ""))),
            field("种类", select("kind", kinds, query.get("kind", ""))),
            field("状态", select("status", words.DELIVERY_STATUSES, query.get("status", ""))),
            field("复核", select("wait", {"certify": "只看待复核"}, query.get("wait", ""))),
            html.Div(html.Button("查看", type="submit"), className="actions"),
        ],
        action="/batches",
        method="GET",
        className="filters card",
    )


def _list(rows: list[dict[str, Any]], certified: frozenset[str], page: int) -> Component:
    kinds = words.delivery_titles()
    columns = [
        "文件",
        "县（区、市）",
        Column("月份", "nowrap"),
        "种类与项目",
        "提交人",
        Column("入库行", "number"),
        Column("不收", "number"),
        Column("金额（元）", "money"),
        "状态",
        "复核",
    ]
    body = [
        (
            link("/batch", row["file_name"] or row["delivery_id"], id=row["delivery_id"]),
            row["county_name"] or row["county_code"],
            formats.month(row["month"]),
            " ".join(part for part in (kinds.get(row["kind"], row["kind"]), row["programme_name"]) if part),
            row["sender"],
            formats.count(row["accepted"]),
            formats.count((row["rejected"] or 0) + (row["held"] or 0)),
            formats.yuan_of(row["kind"], row["total_fen"], "") if row["total_fen"] is not None else "",
            badge(words.DELIVERY_STATUSES.get(row["status"], row["status"]), TONES.get(row["status"], "")),
            _certified(row, certified),
        )
        for row in rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    ]
    return table(columns, body, f"共 {len(rows):,} 个批次")


def _certified(row: dict[str, Any], certified: frozenset[str]) -> Component | str:
    if row["delivery_id"] in certified:
        return badge("已复核", "ok")
    if row["status"] == "held":
        return "先处理暂缓"
    return badge("待复核", "calm") if can_be_certified(row) else "无须复核"
