"""Routes that send files: static ones, open data, the public record. Nothing is rendered here."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from pathlib import Path

from flask import Flask, Response, request, send_file

from dashboards.public.page import NoSuchPageError
from dashboards.public.site import Site
from dashboards.shared import theme

HERE = Path(__file__).parent
RELEASE_ID = re.compile(r"[0-9a-f]{16}")
FILE = re.compile(r"manifest\.(json|sig)|public\.duckdb|open-data/[a-z_]+\.(csv|parquet)|open-data/README\.txt")
LOCAL_NAME = re.compile(r"[a-z_]+\.[a-z]+")
LOCAL = re.compile(r"/([a-z0-9_\-]+/)*[a-z0-9_\-]*")
PLAIN_FILES = {"public-key.txt": "text/plain; charset=utf-8", "records.jsonl": "application/x-ndjson"}
FOR_EVER = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"


@functools.cache
def asset(name: str) -> str:
    """Return the address of a static file, which changes with its content."""
    path = HERE / "static" / name
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return f"/static/{path.stem}-{digest}{path.suffix}"


def static(name: str) -> Response:
    """Send a static file asked for by its hashed name, or by an earlier hash: permanent pages are kept longer than files."""
    stem, _, rest = name.rpartition("-")
    plain = f"{stem}{Path(rest).suffix}"
    if not (LOCAL_NAME.fullmatch(plain) and (HERE / "static" / plain).is_file()):
        raise NoSuchPageError(name)
    return _sent(HERE / "static" / plain, FOR_EVER if asset(plain) == f"/static/{name}" else A_DAY)


def earlier_theme(digest: str) -> Response:
    """Send the theme of today to a page that was kept since before it changed."""
    response = Response(theme.CSS, mimetype="text/css")
    response.headers["Cache-Control"] = A_DAY
    return response


def data_file(site: Site, release_id: str, name: str) -> Response:
    """Send a file of a release, this one or an older one."""
    path = site.releases / release_id / name
    if not (RELEASE_ID.fullmatch(release_id) and FILE.fullmatch(name) and path.is_file()):
        raise NoSuchPageError(name)
    if not is_sound(site, release_id, name):
        raise NoSuchPageError(name)
    response = _sent(path, FOR_EVER)
    response.headers["Content-Disposition"] = f'attachment; filename="{release_id}-{path.name}"'
    return response


def is_sound(site: Site, release_id: str, name: str) -> bool:
    """Return whether a file is what its manifest says; a damaged file is not served."""
    if name.startswith("manifest."):
        return True  # anyone who verifies checks the one by the other
    try:
        manifest = json.loads((site.releases / release_id / "manifest.json").read_bytes())
        path = site.releases / release_id / name
        found = path.stat()
        return bool(_digest(path, found.st_mtime_ns, found.st_size) == manifest["files"][name])
    except (OSError, ValueError, KeyError):
        return False


@functools.lru_cache(maxsize=256)
def _digest(path: Path, _modified: int, _size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def plain_file(site: Site, name: str) -> Response:
    """Send a file beside the releases: public key or record."""
    if not (site.releases / name).is_file():
        raise NoSuchPageError(name)
    return _sent(site.releases / name, "no-cache", PLAIN_FILES[name])


def size(which: str) -> Response:
    """Remember the size of type and go back."""
    target = request.args.get("to", "/")
    response = Response(status=303, headers={"Location": target if LOCAL.fullmatch(target) else "/"})
    response.set_cookie("size", "large", max_age=31536000 if which == "large" else 0, httponly=True, samesite="Lax")
    response.headers["Cache-Control"] = "no-store"
    return response


def register(server: Flask, site: Site) -> None:
    """Add the routes to a server."""
    server.add_url_rule("/static/<name>", "static_file", static)
    server.add_url_rule("/theme-<digest>.css", "earlier_theme", earlier_theme)
    server.add_url_rule("/data/<release_id>/<path:name>", "data_file", functools.partial(data_file, site))
    for name in PLAIN_FILES:
        endpoint = "file_" + name.replace(".", "_")
        server.add_url_rule(f"/{name}", endpoint, functools.partial(plain_file, site, name))
    server.add_url_rule("/favicon.ico", "favicon", lambda: _sent(HERE / "static" / "favicon.svg", A_DAY))
    server.add_url_rule("/size/<any(large, normal):which>", "size", size)
    server.add_url_rule("/health", "health", lambda: Response("ok", mimetype="text/plain"))


def _sent(path: Path, life: str, mimetype: str | None = None) -> Response:
    response = send_file(path, mimetype=mimetype, conditional=True)
    response.headers["Cache-Control"] = life
    return response
