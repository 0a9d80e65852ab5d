"""One running public site: current release, notice files, clock, wording, and the cache of rendered pages. No page here."""

from __future__ import annotations

import datetime as dt
import functools
import gzip
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from dashboards.public.notice_files import NoticeFiles
from dashboards.public.past_releases import PastReleases
from dashboards.public.queries import Release
from mingzhang.storage.clock import beijing_day
from mingzhang.storage.publication_reader import PublicationReader

HERE = Path(__file__).parent
CACHE_BYTES = 64 << 20
LARGE = "size=large"

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


@functools.cache
def words() -> dict[str, Any]:
    """Return every word of the site, in the one language it has so far."""
    read: dict[str, Any] = yaml.safe_load((HERE / "words.yml").read_text(encoding="utf-8"))
    return read


@dataclass(frozen=True)
class Entry:
    """One cached page.

    Attributes:
        pointer: state of `CURRENT` the page was made under; None means that any release will do.
        notice_files_stamp: state of the notice files it was made under; None means that it holds no names.
        until: POSIX time from which it is no longer valid.
        plain: body and headers as they are.
        gzipped: body and headers for a browser that accepts gzip.
    """

    pointer: tuple[int, int] | None
    notice_files_stamp: int | None
    until: float
    etag: str
    plain: tuple[bytes, list[tuple[str, str]]]
    gzipped: tuple[bytes, list[tuple[str, str]]]


@dataclass
class Site:
    """One running public site, as every page needs it.

    Attributes:
        releases: the one folder this process reads.
        clock: gives the time, UTC.
        address: how the site is reached from outside, for QR codes.
    """

    releases: Path
    clock: Callable[[], dt.datetime]
    address: str
    reader: PublicationReader = field(init=False)
    past_releases: PastReleases = field(init=False)
    notice_files: NoticeFiles = field(init=False)

    def __post_init__(self) -> None:
        self.reader = PublicationReader(self.releases, "public.duckdb")
        self.past_releases = PastReleases(self.releases, "public.duckdb")
        self.notice_files = NoticeFiles(self.releases / "notices")
        self._pointer = str(self.releases / "CURRENT")
        self._entries: OrderedDict[tuple[str, bool], Entry] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    @contextmanager
    def release(self, release_id: str | None = None) -> Iterator[Release]:
        """Open the current release, or a past one by its id, until the block ends.

        Raises:
            NoSuchPageError: there is no such release.
        """
        lending = self.past_releases.release(release_id) if release_id else self.reader.publication()
        with lending as publication:
            yield Release(self.reader, publication, is_fixed=release_id is not None)

    def today(self, release: Release) -> dt.date:
        """Return the day notices are judged by: the later of the clock's and the release's."""
        return max(beijing_day(self.clock()), release.published_on)

    def pointer(self) -> tuple[int, int]:
        """Return what changes whenever CURRENT moves."""
        found = os.stat(self._pointer)  # noqa: PTH116  on the path of every request
        return found.st_mtime_ns, found.st_ino

    def get(self, path: str, large: bool) -> Entry | None:
        """Return a cached page that is still valid."""
        entry = self._entries.get((path, large))
        if entry is None or self.clock().timestamp() >= entry.until:
            return None
        try:
            if entry.pointer is not None and entry.pointer != self.pointer():
                return None
        except OSError:
            pass  # a release that is open can be served without its pointer
        if entry.notice_files_stamp is not None and entry.notice_files_stamp != self.notice_files.stamp():
            return None
        return entry

    def put(self, path: str, large: bool, entry: Entry) -> None:
        """Cache a rendered page; the oldest are dropped when all together exceed CACHE_BYTES."""
        with self._lock:
            old = self._entries.pop((path, large), None)
            self._entries[path, large] = entry
            self._size += _size(entry) - (_size(old) if old else 0)
            while self._size > CACHE_BYTES:
                self._size -= _size(self._entries.popitem(last=False)[1])


def _size(entry: Entry) -> int:
    return len(entry.plain[0]) + len(entry.gzipped[0])


def make_entry(
    body: bytes,
    headers: list[tuple[str, str]],
    *,
    etag: str,
    pointer: tuple[int, int] | None,
    notice_files_stamp: int | None,
    until: float,
) -> Entry:
    """Return the cache entry of a page, plain and gzipped.

    Args:
        body: the HTML.
        headers: name and value, without ETag, Vary and length.
        etag: quoted entity tag.
        pointer: state of `CURRENT`, or None.
        notice_files_stamp: state of the notice files, or None.
        until: POSIX time from which the entry is no longer valid.
    """
    gzipped = gzip.compress(body, 6, mtime=0)
    common = [*headers, ("ETag", etag), ("Vary", "Accept-Encoding, Cookie")]
    return Entry(
        pointer,
        notice_files_stamp,
        until,
        etag,
        (body, [*common, ("Content-Length", str(len(body)))]),
        (gzipped, [*common, ("Content-Encoding", "gzip"), ("Content-Length", str(len(gzipped)))]),
    )


class FastPath:
    """WSGI middleware that answers cached pages before Flask: most requests are for the same few pages."""

    def __init__(self, site: Site, rest: Callable[[Environ, StartResponse], Iterable[bytes]]) -> None:
        self._site = site
        self._rest = rest

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        method = environ["REQUEST_METHOD"]
        if method in ("GET", "HEAD") and not environ.get("QUERY_STRING"):
            entry = self._site.get(environ["PATH_INFO"], LARGE in environ.get("HTTP_COOKIE", ""))
            if entry is not None:
                return answer(entry, environ, start_response)
        return self._rest(environ, start_response)


def answer(entry: Entry, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Send a rendered page, gzipped where the browser accepts it, or 304 where it has not changed."""
    body, headers = entry.gzipped if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "") else entry.plain
    if environ.get("HTTP_IF_NONE_MATCH") == entry.etag:
        kept = [header for header in headers if header[0] not in ("Content-Length", "Content-Encoding")]
        start_response("304 Not Modified", kept)
        return []
    start_response("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
