"""用户管理: accounts, their roles and counties."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from dashboards.shared.components import badge, field, hidden, say, table, text_input
from dashboards.staff.auth import guard
from dashboards.staff.request_context import RequestContext
from mingzhang.casework.users import UserRecord
from mingzhang.casework.workflow import Role
from mingzhang.catalog import formats, words

PAGE = {"path": "/users", "name": "用户管理", "roles": guard.ADMINISTRATORS, "menu": 9}
MESSAGES = {"added": "已添加用户。", "changed": "已修改，该用户须重新登录。"}


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return all users, and forms to add or change one."""
    message = MESSAGES.get(query.get("message", ""))
    users = context.site.store.users()
    return html.Div(
        [
            html.H1("用户管理"),
            say(message, "ok") if message else None,
            table(["用户名", "岗位", "县（区、市）", "开设时间", "状态"], [_row(user) for user in users]),
            html.Div([_add(context), _change(context, users)], className="pair"),
        ]
    )


def _row(user: UserRecord) -> tuple[object, ...]:
    roles = "、".join(title for role, title in words.ROLES.items() if role in user.viewer.roles)
    state = badge("已停用", "bad") if user.disabled_at else badge("可登录", "ok")
    return (
        user.viewer.name,
        roles,
        "、".join(sorted(user.viewer.counties)) or "全部",
        formats.moment(user.created_at),
        state,
    )


def _roles() -> Component:
    choices = [
        html.Label([text_input("role", role.value, "checkbox"), words.ROLES[role]], className="choice") for role in Role
    ]
    return html.Fieldset([html.Legend("岗位"), *choices, html.P("经办与复核不能由同一人兼任。", className="hint")])


def _counties() -> Component:
    return field("可查看的县（区、市）代码", text_input("counties"), "六位代码，用逗号分开；不填即为全部。")


def _password() -> Component:
    control = dcc.Input(name="password", type="password", autoComplete="new-password", minLength=12, maxLength=128)
    return field("密码", control, "至少 12 个字符，不要用常见密码。")


def _add(context: RequestContext) -> Component:
    return html.Form(
        [
            html.H2("添加用户"),
            *hidden(token=context.token),
            field("用户名", text_input("name", required=True, maxLength=40)),
            _password(),
            _roles(),
            _counties(),
            html.Div(html.Button("添加", type="submit"), className="actions"),
        ],
        action="/do/user-add",
        method="POST",
        className="card",
    )


def _change(context: RequestContext, users: list[UserRecord]) -> Component:
    names = [user.viewer.name for user in users if user.viewer.name != context.viewer.name]
    steps = {"password": "重设密码", "roles": "修改岗位和县", "disable": "停用", "enable": "恢复使用"}
    return html.Form(
        [
            html.H2("修改用户"),
            *hidden(token=context.token),
            field("用户名", html.Select([html.Option(name, value=name) for name in names], name="name")),
            field("办理事项", html.Select([html.Option(text, value=key) for key, text in steps.items()], name="step")),
            html.P("重设密码时填密码；修改岗位时勾选岗位并填县代码。", className="hint"),
            _password(),
            _roles(),
            _counties(),
            html.Div(html.Button("修改", type="submit"), className="actions"),
        ],
        action="/do/user-change",
        method="POST",
        className="card",
    )
