"""The audit log cannot be altered unseen."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from mingzhang.casework import audit_log as log
from mingzhang.casework.store import Store

NOW = dt.datetime(2026, 11, 3, 1, tzinfo=dt.UTC)


def leaves_of(count: int) -> list[bytes]:
    return [log.leaf_hash(str(i).encode()) for i in range(count)]


def test_root_of_known_trees() -> None:
    a, b, c = leaves_of(3)
    node = lambda left, right: hashlib.sha256(b"\x01" + left + right).digest()  # noqa: E731
    assert log.root([]) == hashlib.sha256(b"").digest()
    assert log.leaf_hash(b"x") == hashlib.sha256(b"\x00x").digest()
    assert log.root([a]) == a
    assert log.root([a, b, c]) == node(node(a, b), c)


@given(st.integers(1, 70), st.data())
def test_inclusion(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    proof, root = log.inclusion_proof(leaves, index), log.root(leaves)
    assert log.verify_inclusion(leaves[index], index, size, proof, root)
    assert not log.verify_inclusion(log.leaf_hash(b"other"), index, size, proof, root)
    assert not log.verify_inclusion(leaves[index], index + size, size, proof, root)
    assert not log.verify_inclusion(leaves[index], index, size, [*proof, root], root)
    if size > 1:
        assert not log.verify_inclusion(leaves[index], (index + 1) % size, size, proof, root)


@given(st.integers(0, 70), st.integers(0, 70))
def test_consistency(first: int, second: int) -> None:
    old_size, new_size = sorted((first, second))
    leaves = leaves_of(new_size)
    proof = log.consistency_proof(leaves, old_size)
    old, new = log.root(leaves[:old_size]), log.root(leaves)
    assert log.verify_consistency(old_size, new_size, old, new, proof)
    if 0 < old_size < new_size:
        assert not log.verify_consistency(old_size, new_size, log.leaf_hash(b"x"), new, proof)
        assert not log.verify_consistency(old_size, new_size, old, log.leaf_hash(b"x"), proof)
        assert not log.verify_consistency(old_size, new_size, old, new, proof[:-1])
    if old_size < new_size:
        assert not log.verify_consistency(new_size, old_size, new, old, proof)


@pytest.fixture
def filled(store: Store) -> Store:
    for n in range(40):
        store.log("auditor", "read.finding", f"f{n}", NOW + dt.timedelta(seconds=n), count=n)
    return store


def tamper(store: Store, *statements: str) -> None:
    with store.write() as session:
        for statement in statements:
            session.execute(text(statement))


@pytest.mark.parametrize(
    "statements",
    [
        ("update audit_entries set actor = 'nobody' where seq = 17",),
        ("update audit_entries set detail = '{}' where seq = 40",),
        ("update audit_entries set at = '2026-11-03 09:00:00.000000' where seq = 3",),
        ("delete from audit_entries where seq = 20",),
        ("delete from audit_entries where seq > 30",),
        (
            "update audit_entries set seq = 1000 where seq = 5",
            "update audit_entries set seq = 5 where seq = 6",
            "update audit_entries set seq = 6 where seq = 1000",
        ),
    ],
)
def test_every_alteration_is_noticed(filled: Store, statements: tuple[str, ...]) -> None:
    published = filled.audit_head()
    assert filled.audit_damage([published]) == []
    filled.log("auditor", "read.finding", "later", NOW)
    assert filled.audit_damage([published]) == [], "growing is not damage"
    tamper(filled, *statements)
    assert filled.audit_damage([published])


def test_a_full_rewrite_needs_the_published_head(filled: Store, tmp_path: Path) -> None:
    published = filled.audit_head()
    other = Store.open(f"sqlite:///{tmp_path / 'rewritten.db'}")
    for n in range(40):
        other.log("auditor", "read.finding", f"f{n}", NOW + dt.timedelta(seconds=n), count=n + 1)
    assert other.audit_damage() == []
    assert other.audit_damage([published]) == ["与记到第 40 条时公布的树根不一致"]
    other.close()


def test_random_edits_are_noticed(filled: Store, is_full: bool) -> None:
    published, rng = filled.audit_head(), random.Random(7)
    for _ in range(1000 if is_full else 25):
        seq, column = rng.randint(1, 40), rng.choice(["actor", "action", "subject", "detail"])
        with filled.write() as session:
            before = session.execute(text(f"select {column} from audit_entries where seq = {seq}")).scalar_one()
            position = rng.randrange(len(before) + 1)
            session.execute(
                text(f"update audit_entries set {column} = :v where seq = {seq}"),
                {"v": before[:position] + "x" + before[position:]},
            )
        assert filled.audit_damage([published]), (seq, column)
        with filled.write() as session:
            session.execute(text(f"update audit_entries set {column} = :v where seq = {seq}"), {"v": before})
    assert filled.audit_damage([published]) == []


def test_control_characters_are_encoded(filled: Store) -> None:
    filled.log("auditor", "read.finding", "f", NOW, filter="a\nb\x1b[31m")
    assert "\n" not in filled.audit_lines()[0].detail
    assert "\x1b" not in filled.audit_lines()[0].detail
