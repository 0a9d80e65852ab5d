"""Request guard of the public site: default deny, origin check of forms, security headers, error pages. No page here."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from dashboards.public.page import NoSuchPageError
from mingzhang.storage.publication_reader import NothingPublishedError, StatementLimitError

SECURITY = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
# What Dash adds under /charts/; the rest of its routes, present or future, is refused.
DASH = frozenset(
    "/charts/" + name
    for name in (
        "",
        "<path:path>",
        "_dash-layout",
        "_dash-dependencies",
        "_dash-update-component",
        "_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
    )
)
ErrorPage = Callable[[str, int], Response]


def policy(hashes: list[str]) -> str:
    """Return the Content-Security-Policy, with the hashes of the inline scripts of a page."""
    scripts = " ".join(["'self'", *hashes])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; object-src 'none'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def register(server: Flask, own: frozenset[str], hashes: list[str], error_page: ErrorPage) -> None:
    """Add the guard to a server whose routes are complete.

    Args:
        server: the Flask server.
        own: endpoints of our own routes.
        hashes: of Dash's inline scripts, as CSP writes them.
        error_page: makes the page of an error from its key and status.
    """
    allowed, charts, plain = own | DASH, policy(hashes), policy([])

    @server.before_request
    def default_deny() -> Response | None:
        if request.endpoint not in allowed:
            return error_page("not_found", 404)
        if request.method not in ("GET", "HEAD", "OPTIONS") and not _same_origin():
            return error_page("not_found", 403)
        return None

    @server.after_request
    def secure(response: Response) -> Response:
        for name, value in SECURITY.items():
            response.headers.setdefault(name, value)
        csp = charts if request.path.startswith("/charts/") else plain
        response.headers.setdefault("Content-Security-Policy", csp)
        return response

    @server.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        if not isinstance(error, NoSuchPageError | NothingPublishedError | HTTPException | StatementLimitError):
            server.logger.error("%s at %s", type(error).__name__, request.endpoint)
        return error_page(*_meaning(error))


def _meaning(error: Exception) -> tuple[str, int]:
    if isinstance(error, NoSuchPageError):
        return "not_found", 404
    if isinstance(error, NothingPublishedError):
        return "no_data", 503
    if isinstance(error, HTTPException):
        return "not_found", error.code or 404
    return "error", 503


def _same_origin() -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site != "same-origin":
        return False
    if origin is not None:
        return origin.rpartition("://")[2] == request.host
    return site is not None
