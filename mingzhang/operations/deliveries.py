"""Receives, loads, certifies, settles and withdraws deliveries for the command line. No data logic here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from checks.privacy.identifiers import shapes
from mingzhang.casework.store import Store
from mingzhang.casework.workflow import (
    CERTIFIERS,
    RESTORERS,
    SETTLERS,
    WAIVERS,
    WITHDRAWERS,
    Role,
    check_can_be_certified,
    check_can_be_restored,
    check_can_be_settled,
    check_can_be_withdrawn,
    check_second_person,
)
from mingzhang.catalog.load import catalogue
from mingzhang.catalog.words import WAIVABLE
from mingzhang.facts import facts_for
from mingzhang.intake.context import Context
from mingzhang.intake.load import judge
from mingzhang.intake.load.ledger import Ledger
from mingzhang.intake.load.load import Outcome, load, pending
from mingzhang.intake.receive import inbox
from mingzhang.intake.receive import receipts as receive
from mingzhang.intake.receive.declared import Declared, from_folder
from mingzhang.storage import clock
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.errors import Refusal
from mingzhang.storage.publication_reader import opened_current
from mingzhang.warehouse import database

STATUS_WORDS = {
    "accepted": "已接收",
    "accepted_with_errors": "部分接收",
    "held": "暂缓",
    "refused": "不收",
    "already_received": "以前收到过",
    "replaced": "已被更正",
    "withdrawn": "已撤回",
}


def context(folder: DataFolder, now: dt.datetime) -> Context:
    """Return what a check may know besides the file: places and history of the current snapshot, casework's facts."""
    folder.root.mkdir(parents=True, exist_ok=True)
    facts = facts_for(Store.open(folder.casework_url).facts())
    return Context.from_snapshot(folder, catalogue(), clock.beijing_day(now), facts)


def has_county(folder: DataFolder, code: str) -> bool:
    """Tell whether the current staff snapshot knows a county of this code."""
    with opened_current(folder.staff_snapshots, "findings.duckdb") as snapshot:
        if snapshot is None:
            return False
        asked = "select count(*) from places where level = 'county' and place_code = ?"
        return bool(snapshot.connection.execute(asked, [code]).fetchall()[0][0])


@dataclass(frozen=True)
class Loaded:
    """What a load did.

    Attributes:
        named: one outcome for each file that was named or stood in a named folder.
        others: of what else waited, or was read again because of them.
        skipped: names of files that systems leave in folders.
    """

    named: list[Outcome]
    others: list[Outcome]
    skipped: list[str]


def _arrivals(paths: Sequence[Path], declared: Declared) -> tuple[list[tuple[Path, Declared]], list[str]]:
    """Return every file with what is declared of it, and what is skipped.

    A folder is read as `<county>/<month>/<kind>/[<programme>/]`.
    """
    found, skipped = [], []
    for path in paths:
        if not path.exists():
            raise Refusal(f"找不到 {path}；请检查路径。")
        if path.is_file():
            found.append((path, declared))
            continue
        files = sorted(file for file in path.glob("*/*/*/**/*") if file.is_file())
        skipped += [file.name for file in files if inbox.is_left_over(file.name)]
        kept = (file for file in files if not inbox.is_left_over(file.name))
        found += [(file, declared.completed_by(from_folder(path, file, catalogue()))) for file in kept]
    return found, skipped


