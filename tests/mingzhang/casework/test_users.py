"""Users, sessions, and how slowly one may guess."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from sqlalchemy import select

from mingzhang.casework import models, passwords
from mingzhang.casework import users as accounts
from mingzhang.casework.store import Store
from mingzhang.casework.workflow import Role, WorkflowError
from tests.paths import ROOT

NOW = dt.datetime(2026, 11, 3, 1, tzinfo=dt.UTC)
GOOD = "purple tractor 79"


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real cost would make this file minutes long; `test_cost` holds the real setting."""
    monkeypatch.setattr(passwords, "_HASHER", passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._dummy.cache_clear()


@pytest.fixture
def users(store: Store) -> Store:
    store.add_user("maker", ["maker"], ["452921"], GOOD, NOW)
    return store


def test_cost() -> None:
    """In a process of its own, where no test has made hashing cheap."""
    program = "from mingzhang.casework import passwords; print(passwords.hashed('purple tractor 79'))"
    output = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert output.stdout.startswith("$argon2id$v=19$m=65536,t=3,p=1$")


def test_sign_in(users: Store) -> None:
    found = users.sign_in("maker", GOOD, NOW)
    assert found
    viewer = users.viewer_of(found.session, NOW)
    assert viewer
    assert (viewer.name, viewer.roles, viewer.counties) == ("maker", {Role.MAKER}, {"452921"})
    assert viewer.sees("452921")
    assert not viewer.sees("452922")
    assert users.sign_in("maker", GOOD + "x", NOW) is None
    assert users.sign_in("nobody", GOOD, NOW) is None


def test_a_new_session_every_time_and_only_its_hash_is_kept(users: Store) -> None:
    first, second = (users.sign_in("maker", GOOD, NOW) for _ in range(2))
    assert first and second and first.session != second.session
    with users.read() as session:
        kept = list(session.scalars(select(models.LoginSession.id_hash)))
    assert len(kept) == 2
    assert first.session not in kept


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([29], True),
        ([31], False),
        ([29, 58, 87], True),
        ([20 * n for n in range(1, 25)], True),
        ([20 * n for n in range(1, 26)], False),
    ],
    ids=["29 min", "31 min idle", "kept awake", "8 h", "over 8 h"],
)
def test_idle_and_absolute_limits(users: Store, steps: list[int], expected: bool) -> None:
    found = users.sign_in("maker", GOOD, NOW)
    assert found
    seen = [users.viewer_of(found.session, NOW + dt.timedelta(minutes=minutes)) for minutes in steps]
    assert (seen[-1] is not None) is expected


def test_sign_out_and_every_change_end_the_session(users: Store) -> None:
    def fresh() -> str:
        found = users.sign_in("maker", users_password[0], NOW)
        assert found
        return found.session

    users_password = [GOOD]
    session = fresh()
    users.sign_out(session, NOW)
    assert users.viewer_of(session, NOW) is None
    session = fresh()
    users.set_roles("maker", ["auditor"], [], NOW, by="admin")
    assert users.viewer_of(session, NOW) is None
    session = fresh()
    users_password[0] = "yellow harbour 31"
    users.set_password("maker", users_password[0], NOW, by="admin")
    assert users.viewer_of(session, NOW) is None
    session = fresh()
    users.disable_user("maker", NOW, by="admin")
    assert users.viewer_of(session, NOW) is None
    assert users.sign_in("maker", users_password[0], NOW) is None
    users.disable_user("maker", NOW, by="admin", disabled=False)
    assert users.viewer_of(session, NOW) is None, "an ended session stays ended"
    assert users.sign_in("maker", users_password[0], NOW)


def test_sessions_are_not_guessable_or_fixed(users: Store) -> None:
    assert users.viewer_of("", NOW) is None
    assert users.viewer_of("chosen-by-attacker", NOW) is None


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "qwertyuiop12",
        "Password1234",
        "1234567890123",
        "aaaaaaaaaaaaaa",
        "my maker word",
        "x" * 129,
        "iloveyou!!!!!",
    ],
)
def test_refused_passwords(users: Store, password: str) -> None:
    with pytest.raises(WorkflowError):
        users.set_password("maker", password, NOW, by="admin")
    assert users.sign_in("maker", GOOD, NOW)


