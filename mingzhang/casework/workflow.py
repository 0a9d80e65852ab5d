"""Roles, certification by a second person, and which decision may follow which. Pure; nothing is stored here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from mingzhang.catalog import words


class Role(StrEnum):
    """What a user may do."""

    MAKER = "maker"
    CHECKER = "checker"
    AUDITOR = "auditor"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


# Who enters money must not approve it, who judges it must do neither, who makes accounts must touch none of it.
INCOMPATIBLE = frozenset(
    frozenset(pair)
    for pair in (
        (Role.MAKER, Role.CHECKER),
        (Role.MAKER, Role.AUDITOR),
        (Role.MAKER, Role.SUPERVISOR),
        (Role.CHECKER, Role.AUDITOR),
        (Role.CHECKER, Role.SUPERVISOR),
        *((Role.ADMINISTRATOR, role) for role in Role if role is not Role.ADMINISTRATOR),
    )
)
DECIDERS = frozenset({Role.AUDITOR, Role.SUPERVISOR})
CERTIFIERS = frozenset({Role.CHECKER})
SETTLERS = frozenset({Role.CHECKER, Role.SUPERVISOR})
# Taking back hides money, which needs one person; what makes it count or hides it from the public is not the sender's.
WITHDRAWERS = frozenset({Role.MAKER, Role.CHECKER, Role.SUPERVISOR})
RESTORERS = SETTLERS
WAIVERS = SETTLERS
HIDERS = SETTLERS
COUNTED = ("accepted", "accepted_with_errors")


class Outcome(StrEnum):
    """What a person concluded about a finding."""

    CONFIRMED = "confirmed"
    CLEARED = "cleared"
    UNSURE = "unsure"
    REOPENED = "reopened"


class Status(StrEnum):
    """The present status of a finding."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    CLEARED = "cleared"
    UNSURE = "unsure"
    REOPENED = "reopened"


class WorkflowError(Exception):
    """A step that is not allowed; the text is one sentence for the person who tried."""


class SomeoneDecidedError(WorkflowError):
    """The finding changed after the reviewer opened it."""

    def __str__(self) -> str:
        return "在您打开之后，已有其他人作出结论。请查看最新结论后再决定。"


class SameHandsError(WorkflowError):
    """The sender may not certify or settle what they sent."""

    def __str__(self) -> str:
        return "提交人不能复核自己提交的文件，请由另一位复核人员办理。"


class NotAllowedError(WorkflowError):
    """The role does not permit the step."""

    def __str__(self) -> str:
        return "您的岗位不能办理此事项。"


@dataclass(frozen=True)
class Decision:
    """What a person concluded about a finding, why, with what money, for how long.

    Attributes:
        version: 1 for the first decision on the finding, then counting up.
        amount_fen: money confirmed as wrongly paid; None unless confirmed.
        until: a clearing holds to this day; None: as long as the evidence is unchanged.
        evidence_hash: the facts the decision rests on.
    """

    finding_id: str
    version: int
    outcome: Outcome
    reason: str
    by: str
    at: dt.datetime
    evidence_hash: str
    request_id: str
    rule: str = ""
    rule_version: int = 0
    county_code: str = ""
    amount_fen: int | None = None
    until: dt.date | None = None


def finding_status(latest: Decision | None, evidence_hash: str, today: dt.date) -> Status:
    """Return the status of a finding, from its latest decision and the evidence of now.

    A cleared finding stays cleared while its evidence is unchanged and the clearing has not run out.
    """
    if latest is None:
        return Status.OPEN
    if latest.outcome is Outcome.CLEARED:
        changed = latest.evidence_hash != evidence_hash
        ran_out = latest.until is not None and today > latest.until
        return Status.REOPENED if changed or ran_out else Status.CLEARED
    return Status(latest.outcome.value)


def allowed_outcomes(status: Status) -> tuple[Outcome, ...]:
    """Return what may be decided next: a closed finding must be reopened before it is judged again."""
    if status in (Status.CONFIRMED, Status.CLEARED):
        return (Outcome.REOPENED,)
    return (Outcome.CONFIRMED, Outcome.CLEARED, Outcome.UNSURE)


