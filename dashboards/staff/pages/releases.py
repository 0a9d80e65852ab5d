"""发布: what went public, what was taken down."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboards.shared.components import Column, table
from dashboards.staff.auth import guard
from dashboards.staff.request_context import RequestContext
from mingzhang.catalog import formats

PAGE = {"path": "/releases", "name": "发布", "roles": guard.WORKERS, "menu": 8}


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return the publications, the withdrawals and the waivers in force."""
    store = context.site.store
    published = [
        (
            html.Span(p.release_id[:16], className="mono"),
            str(p.number),
            formats.moment(p.at),
            p.by,
            formats.count(len(p.batches)),
        )
        for p in store.publications()
    ]
    withdrawn = [
        (html.Span(w.notice_id, className="mono"), w.why, w.by, formats.moment(w.at)) for w in store.withdrawals()
    ]
    waivers = [w for w in store.facts().waivers if context.viewer.sees(w.county_code)]
    waived = [(w.problem, w.county_code, w.why, formats.day(w.until), w.by) for w in waivers]
    people = store.withheld(context.now)
    return html.Div(
        [
            html.H1("发布"),
            html.P("只有复核通过的批次才会公开；公示期满的名单由系统每日撤下，金额和人数长期公开。", className="muted"),
            html.H2("历次发布"),
            _or_none(
                ["发布编号", Column("序号", "number"), "时间", "发布人", Column("批次", "number")],
                published,
                "还没有发布过。",
            ),
            html.H2("提前撤下的公示"),
            _or_none(["公示", "理由", "办理人", "时间"], withdrawn, "没有。"),
            html.H2("检查豁免"),
            _or_none(["检查", "县（区、市）", "理由", "截止", "办理人"], waived, "没有。"),
            html.H2("不予公开的人员"),
            html.P(f"现有 {len(people)} 人不在任何公开内容中出现。"),
        ]
    )


def _or_none(columns: Sequence[object], rows: Sequence[Sequence[object]], none: str) -> Component:
    return table(columns, rows) if rows else html.P(none, className="muted")
