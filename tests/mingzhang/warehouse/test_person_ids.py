"""Ids of people and accounts: the same for ever, nothing without the key, another purpose another id."""

from __future__ import annotations

import hashlib
import uuid

import duckdb
import pytest

from mingzhang.warehouse import person_ids

KEY = bytes(range(32))
NUMBER = "452921198001010016"


def ids(key: bytes) -> tuple[uuid.UUID, ...]:
    with duckdb.connect() as connection:
        person_ids.prepare(connection, key)
        (found,) = connection.execute("select person_id($1), account_id($1), row_key($1)", [NUMBER]).fetchall()
    return tuple(found)


def test_an_id_is_what_the_architecture_says() -> None:
    person, account, row = ids(KEY)
    one = (1).to_bytes(4, "big")
    assert person.bytes == hashlib.sha256(one + KEY + NUMBER.encode()).digest()[:16]
    accounts = hashlib.sha256(one + KEY + b"account").digest()
    assert account.bytes == hashlib.sha256(one + accounts + NUMBER.encode()).digest()[:16]
    assert len({person, account, row}) == 3


def test_another_key_gives_other_ids() -> None:
    assert not set(ids(KEY)) & set(ids(bytes(32)))


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33)])
def test_a_short_key_is_refused(key: bytes) -> None:
    with pytest.raises(ValueError, match="32"):
        ids(key)
