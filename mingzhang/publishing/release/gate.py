"""Tells the gate what a release consists of and what it is searched for. How to search is in `checks/privacy/gate.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from checks.privacy.gate import Assertion, Identifiers, Runs, Source, inspect, inspect_files, known
from checks.privacy.identifiers import Hit
from mingzhang.catalog.load import Catalogue
from mingzhang.publishing.release import schema, tables
from mingzhang.publishing.release.notice_files import attached

PHONE = "1[3-9][0-9]{9}"

ID_NUMBERS = Identifiers(
    "id_number",
    (15, 18),
    """select c from candidates where c in (select id_number from identity)
           or (length(c) = 15 and c in (select substr(id_number, 1, 6) || substr(id_number, 9, 9) from identity))""",
)
# Phones have no table: they are in the cells as they came, and are looked up only if something looks like one.
PHONES = Identifiers(
    "phone",
    (11,),
    f"""with looks as (select c from candidates where regexp_full_match(c, '{PHONE}')),
             written as (select unnest(regexp_extract_all(cells, '{PHONE}')) as c from line_cells)
        from looks semi join written using (c)""",
)
ACCOUNTS = "select c from candidates where c in (select account_no from account)"


def identifiers_of(connection: duckdb.DuckDBPyConnection) -> tuple[Identifiers, ...]:
    """Return what the output is searched for: every ID number, account and phone of the warehouse."""
    lengths = connection.execute(
        "select distinct length(account_no) from account where length(account_no) >= 8"
    ).fetchall()
    accounts = Identifiers("account", tuple(sorted(row[0] for row in lengths)), ACCOUNTS)
    return (ID_NUMBERS, accounts, PHONES)


def search(
    connection: duckdb.DuckDBPyConnection,
    built: Path,
    notice_paths: list[Path],
    catalogue: Catalogue,
    today: dt.date,
    withheld: list[str],
) -> list[Hit]:
    """Search a finished release and its notice files.

    Args:
        connection: the warehouse, with the temp tables the release was made from.
        built: the release folder under its temporary name.
        notice_paths: all notice files of the release, new and kept.
        catalogue: disclosure rules.
        today: a notice that ended before must not be shown.
        withheld: persons who may be named nowhere.

    Returns:
        Every hit.
    """
    files = [path for path in built.rglob("*") if path.is_file()]
    hits, runs = inspect_files(built, files, schema.FILE_NAMES)

    def add(found: tuple[list[Hit], Runs]) -> None:
        hits.extend(found[0])
        runs.update(found[1])

    with attached(connection, built / "public.duckdb", "searched", "read_only"):
        add(inspect(connection, list(_sources(built)), _assertions(catalogue), _waived(catalogue, today)))
    for notice_path in notice_paths:
        with attached(connection, notice_path, "searched", "read_only"):
            inside = [
                Source(notice_path.name, f"searched.{table}", columns) for table, columns in schema.NOTICE_FILE.items()
            ]
            add(inspect(connection, inside, _notice_assertions(notice_path.name, catalogue, today)))
        add(inspect_files(notice_path.parent, [notice_path], schema.NOTICE_FILE_NAMES))
    hits += _staging(connection, catalogue, today, withheld)
    hits += known(connection, runs, identifiers_of(connection))
    return sorted(set(hits))


def _sources(built: Path) -> Iterator[Source]:
    for table, columns in schema.PUBLIC.items():
        yield Source("public.duckdb", f"searched.{table}", columns)
    for table in schema.OPEN_DATA:
        columns = schema.PUBLIC[table]
        base = str(built / "open-data" / table).replace("'", "''")
        types = ", ".join(f"'{column.name}': '{column.type}'" for column in columns)
        yield Source(f"open-data/{table}.parquet", f"read_parquet('{base}.parquet')", columns)
        yield Source(f"open-data/{table}.csv", f"read_csv('{base}.csv', header = true, columns = {{{types}}})", columns)


def _assertions(catalogue: Catalogue) -> list[Assertion]:
    """Small and unrounded cells, and villages of programmes that are not to be seen by village."""
    policy = tables.cell_policy(catalogue)
    named = _list(slug for slug, letter in tables.public_class(catalogue).items() if letter == "N")
    cells = f"""select count(*) from searched.county_cells
                where people < {policy.threshold} or people % {policy.round_people} <> 0
                   or amount_yuan % {policy.round_yuan} <> 0 or programme in ({named})"""
    flow = f"""select count(*) from searched.flow f where programme not in ({named}) and (
                   amount_fen % {policy.round_yuan * 100} <> 0 or documents is not null or not exists (
                       from searched.county_cells c where (c.county_code, c.programme, c.month)
                                                        = (f.county_code, f.programme, f.month)))"""
    delays = flow.replace("searched.flow", "searched.fund_delays").replace("amount_fen", "standing_fen")
    villages = f"select count(*) from searched.village_totals where programme not in ({named})"
    noticed = f"select count(*) from searched.notices where programme not in ({named})"
    return [
        Assertion("public.duckdb", "county_cells", "small_cell", cells),
        Assertion("public.duckdb", "flow", "small_cell", flow),
        Assertion("public.duckdb", "fund_delays", "small_cell", delays),
        Assertion("public.duckdb", "village_totals", "unnamed_programme_by_village", villages),
        Assertion("public.duckdb", "notices", "never_named", noticed),
    ]


def _notice_assertions(name: str, catalogue: Catalogue, today: dt.date) -> list[Assertion]:
    named = _list(slug for slug, letter in tables.public_class(catalogue).items() if letter == "N")
    return [
        Assertion(name, "notices", "ended", f"select count(*) from searched.notices where ends_on < '{today}'"),
        Assertion(
            name, "notices", "never_named", f"select count(*) from searched.notices where programme not in ({named})"
        ),
        Assertion(
            name,
            "lines",
            "notice_differs",
            f"""select count(*) from (select notice_id, name, amount_fen from searched.lines
                except select notice_id, name, amount_fen from notice_lines join notice_heads using (notice_no)
                where county_code = '{name[:6]}')""",
        ),
    ]


def _staging(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, today: dt.date, withheld: list[str]
) -> list[Hit]:
    """Look up every named person again: of age, and not withheld. Names are no keys, so this is asked where ids are."""
    age = int(catalogue.disclosure["adult_age"])
    questions = {
        "minor_named": f"""
            select count(*) from notice_people p join identity i using (person_id)
            where coalesce(p.name, '') <> '' and (i.born_on is null
               or i.born_on > (date '{today}' - interval {age} year)::date)""",
        "withheld_named": f"""
            select count(*) from notice_people where coalesce(name, '') <> ''
            and person_id::varchar in ({_list(withheld)})""",
    }
    hits = []
    for check, query in questions.items():
        ((count,),) = connection.execute(query).fetchall()
        if count:
            hits.append(Hit("notices", "name", check, int(count)))
    return hits


def _waived(catalogue: Catalogue, today: dt.date) -> dict[str, Any]:
    """Return by column the SHA-256 of texts that a named person allowed, until a day, in disclosure.yml."""
    waived: dict[str, list[str]] = {}
    for entry in catalogue.disclosure["waivers"]:
        if entry["until"] >= today:
            waived.setdefault(entry["column"], []).append(entry["value_sha256"])
    return waived


def _list(words: Any) -> str:
    return ", ".join("'" + str(word).replace("'", "''") + "'" for word in words) or "''"
