"""The history of findings, publications, withdrawn notices and withheld persons. Part of the store."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable

from sqlalchemy import bindparam, insert, select, update

from mingzhang.casework import audit_log, models
from mingzhang.casework.engine import Database, once
from mingzhang.casework.records import FindingHistory, FoundFinding, Publication, Withdrawal, WithheldPerson
from mingzhang.casework.workflow import WorkflowError
from mingzhang.storage.clock import beijing_day


class Releases(Database):
    """What runs found and what was published."""

    def record_findings(self, findings: Iterable[FoundFinding], now: dt.datetime) -> None:
        """Keep what a run found: a new finding gets a row, a known one a new `last_seen`, amount and rule version."""
        found = {finding.finding_id: finding for finding in findings}
        table = models.FindingHistory
        with self.write() as session:
            known = set(session.scalars(select(table.finding_id)))
            fresh = [
                {
                    "finding_id": f.finding_id,
                    "rule": f.rule,
                    "rule_version": f.rule_version,
                    "amount_fen": f.amount_fen,
                    "first_amount_fen": f.amount_fen,
                    "first_seen": now,
                    "last_seen": now,
                }
                for f in found.values()
                if f.finding_id not in known
            ]
            again = [
                {"the_id": f.finding_id, "the_version": f.rule_version, "the_amount": f.amount_fen}
                for f in found.values()
                if f.finding_id in known
            ]
            if fresh:
                session.execute(insert(table), fresh)
            if again:
                # The core table, not the mapped class: one prepared statement for many rows.
                core = models.FindingHistory.__table__
                renewed = (
                    update(core)  # type: ignore[arg-type]
                    .where(core.c.finding_id == bindparam("the_id"))
                    .values(rule_version=bindparam("the_version"), amount_fen=bindparam("the_amount"), last_seen=now)
                )
                session.connection().execute(renewed, again)

    def finding_history(self, finding_ids: Collection[str] | None = None) -> dict[str, FindingHistory]:
        """Return the history of findings by finding id: of all, or of the named ones (at most a page's worth)."""
        table = models.FindingHistory
        wanted = select(table) if finding_ids is None else select(table).where(table.finding_id.in_(finding_ids))
        with self.read() as session:
            return {
                r.finding_id: FindingHistory(
                    r.finding_id, r.rule, r.rule_version, r.first_amount_fen, r.amount_fen, r.first_seen, r.last_seen
                )
                for r in session.scalars(wanted)
            }

    def record_publication(
        self, release_id: str, number: int, batches: Collection[str], by: str, now: dt.datetime
    ) -> None:
        """Keep that a release was published. The same release again changes nothing.

        Args:
            release_id: name of the release.
            number: its number.
            batches: ids of the batches in it.
            by: who published it.
            now: time, UTC.
        """
        table = models.Publication
        with self.write() as session:
            if session.get(table, release_id) is not None:
                return
            session.add(table(release_id=release_id, number=number, batches=json.dumps(sorted(batches)), by=by, at=now))
            audit_log.append(session, by, "publish", release_id, now, number=number, batches=len(batches))

    def publications(self) -> list[Publication]:
        """Return every release that went public, newest first."""
        table = models.Publication
        with self.read() as session:
            rows = session.scalars(select(table).order_by(table.number.desc(), table.at.desc()))
            return [Publication(r.release_id, r.number, tuple(json.loads(r.batches)), r.by, r.at) for r in rows]

    def withdraw(self, notice_id: str, why: str, by: str, now: dt.datetime) -> None:
        """Withdraw a notice before its end.

        Args:
            notice_id: `<village>-<programme>-<month>`.
            why: the reason; kept here, never published.
            by: the named person.
            now: time, UTC.

        Raises:
            WorkflowError: no reason, or it is down already.
        """
        if not why.strip():
            raise WorkflowError("请写明撤下公示的理由。")
        with once("此公示已经撤下。"), self.write() as session:
            session.add(models.Withdrawal(notice_id=notice_id, why=why.strip(), by=by, at=now))
            audit_log.append(session, by, "withdraw", notice_id, now)

    def withdrawals(self) -> list[Withdrawal]:
        """Return the notices taken down, newest first."""
        table = models.Withdrawal
        with self.read() as session:
            rows = session.scalars(select(table).order_by(table.at.desc()))
            return [Withdrawal(r.notice_id, r.why, r.by, r.at) for r in rows]

    def withhold(self, person_id: str, why: str, by: str, now: dt.datetime, until: dt.date | None = None) -> None:
        """Keep a person at risk out of everything public.

        Args:
            person_id: pseudonym of the person; never a name or number.
            why: reason, for the supervisor's eyes.
            by: the named person.
            now: time, UTC.
            until: last day; None for good.

        Raises:
            WorkflowError: no reason.
        """
        if not why.strip():
            raise WorkflowError("请写明不予公开的理由。")
        with self.write() as session:
            session.add(models.WithheldPerson(person_id=person_id, why=why.strip(), until=until, by=by, at=now))
            audit_log.append(session, by, "withhold", person_id, now)

    def withheld(self, now: dt.datetime) -> list[WithheldPerson]:
        """Return the persons withheld today."""
        table = models.WithheldPerson
        with self.read() as session:
            rows = session.scalars(select(table).order_by(table.id))
            today = beijing_day(now)
            return [
                WithheldPerson(r.person_id, r.why, r.until, r.by, r.at)
                for r in rows
                if r.until is None or r.until >= today
            ]
