"""What people did is kept, once, and never overwritten."""

from __future__ import annotations

import datetime as dt
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from mingzhang.casework import models
from mingzhang.casework.records import FoundFinding
from mingzhang.casework.store import Store
from mingzhang.casework.workflow import Outcome, Role, SameHandsError, SomeoneDecidedError, WorkflowError
from tests.paths import ROOT

NOW = dt.datetime(2026, 11, 3, 1, tzinfo=dt.UTC)


def decide(store: Store, **changed: Any) -> Any:
    form: dict[str, Any] = {
        "finding_id": "f1",
        "outcome": Outcome.CLEARED,
        "reason": "已核对",
        "by": "auditor",
        "roles": {Role.AUDITOR},
        "seen_version": 0,
        "seen_evidence": "e1",
        "evidence_now": "e1",
        "request_id": "r1",
        "now": NOW,
    }
    return store.decide(**(form | changed))


def test_facts_come_back_as_they_were_given(store: Store) -> None:
    store.settle("d1", "accept", "bob", "合计抄错，明细无误", NOW)
    store.confirm_mapping("452921", "roster", {"姓名": "recipient_name", "备注": ""}, "bob", NOW)
    store.confirm_mapping("452921", "roster", {"备注": "note", "到手钱数": "amount_fen"}, "eve", NOW)
    store.waive(
        "unit_sanity",
        county_code="452921",
        kind="roster",
        programme="",
        why="补发",
        until=dt.date(2026, 12, 31),
        by="b",
        now=NOW,
    )
    facts = store.facts()
    assert [(s.delivery_id, s.outcome, s.at) for s in facts.settlements] == [("d1", "accept", NOW)]
    (mapping,) = facts.mappings
    fields = dict(zip(mapping.header, mapping.fields, strict=True))
    assert fields == {"姓名": "recipient_name", "备注": "note", "到手钱数": "amount_fen"}, (
        "the newest confirmation holds, none is lost"
    )
    assert [w.until for w in facts.waivers] == [dt.date(2026, 12, 31)]


@pytest.mark.parametrize(("outcome", "why"), [("accept", " "), ("maybe", "因为")])
def test_a_settlement_needs_an_outcome_and_a_reason(store: Store, outcome: str, why: str) -> None:
    with pytest.raises(WorkflowError):
        store.settle("d1", outcome, "bob", why, NOW)
    assert store.facts().settlements == ()


def test_a_hold_is_settled_once(store: Store) -> None:
    store.settle("d1", "refuse", "bob", "重报", NOW)
    with pytest.raises(WorkflowError, match="已经处理"):
        store.settle("d1", "accept", "eve", "放行", NOW)
    assert [s.outcome for s in store.facts().settlements] == ["refuse"]


def test_waivers_end_in_the_future(store: Store) -> None:
    past = dt.date(2026, 11, 2)
    with pytest.raises(WorkflowError, match="早于今天"):
        store.waive("p", county_code="452921", kind="roster", programme="", why="w", until=past, by="b", now=NOW)


def test_certification_by_a_second_person_once(store: Store) -> None:
    with pytest.raises(SameHandsError):
        store.certify("b1", "alice", "Alice", NOW)
    store.certify("b1", "bob", "alice", NOW)
    with pytest.raises(WorkflowError, match="已经复核"):
        store.certify("b1", "carol", "alice", NOW)
    assert store.certified_batches() == {"b1"}


def test_decisions_count_up_and_remember(store: Store) -> None:
    assert decide(store).version == 1
    assert decide(store, outcome=Outcome.REOPENED, seen_version=1, request_id="r2").version == 2
    confirmed = decide(store, outcome=Outcome.CONFIRMED, seen_version=2, request_id="r3", amount_fen=5200)
    assert (confirmed.version, confirmed.amount_fen) == (3, 5200)
    assert [d.outcome for d in store.history("f1")] == [Outcome.CLEARED, Outcome.REOPENED, Outcome.CONFIRMED]
    assert store.latest_decisions()["f1"].outcome is Outcome.CONFIRMED
    decide(store, finding_id="f2", request_id="r4")
    assert set(store.latest_decisions()) == {"f1", "f2"}, "a remembered answer must see what came after it"
    assert len(store.decisions()) == 4


def test_the_same_form_twice_is_one_decision(store: Store) -> None:
    first = decide(store)
    assert decide(store) == first
    assert len(store.decisions()) == 1


def test_money_belongs_to_confirmed_and_an_end_to_cleared(store: Store) -> None:
    cleared = decide(store, amount_fen=100, until=dt.date(2027, 5, 1))
    assert (cleared.amount_fen, cleared.until) == (None, dt.date(2027, 5, 1))


def test_the_second_reviewer_is_told(store: Store) -> None:
    decide(store)
    with pytest.raises(SomeoneDecidedError):
        decide(store, request_id="r2")
    with pytest.raises(SomeoneDecidedError):
        decide(store, finding_id="f2", request_id="r3", seen_evidence="e0")
    assert len(store.decisions()) == 1


