"""The layout around every staff page: header, menu, signed-in user, data line. No page's own content here."""

from __future__ import annotations

from types import ModuleType

from dash import dcc, html
from dash.development.base_component import Component

from dashboards.shared.components import aria, data, hidden
from dashboards.staff.auth.login import large_type
from dashboards.staff.queries.deliveries import SnapshotQueries
from dashboards.staff.request_context import RequestContext
from mingzhang.catalog import formats, words


def wrap(context: RequestContext, modules: dict[str, ModuleType], path: str, content: Component) -> Component:
    """Return a page with header, menu and footer around it.

    Args:
        context: the request.
        modules: page modules by path, for the menu.
        path: path of this page.
        content: the page itself.
    """
    return html.Div(
        [
            html.A("跳到正文", href="#main", className="skip"),
            html.Header([_bar(context, path), _menu(context, modules, path)], className="site-header no-print"),
            html.Main(content, id="main", className="page", tabIndex=-1),
            html.Footer(html.P(_data_line(context)), className="site-footer"),
        ],
        className="frame",
        **data(type="large" if large_type() else "normal"),
    )


def _bar(context: RequestContext, path: str) -> Component:
    roles = "、".join(title for role, title in words.ROLES.items() if role in context.viewer.roles)
    size = "标准字号" if large_type() else "大字号"
    return html.Div(
        [
            dcc.Link("明账", href="/", className="site-name"),
            html.Span("惠民资金监管 · 工作平台", className="site-motto"),
            html.Div(
                [
                    html.Form(
                        [*hidden(next=path), html.Button(size, type="submit", className="plain")],
                        action="/do/type",
                        method="POST",
                    ),
                    dcc.Link(f"{context.viewer.name}（{roles}）", href="/account"),
                    html.Form(
                        [*hidden(token=context.token), html.Button("退出", type="submit", className="plain")],
                        action="/do/logout",
                        method="POST",
                    ),
                ],
                className="site-tools",
            ),
        ],
        className="site-bar",
    )


def _menu(context: RequestContext, modules: dict[str, ModuleType], path: str) -> Component:
    shown = [m.PAGE for m in modules.values() if m.PAGE.get("menu") and context.viewer.may(*m.PAGE["roles"])]
    items = []
    for page in sorted(shown, key=lambda page: int(page["menu"])):
        is_here = path == page["path"] or path in page.get("below", ())
        items.append(html.Li(dcc.Link(page["name"], href=page["path"], className="here" if is_here else None)))
    return html.Nav(html.Ul(items), className="site-nav", **aria(label="主菜单"))


def _data_line(context: RequestContext) -> str:
    meta = SnapshotQueries(context).meta()
    if meta is None:
        return "还没有核对过的数据。"
    return (
        f"数据：第 {meta['number']} 次核对，{formats.moment(meta['created_at'])} 生成，"
        f"最近发放月份 {formats.month(meta['month'])}。疑点只是线索，不是结论。"
    )
