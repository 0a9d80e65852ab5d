"""The only door to what people did. Its parts: intake_facts, decisions, answers, releases, accounts. No workflow rule here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from mingzhang.casework import audit_log, models, workflow
from mingzhang.casework.accounts import Accounts
from mingzhang.casework.answers import Answers
from mingzhang.casework.decisions import Decisions
from mingzhang.casework.engine import once
from mingzhang.casework.intake_facts import IntakeFacts
from mingzhang.casework.records import AuditLine, Certification
from mingzhang.casework.releases import Releases
from mingzhang.casework.workflow import Role


class Store(IntakeFacts, Decisions, Answers, Releases, Accounts):
    """Casework behind one door. Every writing function takes the time and leaves an audit entry."""

    @classmethod
    def open(cls, url: str) -> Store:
        """Open casework at a SQLAlchemy address, making missing tables."""
        store = cls(url)
        with store.write() as session:
            models.Base.metadata.create_all(session.connection())
        return store

    @classmethod
    @contextmanager
    def reading(cls, url: str) -> Iterator[Store]:
        """Lend casework for reading only: nothing is made, migrated or written, and it is closed after."""
        store = cls(url)
        try:
            yield store
        finally:
            store.close()

    def certify(self, batch_id: str, by: str, sender: str, now: dt.datetime) -> None:
        """Certify a batch. The caller has checked the role; that nobody certifies his own is checked here too.

        Raises:
            SameHandsError: `by` sent it.
            WorkflowError: already certified.
        """
        workflow.check_second_person(sender, by, {Role.CHECKER}, workflow.CERTIFIERS)
        with once("此批次已经复核通过。"), self.write() as session:
            session.add(models.Certification(batch_id=batch_id, sender=sender, by=by, at=now))
            audit_log.append(session, by, "certify", batch_id, now)

    def certified_batches(self) -> frozenset[str]:
        """Return the ids of certified batches: nothing else may reach a release."""
        return frozenset(self.certifications())

    def certifications(self) -> dict[str, Certification]:
        """Return every certification by batch id."""
        with self.read() as session:
            rows = session.scalars(select(models.Certification))
            return {r.batch_id: Certification(r.batch_id, r.sender, r.by, r.at) for r in rows}

    def log(self, actor: str, action: str, subject: str, now: dt.datetime, **detail: str | int | None) -> None:
        """Add an audit entry on its own, for example that personal data was read. `detail`: codes and counts only."""
        with self.write() as session:
            audit_log.append(session, actor, action, subject, now, **detail)

    def audit_head(self) -> audit_log.Head:
        """Return size and root of the audit log, to be published daily."""
        with self.read() as session:
            return audit_log.head(session)

    def audit_damage(self, published: audit_log.Head | None = None) -> list[str]:
        """Return what is wrong with the audit log, measured against an earlier published head if given."""
        with self.read() as session:
            return audit_log.damage(session, published)

    def audit_lines(self, subject: str = "", limit: int = 200) -> list[AuditLine]:
        """Return the newest audit entries, of one subject or of all."""
        entry = models.AuditEntry
        wanted = select(entry).order_by(entry.seq.desc()).limit(limit)
        if subject:
            wanted = wanted.where(entry.subject == subject)
        with self.read() as session:
            rows = session.scalars(wanted)
            return [AuditLine(r.seq, r.at, r.actor, r.action, r.subject, r.detail) for r in rows]
