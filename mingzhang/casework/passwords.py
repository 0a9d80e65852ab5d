"""Hashing and refusing passwords. Whose password it is, is in `accounts.py`."""

from __future__ import annotations

import hashlib
import threading
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mingzhang.casework.workflow import WorkflowError

SHORTEST, LONGEST = 12, 128
# m=64 MiB t=3 p=1: 165 ms on our machine. More than two at once and the login itself is the denial of service.
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
_AT_ONCE = threading.BoundedSemaphore(2)


def hashed(password: str) -> str:
    """Return the argon2id hash of a password."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Tell whether a password fits; without a hash the same work is done and the answer is no."""
    with _AT_ONCE:
        try:
            fits = _HASHER.verify(password_hash or _dummy(), password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
    return fits and password_hash is not None


@cache
def _dummy() -> str:
    return _HASHER.hash("nobody's password")


@cache
def _common() -> frozenset[str]:
    """Return digests of the commonest passwords (first 10 hex digits of SHA-256; the words themselves are not kept)."""
    text = Path(__file__).with_name("common_passwords.csv").read_text()
    return frozenset(text.split()[1:])


def digest(password: str) -> str:
    """Return the digest under which a common password is listed: lower case, SHA-256, 10 hex digits."""
    return hashlib.sha256(password.lower().encode()).hexdigest()[:10]


def check_new(password: str, user: str) -> None:
    """Refuse a password that is too short, too long, common, or made of the user's name.

    Raises:
        WorkflowError: with one sentence that says what to change.
    """
    if len(password) < SHORTEST:
        raise WorkflowError(f"密码至少需要 {SHORTEST} 个字符，建议用几个不相干的词连起来。")
    if len(password) > LONGEST:
        raise WorkflowError(f"密码不能超过 {LONGEST} 个字符。")
    lowered = password.lower()
    stem = lowered.rstrip("0123456789!@#$.")
    if digest(lowered) in _common() or digest(stem) in _common() or len(set(lowered)) < 5:
        raise WorkflowError("这个密码太常见，容易被猜中，请换一个。")
    if user and user.lower() in lowered:
        raise WorkflowError("密码中不能包含用户名，请换一个。")
