"""Searches a finished publication for what must not be there. Pure: the caller names files, columns and identifiers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from checks.privacy.identifiers import Column, Hit, shapes

# A number shorter than a phone's identifies nobody by itself; place codes have 12 digits and are checked by pattern.
RUN = r"[0-9]{11,}[Xx]?"
FULL_WIDTH, HALF_WIDTH = "０１２３４５６７８９Ｘｘ", "0123456789XX"
BETWEEN = r"[\s\-_.·•,，、/\x{200b}-\x{200f}\x{feff}]+"
SHORTEST = 11
BYTES = "bytes"
LONG = 15  # bytes of a packed file, and hashes, make shorter runs by chance
CHUNK = 1 << 24
PIECE, OVERLAP = 128, 32  # no identifier is longer than the overlap


@dataclass(frozen=True)
class Source:
    """One table of a publication, as a reader of its file sees it.

    Attributes:
        file: name shown in the report.
        relation: what to select from, our own SQL.
        columns: exactly the columns that may be there.
    """

    file: str
    relation: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Identifiers:
    """Real identifiers the output is searched for.

    Attributes:
        check: name of the check in a hit.
        lengths: how long they are, in characters.
        query: SELECT of those of `candidates(c)`, a relation of text made for the occasion, that are real.
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


# Runs of digits by file and field: what is compared with real identifiers, once for a whole publication.
Runs = dict[tuple[str, str], set[str]]


def inspect(
    connection: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    assertions: Sequence[Assertion] = (),
    waived: Mapping[str, Collection[str]] | None = None,
) -> tuple[list[Hit], Runs]:
    """Search tables for columns, patterns, shapes and small cells; collect their long runs of digits.

    Args:
        connection: in which the relations of the sources are visible.
        sources: tables to search.
        assertions: further queries that must count 0.
        waived: SHA-256 of exact texts allowed by a named person, by column name.

    Returns:
        Every hit, and the runs of digits still to be compared with real identifiers.
    """
    hits: list[Hit] = []
    runs: Runs = {}
    for source in sources:
        wrong = _columns(connection, source)
        hits += wrong
        if wrong:
            continue
        _collect(connection, source)
        hits += [*_patterns(connection, source), *_shapes(connection, source, waived or {})]
        runs |= _dump(connection, source)
    connection.execute("drop table if exists gate_texts")
    for assertion in assertions:
        ((count,),) = connection.execute(assertion.query).fetchall()
        if count:
            hits.append(Hit(assertion.file, assertion.field, assertion.check, int(count)))
    return hits, runs


def inspect_files(folder: Path, files: Iterable[Path], allowed_names: str) -> tuple[list[Hit], Runs]:
    """Search file names by a whitelist; collect the runs of digits in the bytes, document properties included.

    Args:
        folder: names are relative to it.
        files: the files to read.
        allowed_names: regular expression a whole relative name must match.
    """
    hits: list[Hit] = []
    runs: Runs = {}
    for path in sorted(files):
        name = path.relative_to(folder).as_posix()
        if re.fullmatch(allowed_names, name):
            runs[name, BYTES] = _byte_runs(path)
        else:
            # The name itself may be the leak: the report shows its folder, not the name.
            hits.append(Hit(path.parent.relative_to(folder).as_posix(), "file name", "file_name_not_listed", 1))
    return hits, runs


def known(connection: duckdb.DuckDBPyConnection, runs: Runs, identifiers: Sequence[Identifiers]) -> list[Hit]:
    """Compare runs of digits, and every part of them, with real identifiers.

    Args:
        connection: in which the tables of the identifiers are visible.
        runs: runs of digits by file and field.
        identifiers: kinds of identifier to compare with.
    """
    hits = []
    for kind in identifiers:
        # Packed bytes and hashes hold every short number by chance: they are compared with long identifiers only.
        long = all(length >= LONG for length in kind.lengths)
        compared = {where: found for where, found in runs.items() if long or where[1] != BYTES}
        if not _register(connection, compared):
            continue
        connection.execute("create or replace temp table candidates (c VARCHAR)")
        for length in kind.lengths:  # an identifier may be part of a longer run
            connection.execute(
                """insert into candidates select distinct substr(run, i::integer, $length)
                   from (select run, unnest(range(1, greatest(length(run) - $length + 2, 1))) as i from found_runs)""",
                {"length": length},
            )
        real = [row[0] for row in connection.execute(kind.query).fetchall()]
        for (file, field), found in compared.items() if real else ():
            count = sum(any(identifier in run.upper() for run in found) for identifier in real)
            hits += [Hit(file, field, kind.check, count)] if count else []
        connection.unregister("found_runs")
    connection.execute("drop table if exists candidates")
    return hits


