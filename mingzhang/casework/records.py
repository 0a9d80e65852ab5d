"""Frozen records that casework returns. No database here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Settlement:
    """How a held delivery was settled: `accept` loads its held lines, `refuse` loads none of it."""

    delivery_id: str
    outcome: str
    why: str
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class HeaderMapping:
    """Which field each header of a county's files of a kind is, as people confirmed it; the newest confirmation holds.

    Attributes:
        header: headers as written.
        fields: beside each, the field's name; '' for a column that is not read.
    """

    county_code: str
    kind: str
    header: tuple[str, ...]
    fields: tuple[str, ...]
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class Waiver:
    """A check let pass for a county and kind ('' programme: all), why, until when (inclusive)."""

    problem: str
    county_code: str
    kind: str
    programme: str
    why: str
    until: dt.date
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class Answer:
    """Whether two rows are one person: `same`, `not_same` or `cannot_tell`, in which version, why."""

    pair_id: str
    version: int
    answer: str
    why: str
    county_code: str
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class Facts:
    """What people decided that changes how a delivery is read. Mappings: one per county and kind."""

    settlements: tuple[Settlement, ...]
    mappings: tuple[HeaderMapping, ...]
    waivers: tuple[Waiver, ...]


@dataclass(frozen=True)
class Certification:
    """A batch certified by a second person."""

    batch_id: str
    sender: str
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class FoundFinding:
    """A finding of one run."""

    finding_id: str
    rule: str
    rule_version: int
    amount_fen: int


@dataclass(frozen=True)
class FindingHistory:
    """When runs first and last found a finding, and with how much money (fen) each time."""

    finding_id: str
    rule: str
    rule_version: int
    first_amount_fen: int
    amount_fen: int
    first_seen: dt.datetime
    last_seen: dt.datetime


@dataclass(frozen=True)
class Publication:
    """One release that went public, with the batches in it."""

    release_id: str
    number: int
    batches: tuple[str, ...]
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class Withdrawal:
    """A notice taken down before its end."""

    notice_id: str
    why: str
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class AuditLine:
    """One entry of the audit log."""

    seq: int
    at: dt.datetime
    actor: str
    action: str
    subject: str
    detail: str


@dataclass(frozen=True)
class WithheldPerson:
    """A person who must appear nowhere in public, until a day (inclusive) or for good."""

    person_id: str
    why: str
    until: dt.date | None
    by: str
    at: dt.datetime
