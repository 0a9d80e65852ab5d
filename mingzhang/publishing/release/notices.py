"""Village notices: who is named and for how long. The files they go into are in `notice_files.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from pathlib import Path

import duckdb
import polars as pl

from checks.frames import registered
from checks.workdays import deadline
from mingzhang.casework.records import Certification
from mingzhang.catalog.load import Catalogue
from mingzhang.publishing.release.notice_files import texts
from mingzhang.publishing.release.schema import PERSON
from mingzhang.storage.clock import beijing_day, last_day_of_month

QUERIES = Path(__file__).with_name("sql")

# The law asks for the result within 20 working days of the money; a batch certified later was due then.
RESULT_DUE_DAYS = 20


def named(lines: str, keep: str) -> str:
    """Return the SELECT that says under whose name each line is listed, if under anybody's.

    A minor is counted under an adult head; a person whose age is unknown, or who is withheld, is counted and not named.
    So is one whose name the gate would refuse: one wrong character must not stop everybody's lists.

    Args:
        lines: SELECT of lines with ids and names of recipient and head, payment_unit, and `withheld`.
        keep: its columns that stay, with `person_id` and `name` after them. Binds $today and $age.
    """
    return f"""
    with adults as (
        select distinct person_id from identity where born_on <= ($today::date - to_years($age))::date),
    aged as (
        select l.*, payment_unit = 'household' and head_id is not null as by_head,
               exists (from adults a where a.person_id = l.recipient_id) as recipient_is_adult,
               exists (from adults a where a.person_id = l.head_id) as head_is_adult
        from ({lines}) l)
    select * replace (case when regexp_full_match(name, '{PERSON}') then name end as name) from (
    select {keep},
           case when withheld then null
                when by_head or not recipient_is_adult then case when head_is_adult then head_id end
                else recipient_id end as person_id,
           case when withheld then null
                when by_head or not recipient_is_adult then case when head_is_adult then head_name end
                else recipient_name end as name
    from aged)"""


NAMED = named(
    """with hidden as (select unnest($withheld::varchar[])::uuid as person_id)
        select r.*, k.notice_no,
               exists (from hidden h where h.person_id = recipient_id)
                   or exists (from hidden h where h.person_id = head_id)
                   or exists (from hidden h where h.person_id = payee_id) as withheld
        from released r join notice_periods k using (village_code, programme, month)
        where r.class = 'N' and k.is_open = $open""",
    """notice_no, recipient, coalesce(group_name, '') as group_name, household_size, quantity,
           coalesce(unit, '') as unit, standard_fen, period_from, period_to, paid_fen - returned_fen as fen""",
)

KEYS = QUERIES / "notice_keys.sql"
LINES = QUERIES / "notice_lines.sql"

HEADS = QUERIES / "notice_heads.sql"

# What was on a board once: nobody's name is kept, only that there was a list.
PAST = f"""
    create or replace temp table notice_past as
    select notice_id, county_code, village_code, programme, month, begins_on, ends_on, estimated
    from notice_periods
    semi join (from ({NAMED}) where coalesce(name, '') <> '' and person_id is not null and fen > 0) using (notice_no)"""


def periods(
    connection: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    certifications: dict[str, Certification],
    closed: Collection[str],
    today: dt.date,
) -> None:
    """Make temp table `notice_periods`: begin and end of each village's notice, never longer than the law asks.

    The notices register says when a list was posted; one file of it may speak of a whole year, so a posting tells of the
    newest payment before it. Without it the notice begins when the batch was certified, at the
    latest twenty working days after the money (政府信息公开条例第二十六条).

    Args:
        connection: holds `released`.
        catalogue: how long a notice of each programme lasts.
        certifications: batch id → certification.
        closed: notice ids taken down before their end.
        today: a notice that ended before is not open.
    """
    connection.execute(KEYS.read_text(encoding="utf-8"))
    dates = ["programme", "month", "batch_id", "paid_on", "posted_on", "posted_until"]
    kinds = connection.sql(f"select distinct {', '.join(dates)} from notice_keys").pl()
    rows = [_period(row, catalogue, certifications) for row in kinds.iter_rows(named=True)]
    answers = {"begins_on": pl.Date, "ends_on": pl.Date, "estimated": pl.Boolean}
    frame = pl.concat([kinds, pl.DataFrame(rows, schema=answers, orient="row")], how="horizontal")
    with registered(connection, "notice_dates", frame):
        joined = " and ".join(f"k.{name} is not distinct from d.{name}" for name in dates)
        # A number replaces the id wherever millions of lines are grouped by it.
        connection.execute(
            f"""create or replace temp table notice_periods as
                select k.village_code || '-' || k.programme || '-' || strftime(k.month, '%Y-%m') as notice_id,
                       row_number() over (order by notice_id)::integer as notice_no,
                       k.county_code, k.village_code, k.programme, k.month, k.decided_by,
                       d.begins_on, d.ends_on, d.estimated,
                       d.ends_on >= $today and not list_contains($closed::varchar[], notice_id) as is_open
                from notice_keys k join notice_dates d on {joined}""",
            {"today": today, "closed": sorted(closed)},
        )


def _period(
    row: dict[str, dt.date], catalogue: Catalogue, certifications: dict[str, Certification]
) -> tuple[dt.date, dt.date, bool]:
    rule = catalogue.programmes[str(row["programme"])].notice
    due = deadline(row["paid_on"] or last_day_of_month(row["month"]), RESULT_DUE_DAYS, "working")
    certified_on = beijing_day(certifications[str(row["batch_id"])].at)
    begins_on = row["posted_on"] or min(certified_on, due.day)
    longest = deadline(begins_on, rule.result_days, rule.day_kind)
    ends_on = min(row["posted_until"], longest.day) if row["posted_on"] else longest.day
    estimated = longest.estimated and ends_on == longest.day
    return begins_on, ends_on, estimated or (due.estimated and begins_on == due.day)


def select_named(
    connection: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    certifications: dict[str, Certification],
    *,
    withheld: Collection[str],
    withdrawn: Collection[str],
    key: bytes,
    today: dt.date,
) -> int:
    """Make temp tables `notice_heads` (with salt and hash) and `notice_lines` of what is shown, and `notice_past`.

    Args:
        connection: holds `released`.
        catalogue: as for `periods`, and the age of adults.
        certifications: batch id → certification.
        withheld: person ids that appear nowhere.
        withdrawn: notice ids taken down before their end.
        key: secret; the salts come from it.
        today: notices that ended before are left out.

    Returns:
        Number of lines with a name.
    """
    periods(connection, catalogue, certifications, withdrawn, today)
    whom = {"today": today, "age": int(catalogue.disclosure["adult_age"]), "withheld": sorted(withheld)}
    connection.execute(f"create or replace temp table notice_people as {NAMED}", {**whom, "open": True})
    connection.execute(LINES.read_text(encoding="utf-8"), {"key": key.hex()})
    connection.execute(HEADS.read_text(encoding="utf-8"))
    connection.execute(PAST, {**whom, "open": False})
    _commit(connection, key)
    ((names,),) = connection.execute("select count(*) from notice_lines").fetchall()
    return int(names)


def _commit(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Add salt and hash. The salt is an HMAC of the content: without the key a guessed list cannot be tested."""
    inner, outer = (bytes(byte ^ pad for byte in key.ljust(64, b"\0")) for pad in (0x36, 0x5C))
    connection.execute(
        f"""create or replace temp table notice_heads as
            with texts as ({texts("notice_heads", "notice_lines", "notice_no")}),
                 salted as (
                    select *, sha256($outer::blob || unhex(sha256($inner::blob || encode(text)))) as salt from texts)
            select h.*, salt, sha256(salt || text) as hash from notice_heads h join salted using (notice_no)""",
        {"inner": inner, "outer": outer},
    )
