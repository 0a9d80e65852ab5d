"""The publication protocol as read: opens a staff snapshot or release read-only, follows its CURRENT. No page's SQL here."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from mingzhang.storage.publication import MANIFEST, POINTER, DamagedPublicationError, current

logger = logging.getLogger(__name__)

NO_EXTENSIONS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}
HARDENED = {
    **NO_EXTENSIONS,
    "threads": "1",
    "memory_limit": "512MiB",
    "max_temp_directory_size": "1GiB",
}


class NothingPublishedError(Exception):
    """There is no publication that can be opened."""

    def __str__(self) -> str:
        return "还没有可以查看的数据。"


class StatementLimitError(Exception):
    """A query ran longer than its limit and was stopped."""

    def __str__(self) -> str:
        return "查询时间过长，已停止。请缩小范围后再试。"


@dataclass(frozen=True)
class Rows:
    """The answer of a query: a list of dicts, and whether rows beyond the cap were left out."""

    rows: list[dict[str, Any]]
    cut: bool = False

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def first(self) -> dict[str, Any] | None:
        """Return the first row, or None."""
        return self.rows[0] if self.rows else None


@dataclass
class OpenPublication:
    """One verified, opened publication. Closed when it is superseded and its last query has ended."""

    name: str
    number: int
    folder: Path
    manifest: dict[str, Any]
    connection: duckdb.DuckDBPyConnection
    lake_root: Path | None = None
    users: int = 0
    retired: bool = False
    verified: set[str] = field(default_factory=set)

    def lake_files(self, table: str, containing: str = "") -> list[str]:
        """Return the verified Parquet files of a lake table, as absolute paths.

        Args:
            table: a table of the manifest.
            containing: keep only files whose name contains this text, for example a county code.

        Raises:
            DamagedPublicationError: a file is missing or its bytes differ from the manifest.
        """
        if self.lake_root is None:
            return []
        paths = [p for p in self.manifest.get("tables", {}).get(table, []) if containing in Path(p).name]
        hashes = self.manifest.get("files", {})
        for path in paths:
            expected = hashes.get(path) or hashes.get(Path(path).name)
            if path not in self.verified and expected:
                _require_hash(self.lake_root / path, expected)
                self.verified.add(path)
        return [str(self.lake_root / path) for path in paths]


class PublicationReader:
    """The publications of one folder; always answers from the newest good one.

    Args:
        folder: holds CURRENT and one folder per publication.
        database: name of the DuckDB file in a publication.
        lake_root: data folder under which the manifest's lake files lie; None forbids every file but the database.
        seconds: statement limit.
        row_limit: most rows a query returns.
        concurrent: most queries at once.
        version: the `schema_version` a manifest must bear; None takes any.
    """

    def __init__(
        self,
        folder: Path,
        database: str,
        *,
        lake_root: Path | None = None,
        seconds: float = 1.0,
        row_limit: int = 1000,
        concurrent: int = 8,
        version: int | None = None,
    ) -> None:
        self.folder = folder
        self.database = database
        self.lake_root = lake_root
        self.seconds = seconds
        self.row_limit = row_limit
        self.version = version
        self.alarm: str | None = None
        self._current: OpenPublication | None = None
        self._pointer = b""
        self._lock = threading.Lock()
        self._switching = threading.Lock()
        self._slots = threading.BoundedSemaphore(concurrent)

    @contextmanager
    def publication(self) -> Iterator[OpenPublication]:
        """Lend the current publication; it stays open until the block ends.

        Raises:
            NothingPublishedError: none could be opened yet.
        """
        self._follow()
        with self._lock:
            lent = self._current
            if lent is None:
                raise NothingPublishedError
            lent.users += 1
        try:
            yield lent
        finally:
            with self._lock:
                lent.users -= 1
                if lent.retired and lent.users == 0:
                    lent.connection.close()

    def query(self, sql: str, parameters: dict[str, Any] | Sequence[Any] | None = None) -> Rows:
        """Run one SELECT written by us (never by a user) with bound parameters.

        Raises:
            NothingPublishedError: nothing to query.
            StatementLimitError: it ran longer than the limit.
        """
        with self.publication() as publication:
            return self.query_on(publication, sql, parameters)

    def query_on(
        self, publication: OpenPublication, sql: str, parameters: dict[str, Any] | Sequence[Any] | None = None
    ) -> Rows:
        """Like `query`, on a publication the caller has borrowed, so that several answers agree."""
        with self._slots:
            cursor = publication.connection.cursor()
            timer = threading.Timer(self.seconds, cursor.interrupt)
            timer.daemon = True
            timer.start()
            try:
                cursor.execute(sql, parameters or [])
                names = [column[0] for column in cursor.description or []]
                found = cursor.fetchmany(self.row_limit + 1)
            except duckdb.InterruptException as error:
                raise StatementLimitError from error
            finally:
                timer.cancel()
                cursor.close()
        rows = [dict(zip(names, row, strict=True)) for row in found[: self.row_limit]]
        return Rows(rows, cut=len(found) > self.row_limit)

    def _follow(self) -> None:
        """Open what CURRENT names if it changed; on any failure keep the old one and remember why."""
        try:
            pointer = (self.folder / POINTER).read_bytes()
        except OSError:
            return
        if pointer == self._pointer:
            return
        # The first request opens; the others meanwhile go on with the old one, or wait when there is none.
        if not self._switching.acquire(blocking=self._current is None):
            return
        try:
            if pointer != self._pointer:
                self._switch(pointer)
        finally:
            self._switching.release()

    def _switch(self, pointer: bytes) -> None:
        try:
            opened = self._open(json.loads(pointer))
        except (OSError, ValueError, KeyError, TypeError, duckdb.Error, DamagedPublicationError) as error:
            self.alarm = f"{type(error).__name__}: {error}"
            logger.warning("publication in %s cannot be opened (%s); the last good one stays", self.folder, self.alarm)
            # The first one may still be repaired in place, so it is tried again; with an old one in hand, not.
            self._pointer = pointer if self._current else b""
            return
        with self._lock:
            old, self._current = self._current, opened
            self._pointer, self.alarm = pointer, None
            if old is not None:
                old.retired = True
                if old.users == 0:
                    old.connection.close()

    def _open(self, pointer: dict[str, Any]) -> OpenPublication:
        name, number = str(pointer["name"]), int(pointer["number"])
        if Path(name).name != name:
            raise DamagedPublicationError(self.folder / POINTER, "指向文件夹之外")
        if self._current is not None and number < self._current.number:
            raise DamagedPublicationError(self.folder / POINTER, f"编号 {number} 早于已打开的 {self._current.number}")
        opened = open_publication(self.folder / name, number, str(pointer["sha256"]), self.database, self.lake_root)
        if self.version is not None and opened.manifest.get("schema_version") != self.version:
            opened.connection.close()
            raise DamagedPublicationError(opened.folder, "由另一个版本的程序写成")
        return opened


def open_publication(
    folder: Path, number: int, sha256: str, database: str, lake_root: Path | None = None
) -> OpenPublication:
    """Open one publication whose manifest has the given hash, and whose database is what the manifest says.

    Args:
        number: as whoever gives the hash has it; content that came back stands under its first manifest.
        sha256: of the manifest.

    Raises:
        DamagedPublicationError: a file differs.
        OSError, ValueError, KeyError: a file is missing or no manifest.
        duckdb.Error: the database cannot be opened.
    """
    _require_hash(folder / MANIFEST, sha256)
    manifest = json.loads((folder / MANIFEST).read_bytes())
    # DuckDB assumes files from a trusted writer: the hash is checked before it sees a byte.
    _require_hash(folder / database, manifest["files"][database])
    connection = connect(folder / database, lake_root)
    return OpenPublication(folder.name, number, folder, manifest, connection, lake_root)


@contextmanager
def opened_current(parent: Path, database: str, lake_root: Path | None = None) -> Iterator[OpenPublication | None]:
    """Lend what `CURRENT` of a folder names for one command's work; None before the first publication.

    Args:
        parent: holds the publications and `CURRENT`.
        database: name of the DuckDB file in a publication.
        lake_root: data folder under which the manifest's lake files lie; None forbids every file but the database.

    Raises:
        DamagedPublicationError: the pointer, manifest or database is not what was published.
    """
    published = current(parent)
    if published is None:
        yield None
        return
    try:
        publication = open_publication(published.path, published.number, published.sha256, database, lake_root)
    except (OSError, ValueError, KeyError, TypeError, duckdb.Error) as error:
        raise DamagedPublicationError(published.path, "文件缺失或已损坏") from error
    try:
        yield publication
    finally:
        publication.connection.close()


def connect(database: Path, lake_root: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file read-only, without network, extensions or other files than `lake_root`'s lake."""
    if lake_root is None:
        closed = {"enable_external_access": "false", "lock_configuration": "true"}
        return duckdb.connect(str(database), read_only=True, config={**HARDENED, **closed})
    connection = duckdb.connect(str(database), read_only=True, config=dict(HARDENED))
    lake = str(lake_root / "lake").replace("'", "''")
    # In `config=` together these two are refused; the order below is the one that works.
    connection.execute(f"set allowed_directories = ['{lake}']")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def _require_hash(path: Path, expected: str) -> None:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_SEQUENTIAL)
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    if digest.hexdigest() != expected:
        raise DamagedPublicationError(path, "文件内容已改变")
