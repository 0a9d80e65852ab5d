"""Reads one village notice out of its file, if it may be shown. No other module of the public site reads a name."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from mingzhang.storage.publication_reader import connect

FILE_NAME = re.compile(r"(\d{6})-(\d{4}-\d{2}-\d{2})-([0-9a-f]{16})\.duckdb")
# In the order in which the release hashed them.
HEAD_FIELDS = ("notice_id", "begins_on", "ends_on", "decided_by", "listed", "unnamed", "total_fen")
LINE_FIELDS = (
    *("position", "group_name", "name", "case_no", "household_size", "quantity", "unit"),
    *("standard_fen", "amount_fen", "period_from", "period_to"),
)
OPEN_AT_ONCE = 16


@dataclass(frozen=True)
class Notice:
    """One list as it is shown."""

    head: dict[str, Any]
    lines: list[dict[str, Any]]


class NoticeFiles:
    """The files that hold the village notices of a releases folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._open: OrderedDict[str, duckdb.DuckDBPyConnection] = OrderedDict()

    def stamp(self) -> int:
        """Return what changes whenever a notice file is added or taken down."""
        try:
            return os.stat(self._folder).st_mtime_ns  # noqa: PTH116  on the path of every request
        except OSError:
            return 0

    def find(self, notice_id: str, county: str, ends_on: dt.date, digest: str) -> Notice | None:
        """Return the notice whose content has the hash the release's manifest states, or None.

        Args:
            notice_id: id of the notice in the release.
            county: six-digit code of its county.
            ends_on: last day of the notice.
            digest: SHA-256 of the content, in hex, as the manifest states it.
        """
        for path in sorted(self._folder.glob(f"{county}-{ends_on}-*.duckdb")):
            with self._lock:
                notice = self._read(path, notice_id)
            if notice and _hash(notice) == digest:
                return notice
        return None

    def _read(self, path: Path, notice_id: str) -> Notice | None:
        connection = self._connection(path)
        if connection is None:
            return None
        cursor = connection.cursor()
        try:
            heads = _rows(cursor, f"select {', '.join(HEAD_FIELDS)}, salt from notices where notice_id = $1", notice_id)
            lines = _rows(
                cursor, f"select {', '.join(LINE_FIELDS)} from lines where notice_id = $1 order by position", notice_id
            )
        except duckdb.Error:
            return None
        finally:
            cursor.close()
        return Notice(heads[0], lines) if heads else None

    def _connection(self, path: Path) -> duckdb.DuckDBPyConnection | None:
        """Open a notice file, once its hash is the one in its name; None when it is not."""
        connection = self._open.pop(path.name, None)
        if connection is None:
            match = FILE_NAME.fullmatch(path.name)
            try:
                with path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
                if not match or not digest.startswith(match[3]):
                    return None
                connection = connect(path)
            except (OSError, duckdb.Error):
                return None
        self._open[path.name] = connection
        while len(self._open) > OPEN_AT_ONCE:
            self._open.popitem(last=False)[1].close()
        return connection


def _rows(cursor: duckdb.DuckDBPyConnection, sql: str, notice_id: str) -> list[dict[str, Any]]:
    cursor.execute(sql, [notice_id])
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _hash(notice: Notice) -> str:
    def written(value: Any) -> str:
        return "" if value is None else str(value)

    content = "\x1f".join(written(notice.head[field]) for field in HEAD_FIELDS)
    content += "".join("\x1e" + "\x1f".join(written(line[field]) for field in LINE_FIELDS) for line in notice.lines)
    return hashlib.sha256((notice.head["salt"] + content).encode()).hexdigest()
