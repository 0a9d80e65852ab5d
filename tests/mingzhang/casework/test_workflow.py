"""What may follow what."""

from __future__ import annotations

import datetime as dt
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingzhang.casework.workflow import (
    INCOMPATIBLE,
    Decision,
    NotAllowedError,
    Outcome,
    Role,
    SameHandsError,
    SomeoneDecidedError,
    Status,
    WorkflowError,
    allowed_outcomes,
    check_decision,
    check_roles,
    check_second_person,
    finding_status,
)

NOW = dt.datetime(2026, 11, 3, 1, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 3)


def decision(outcome: Outcome, evidence: str = "e1", version: int = 1, until: dt.date | None = None) -> Decision:
    return Decision("f", version, outcome, "因为", "auditor", NOW, evidence, "r", until=until)


@pytest.mark.parametrize(
    ("latest", "evidence", "expected"),
    [
        (None, "e1", Status.OPEN),
        (decision(Outcome.CLEARED), "e1", Status.CLEARED),
        (decision(Outcome.CLEARED), "e2", Status.REOPENED),
        (decision(Outcome.CLEARED, until=TODAY), "e1", Status.CLEARED),
        (decision(Outcome.CLEARED, until=TODAY - dt.timedelta(days=1)), "e1", Status.REOPENED),
        (decision(Outcome.CONFIRMED), "e2", Status.CONFIRMED),
        (decision(Outcome.UNSURE), "e2", Status.UNSURE),
        (decision(Outcome.REOPENED), "e1", Status.REOPENED),
    ],
)
def test_status(latest: Decision | None, evidence: str, expected: Status) -> None:
    assert finding_status(latest, evidence, TODAY) is expected


def check(latest: Decision | None = None, **changed: object) -> int:
    output = {
        "outcome": Outcome.CLEARED,
        "seen_version": latest.version if latest else 0,
        "seen_evidence": "e1",
        "reason": "查过户口簿",
        "roles": {Role.AUDITOR},
    }
    return check_decision(latest, "e1", TODAY, **(output | changed))  # type: ignore[arg-type]


def test_a_decision_gets_the_next_version() -> None:
    assert check() == 1
    assert check(decision(Outcome.UNSURE, version=4)) == 5


@pytest.mark.parametrize(
    ("latest", "changed", "error"),
    [
        (None, {"roles": {Role.MAKER, Role.CHECKER}}, NotAllowedError),
        (None, {"reason": "  "}, WorkflowError),
        (None, {"seen_version": 1}, SomeoneDecidedError),
        (None, {"seen_evidence": "e0"}, SomeoneDecidedError),
        (None, {"outcome": Outcome.REOPENED}, WorkflowError),
        (decision(Outcome.CLEARED), {"seen_version": 0}, SomeoneDecidedError),
        (decision(Outcome.CLEARED), {"outcome": Outcome.CONFIRMED}, WorkflowError),
    ],
)
def test_refusals(latest: Decision | None, changed: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        check(latest, **changed)


@given(st.lists(st.sampled_from(list(Outcome)), max_size=12))
def test_no_sequence_of_decisions_gets_stuck(outcomes: list[Outcome]) -> None:
    latest: Decision | None = None
    for outcome in outcomes:
        status = finding_status(latest, "e1", TODAY)
        assert allowed_outcomes(status), status
        if outcome in allowed_outcomes(status):
            latest = decision(outcome, version=check(latest, outcome=outcome))
        else:
            with pytest.raises(WorkflowError):
                check(latest, outcome=outcome)


@pytest.mark.parametrize("by", ["alice", "Alice", " alice "])
def test_nobody_certifies_his_own(by: str) -> None:
    with pytest.raises(SameHandsError):
        check_second_person("alice", by, {Role.CHECKER}, {Role.CHECKER})
    check_second_person("alice", "bob", {Role.CHECKER}, {Role.CHECKER})
    with pytest.raises(NotAllowedError):
        check_second_person("alice", "bob", {Role.MAKER}, {Role.CHECKER})


@pytest.mark.parametrize("pair", list(combinations(Role, 2)), ids="-".join)
def test_pairs_of_roles(pair: tuple[Role, Role]) -> None:
    if frozenset(pair) in INCOMPATIBLE:
        with pytest.raises(WorkflowError, match="兼任"):
            check_roles(pair)
    else:
        check_roles(pair)


def test_only_auditor_and_supervisor_go_together() -> None:
    together = {frozenset(pair) for pair in combinations(Role, 2)} - INCOMPATIBLE
    assert together == {frozenset({Role.AUDITOR, Role.SUPERVISOR})}


@pytest.mark.parametrize("roles", [[], ["mayor"]])
def test_roles_that_are_none(roles: list[str]) -> None:
    with pytest.raises(WorkflowError):
        check_roles(roles)