def check_decision(
    latest: Decision | None,
    evidence_now: str,
    today: dt.date,
    *,
    outcome: Outcome,
    seen_version: int,
    seen_evidence: str,
    reason: str,
    roles: Collection[Role],
) -> int:
    """Return the version a decision would get.

    Args:
        latest: the newest decision, None when there is none.
        evidence_now: evidence hash of the finding as it stands.
        today: Beijing date, for clearings that run out.
        outcome: what the reviewer concludes.
        seen_version: version of the newest decision on the reviewer's screen, 0 for none.
        seen_evidence: evidence hash on the reviewer's screen.
        reason: the reviewer's words.
        roles: the reviewer's.

    Raises:
        NotAllowedError: wrong role.
        SomeoneDecidedError: the screen was older than the finding.
        WorkflowError: no reason, or the outcome cannot follow the present status.
    """
    if not DECIDERS.intersection(roles):
        raise NotAllowedError
    if seen_version != (latest.version if latest else 0) or seen_evidence != evidence_now:
        raise SomeoneDecidedError
    if not reason.strip():
        raise WorkflowError("请写明作出结论的理由。")
    if outcome not in allowed_outcomes(finding_status(latest, evidence_now, today)):
        raise WorkflowError("此疑点当前状态不能直接作出该结论；已有结论的疑点请先重新打开。")
    return seen_version + 1


def check_second_person(sender: str, by: str, roles: Collection[Role], allowed: Collection[Role]) -> None:
    """Refuse a certification or settlement by its sender or by the wrong role.

    Args:
        sender: user name of who sent the file.
        by: user name of who acts.
        roles: roles `by` holds.
        allowed: roles that may do it.

    Raises:
        NotAllowedError: wrong role.
        SameHandsError: `by` sent the file.
    """
    if not set(allowed).intersection(roles):
        raise NotAllowedError
    if sender.strip().casefold() == by.strip().casefold():
        raise SameHandsError


def check_can_be_certified(status: str, is_replaced: bool) -> None:
    """Refuse to certify a delivery that does not count.

    Args:
        status: status of the delivery; '' where it is not read yet.
        is_replaced: corrections have replaced all its lines.

    Raises:
        WorkflowError: naming the state it is in.
    """
    if status == "held":
        raise WorkflowError("此批次暂缓入库，不能复核；请先处理暂缓事项。")
    if status not in COUNTED:
        raise WorkflowError(f"此批次{_state(status)}，不能复核。")
    if is_replaced:
        raise WorkflowError("此批次已由更正全部替换，不能复核；请复核更正的批次。")


def check_can_be_settled(status: str) -> None:
    """Refuse to settle a delivery that is not held.

    Raises:
        WorkflowError: naming the state it is in.
    """
    if status != "held":
        raise WorkflowError(f"此批次{_state(status)}，没有需要处理的暂缓事项。")


def check_can_be_withdrawn(status: str) -> None:
    """Refuse to take back what was taken back already.

    Raises:
        WorkflowError: it is withdrawn.
    """
    if status == "withdrawn":
        raise WorkflowError("此批次已撤回，不必再撤；要重新计入请恢复。")


def check_can_be_restored(status: str) -> None:
    """Refuse to restore a delivery that is not withdrawn.

    Raises:
        WorkflowError: naming the state it is in.
    """
    if status != "withdrawn":
        raise WorkflowError(f"此批次{_state(status)}，没有撤回，不必恢复。")


def _state(status: str) -> str:
    return words.DELIVERY_STATUSES.get(status, "还没有读入，请稍后再试")


def check_roles(roles: Collection[Role | str]) -> None:
    """Refuse a set of roles no one person may hold.

    Raises:
        WorkflowError: none given, one unknown, or two that exclude each other.
    """
    if not roles:
        raise WorkflowError("请至少选择一个岗位。")
    if unknown := set(roles) - set(Role):
        raise WorkflowError(f"没有“{'、'.join(sorted(unknown))}”这样的岗位。")
    for pair in INCOMPATIBLE:
        if pair <= set(roles):
            titles = "、".join(sorted(words.ROLES[role] for role in pair))
            raise WorkflowError(f"{titles}不能由同一人兼任。")
