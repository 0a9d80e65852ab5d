"""Answers about who is who are kept, never changed, never overwritten unseen."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from mingzhang.casework import models
from mingzhang.casework.store import Store
from mingzhang.casework.workflow import NotAllowedError, Role, SomeoneDecidedError, WorkflowError

NOW = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
AUDITOR = frozenset({Role.AUDITOR})


def answer(store: Store, answer: str, seen: int = 0, roles: frozenset[Role] = AUDITOR, why: str = "") -> None:
    store.answer_pair("p-1", answer, by="lan", roles=roles, seen_version=seen, county_code="452921", now=NOW, why=why)


def test_the_newest_answer_holds(store: Store) -> None:
    answer(store, "cannot_tell")
    answer(store, "not_same", seen=1)
    kept = store.pair_answers()["p-1"]
    assert (kept.answer, kept.version, kept.by, kept.at) == ("not_same", 2, "lan", NOW)
    assert [line.action for line in store.audit_lines("p-1")] == ["answer", "answer"]


def test_nobody_answers_over_an_answer_they_have_not_seen(store: Store) -> None:
    answer(store, "not_same")
    with pytest.raises(SomeoneDecidedError):
        answer(store, "same", seen=0, why="已核对身份证复印件")
    assert store.pair_answers()["p-1"].answer == "not_same"


@pytest.mark.parametrize(
    ("word", "roles", "error"),
    [
        ("maybe", AUDITOR, WorkflowError),
        ("same", AUDITOR, WorkflowError),
        ("not_same", frozenset({Role.MAKER}), NotAllowedError),
    ],
)
def test_what_is_refused(store: Store, word: str, roles: frozenset[Role], error: type[Exception]) -> None:
    with pytest.raises(error):
        answer(store, word, roles=roles)
    assert store.pair_answers() == {}


def test_an_answer_is_never_changed(store: Store) -> None:
    answer(store, "not_same")
    with pytest.raises(models.AppendOnlyError), store.write() as session:
        session.scalars(select(models.PairAnswer)).one().answer = "same"