def _register(connection: duckdb.DuckDBPyConnection, runs: Runs) -> bool:
    """Register `found_runs` in short pieces: packed columns hold runs of thousands of digits, and pieces keep it linear."""
    pieces = {
        run[start : start + PIECE].upper()
        for found in runs.values()
        for run in found
        for start in range(0, max(1, len(run) - OVERLAP), PIECE - OVERLAP)
    }
    if pieces:
        connection.register("found_runs", pl.DataFrame({"run": list(pieces)}).to_arrow())
    return bool(pieces)


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


def _collect(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Create the temporary table `gate_texts` (field, t): the full text dump, every distinct text once."""
    parts = []
    for column in source.columns:
        name = f'"{column.name}"'
        if column.kind == "number":  # shorter ones are no identifier, and their text need not be made
            parts.append(
                f"select '{column.name}' as field, {name}::varchar as t from {source.relation}"
                f" where {name} >= 10 ** {SHORTEST - 1} or {name} <= -(10 ** {SHORTEST - 1}) group by all"
            )
        elif column.type not in ("DATE", "BOOLEAN"):  # a day or a yes/no has no eleven digits
            parts.append(f"select '{column.name}' as field, {name}::varchar as t from {source.relation} group by all")
    connection.execute(f"create or replace temp table gate_texts as {' union all '.join(parts)}")


def _patterns(connection: duckdb.DuckDBPyConnection, source: Source) -> list[Hit]:
    limited = {column.name: column.pattern for column in source.columns if column.pattern}
    if not limited:
        return []
    wrong = " or ".join(
        f"(field = '{name}' and not regexp_full_match(t, $p{place}))" for place, name in enumerate(limited)
    )
    patterns = {f"p{place}": pattern for place, pattern in enumerate(limited.values())}
    counted = connection.execute(f"select field, count(*) from gate_texts where {wrong} group by all", patterns)
    return [Hit(source.file, field, "pattern", count) for field, count in counted.fetchall()]


def _shapes(connection: duckdb.DuckDBPyConnection, source: Source, waived: Mapping[str, Collection[str]]) -> list[Hit]:
    free = [column.name for column in source.columns if column.kind in ("text", "name")]
    if not free:
        return []
    texts = connection.sql("select field, t from gate_texts where list_contains($1, field)", params=[free]).pl()
    return [
        Hit(source.file, str(field), check, count)
        for (field,), group in texts.group_by("field")
        for check, count in shapes(group["t"], waived.get(str(field), ())).items()
    ]


def _dump(connection: duckdb.DuckDBPyConnection, source: Source) -> Runs:
    """Return the long runs of digits of the whole text dump, as written and with separators taken out."""
    rows = connection.execute(
        f"""with dump as (
                select field, translate(t, $full, $half) as t from gate_texts where length(t) >= {SHORTEST})
            select distinct field, unnest(list_concat(
                regexp_extract_all(t, $run), regexp_extract_all(regexp_replace(t, $between, '', 'g'), $run)))
            from dump""",
        {"full": FULL_WIDTH, "half": HALF_WIDTH, "between": BETWEEN, "run": RUN},
    ).fetchall()
    digests = {column.name for column in source.columns if column.kind == "digest"}
    runs: Runs = {}
    for field, run in rows:
        # A hash has runs as long as a phone's by chance: 0.34 % of SHA-256 hold something of a phone's shape.
        if field not in digests or len(run) >= LONG:
            runs.setdefault((source.file, field), set()).add(run)
    return runs


def _byte_runs(path: Path) -> set[str]:
    runs: set[str] = set()
    with path.open("rb") as file:
        kept = b""
        while chunk := file.read(CHUNK):
            seen = np.frombuffer(kept + chunk, np.uint8)
            is_digit = (seen - 48) < 10
            runs |= _digit_runs(seen, is_digit)
            zero = np.concatenate(([False], seen == 0, [False]))
            wide = is_digit & (zero[:-2] | zero[2:])  # UTF-16 of either order: a zero beside every digit
            for start in (0, 1):
                runs |= _digit_runs(seen[start::2], wide[start::2])
            kept = (kept + chunk)[-64:]  # a run may lie across two pieces
    return runs


def _digit_runs(seen: npt.NDArray[np.uint8], is_digit: npt.NDArray[np.bool_]) -> set[str]:
    """Return the runs of at least fifteen digits, with the X that may close an identity number."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], is_digit, [False])).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    long = ends - starts >= LONG
    found = set()
    for start, end in zip(starts[long].tolist(), ends[long].tolist(), strict=True):
        closing = b"X" if end < len(seen) and seen[end] in (88, 120) else b""
        found.add((seen[start:end].tobytes() + closing).decode("ascii"))
    return found
