"""Who is who: person and account ids, made inside DuckDB so that numbers never leave it, and households. No rules here."""

from __future__ import annotations

import hashlib

import duckdb

KEY_BYTES = 32
COUNTER = "00000001"  # of the one-step key derivation; one block of output is more than an id needs


def prepare(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Define `person_id(idno)`, `account_id(number)` and `row_key(text)` on this connection: keyed, one way, as UUID.

    An id is the first 128 bits of SHA-256(1 ‖ key ‖ text): the one-step key derivation of NIST SP 800-56C with the text as its
    fixed information. Without the key nobody can try out numbers; the half of the hash that is left out keeps anybody from
    hashing on. It takes one block of SHA-256 where HMAC takes four, and a file has a million people. Each purpose has a key
    of its own, derived in the same way.

    The macros are temporary, so no key is ever written to the database file.

    Args:
        connection: the warehouse, or any DuckDB connection.
        key: the region-wide person key; it is never rotated, else nobody would be recognised any more.
    """
    if len(key) != KEY_BYTES:
        raise ValueError(f"the person key must have {KEY_BYTES} bytes")
    keys = {"person_id": key, "account_id": derived(key, "account"), "row_key": derived(key, "row")}
    for name, own in keys.items():
        digest = f"sha256(unhex('{COUNTER}{own.hex()}') || encode(text))"
        # by way of bytes: DuckDB takes twice as long to read a UUID from text
        connection.execute(f"create or replace temp macro {name}(text) as unhex(substr({digest}, 1, 32))::uuid")


def derived(key: bytes, text: str) -> bytes:
    """Return the key for another purpose, or the whole of what an id is cut from."""
    return hashlib.sha256(bytes.fromhex(COUNTER) + key + text.encode()).digest()


# What the newest extract of a county says stands as it says it. Somebody listed in another household before, or no longer
# listed, was there until then: without dates of his own until the day before the next household begins for him, or before
# the extract that lists him nowhere; and where the next one bears no date, it begins with the extract that first shows it.
HOUSEHOLDS = """
    create or replace table household_members as
    with written as (
        select person_id, county_code || ':' || household_no as household_id, county_code, village_code, relation, valid_from,
               valid_to, coalesce(as_of, last_day(month)) as as_of
        from register_population where status = 'accepted' and person_id is not null and household_no is not null),
    extracts as (
        select county_code, as_of, lead(as_of) over (partition by county_code order by as_of) as next_as_of
        from (select distinct county_code, coalesce(as_of, last_day(month)) as as_of from register_population
              where status = 'accepted')),
    newest as (
        select w.* from written w join extracts e on e.county_code = w.county_code and e.as_of is not distinct from w.as_of
        where e.next_as_of is null),
    moved as (
        select distinct w.person_id from written w anti join newest n using (person_id, household_id)),
    spells as (
        select person_id, household_id, min(as_of) as first_seen, max(as_of) as last_seen
        from written w semi join moved m using (person_id) group by all),
    begun as (
        select s.*, min(s.first_seen) over (partition by s.person_id) as earliest, w.county_code, w.village_code, w.relation,
               w.valid_from, w.valid_to, e.next_as_of
        from spells s
        join written w on w.person_id = s.person_id and w.household_id = s.household_id and w.as_of = s.last_seen
        left join extracts e on e.county_code = w.county_code and e.as_of = s.last_seen),
    dated as (
        select * replace (coalesce(valid_from, case when first_seen > earliest then first_seen end) as valid_from) from begun),
    ended as (
        select d.*, (select min(coalesce(n.valid_from, n.first_seen)) from dated n
                     where n.person_id = d.person_id and n.first_seen > d.first_seen) - 1 as left_on
        from dated d)
    select person_id, household_id, county_code, village_code, relation, valid_from, valid_to, max(as_of) as as_of
    from newest anti join moved using (person_id) group by all
    union all
    select person_id, household_id, county_code, village_code, relation, valid_from,
           case when next_as_of is null then valid_to
                else least(valid_to, left_on, case when left_on is null then next_as_of - 1 end) end as valid_to,
           max(last_seen) as as_of
    from ended group by all
"""


def refresh_households(connection: duckdb.DuckDBPyConnection) -> None:
    """Rebuild `household_members`: who belonged to which household in which county, over time.

    One row per person and household, from every population extract: the newest for whoever never moved, all of them for
    the few who did.
    """
    connection.execute(HOUSEHOLDS)


def forget_orphans(connection: duckdb.DuckDBPyConnection) -> None:
    """Delete identity and account rows that no line refers to any more; wanted after a delivery was re-read or replaced."""
    for table, column in (("identity", "person_id"), ("account", "account_id")):
        columns = connection.execute(
            """select table_name, column_name from duckdb_columns()
               where data_type = 'UUID' and table_name not in ('identity', 'account') and table_name not like 'household%'
                 and table_name not in ('payments', 'findings') and (column_name = 'account_id') = ?""",
            [column == "account_id"],
        ).fetchall()
        used = " union all ".join(f'select "{name}" as id from "{owner}"' for owner, name in columns)
        connection.execute(f"delete from {table} where {column} not in (select id from ({used}) where id is not null)")
