"""Sign-in, sign-out and password pages as plain HTML, without Dash. Accounts are in casework."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, g, redirect, request
from markupsafe import Markup

from dashboards.shared import theme
from dashboards.staff.auth import guard
from dashboards.staff.request_context import StaffSite
from mingzhang.casework.workflow import WorkflowError

PAGE = Markup("""<!DOCTYPE html>
<html lang="zh-CN"{large}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>登录 · 明账</title>
<link rel="stylesheet" href="{theme}">
</head>
<body>
<header class="site-header"><div class="site-bar">
<span class="site-name">明账</span><span class="site-motto">惠民资金监管 · 工作平台</span>
</div></header>
<main class="page narrow">
<h1>登录</h1>
{message}
<form class="card" action="/do/login" method="post">
<input type="hidden" name="next" value="{next}">
<div class="field"><label for="name">用户名</label>
<input id="name" type="text" name="name" autocomplete="username" required autofocus maxlength="40"></div>
<div class="field"><label for="password">密码</label>
<input id="password" type="password" name="password" autocomplete="current-password" required maxlength="128"></div>
<div class="actions"><button type="submit">登录</button></div>
</form>
<p class="muted">账号由本单位系统管理员开设。忘记密码，请找系统管理员重设。</p>
</main>
</body>
</html>""")
SENTENCES = {
    "wrong": ("bad", "用户名或密码不对，或尝试次数过多。请核对后再试；多次不成功时，请过一会儿再试。"),
    "out": ("ok", "您已退出登录。"),
    "changed": ("ok", "密码已修改，请用新密码登录。"),
}


def large_type() -> bool:
    """Return whether this browser asked for large type."""
    return request.cookies.get("type") == "large"


def safe_next(target: str) -> str:
    """Return a path of our own to go on to; anything else becomes the first page."""
    parts = urlsplit(target)
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return target if is_ours and target.isprintable() else "/"


def register(server: Flask, site: StaffSite) -> None:
    """Add the routes of signing in, signing out, changing one's password and the size of type."""

    @server.get("/login", endpoint="login")
    def login() -> Response:
        tone, sentence = SENTENCES.get(request.args.get("message", ""), ("", ""))
        message = Markup('<p class="say {}" role="status">{}</p>').format(tone, sentence) if sentence else ""
        page = PAGE.format(
            theme=theme.HREF,
            message=message,
            next=safe_next(request.args.get("next", "/")),
            large=Markup(' class="large"') if large_type() else "",
        )
        return Response(page, mimetype="text/html")

    @server.post("/do/login", endpoint="do_login")
    def do_login() -> Response:
        device = request.cookies.get(guard.cookie_name("device"), "")
        found = site.store.sign_in(
            request.form.get("name", ""),
            request.form.get("password", ""),
            site.clock(),
            address=request.remote_addr or "",
            device=device,
        )
        wanted = safe_next(request.form.get("next", "/"))
        if found is None:
            return _go("/login?message=wrong")
        response = _go(wanted)
        _cookie(response, "session", found.session)
        _cookie(response, "device", found.device, max_age=365 * 24 * 3600)
        return response

    @server.post("/do/logout", endpoint="do_logout")
    def do_logout() -> Response:
        guard.check_form()
        site.store.sign_out(request.cookies.get(guard.cookie_name("session"), ""), site.clock())
        response = _go("/login?message=out")
        response.delete_cookie(guard.cookie_name("session"), secure=request.is_secure, httponly=True, samesite="Strict")
        return response

    @server.post("/do/password", endpoint="do_password")
    def do_password() -> Response:
        guard.check_form()
        name, now = g.context.viewer.name, site.clock()
        again = site.store.sign_in(name, request.form.get("old", ""), now, request.remote_addr or "")
        if again is None:
            raise WorkflowError("原密码不对，请核对后再试。")
        site.store.set_password(name, request.form.get("new", ""), now, by=name)
        return _go("/login?message=changed")

    @server.post("/do/type", endpoint="do_type")
    def do_type() -> Response:
        response = _go(safe_next(request.form.get("next", "/")))
        response.set_cookie(
            "type", "normal" if large_type() else "large", max_age=365 * 24 * 3600, samesite="Strict", httponly=True
        )
        return response


def _go(target: str) -> Response:
    return redirect(target, 303)  # type: ignore[return-value]


def _cookie(response: Response, kind: str, value: str, max_age: int | None = None) -> None:
    response.set_cookie(
        guard.cookie_name(kind), value, max_age=max_age, secure=request.is_secure, httponly=True, samesite="Strict"
    )
