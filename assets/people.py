"""Who is who: person and account ids, made inside DuckDB so that numbers never leave it, and households. No rules here."""

from __future__ import annotations

import duckdb

BLOCK = 64  # bytes of a SHA-256 block, as HMAC needs it


def prepare(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Define `person_id(idno)` and `account_id(number)` on this connection: HMAC-SHA-256 with the key, as UUID.

    They are temporary, so the key is never written to the database file.

    Args:
        connection: the warehouse, or any DuckDB connection.
        key: the region-wide person key; it is never rotated, else nobody would be recognised any more.
    """
    if len(key) > BLOCK:
        raise ValueError("the person key is longer than one block")
    padded = key.ljust(BLOCK, b"\0")
    inner = bytes(byte ^ 0x36 for byte in padded).hex()
    outer = bytes(byte ^ 0x5C for byte in padded).hex()
    digest = f"sha256(unhex('{outer}') || unhex(sha256(unhex('{inner}') || encode(text))))"
    connection.execute(f"create or replace temp macro keyed(text) as substr({digest}, 1, 32)::uuid")
    connection.execute("create or replace temp macro person_id(idno) as keyed(idno)")
    connection.execute("create or replace temp macro account_id(number) as keyed('account:' || number)")


HOUSEHOLDS = """
    create or replace table household_members as
    select person_id, county_code || ':' || household_no as household_id, county_code, village_code, relation,
           valid_from, valid_to, max(as_of) as as_of
    from register_population
    where status = 'accepted' and person_id is not null and household_no is not null
    group by all
"""


def refresh_households(connection: duckdb.DuckDBPyConnection) -> None:
    """Rebuild `household_members`, one row per person and household, from the newest population extract per county."""
    connection.execute(
        HOUSEHOLDS.replace(
            "from register_population",
            """from (select * from register_population where status = 'accepted'
                     qualify as_of is not distinct from max(as_of) over (partition by county_code))""",
        )
    )


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
