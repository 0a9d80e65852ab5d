"""The audit log: who did or read what, as an append-only Merkle tree (RFC 9162). No values of personal data."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mingzhang.casework.models import AuditEntry

EMPTY_ROOT = hashlib.sha256(b"").digest()


@dataclass(frozen=True)
class Head:
    """Size and root (hex) of the log. Once it is published, no earlier entry can be altered unnoticed."""

    size: int
    root: str


def leaf_hash(content: bytes) -> bytes:
    """Return SHA-256(0x00 ‖ content)."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the Merkle root of leaf hashes."""
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    # Pairing level by level and carrying an odd last node up gives the same tree as RFC 9162's recursive split.
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the path that proves leaf `index` (0-based) is in the tree (RFC 9162, 2.1.3.1)."""
    if len(leaves) == 1:
        return []
    k = _split(len(leaves))
    if index < k:
        return [*inclusion_proof(leaves[:k], index), root(leaves[k:])]
    return [*inclusion_proof(leaves[k:], index - k), root(leaves[:k])]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes) -> bool:
    """Tell whether `proof` shows `leaf` at `index` of the tree of that size and root (RFC 9162, 2.1.3.2).

    Args:
        leaf: leaf hash of the entry.
        index: its place, from 0.
        size: leaves in the tree.
        proof: what `inclusion_proof` returns.
        expected_root: root of the tree.
    """
    if not 0 <= index < size:
        return False
    position, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            current = node_hash(sibling, current)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and current == expected_root


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Return the proof that the tree of the first `old_size` leaves is a prefix of this one (RFC 9162, 2.1.4.1)."""
    return _subproof(leaves, old_size, whole=True) if 0 < old_size < len(leaves) else []


def _subproof(leaves: Sequence[bytes], old_size: int, whole: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if whole else [root(leaves)]
    k = _split(len(leaves))
    if old_size <= k:
        return [*_subproof(leaves[:k], old_size, whole), root(leaves[k:])]
    return [*_subproof(leaves[k:], old_size - k, whole=False), root(leaves[:k])]


def verify_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether `proof` shows that the old tree is a prefix of the new one (RFC 9162, 2.1.4.2).

    Args:
        old_size: leaves in the old tree.
        new_size: leaves in the new tree.
        old_root: root of the old tree.
        new_root: root of the new tree.
        proof: what `consistency_proof` returns.
    """
    if old_size == new_size:
        return old_root == new_root and not proof
    if old_size == 0:
        return old_root == EMPTY_ROOT and not proof
    if old_size > new_size or not proof:
        return False
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    return _fold(old_size - 1, new_size - 1, path) == (old_root, new_root)


def _fold(position: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return the roots of the old and the new tree that a consistency path leads to; None if its length is wrong."""
    while position & 1:
        position, last = position >> 1, last >> 1
    old, new = path[0], path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    return (old, new) if last == 0 else None


def _content(seq: int, at: dt.datetime, *texts: str) -> bytes:
    moment = at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return json.dumps([seq, moment, *texts], ensure_ascii=True).encode()


def _leaf(entry: AuditEntry) -> bytes:
    """Return the leaf hash that what stands in an entry leads to."""
    return leaf_hash(_content(entry.seq, entry.at, entry.actor, entry.action, entry.subject, entry.detail))


def append(
    session: Session, actor: str, action: str, subject: str, now: dt.datetime, **detail: str | int | None
) -> None:
    """Add an entry in the caller's writing transaction, so that an action and its entry are kept or rolled back together.

    Args:
        session: a writing session; writers take turns, so the next number is free.
        actor: user name, or `system:…`.
        action: what was done: `read.finding`, `decide`, `certify`.
        subject: the id it was done to.
        now: time, UTC.
        detail: codes and counts; never a name, number, reason or other personal value.
    """
    seq = (session.scalar(select(func.max(AuditEntry.seq))) or 0) + 1
    text = json.dumps(detail, ensure_ascii=True, sort_keys=True)
    digest = leaf_hash(_content(seq, now, actor, action, subject, text)).hex()
    session.add(AuditEntry(seq=seq, at=now, actor=actor, action=action, subject=subject, detail=text, leaf_hash=digest))
    session.flush()


def leaves(session: Session) -> list[bytes]:
    """Return the leaf hashes as they stand in the table, in order."""
    return [bytes.fromhex(value) for value in session.scalars(select(AuditEntry.leaf_hash).order_by(AuditEntry.seq))]


def head(session: Session) -> Head:
    """Return the log's size and root."""
    found = leaves(session)
    return Head(len(found), root(found).hex())


def damage(session: Session, heads: Sequence[Head] = ()) -> list[str]:
    """Return what is wrong with the log: altered, missing or moved entries, or a head it does not grow from.

    Args:
        session: a reading session.
        heads: earlier heads kept elsewhere; without one a log rewritten as a whole cannot be told from the true one.

    Returns:
        Chinese sentences; none where the log is sound.
    """
    wrong, found = [], []
    for expected, entry in enumerate(session.scalars(select(AuditEntry).order_by(AuditEntry.seq)), start=1):
        again = _leaf(entry)
        if entry.seq != expected or again.hex() != entry.leaf_hash:
            wrong.append(f"第 {entry.seq} 条被改动过，或它之前缺了记录")
        found.append(again)
    now = root(found)
    return wrong + [f"与记到第 {head.size} 条时公布的树根不一致" for head in heads if not _grows_from(found, now, head)]


def _grows_from(leaves: Sequence[bytes], now: bytes, head: Head) -> bool:
    """Tell whether the log of `head` is a prefix of this one, whose root is `now`."""
    proof = consistency_proof(leaves, head.size)
    return verify_consistency(head.size, len(leaves), bytes.fromhex(head.root), now, proof)


def holds(session: Session, seq: int, published: Head) -> bool:
    """Tell whether entry `seq` (from 1), as it stands now, is in the log a head was published of.

    Args:
        session: a reading session.
        seq: the entry's number.
        published: the head.
    """
    found = leaves(session)[: published.size]
    entry = session.get(AuditEntry, seq)
    if entry is None or not 0 < seq <= len(found) == published.size:
        return False
    proof = inclusion_proof(found, seq - 1)
    return verify_inclusion(_leaf(entry), seq - 1, published.size, proof, bytes.fromhex(published.root))
