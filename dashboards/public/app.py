"""Makes the public app: routes, guard, headers, files. Reads the releases folder and nothing else."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import importlib
import os
import pkgutil
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Response, redirect, request, send_file
from werkzeug.exceptions import HTTPException

from dashboards.public import charts, pages
from dashboards.public.page import NoSuchPageError, Page
from dashboards.public.queries import Release
from dashboards.public.site import LARGE, SHANGHAI, Entry, FastPath, Site, answer, make_entry, words
from dashboards.shared import theme
from dashboards.shared import words as spoken
from dashboards.shared.snapshot import NothingPublishedError, StatementLimitError

HERE = Path(__file__).parent
RELEASE_ID = re.compile(r"[0-9a-f]{16}")
FILE = re.compile(r"manifest\.(json|sig)|open-data/[a-z_]+\.(csv|parquet)|open-data/README\.txt")
LOCAL = re.compile(r"/[a-z0-9_/\-]*")
PLAIN_FILES = {"public-key.txt": "text/plain; charset=utf-8", "records.jsonl": "application/x-ndjson"}
FOR_EVER = "public, max-age=31536000, immutable"
SECURITY = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
CSP = (
    "default-src 'none'; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
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
        w=words(), theme=theme.HREF, asset=asset, yuan=spoken.yuan, wan_yuan=spoken.wan_yuan, count=spoken.count
    )
    environment.globals.update(day=spoken.day)
    environment.trim_blocks = environment.lstrip_blocks = True
    theme.serve(server)
    _add_pages(server, site)
    _add_files(server, site)
    hashes = charts.add(server, site)
    _guard(server, site, CSP.format(hashes="".join(f" '{found}'" for found in hashes)))
    server.wsgi_app = FastPath(site, server.wsgi_app)  # type: ignore[method-assign]
    return server


def from_environment() -> Flask:
    """Make the app for gunicorn: `$MINGZHANG_RELEASES`, and `$MINGZHANG_PUBLIC_URL` for the QR codes."""
    releases = Path(os.environ.get("MINGZHANG_RELEASES", "data/releases")).absolute()
    address = os.environ.get("MINGZHANG_PUBLIC_URL", "http://127.0.0.1:8050")
    return create_app(releases, lambda: dt.datetime.now(dt.UTC), address)


@functools.cache
def asset(name: str) -> str:
    """Return the address of a static file, which changes with its content."""
    path = HERE / "static" / name
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return f"/static/{path.stem}-{digest}{path.suffix}"


def _add_pages(server: Flask, site: Site) -> None:
    for module in pkgutil.iter_modules(pages.__path__):
        found = importlib.import_module(f"{pages.__name__}.{module.name}")
        for rule, function in found.ROUTES.items():
            name = f"{module.name}.{rule}".replace(".", ":", 1).replace(".", "")
            server.add_url_rule(rule, endpoint=name, view_func=functools.partial(_serve, server, site, function))


def _serve(server: Flask, site: Site, function: View, **parts: Any) -> Response:
    """Render a page, keep it if it is good, and send it."""
    large = LARGE in request.headers.get("Cookie", "")
    pointer, packs = site.pointer() if (site.releases / "CURRENT").exists() else (0, 0), site.packs.stamp()
    with site.release() as release:
        page = function(site, release, **parts)
        body = _render(server, release, page, large).encode()
        entry = _entry(site, release, page, body, pointer, packs)
    if page.status != 200:
        return _plain(body, page.status)
    site.put(request.path, large, entry)
    sent: dict[str, Any] = {}
    chunks = answer(entry, request.environ, lambda status, headers: sent.update(status=status, headers=headers))
    return Response(b"".join(chunks), status=sent["status"], headers=sent["headers"])


def _render(server: Flask, release: Release | None, page: Page, large: bool) -> str:
    template = server.jinja_env.get_template(page.template)
    path = request.path if LOCAL.fullmatch(request.path) else "/"
    return template.render(**page.context, release=release, nav=page.nav, named=page.named, large=large, path=path)


def _entry(site: Site, release: Release, page: Page, body: bytes, pointer: tuple[int, int], packs: int) -> Entry:
    """Prepare headers and life of a page. Names are never stored outside; the rest may be asked about again by its tag."""
    last = page.until or site.today(release)
    midnight = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), SHANGHAI)
    headers = [("Content-Type", "text/html; charset=utf-8"), *_headers(page.named)]
    etag = f'"{release.id}-{hashlib.sha256(body).hexdigest()[:16]}"'
    # Only names depend on the packs; a village page shows by the release whether a list is open.
    watched = packs if page.named else None
    return make_entry(body, headers, etag=etag, pointer=pointer, packs=watched, until=midnight.timestamp())


def _headers(named: bool) -> list[tuple[str, str]]:
    if named:
        return [("Cache-Control", "no-store"), ("X-Robots-Tag", "noindex, noarchive"), *_SECURE]
    return [("Cache-Control", "public, max-age=300"), *_SECURE]


# The headers of rendered pages; the guard adds the same to everything else.
_SECURE = [*SECURITY.items(), ("Content-Security-Policy", CSP.format(hashes=""))]


def _plain(body: bytes | str, status: int) -> Response:
    response = Response(body, status=status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response


def _add_files(server: Flask, site: Site) -> None:
    def static(name: str) -> Response:
        stem, _, rest = name.rpartition("-")
        plain = f"{stem}{Path(rest).suffix}"
        if not (HERE / "static" / plain).is_file() or asset(plain) != f"/static/{name}":
            raise NoSuchPageError(name)
        return _sent(HERE / "static" / plain, FOR_EVER)

    def data_file(release_id: str, name: str) -> Response:
        path = site.releases / release_id / name
        if not (RELEASE_ID.fullmatch(release_id) and FILE.fullmatch(name) and path.is_file()):
            raise NoSuchPageError(name)
        response = _sent(path, FOR_EVER)
        response.headers["Content-Disposition"] = f'attachment; filename="{release_id}-{path.name}"'
        return response

    def plain_file(name: str) -> Response:
        if not (site.releases / name).is_file():
            raise NoSuchPageError(name)
        return _sent(site.releases / name, "no-cache", PLAIN_FILES[name])

    def size(which: str) -> Response:
        target = request.args.get("to", "/")
        response = redirect(target if LOCAL.fullmatch(target) and not target.startswith("//") else "/")
        life = 31536000 if which == "large" else 0
        response.set_cookie("size", "large", max_age=life, secure=False, httponly=True, samesite="Lax")
        response.headers["Cache-Control"] = "no-store"
        return response  # type: ignore[return-value]

    server.add_url_rule("/static/<name>", "static_file", static)
    server.add_url_rule("/data/<release_id>/<path:name>", "data_file", data_file)
    for name in PLAIN_FILES:
        server.add_url_rule(f"/{name}", f"plain_{name}".replace(".", "_"), functools.partial(plain_file, name))
    server.add_url_rule("/size/<any(large, normal):which>", "size", size)
    server.add_url_rule("/health", "health", lambda: Response("ok", mimetype="text/plain"))


def _sent(path: Path, life: str, mimetype: str | None = None) -> Response:
    response = send_file(path, mimetype=mimetype, conditional=True)
    response.headers["Cache-Control"] = life
    return response


def _guard(server: Flask, site: Site, csp: str) -> None:
    """Refuse what is not listed, say errors in plain words, and put the headers on everything."""
    allowed = frozenset(rule.endpoint for rule in server.url_map.iter_rules())

    @server.before_request
    def default_deny() -> Response | None:
        if request.endpoint not in allowed:
            return _said(server, "not_found", 404)
        if request.method not in ("GET", "HEAD") and not _same_origin():
            return _said(server, "not_found", 403)
        return None

    @server.after_request
    def secure(response: Response) -> Response:
        for name, value in {**SECURITY, "Content-Security-Policy": csp}.items():
            response.headers.setdefault(name, value)
        return response

    @server.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        if isinstance(error, NoSuchPageError):
            return _said(server, "not_found", 404)
        if isinstance(error, NothingPublishedError):
            return _said(server, "no_data", 503)
        if isinstance(error, HTTPException):
            return _said(server, "not_found", error.code or 404)
        if not isinstance(error, StatementLimitError):
            server.logger.error("%s at %s", type(error).__name__, request.endpoint)
        return _said(server, "error", 503)


def _same_origin() -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site != "same-origin":
        return False
    if origin is not None:
        return origin.rpartition("://")[2] == request.host
    return site is not None


def _said(server: Flask, key: str, status: int) -> Response:
    w = words()["site"]
    context = {"title": w[f"{key}_title"], "message": w[key], "href": "/", "link": w["back_home"]}
    return _plain(_render(server, None, Page("message.html", context), large=False), status)
