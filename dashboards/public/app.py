"""The public app: routes, guard, headers, files. Reads the releases folder and nothing else."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import importlib
import os
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from dashboards.public import charts, files, guard, pages
from dashboards.public.page import Page
from dashboards.public.queries import Release
from dashboards.public.site import LARGE, Entry, FastPath, Site, answer, make_entry, words
from dashboards.shared import theme
from mingzhang.catalog import formats
from mingzhang.storage.clock import BEIJING

HERE = Path(__file__).parent
View = Callable[..., Page]


def create_app(releases: Path, clock: Callable[[], dt.datetime], address: str = "http://127.0.0.1:8050") -> Flask:
    """Make the public site over a releases folder.

    Args:
        releases: the only folder that is read.
        clock: gives the time, UTC.
        address: scheme and host people reach the site by, for the QR codes.

    Returns:
        The Flask server, ready for gunicorn.
    """
    server = Flask(__name__, template_folder=str(HERE / "templates"), static_folder=None)
    site = Site(releases, clock, address.rstrip("/"))
    environment = server.jinja_env
    environment.globals.update(
        w=words(),
        theme=theme.HREF,
        asset=files.asset,
        yuan=formats.yuan,
        wan_yuan=formats.wan_yuan,
        count=formats.count,
    )
    environment.globals.update(day=formats.day)
    environment.trim_blocks = environment.lstrip_blocks = True
    theme.serve(server)
    _add_pages(server, site)
    files.register(server, site)
    own = frozenset(rule.endpoint for rule in server.url_map.iter_rules())
    guard.register(server, own, charts.register(server, site), functools.partial(_error_page, server))
    server.wsgi_app = FastPath(site, server.wsgi_app)  # type: ignore[method-assign]
    return server


def from_environment() -> Flask:
    """Make the app for gunicorn: `$MINGZHANG_RELEASES`, and `$MINGZHANG_PUBLIC_URL` for the QR codes."""
    releases = Path(os.environ.get("MINGZHANG_RELEASES", "data/releases")).absolute()
    address = os.environ.get("MINGZHANG_PUBLIC_URL", "http://127.0.0.1:8050")
    return create_app(releases, lambda: dt.datetime.now(dt.UTC), address)


def _add_pages(server: Flask, site: Site) -> None:
    for module in pkgutil.iter_modules(pages.__path__):
        found = importlib.import_module(f"{pages.__name__}.{module.name}")
        for rule, function in found.ROUTES.items():
            serve = functools.partial(_serve, server, site, function, rule in found.LASTING)
            name = f"{module.name}:{rule}".replace(".", "")
            server.add_url_rule(rule, endpoint=name, view_func=serve)
            if rule in found.LASTING:
                server.add_url_rule(f"/r/<release_id>{rule}", endpoint=f"{name}:r", view_func=serve)


def _serve(
    server: Flask, site: Site, function: View, lasting: bool, release_id: str | None = None, **parts: Any
) -> Response:
    """Render a page, keep it if it is good, and send it."""
    large = LARGE in request.headers.get("Cookie", "")
    pointer, stamp = site.pointer() if (site.releases / "CURRENT").exists() else (0, 0), site.notice_files.stamp()
    with site.release(release_id) as release:
        page = function(site, release, **parts)
        body = _render(server, release, page, large, lasting and not release_id).encode()
        entry = _entry(site, release, page, body, pointer, stamp)
    if page.status != 200:
        return _plain(body, page.status)
    site.put(request.path, large, entry)
    sent: dict[str, Any] = {}
    chunks = answer(entry, request.environ, lambda status, headers: sent.update(status=status, headers=headers))
    return Response(b"".join(chunks), status=sent["status"], headers=sent["headers"])


def _render(server: Flask, release: Release | None, page: Page, large: bool, lasting: bool = False) -> str:
    template = server.jinja_env.get_template(page.template)
    path = request.path if files.LOCAL.fullmatch(request.path) else "/"
    base = release.base if release else ""
    about = {"release": release, "base": base, "nav": page.nav, "named": page.named}
    return template.render(**page.context, **about, large=large, path=path, lasting=lasting)


def _entry(site: Site, release: Release, page: Page, body: bytes, pointer: tuple[int, int], stamp: int) -> Entry:
    """Return the cache entry of a page: headers and validity. A page with names is never stored by browsers or proxies."""
    headers = [("Content-Type", "text/html; charset=utf-8"), *_headers(page.named, release.is_fixed)]
    etag = f'"{release.id}-{hashlib.sha256(body).hexdigest()[:16]}"'
    if release.is_fixed:
        return make_entry(body, headers, etag=etag, pointer=None, notice_files_stamp=None, until=float("inf"))
    last = page.until or site.today(release)
    midnight = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), BEIJING)
    # Only names depend on the notice files; a village page shows by the release whether a list is open.
    watched = stamp if page.named else None
    return make_entry(body, headers, etag=etag, pointer=pointer, notice_files_stamp=watched, until=midnight.timestamp())


def _headers(named: bool, is_fixed: bool) -> list[tuple[str, str]]:
    if named:
        return [("Cache-Control", "no-store"), ("X-Robots-Tag", "noindex, noarchive"), *_SECURE]
    return [("Cache-Control", files.FOR_EVER if is_fixed else "public, max-age=300"), *_SECURE]


# The headers of rendered pages; the guard adds the same to everything else.
_SECURE = [*guard.SECURITY.items(), ("Content-Security-Policy", guard.policy([]))]


def _plain(body: bytes | str, status: int) -> Response:
    response = Response(body, status=status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response


def _error_page(server: Flask, key: str, status: int) -> Response:
    w = words()["site"]
    context = {"title": w[f"{key}_title"], "message": w[key], "href": "/", "link": w["back_home"]}
    return _plain(_render(server, None, Page("message.html", context), large=False), status)
