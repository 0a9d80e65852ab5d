"""Request guard of the staff site: signed in, right role, sent from our own pages. A route that is not listed is refused."""

from __future__ import annotations

import secrets
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from flask import Flask, Response, abort, g, redirect, request

from dashboards.staff.request_context import RequestContext, StaffSite, form_token
from mingzhang.casework.workflow import CERTIFIERS, DECIDERS, RESTORERS, SETTLERS, Role

# Every route of the app has its line here; a route without one is refused, and a test fails on it.
ANYBODY = frozenset({"theme", "health", "login", "do_login", "do_type", "_dash_assets.static"})
STAFF = frozenset(Role)
BUREAU = frozenset({Role.MAKER, Role.CHECKER})
WORKERS = frozenset({Role.MAKER, Role.CHECKER, Role.AUDITOR, Role.SUPERVISOR})
UPLOADERS = frozenset({Role.MAKER})
# Who posts lists in the villages, and who supervises it.
BOARD = BUREAU | {Role.SUPERVISOR}
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
ROLES: dict[str, frozenset[Role]] = {
    "/": STAFF,
    "/<path:path>": STAFF,
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": STAFF,
    "/_dash-layout": STAFF,
    "/_dash-dependencies": STAFF,
    "/_dash-update-component": STAFF,
    "/_reload-hash": STAFF,
    "/_favicon.ico": STAFF,
    "do_logout": STAFF,
    "do_password": STAFF,
    "do_upload": UPLOADERS,
    "do_submit": UPLOADERS,
    "do_discard": UPLOADERS,
    "do_mapping": UPLOADERS,
    "do_choose": UPLOADERS,
    "do_choose_of_delivery": UPLOADERS | SETTLERS,
    "do_certify": CERTIFIERS,
    "do_settle": SETTLERS,
    "do_restore": RESTORERS,
    "do_decide": DECIDERS,
    "do_answer": DECIDERS,
    "do_user_add": ADMINISTRATORS,
    "do_user_change": ADMINISTRATORS,
    "file_upload_problems": UPLOADERS,
    "file_workbook": BUREAU,
    "file_problems": WORKERS,
    "file_receipt": WORKERS,
    "file_findings": DECIDERS,
    "file_leads": DECIDERS,
    "file_arrears": DECIDERS,
    "file_template": UPLOADERS,
    "board": BOARD,
}


def is_local(host: str) -> bool:
    """Return whether a Host header names this machine."""
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def cookie_name(kind: str) -> str:
    """Return a cookie's name: the `__Host-` prefix needs https; plain http is served on this machine only."""
    return f"__Host-{kind}" if request.is_secure else f"mingzhang-{kind}"


def is_from_our_pages() -> bool:
    """Return whether a request that changes something came from one of our own pages.

    Dash has no such check of its own. A request with neither header is refused.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        # Under our no-referrer policy browsers send `Origin: null` with our own forms.
        return site == "same-origin" and (origin in (None, "null") or urlsplit(origin).netloc == request.host)
    return origin is not None and urlsplit(origin).netloc == request.host


def _refuse() -> Response | None:
    """Return the refusal of a request, or None when it may go on."""
    if not request.is_secure and not is_local(request.host):
        abort(Response("请通过 https 访问本系统。", 403, mimetype="text/plain"))
    if request.method not in ("GET", "HEAD", "OPTIONS") and not is_from_our_pages():
        abort(Response("请求不是从本系统页面发出的，已拒绝。", 403, mimetype="text/plain"))
    endpoint = request.endpoint or ""
    if endpoint in ANYBODY:
        return None
    context: RequestContext | None = g.context
    if context is None:
        if request.method == "GET" and endpoint in ("/", "/<path:path>"):
            wanted = request.full_path.rstrip("?")
            return redirect(f"/login?next={quote(wanted, safe='')}", 303)  # type: ignore[return-value]
        abort(Response("请先登录。", 401, mimetype="text/plain"))
    if not context.viewer.may(*ROLES.get(endpoint, frozenset())):
        abort(Response("您的岗位不能办理此事项。", 403, mimetype="text/plain"))
    return None


def check_form() -> None:
    """Refuse a form that does not carry its session's token."""
    if not secrets.compare_digest(request.form.get("token", "").encode(), g.context.token.encode()):
        abort(Response("表单已失效，请返回上一页刷新后再提交。", 403, mimetype="text/plain"))


def register(server: Flask, site: StaffSite) -> None:
    """Add the guard to every request and the security headers to every answer."""

    @server.before_request
    def guard() -> Response | None:
        session = request.cookies.get(cookie_name("session"), "")
        now = site.clock()
        viewer = site.store.viewer_of(session, now) if session else None
        g.context = RequestContext(site, viewer, form_token(session), now) if viewer else None
        return _refuse()

    @server.after_request
    def headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", server.config["CSP"])
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex"
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if not (request.endpoint or "").startswith(("theme", "/_dash-component-suites", "_dash_assets")):
            response.headers["Cache-Control"] = "no-store"
        return response
