"""首页: what is waiting for the signed-in user."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboards.shared.components import figure, link
from dashboards.staff.actions import uploads
from dashboards.staff.auth import guard
from dashboards.staff.pages.batches import can_be_certified
from dashboards.staff.queries.deliveries import SnapshotQueries
from dashboards.staff.queries.findings import FindingQueries
from dashboards.staff.queries.funds import FundFilter, FundQueries
from dashboards.staff.request_context import RequestContext
from mingzhang.casework.workflow import CERTIFIERS, DECIDERS, Role
from mingzhang.catalog import formats

PAGE = {"path": "/", "name": "首页", "roles": guard.STAFF, "menu": 1}


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return the figures that matter to this viewer's roles, each leading to its list."""
    parts: list[Component] = [html.H1(f"{context.viewer.name}，您好")]
    if context.viewer.may(Role.ADMINISTRATOR):
        return html.Div([*parts, html.P(["您负责账号管理。", link("/users", "进入用户管理")])])
    if SnapshotQueries(context).meta() is None:
        parts.append(html.P("还没有核对过的数据。经办人员可以先上传花名册和部门数据，入库后系统自动核对。"))
    else:
        parts += _waiting(context)
    if context.viewer.may(Role.MAKER):
        parts.append(_own_uploads(context))
    return html.Div(parts)


def _waiting(context: RequestContext) -> list[Component]:
    queries = FindingQueries(context)
    figures: list[Component] = []
    if context.viewer.may(*DECIDERS):
        counts = queries.findings_by_status()
        for status, label in (("open", "条疑点待核查"), ("reopened", "条疑点重新打开"), ("unsure", "条疑点存疑待查")):
            figures.append(figure(f"{counts.get(status, 0):,}", label, f"/findings?status={status}"))
        late = FundQueries(context).standing_sums(FundFilter()).get("late", {"fen": 0, "documents": 0})
        label = f"停在半路、已经超期（{formats.count(late['documents'])} 份单据）"
        figures.append(figure(formats.wan_yuan(late["fen"]), label, "/stuck?state=late"))
        figures.append(figure(f"{counts.get('confirmed', 0):,}", "条疑点已确认", "/findings?status=confirmed"))
    if context.viewer.may(*guard.BUREAU):
        certified = context.site.store.certified_batches()
        deliveries = queries.deliveries()
        waiting = [d for d in deliveries if can_be_certified(d) and d["delivery_id"] not in certified]
        own = sum(d["sender"] == context.viewer.name for d in waiting)
        if context.viewer.may(*CERTIFIERS):
            figures.append(figure(str(len(waiting) - own), "个批次待复核", "/batches?wait=certify"))
        else:
            figures.append(figure(str(own), "个我提交的批次待复核", "/batches?wait=certify"))
        held = [d for d in deliveries if d["status"] == "held"]
        figures.append(figure(str(len(held)), "个文件暂缓入库", "/batches?status=held"))
        errors = sum(queries.findings_by_status().values()) if not context.viewer.may(*DECIDERS) else 0
        figures.append(figure(str(errors), "条数据差错待更正", "/findings"))
    return [html.H2("等待办理"), html.Div(figures, className="grid")]


def _own_uploads(context: RequestContext) -> Component:
    waiting = [u for u in uploads.all_of(context.site.incoming, context.viewer.name) if u.state == "checked"]
    rows = [html.Li([link("/upload", u.file_name, id=u.id), " 已检查，尚未提交"]) for u in waiting]
    shown = html.Ul(rows) if rows else html.P("没有检查后未提交的文件。", className="muted")
    return html.Section([html.H2("我上传的文件"), shown, html.P(link("/upload", "上传新文件"))], className="card")
