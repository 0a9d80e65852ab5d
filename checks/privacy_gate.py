"""Searches a finished publication for what must not be there. Pure: the caller names files, columns and identifiers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from checks.privacy import Column, Hit, shapes, windows

# A number shorter than a phone's identifies nobody by itself; place codes have 12 digits and are checked by pattern.
RUN = r"[0-9]{11,}[Xx]?"
FULL_WIDTH, HALF_WIDTH = "０１２３４５６７８９Ｘｘ", "0123456789XX"
BETWEEN = r"[\s\-_.·•,，、/\x{200b}-\x{200f}\x{feff}]+"
BYTE_RUNS = (rb"[0-9]{15,}[Xx]?", rb"(?:[0-9]\x00){15,}(?:[Xx]\x00)?", rb"(?:\x00[0-9]){15,}(?:\x00[Xx])?")
CHUNK = 1 << 24


@dataclass(frozen=True)
class Source:
    """One table of a publication as the reader of its file gets it.

    Attributes:
        file: name shown in the report.
        relation: what to select from, our own SQL.
        columns: exactly what may be there.
    """

    file: str
    relation: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Identifiers:
    """Which real identifiers the output is searched for.

    Attributes:
        lengths: how long they are, in characters.
        query: SELECT of the identifiers among `$candidates`, a list of text.
    """

    check: str
    lengths: tuple[int, ...]
    query: str


@dataclass(frozen=True)
class Assertion:
    """A SELECT of one number that must be 0."""

    file: str
    field: str
    check: str
    query: str


def inspect(
    connection: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    identifiers: Sequence[Identifiers],
    assertions: Sequence[Assertion] = (),
    waived: Mapping[str, Collection[str]] | None = None,
) -> list[Hit]:
    """Search tables for columns, patterns, shapes, real identifiers and small cells.

    Args:
        connection: sees the sources' relations and the identifiers' tables.
        waived: SHA-256 of exact texts allowed by a named person, by column name.

    Returns:
        Every hit; an empty list means the publication may go out.
    """
    hits: list[Hit] = []
    for source in sources:
        wrong = _columns(connection, source)
        hits += wrong
        for column in () if wrong else source.columns:
            hits += _column(connection, source, column, identifiers, (waived or {}).get(column.name, ()))
    for assertion in assertions:
        ((count,),) = connection.execute(assertion.query).fetchall()
        if count:
            hits.append(Hit(assertion.file, assertion.field, assertion.check, int(count)))
    return sorted(hits)


def inspect_files(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    files: Iterable[Path],
    allowed_names: str,
    identifiers: Sequence[Identifiers],
) -> list[Hit]:
    """Search file names by a whitelist and the bytes of files for real identifiers, document properties included.

    Args:
        folder: names are relative to it.
        files: the files to read.
        allowed_names: regular expression a whole relative name must match.
    """
    hits = []
    for path in sorted(files):
        name = path.relative_to(folder).as_posix()
        if not re.fullmatch(allowed_names, name):
            # The name itself may be what leaked: the report shows where it lies, not what it says.
            hits.append(Hit(path.parent.relative_to(folder).as_posix(), "file name", "file_name_not_listed", 1))
            continue
        hits += [Hit(name, "bytes", check, count) for check, count in _known(connection, _byte_runs(path), identifiers)]
    return hits


def _columns(connection: duckdb.DuckDBPyConnection, source: Source) -> list[Hit]:
    described = connection.execute(f"describe select * from {source.relation}").fetchall()
    found = {row[0]: row[1] for row in described}
    listed = {column.name: column.type for column in source.columns}
    hits = [Hit(source.file, name, "column_not_listed", 1) for name in found.keys() - listed.keys()]
    hits += [Hit(source.file, name, "column_missing", 1) for name in listed.keys() - found.keys()]
    hits += [
        Hit(source.file, name, "column_type", 1) for name in found.keys() & listed.keys() if found[name] != listed[name]
    ]
    return hits


def _column(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    column: Column,
    identifiers: Sequence[Identifiers],
    waived: Collection[str],
) -> list[Hit]:
    field = f'"{column.name}"'
    found: list[tuple[str, int]] = []
    if column.pattern:
        query = f"select count(*) from {source.relation} where not regexp_full_match({field}::varchar, $pattern)"
        ((count,),) = connection.execute(query, {"pattern": column.pattern}).fetchall()
        found.append(("pattern", count))
    if column.kind in ("text", "name"):
        texts = connection.sql(f"select distinct {field} as t from {source.relation}").pl()["t"]
        found += shapes(texts, waived).items()
    found += _known(connection, _runs(connection, source, field), identifiers)
    return [Hit(source.file, column.name, check, count) for check, count in found if count]


def _runs(connection: duckdb.DuckDBPyConnection, source: Source, field: str) -> set[str]:
    """Return the distinct long runs of digits of a column's text dump, as written and with separators taken out."""
    rows = connection.execute(
        f"""with dump as (select distinct translate({field}::varchar, $full, $half) as t from {source.relation}),
                 long as (select t, regexp_replace(t, $between, '', 'g') as joined from dump where length(t) >= 11)
            select distinct unnest(regexp_extract_all(t, $run)) from long
            union select distinct unnest(regexp_extract_all(joined, $run)) from long""",
        {"full": FULL_WIDTH, "half": HALF_WIDTH, "between": BETWEEN, "run": RUN},
    ).fetchall()
    return {row[0] for row in rows}


def _byte_runs(path: Path) -> set[str]:
    runs: set[str] = set()
    with path.open("rb") as file:
        kept = b""
        while chunk := file.read(CHUNK):
            seen = kept + chunk
            for pattern in BYTE_RUNS:
                runs.update(found.replace(b"\0", b"").decode("ascii") for found in re.findall(pattern, seen))
            kept = seen[-64:]  # a run may lie across two pieces
    return runs


def _known(
    connection: duckdb.DuckDBPyConnection, runs: set[str], identifiers: Sequence[Identifiers]
) -> list[tuple[str, int]]:
    found: Counter[str] = Counter()
    for kind in identifiers if runs else ():
        candidates = sorted(windows(runs, kind.lengths))
        if candidates:
            found[kind.check] = len(connection.execute(kind.query, {"candidates": candidates}).fetchall())
    return [(check, count) for check, count in found.items() if count]