@pytest.mark.parametrize("name", ["", " ", "a,b", "x" * 41, "a\nb"])
def test_refused_names(store: Store, name: str) -> None:
    with pytest.raises(WorkflowError):
        store.add_user(name, ["maker"], [], GOOD, NOW)


def test_a_name_once(users: Store) -> None:
    with pytest.raises(WorkflowError, match="已被使用"):
        users.add_user("maker", ["checker"], [], GOOD, NOW)


def test_guessing_is_slowed_but_the_known_browser_gets_in(users: Store) -> None:
    known = users.sign_in("maker", GOOD, NOW)
    assert known
    for n in range(accounts.PER_ACCOUNT):
        assert users.sign_in("maker", f"guess number {n}", NOW, address=f"10.0.{n}.1") is None
    assert users.sign_in("maker", GOOD, NOW, address="10.9.9.9") is None, "an unknown browser waits"
    assert users.sign_in("maker", GOOD, NOW, address="10.9.9.9", device=known.device), "the true user does not"
    later = NOW + accounts.WINDOW + dt.timedelta(seconds=1)
    assert users.sign_in("maker", GOOD, later, address="10.9.9.9"), "waiting ends by itself"


def test_a_known_browser_has_its_own_limit(users: Store) -> None:
    known = users.sign_in("maker", GOOD, NOW)
    assert known
    for n in range(accounts.PER_DEVICE):
        assert users.sign_in("maker", f"guess number {n}", NOW, device=known.device) is None
    assert users.sign_in("maker", GOOD, NOW, device=known.device) is None
    assert users.sign_in("maker", GOOD, NOW), "and does not shut out another browser"


def test_a_stolen_device_cookie_of_somebody_else_is_no_help(users: Store) -> None:
    users.add_user("other", ["checker"], [], GOOD, NOW)
    device = users.sign_in("other", GOOD, NOW)
    assert device
    for n in range(accounts.PER_ACCOUNT):
        users.sign_in("maker", f"guess number {n}", NOW, device=device.device)
    assert users.sign_in("maker", GOOD, NOW, device=device.device) is None


def test_one_network_is_limited_over_many_accounts(users: Store) -> None:
    for n in range(accounts.PER_ADDRESS):
        users.sign_in(f"user{n}", "a guess or other", NOW, address="10.1.2.3")
    assert users.sign_in("maker", GOOD, NOW, address="10.1.2.77") is None
    assert users.sign_in("maker", GOOD, NOW, address="10.1.3.1")


def test_unevaluated_guesses_still_cost_a_hash(users: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(accounts.PER_ACCOUNT):
        users.sign_in("maker", f"guess number {n}", NOW)
    checked: list[str | None] = []
    real = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda h, p: checked.append(h) or real(h, p))
    assert users.sign_in("maker", GOOD, NOW) is None
    assert users.sign_in("nobody at all", GOOD, NOW) is None
    assert checked == [None, None], "same work, but the real hash is not looked at"


def test_names_typed_at_the_login_are_kept_as_hashes(users: Store) -> None:
    users.sign_in("my secret typed in the wrong field", "x", NOW, address="10.1.2.3")
    with users.read() as session:
        attempts = list(session.scalars(select(models.SignInAttempt)))
        entries = list(session.scalars(select(models.AuditEntry)))
    assert all("secret" not in attempt.account for attempt in attempts)
    assert all("secret" not in entry.subject + entry.detail + entry.actor for entry in entries)
    assert attempts[-1].address == "10.1.2.0/24"


@pytest.mark.parametrize(
    ("address", "prefix"),
    [("203.0.113.9", "203.0.113.0/24"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("", "unknown"), ("x", "unknown")],
)
def test_address_prefix(address: str, prefix: str) -> None:
    assert accounts.address_prefix(address) == prefix
