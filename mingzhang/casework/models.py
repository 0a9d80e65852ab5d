"""The tables of casework. Rules are in `workflow.py`, reading and writing in `store.py` and its parts."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Date, DateTime, Dialect, Index, Integer, Text, TypeDecorator, UniqueConstraint, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcTime(TypeDecorator[dt.datetime]):
    """An aware UTC time; kept without zone, since not every database keeps one."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Refuse a time without zone, then keep its UTC reading."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone reached casework")
        return value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Return the time with its zone, UTC."""
        return None if value is None else value.replace(tzinfo=dt.UTC)


class Base(DeclarativeBase):
    """Common base."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {dt.datetime: UtcTime, dt.date: Date, int: BigInteger, str: Text}


class User(Base):
    """A person who may sign in. `roles` and `counties` are comma-separated; counties '' means all."""

    __tablename__ = "users"
    name: Mapped[str] = mapped_column(primary_key=True)
    password_hash: Mapped[str]
    roles: Mapped[str]
    counties: Mapped[str]
    created_at: Mapped[dt.datetime]
    disabled_at: Mapped[dt.datetime | None]


class LoginSession(Base):
    """A login session; the cookie's value is kept only as a hash."""

    __tablename__ = "sessions"
    id_hash: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class Device(Base):
    """A browser a user has signed in from before; wrong guesses from it are counted apart."""

    __tablename__ = "devices"
    id_hash: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(primary_key=True)
    first_seen: Mapped[dt.datetime]


class SignInAttempt(Base):
    """One attempt whose password was checked. `account` is a hash: people type passwords into the name field."""

    __tablename__ = "sign_in_attempts"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    account: Mapped[str] = mapped_column(index=True)
    address: Mapped[str]
    device: Mapped[str]
    succeeded: Mapped[bool]


class Settlement(Base):
    """How a held delivery was settled: `accept` or `refuse`."""

    __tablename__ = "settlements"
    delivery_id: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str]
    why: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class HeaderMapping(Base):
    """A header mapping a person confirmed for a county and kind; the newest for the same header holds."""

    __tablename__ = "mappings"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    county_code: Mapped[str]
    kind: Mapped[str]
    header: Mapped[str]
    fields: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class Waiver(Base):
    """A check that a named person let pass for a county, why, until when."""

    __tablename__ = "waivers"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    problem: Mapped[str]
    county_code: Mapped[str]
    kind: Mapped[str]
    programme: Mapped[str]
    why: Mapped[str]
    until: Mapped[dt.date]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class Certification(Base):
    """A batch that a second person certified."""

    __tablename__ = "certifications"
    batch_id: Mapped[str] = mapped_column(primary_key=True)
    sender: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class DecisionRow(Base):
    """One decision on a finding; append-only, and two people at once cannot both be version n."""

    __tablename__ = "decisions"
    __table_args__ = (UniqueConstraint("finding_id", "version"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    request_id: Mapped[str] = mapped_column(unique=True)
    finding_id: Mapped[str]
    version: Mapped[int]
    outcome: Mapped[str]
    reason: Mapped[str]
    amount_fen: Mapped[int | None]
    until: Mapped[dt.date | None]
    evidence_hash: Mapped[str]
    rule: Mapped[str]
    rule_version: Mapped[int]
    county_code: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class PairAnswer(Base):
    """One answer whether two rows are one person; append-only. `pair_id` is a keyed hash of both rows."""

    __tablename__ = "pair_answers"
    __table_args__ = (UniqueConstraint("pair_id", "version"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    pair_id: Mapped[str]
    version: Mapped[int]
    answer: Mapped[str]
    why: Mapped[str]
    county_code: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class FindingHistory(Base):
    """When a run first and last found a finding, and with how much money."""

    __tablename__ = "finding_history"
    finding_id: Mapped[str] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(index=True)
    rule_version: Mapped[int]
    amount_fen: Mapped[int]
    first_amount_fen: Mapped[int]
    first_seen: Mapped[dt.datetime]
    last_seen: Mapped[dt.datetime] = mapped_column(index=True)


class Publication(Base):
    """One release that went public; `batches` is a JSON list."""

    __tablename__ = "publications"
    release_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    batches: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class Withdrawal(Base):
    """A notice taken down before its end."""

    __tablename__ = "withdrawals"
    notice_id: Mapped[str] = mapped_column(primary_key=True)
    why: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class WithheldPerson(Base):
    """A person at risk who must appear nowhere in public. Only `person_id` identifies them."""

    __tablename__ = "withheld"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[str] = mapped_column(index=True)
    why: Mapped[str]
    until: Mapped[dt.date | None]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class AuditEntry(Base):
    """One leaf of the audit log's Merkle tree. `detail` is JSON of codes and counts, never of personal data."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("audit_subject", "action", "subject"),)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[str]
    leaf_hash: Mapped[str]


class AppendOnlyError(Exception):
    """A row of an append-only table was to be changed or deleted."""


def _refuse(_mapper: Any, _connection: Any, target: Any) -> None:
    raise AppendOnlyError(type(target).__name__)


for _model in (DecisionRow, PairAnswer, AuditEntry, Certification, Settlement, Publication, Withdrawal):
    event.listen(_model, "before_update", _refuse)
    event.listen(_model, "before_delete", _refuse)
