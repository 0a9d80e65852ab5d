"""Person and account ids: keyed hashes of numbers, made inside DuckDB so that no number leaves it. No rules here."""

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
        key: the region-wide person key; never rotated, since every id would change with it.
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


def forget_orphans(connection: duckdb.DuckDBPyConnection) -> None:
    """Delete identity and account rows that no line refers to any more; needed after a delivery was read again or replaced."""
    for table, column in (("identity", "person_id"), ("account", "account_id")):
        columns = connection.execute(
            """select table_name, column_name from duckdb_columns()
               where data_type = 'UUID' and table_name not in ('identity', 'account') and table_name not like 'household%'
                 and table_name not in ('payments', 'findings') and (column_name = 'account_id') = ?""",
            [column == "account_id"],
        ).fetchall()
        used = " union all ".join(f'select "{name}" as id from "{owner}"' for owner, name in columns)
        connection.execute(f"delete from {table} where {column} not in (select id from ({used}) where id is not null)")
