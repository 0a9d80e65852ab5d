"""Casework: opens, reads and writes what people did. Parts: intake_facts, decisions, answers, releases, accounts. Rules are in `workflow.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import select

from mingzhang.casework import audit_log, models, upgrade, workflow
from mingzhang.casework.answers import Answers
from mingzhang.casework.decisions import Decisions
from mingzhang.casework.engine import once
from mingzhang.casework.intake_facts import IntakeFacts
from mingzhang.casework.publications import Releases
from mingzhang.casework.records import AuditLine, Certification
from mingzhang.casework.users import Accounts
from mingzhang.casework.workflow import Role


class Store(IntakeFacts, Decisions, Answers, Releases, Accounts):
    """All of casework. Every writing function takes the time, UTC, and adds an audit entry."""

    @classmethod
    def open(cls, url: str) -> Store:
        """Open casework at a SQLAlchemy address; older tables are copied and upgraded, missing ones made.

        Raises:
            Refusal: a newer program wrote it, or older tables are on a server (see `upgrade.upgrade`).
        """
        store = cls(url)
        try:
            upgrade.upgrade(store)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    @contextmanager
    def reading(cls, url: str) -> Iterator[Store]:
        """Open casework for reading only, then close it: nothing is made, migrated or written.

        Raises:
            Refusal: a newer program wrote it.
        """
        store = cls(url)
        try:
            upgrade.refuse_newer(store)
            yield store
        finally:
            store.close()

    def certify(self, batch_id: str, by: str, sender: str, now: dt.datetime) -> None:
        """Certify a batch. The caller has checked the role; that the sender does not certify it is checked here too.

        Args:
            batch_id: the batch.
            by: who certifies it.
            sender: who sent it.
            now: time, UTC.

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
        """Add an audit entry on its own, for example that personal data was read.

        Args:
            actor: user name, or `system:…`.
            action: what was done, for example `read.finding`.
            subject: the id it was done to.
            now: time, UTC.
            detail: codes and counts only.
        """
        with self.write() as session:
            audit_log.append(session, actor, action, subject, now, **detail)

    def audit_head(self) -> audit_log.Head:
        """Return size and root of the audit log, to be published daily."""
        with self.read() as session:
            return audit_log.head(session)

    def audit_damage(self, heads: Sequence[audit_log.Head] = ()) -> list[str]:
        """Return what is wrong with the audit log, measured against earlier published heads, as Chinese sentences."""
        with self.read() as session:
            return audit_log.damage(session, heads)

    def audit_log_holds(self, seq: int, published: audit_log.Head) -> bool:
        """Tell whether an entry, as it stands now, is in the log a head was published of."""
        with self.read() as session:
            return audit_log.holds(session, seq, published)

    def audit_lines(self, subject: str = "", limit: int = 200) -> list[AuditLine]:
        """Return the newest audit entries, of one subject or of all."""
        entry = models.AuditEntry
        wanted = select(entry).order_by(entry.seq.desc()).limit(limit)
        if subject:
            wanted = wanted.where(entry.subject == subject)
        with self.read() as session:
            rows = session.scalars(wanted)
            return [AuditLine(r.seq, r.at, r.actor, r.action, r.subject, r.detail) for r in rows]
