"""我的账号: change one's own password."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from dashboards.shared.components import facts, field, hidden
from dashboards.staff.auth import guard
from dashboards.staff.request_context import RequestContext
from mingzhang.catalog import words

PAGE = {"path": "/account", "name": "我的账号", "roles": guard.STAFF}


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return who is signed in, and the form for a new password."""
    viewer = context.viewer
    roles = "、".join(title for role, title in words.ROLES.items() if role in viewer.roles)
    old = dcc.Input(name="old", type="password", autoComplete="current-password", required=True)
    new = dcc.Input(
        name="new", type="password", autoComplete="new-password", required=True, minLength=12, maxLength=128
    )
    pairs = [("用户名", viewer.name), ("岗位", roles), ("县（区、市）", "、".join(sorted(viewer.counties)) or "全部")]
    return html.Div(
        [
            html.H1("我的账号"),
            html.Section(facts(pairs), className="card"),
            html.Form(
                [
                    html.H2("修改密码"),
                    *hidden(token=context.token),
                    field("原密码", old),
                    field("新密码", new, "至少 12 个字符，建议用几个不相干的词连起来。修改后须重新登录。"),
                    html.Div(html.Button("修改密码", type="submit"), className="actions"),
                ],
                action="/do/password",
                method="POST",
                className="card",
            ),
        ],
        className="narrow",
    )