def load_paths(
    paths: Sequence[Path],
    declared: Declared,
    sender: str,
    now: dt.datetime,
    corrects: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Loaded:
    """Receive files or whole folder trees, then load everything that waits.

    Args:
        paths: files, or folders laid out as `<county>/<month>/<kind>/[<programme>/]`.
        declared: what the caller says of all of them; the folder tree fills the rest.
        sender: who hands them in.
        now: UTC.
        corrects: the batch that is corrected; its county, kind, programme and month hold where none are declared.
        progress: told (done, all) after each delivery.

    Raises:
        Refusal: a path does not exist.
    """
    folder = DataFolder.from_environment()
    known = catalogue()
    arrivals, skipped = _arrivals(paths, declared.completed_by(_declared_of(folder, corrects)))
    with database.writer(folder.root, known) as connection:
        receipts = [
            receive.receive(folder, path, declared, sender, now, correction_no=1 if corrects else 0, corrects=corrects)
            for path, declared in arrivals
        ]
        facts = facts_for(Store.open(folder.casework_url).facts())
        waiting = pending(folder, connection, known, facts)
        done = 0

        def report_progress(_outcome: Outcome) -> None:
            nonlocal done
            done += 1
            if progress:
                progress(done, len(waiting))

        outcomes = {o.delivery_id: o for o in load(connection, folder, known, facts, waiting, report_progress)}
        named = [outcomes.get(receipt.delivery_id) or _sent_again(connection, folder, receipt) for receipt in receipts]
    own = {outcome.delivery_id for outcome in named}
    return Loaded(named, [o for o in outcomes.values() if o.delivery_id not in own], skipped)


def _declared_of(folder: DataFolder, delivery: str | None) -> Declared:
    """Return the declared key of a delivery; an empty key where there is no such delivery."""
    receipts = receive.receipts(folder) if delivery else []
    return next((r.declared for r in receipts if r.delivery_id == delivery), Declared(None, None, None, None))


def _sent_again(connection: duckdb.DuckDBPyConnection, folder: DataFolder, receipt: receive.Receipt) -> Outcome:
    """Return the outcome of bytes that came before: they count once, and stay withdrawn or refused."""
    known = receive.receipts(folder)
    row = Ledger.read(connection, known).rows.get(receipt.delivery_id)
    again = judge.sent_again(receipt.delivery_id, row, receive.withdrawals(known).get(receipt.delivery_id))
    status, reason, message = again or _refused_before(connection, receipt.delivery_id)
    declared = receipt.declared
    nothing = dict.fromkeys(("lines", "accepted", "rejected", "held", "warnings", "total_fen"), 0)
    return Outcome(
        receipt.delivery_id, receipt.file_name, status, reason, message, **nothing, declared_total_fen=None,
        county_code=declared.county, kind=declared.kind, programme=declared.programme, month=declared.month,
    )  # fmt: skip


def _refused_before(connection: duckdb.DuckDBPyConnection, delivery: str) -> tuple[str, str, str]:
    found = connection.execute("select reason, message from deliveries where delivery_id = ?", [delivery]).fetchall()
    return "refused", *found[0]


def as_text(loaded: Loaded) -> str:
    """Return one line per file that was named, and what else was done in a word."""
    lines = [
        f"{o.file_name}：{STATUS_WORDS[o.status]}，{o.lines} 行，接收 {o.accepted}，不收 {o.rejected}，暂缓 {o.held}"
        f"（批次 {o.delivery_id}）{'' if o.status == 'accepted' else '：' + o.message}"
        for o in loaded.named
    ]
    if loaded.skipped:
        names = "、".join(dict.fromkeys(loaded.skipped))
        lines.append(f"跳过系统留下的文件 {len(loaded.skipped)} 个：{names}")
    if loaded.others:
        lines.append(f"另外读了等待的或受影响的批次 {len(loaded.others)} 个；请用 mingzhang status 查看。")
    return "\n".join(lines)


@dataclass(frozen=True)
class _Delivery:
    """A received delivery as the ledger has it now.

    Attributes:
        sender: who handed it in.
        county: six digits; None where neither the sender nor the file named one.
        status: of the ledger; '' where it is not read yet.
        is_replaced: corrections have replaced all its lines.
    """

    sender: str
    county: str | None
    status: str
    is_replaced: bool


def _delivery(folder: DataFolder, delivery: str) -> _Delivery:
    """Return a received delivery.

    Raises:
        Refusal: there is none of that id.
    """
    all_receipts = receive.receipts(folder)
    receipt = next((r for r in all_receipts if r.delivery_id == delivery and r.status == "received"), None)
    if receipt is None:
        raise Refusal(f"没有批次 {delivery}；请用 mingzhang status 查看。")
    with database.writer(folder.root, catalogue()) as connection:
        rows = connection.execute(
            """select d.county_code, d.status, count(l.line_id) > 0 and bool_and(coalesce(l.status, '') = 'replaced')
               from deliveries d left join lines l on l.delivery_id = d.delivery_id and l.reason is null
               where d.delivery_id = ? group by all""",
            [delivery],
        ).fetchall()
    county, status, is_replaced = rows[0] if rows else (receipt.declared.county, "", False)
    if delivery in receive.withdrawals(all_receipts):
        status = "withdrawn"
    return _Delivery(receipt.sender, county, status, bool(is_replaced))


def _require(store: Store, user: str, roles: Collection[Role], county: str | None) -> bool:
    """Ask of a name on the command line what the site asks of who is signed in.

    Returns:
        Whether there are users; before that every name is taken at its word.

    Raises:
        WorkflowError: there are users, and this is not one of them with one of the roles for the county.
    """
    acting = store.acting(user)
    if acting is None:
        return False
    acting.require(roles, county)
    return True


def certify(batch: str, user: str, now: dt.datetime) -> None:
    """Certify a batch for a second person.

    Args:
        batch: delivery_id of the batch.
        user: who certifies it.
        now: UTC.

    Raises:
        Refusal: no such batch.
        WorkflowError: it does not count, the user may not, or they sent it.
    """
    folder = DataFolder.from_environment()
    found, store = _delivery(folder, batch), Store.open(folder.casework_url)
    _require(store, user, CERTIFIERS, found.county)
    check_can_be_certified(found.status, found.is_replaced)
    store.certify(batch, by=user, sender=found.sender, now=now)


def settle(delivery: str, outcome: str, user: str, why: str, now: dt.datetime) -> None:
    """Record what a named person decided about a held delivery.

    Args:
        delivery: delivery_id of the held delivery.
        outcome: `accept` or `refuse`.
        user: name of the person who decides.
        why: the reason.
        now: UTC.

    Raises:
        Refusal: no such delivery.
        WorkflowError: it is not held, the user may not, or they sent it.
    """
    folder = DataFolder.from_environment()
    found, store = _delivery(folder, delivery), Store.open(folder.casework_url)
    if _require(store, user, SETTLERS, found.county):
        check_second_person(found.sender, user, SETTLERS, SETTLERS)
    check_can_be_settled(found.status)
    store.settle(delivery, outcome, by=user, why=why, now=now)


def take_back(delivery: str, user: str, why: str, now: dt.datetime) -> None:
    """Withdraw a delivery by a receipt that references it, and bring the warehouse up to date.

    Args:
        delivery: delivery_id of the delivery.
        user: who withdraws it.
        why: the reason, kept in the receipt.
        now: UTC.

    Raises:
        Refusal: no such delivery.
        WorkflowError: it is withdrawn already, or the user may not.
    """
    folder = DataFolder.from_environment()
    found, store = _delivery(folder, delivery), Store.open(folder.casework_url)
    _require(store, user, WITHDRAWERS, found.county)
    check_can_be_withdrawn(found.status)
    receive.withdraw(folder, delivery, user, why, now)
    _read_again(folder, store)


def restore_delivery(delivery: str, user: str, why: str, now: dt.datetime) -> None:
    """Let a withdrawn delivery count again by a receipt that references it, and bring the warehouse up to date.

    Args:
        delivery: delivery_id of the delivery.
        user: who restores it.
        why: the reason, kept in the receipt.
        now: UTC.

    Raises:
        Refusal: no such delivery, or no reason.
        WorkflowError: it is not withdrawn, or the user may not.
    """
    if not why.strip():
        raise Refusal("请写明恢复的理由。")
    folder = DataFolder.from_environment()
    found, store = _delivery(folder, delivery), Store.open(folder.casework_url)
    _require(store, user, RESTORERS, found.county)
    check_can_be_restored(found.status)
    receive.restore(folder, delivery, user, why.strip(), now)
    _read_again(folder, store)


def _read_again(folder: DataFolder, store: Store) -> None:
    from mingzhang import steps  # rules and publishing with it: a check of one file must not wait for them

    with database.writer(folder.root, catalogue()) as connection:
        steps.read_deliveries(connection, folder, catalogue(), store)


def waive(problem: str, where: tuple[str, str, str], until: dt.date, why: str, user: str, now: dt.datetime) -> None:
    """Waive a check for a county, kind and programme until a day.

    Args:
        problem: id of the check, one of `words.WAIVABLE`.
        where: county code, kind and programme; '' means all.
        until: the last day, inclusive.
        why: the reason; it is published.
        user: who approves it.
        now: UTC.

    Raises:
        Refusal: there is no such check, only a correct file can satisfy it, or the reason holds a number of a person.
        WorkflowError: the user may not, for that county or for all.
    """
    if problem not in WAIVABLE:
        raise Refusal(f"“{problem}”不能豁免，只能改正文件；可以豁免的检查有：{'、'.join(WAIVABLE)}。")
    if sum(shapes(pl.Series([why])).values()):
        raise Refusal("理由会向社会公开，其中像有证号、账号或电话；请去掉后重试。")
    county, kind, programme = where
    store = Store.open(DataFolder.from_environment().casework_url)
    _require(store, user, WAIVERS, county)
    store.waive(problem, county_code=county, kind=kind, programme=programme, why=why, until=until, by=user, now=now)
