"""Decisions on findings, append-only, with the version the reviewer saw. Part of the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from mingzhang.casework import audit_log, models, workflow
from mingzhang.casework.engine import Database
from mingzhang.casework.workflow import Decision, Outcome, Role
from mingzhang.storage.clock import beijing_day


class Decisions(Database):
    """Decisions on findings."""

    _remembered: tuple[int, dict[str, Decision]] = (0, {})

    def decisions(self) -> list[Decision]:
        """Return every decision ever made, oldest first."""
        return self._decisions_after(0)[1]

    def latest_decisions(self) -> dict[str, Decision]:
        """Return the newest decision of each finding. Remembered: only rows added since the last call are read."""
        seen, latest = self._remembered
        seen, added = self._decisions_after(seen)
        if added:
            latest = {**latest, **{decision.finding_id: decision for decision in added}}
            self._remembered = (seen, latest)
        return latest

    def _decisions_after(self, seen: int) -> tuple[int, list[Decision]]:
        table = models.DecisionRow
        with self.read() as session:
            rows = session.scalars(select(table).where(table.id > seen).order_by(table.id)).all()
            return (rows[-1].id if rows else seen), [_decision(row) for row in rows]

    def history(self, finding_id: str) -> list[Decision]:
        """Return a finding's decisions, oldest first."""
        table = models.DecisionRow
        with self.read() as session:
            rows = session.scalars(select(table).where(table.finding_id == finding_id).order_by(table.version))
            return [_decision(row) for row in rows]

    def decide(
        self,
        finding_id: str,
        outcome: Outcome,
        reason: str,
        *,
        by: str,
        roles: Collection[Role],
        seen_version: int,
        seen_evidence: str,
        evidence_now: str,
        request_id: str,
        now: dt.datetime,
        rule: str = "",
        rule_version: int = 0,
        county_code: str = "",
        amount_fen: int | None = None,
        until: dt.date | None = None,
    ) -> Decision:
        """Add a decision if the reviewer saw the newest state; the same request twice adds nothing.

        Args:
            seen_version: version on the reviewer's screen, 0 when undecided.
            seen_evidence: evidence hash on the reviewer's screen.
            evidence_now: evidence hash of the current snapshot.
            request_id: random, from the form.
            amount_fen: money confirmed as wrongly paid.
            until: last day a clearing holds.

        Raises:
            SomeoneDecidedError: somebody else was first.
            NotAllowedError, WorkflowError: see `workflow.check_decision`.
        """
        table = models.DecisionRow
        try:
            with self.write() as session:
                again = session.scalar(
                    select(table).where(table.request_id == request_id, table.finding_id == finding_id)
                )
                if again is not None:
                    return _decision(again)
                newest = session.scalar(
                    select(table).where(table.finding_id == finding_id).order_by(table.version.desc()).limit(1)
                )
                version = workflow.check_decision(
                    _decision(newest) if newest else None,
                    evidence_now,
                    beijing_day(now),
                    outcome=outcome,
                    seen_version=seen_version,
                    seen_evidence=seen_evidence,
                    reason=reason,
                    roles=roles,
                )
                row = table(
                    request_id=request_id,
                    finding_id=finding_id,
                    version=version,
                    outcome=outcome.value,
                    reason=reason.strip(),
                    amount_fen=amount_fen if outcome is Outcome.CONFIRMED else None,
                    until=until if outcome is Outcome.CLEARED else None,
                    evidence_hash=evidence_now,
                    rule=rule,
                    rule_version=rule_version,
                    county_code=county_code,
                    by=by,
                    at=now,
                )
                session.add(row)
                audit_log.append(session, by, "decide", finding_id, now, outcome=outcome.value, version=version)
                return _decision(row)
        except IntegrityError as error:
            raise workflow.SomeoneDecidedError from error


def _decision(row: models.DecisionRow) -> Decision:
    return Decision(
        finding_id=row.finding_id,
        version=row.version,
        outcome=Outcome(row.outcome),
        reason=row.reason,
        by=row.by,
        at=row.at,
        evidence_hash=row.evidence_hash,
        request_id=row.request_id,
        rule=row.rule,
        rule_version=row.rule_version,
        county_code=row.county_code,
        amount_fen=row.amount_fen,
        until=row.until,
    )
