"""The files that hold the names of village notices: text, hash, writing and reading. Who is named is in `notices.py`."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from mingzhang.publishing.release import schema
from mingzhang.storage.durable import TEMPORARY, sync
from mingzhang.storage.publication_reader import NO_EXTENSIONS
from mingzhang.warehouse.declaration import column_names, ddl, name_of, validate_stored

FILE_NAME = re.compile(r"(\d{6})-(\d{4}-\d{2}-\d{2})-([0-9a-f]{16})\.duckdb")
LINE_FIELDS = tuple(column_names(schema.NoticeLine)[1:])
HEAD_FIELDS = ("notice_id", "begins_on", "ends_on", "decided_by", "listed", "unnamed", "total_fen")


@dataclass(frozen=True)
class NoticeFile:
    """A file of notices of one county that end on the same day."""

    path: Path
    county_code: str
    ends_on: dt.date
    digest: str

    @classmethod
    def read(cls, path: Path) -> NoticeFile | None:
        """Return what a file name contains, or None when it is no notice file."""
        match = FILE_NAME.fullmatch(path.name)
        return cls(path, match[1], dt.date.fromisoformat(match[2]), match[3]) if match else None

    def is_sound(self) -> bool:
        """Return whether the bytes are those the name was made from."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest().startswith(self.digest)


def listed(folder: Path) -> list[NoticeFile]:
    """Return the notice files of a notices folder, sorted by name."""
    return [notice_file for path in sorted(folder.glob("*.duckdb")) if (notice_file := NoticeFile.read(path))]


def texts(heads: str, lines: str, key: str = "notice_id") -> str:
    """Return the SELECT of (key, text): the text of a notice that its hash is taken over."""
    head = ", ".join(f"coalesce(h.{field}::varchar, '')" for field in HEAD_FIELDS)
    line = ", ".join(f"coalesce({field}::varchar, '')" for field in LINE_FIELDS)
    return f"""select h.{key}, concat_ws(chr(31), {head}) || l.text as text
        from {heads} h join (
            select {key}, string_agg(chr(30) || concat_ws(chr(31), {line}), '' order by position) as text
            from {lines} group by all) l using ({key})"""


def hashes_of(alias: str) -> str:
    """Return the SELECT of (notice_id, hash) over an attached notice file."""
    query = texts(f"{alias}.notices", f"{alias}.lines")
    return f"select notice_id, sha256(salt || text) from ({query}) join {alias}.notices using (notice_id)"


def write_files(connection: duckdb.DuckDBPyConnection, folder: Path, building: Path) -> list[Path]:
    """Write the notice files of `notice_heads` that are not in `folder` yet into `building`; return the paths to keep."""
    existing = {(p.county_code, p.ends_on, salts(p)): p.path for p in listed(folder)}
    wanted = connection.execute(
        "select county_code, ends_on, list_sort(list(salt)) from notice_heads group by all order by all"
    ).fetchall()
    kept = []
    for county_code, ends_on, found in wanted:
        path = existing.get((county_code, ends_on, tuple(found)))
        kept.append(path or _write_file(connection, building, county_code, ends_on))
    return kept


def _write_file(connection: duckdb.DuckDBPyConnection, building: Path, county_code: str, ends_on: dt.date) -> Path:
    path = building / f"{county_code}-{ends_on}.duckdb"
    with attached(connection, path, "notices_out"):
        for table in schema.NOTICE_TABLES:
            connection.execute(f"create table notices_out.{name_of(table)} ({ddl(table)})")
        heads, lines = (", ".join(column_names(table)) for table in schema.NOTICE_TABLES)
        mine = "from notice_heads where county_code = $county and ends_on = $ends_on"
        which = {"county": county_code, "ends_on": ends_on}
        connection.execute(f"insert into notices_out.notices select {heads} {mine} order by notice_id", which)
        # The bounds let DuckDB skip other counties' stretches of the lines.
        connection.execute(
            f"""insert into notices_out.lines select {lines}
                from notice_lines join (select notice_id, notice_no {mine}) using (notice_no)
                where notice_no between (select min(notice_no) {mine}) and (select max(notice_no) {mine})
                order by notice_no, position""",
            which,
        )
        for table in schema.NOTICE_TABLES:
            validate_stored(connection, f"notices_out.{name_of(table)}", table)
    return named_by_content(path)


def named_by_content(path: Path) -> Path:
    """Rename a finished notice file by the hash of its bytes, durably: one name means one content for ever."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    named = path.with_name(f"{path.stem}-{digest[:16]}.duckdb")
    sync(path)
    path.rename(named)
    return named


def without(notice_file: NoticeFile, notices: Collection[str]) -> dict[str, str]:
    """Write a notice file anew without some notices, or remove it when none is left; return the hashes taken down."""
    with duckdb.connect() as connection, attached(connection, notice_file.path, "old", "read_only"):
        hashes = dict(connection.execute(hashes_of("old")).fetchall())
        gone = {notice: digest for notice, digest in hashes.items() if notice in notices}
        if gone and len(gone) < len(hashes):
            path = notice_file.path.with_name(f"{TEMPORARY}{notice_file.county_code}-{notice_file.ends_on}.duckdb")
            path.unlink(missing_ok=True)
            with attached(connection, path, "new"):
                for table in schema.NOTICE_FILE:
                    kept = f"from old.{table} where not list_contains($1::varchar[], notice_id)"
                    connection.execute(f"create table new.{table} as {kept}", [sorted(gone)])
            named = named_by_content(path)
            named.rename(named.with_name(named.name.removeprefix(TEMPORARY)))
    if gone:
        notice_file.path.unlink()
        sync(notice_file.path.parent)
    return gone


def salts(notice_file: NoticeFile) -> tuple[str, ...]:
    """Return the sorted salts of a notice file, which identify its content; empty when it is damaged."""
    if not notice_file.is_sound():
        return ()
    with opened(notice_file.path) as connection:
        return tuple(row[0] for row in connection.execute("select salt from old.notices order by 1").fetchall())


@contextmanager
def attached(connection: duckdb.DuckDBPyConnection, path: Path, alias: str, mode: str = "") -> Iterator[None]:
    """Attach a database file for a block; checkpoint what was written, so that no log is left beside it.

    Args:
        connection: to which it is attached.
        path: of the database file.
        alias: what SQL calls it.
        mode: anything: read-only; empty: to write.
    """
    quoted = str(path).replace("'", "''")
    connection.execute(f"attach '{quoted}' as {alias} {'(read_only)' if mode else ''}")
    try:
        yield
        if not mode:
            connection.execute(f"checkpoint {alias}")
    finally:
        connection.execute(f"detach {alias}")


def hashes(notice_file: NoticeFile) -> dict[str, str]:
    """Return the hash of every notice of a notice file."""
    with opened(notice_file.path) as connection:
        return dict(connection.execute(hashes_of("old")).fetchall())


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a published database read-only as `old`, able to reach nothing else."""
    quoted = str(path).replace("'", "''")
    with duckdb.connect(config=dict(NO_EXTENSIONS)) as connection:
        connection.execute(f"attach '{quoted}' as old (read_only)")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield connection