def test_append_only(store: Store) -> None:
    decide(store)
    for model in (models.DecisionRow, models.AuditEntry):
        with pytest.raises(models.AppendOnlyError), store.write() as session:
            row = session.query(model).first()
            row.by = row.actor = "somebody else"  # type: ignore[union-attr]
            session.flush()
        with pytest.raises(models.AppendOnlyError), store.write() as session:
            session.delete(session.query(model).first())


def test_finding_history_keeps_the_first_and_moves_the_last(store: Store) -> None:
    later = NOW + dt.timedelta(days=30)
    store.record_findings([FoundFinding("f1", "B01", 1, 100), FoundFinding("f2", "B01", 1, 50)], NOW)
    store.record_findings([FoundFinding("f1", "B01", 2, 300), FoundFinding("f3", "B01", 2, 5)], later)
    seen = store.finding_history()
    assert (seen["f1"].first_seen, seen["f1"].last_seen) == (NOW, later)
    assert (seen["f1"].first_amount_fen, seen["f1"].amount_fen, seen["f1"].rule_version) == (100, 300, 2)
    assert seen["f2"].last_seen == NOW
    assert seen["f3"].first_seen == later
    assert set(store.finding_history(["f2"])) == {"f2"}


def test_publications_withdrawals_withheld(store: Store) -> None:
    store.record_publication("rel1", 1, {"b2", "b1"}, "system:publish", NOW)
    store.record_publication("rel1", 1, {"b1"}, "system:publish", NOW)
    assert [(p.release_id, p.batches) for p in store.publications()] == [("rel1", ("b1", "b2"))]
    store.withdraw("n1", "姓名有误", "boss", NOW)
    with pytest.raises(WorkflowError, match="已经撤下"):
        store.withdraw("n1", "再来", "boss", NOW)
    store.withhold("p1", "人身安全", "boss", NOW)
    store.withhold("p2", "人身安全", "boss", NOW, until=dt.date(2026, 11, 3))
    assert {w.person_id for w in store.withheld(NOW)} == {"p1", "p2"}
    assert {w.person_id for w in store.withheld(NOW + dt.timedelta(days=1))} == {"p1"}


def test_times_without_zone_are_refused(store: Store) -> None:
    with pytest.raises(Exception, match="zone"):
        store.settle("d1", "accept", "bob", "w", dt.datetime(2026, 11, 3))  # noqa: DTZ001


def test_an_action_and_its_entry_are_kept_or_rolled_back_together(store: Store) -> None:
    before = store.audit_head().size
    decide(store)
    assert store.audit_head().size == before + 1
    with pytest.raises(SomeoneDecidedError):
        decide(store, request_id="r2")
    assert store.audit_head().size == before + 1
    assert store.audit_lines("f1")[0].detail == '{"outcome": "cleared", "version": 1}'


def test_backup_is_a_whole_database(store: Store, tmp_path: Path) -> None:
    decide(store)
    copy = tmp_path / "copy.db"
    if not store.url.startswith("sqlite"):
        with pytest.raises(WorkflowError, match="pg_dump"):
            store.backup(copy)
        return
    store.backup(copy)
    with sqlite3.connect(copy) as connection:
        assert connection.execute("select count(*) from decisions").fetchone() == (1,)
    connection.close()


RACE = """
import datetime as dt, sys
from mingzhang.casework.store import Store
from mingzhang.casework.workflow import Outcome, Role, SomeoneDecidedError
store = Store.open(sys.argv[1]); me = sys.argv[2]; won = lost = 0
while won + lost < int(sys.argv[3]):
    latest = store.latest_decisions().get("f1")
    outcome = Outcome.CLEARED if latest is None or latest.outcome is Outcome.REOPENED else Outcome.REOPENED
    try:
        store.decide("f1", outcome, "r", by=me, roles={Role.AUDITOR}, seen_version=latest.version if latest else 0,
                     seen_evidence="e", evidence_now="e", request_id=f"{me}-{won}-{lost}", now=dt.datetime.now(dt.UTC))
        won += 1
    except SomeoneDecidedError:
        lost += 1
print(won)
"""


def test_eight_reviewers_at_once_lose_and_double_nothing(store: Store, is_full: bool) -> None:
    tries = "2500" if is_full else "12"
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, store.url, f"p{n}", tries], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for n in range(8)
    ]
    won = sum(int(racer.communicate(timeout=600)[0]) for racer in racers)
    assert all(racer.returncode == 0 for racer in racers)
    versions = [d.version for d in store.history("f1")]
    assert versions == list(range(1, won + 1)), "every win is one decision, none lost, none double"
    assert store.audit_head().size == won
    assert store.audit_damage() == []


def test_read_then_write_is_not_torn_by_another_writer(store: Store) -> None:
    with store.write() as session:
        session.execute(update(models.User).values(counties=""))
        assert store.certified_batches() == frozenset(), "readers go on while a writer is at work"
