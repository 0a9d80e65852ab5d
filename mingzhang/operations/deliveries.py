"""Receives, loads, certifies, settles and withdraws deliveries for the command line. No data logic here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from checks.privacy.identifiers import shapes
from mingzhang.casework.store import Store
from mingzhang.catalog.load import catalogue
from mingzhang.catalog.words import WAIVABLE
from mingzhang.intake.context import Context
from mingzhang.intake.load.load import Outcome, load, pending
from mingzhang.intake.receive import receipts as receive
from mingzhang.intake.receive.declared import Declared, from_folder
from mingzhang.steps import facts_for
from mingzhang.storage import clock
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.errors import Refusal
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


def _arrivals(paths: Sequence[Path], declared: Declared) -> list[tuple[Path, Declared]]:
    """Return every file with what is declared of it; a folder is read as `<county>/<month>/<kind>/[<programme>/]`."""
    found = []
    for path in paths:
        if not path.exists():
            raise Refusal(f"找不到 {path}；请检查路径。")
        if path.is_file():
            found.append((path, declared))
            continue
        files = sorted(file for file in path.glob("*/*/*/**/*") if file.is_file() and not file.name.startswith("."))
        found += [(file, declared.completed_by(from_folder(path, file, catalogue()))) for file in files]
    return found


def load_paths(
    paths: Sequence[Path],
    declared: Declared,
    sender: str,
    now: dt.datetime,
    corrects: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Outcome]:
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
    arrivals = _arrivals(paths, declared.completed_by(_declared_of(folder, corrects)))
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

        outcomes = load(connection, folder, known, facts, waiting, report_progress)
    return [_known(receipt) for receipt in receipts if receipt.status != "received"] + outcomes


def _declared_of(folder: DataFolder, delivery: str | None) -> Declared:
    """Return the declared key of a delivery; an empty key where there is no such delivery."""
    receipts = receive.receipts(folder) if delivery else []
    return next((r.declared for r in receipts if r.delivery_id == delivery), Declared(None, None, None, None))


def _known(receipt: receive.Receipt) -> Outcome:
    declared = receipt.declared
    message = f"这个文件以前收到过（批次 {receipt.delivery_id}），没有重复装入。"
    nothing = dict.fromkeys(("lines", "accepted", "rejected", "held", "warnings", "total_fen"), 0)
    return Outcome(
        receipt.delivery_id,
        receipt.file_name,
        "already_received",
        "already_received",
        message,
        **nothing,
        declared_total_fen=None,
        county_code=declared.county,
        kind=declared.kind,
        programme=declared.programme,
        month=declared.month,
    )


def as_text(outcomes: Sequence[Outcome]) -> str:
    """Return one line per delivery."""
    return "\n".join(
        f"{o.file_name}：{STATUS_WORDS[o.status]}，{o.lines} 行，接收 {o.accepted}，不收 {o.rejected}，暂缓 {o.held}"
        f"（批次 {o.delivery_id}）{'' if o.status == 'accepted' else '：' + o.message}"
        for o in outcomes
    )


def _sender_of(folder: DataFolder, batch: str) -> str | None:
    """Return who handed a delivery in; None where there is no such delivery."""
    return next((r.sender for r in receive.receipts(folder) if r.delivery_id == batch and r.status == "received"), None)


def _known_user(store: Store, user: str) -> None:
    """Require a user of the staff site, where there are any: any other name would not be a second person.

    Raises:
        Refusal: the name is no user's.
    """
    names = store.user_names()
    if names and user not in names:
        raise Refusal(f"没有“{user}”这个用户；请用内部网站的用户名，或先用 mingzhang user add 建立。")


def certify(batch: str, user: str, now: dt.datetime) -> None:
    """Certify a batch for a second person.

    Raises:
        Refusal: no such batch, it is held, or the certifier sent it.
    """
    folder = DataFolder.from_environment()
    sender = _sender_of(folder, batch)
    if sender is None:
        raise Refusal(f"没有批次 {batch}；请用 mingzhang status 查看待复核的批次。")
    store = Store.open(folder.casework_url)
    _known_user(store, user)
    store.certify(batch, by=user, sender=sender, now=now)


def settle(delivery: str, outcome: str, user: str, why: str, now: dt.datetime) -> None:
    """Record what a named person decided about a held delivery.

    Args:
        delivery: delivery_id of the held delivery.
        outcome: `accept` or `refuse`.
        user: name of the person who decides.
        why: the reason.
        now: UTC.

    Raises:
        Refusal: no such delivery, or the name is no user's.
    """
    folder = DataFolder.from_environment()
    if _sender_of(folder, delivery) is None:
        raise Refusal(f"没有批次 {delivery}；请用 mingzhang status 查看暂缓的批次。")
    store = Store.open(folder.casework_url)
    _known_user(store, user)
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
    """
    from mingzhang import steps

    folder = DataFolder.from_environment()
    if _sender_of(folder, delivery) is None:
        raise Refusal(f"没有批次 {delivery}；请用 mingzhang status 查看。")
    store = Store.open(folder.casework_url)
    receive.withdraw(folder, delivery, user, why, now)
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
    """
    if problem not in WAIVABLE:
        raise Refusal(f"“{problem}”不能豁免，只能改正文件；可以豁免的检查有：{'、'.join(WAIVABLE)}。")
    if sum(shapes(pl.Series([why])).values()):
        raise Refusal("理由会向社会公开，其中像有证号、账号或电话；请去掉后重试。")
    county, kind, programme = where
    store = Store.open(DataFolder.from_environment().casework_url)
    store.waive(problem, county_code=county, kind=kind, programme=programme, why=why, until=until, by=user, now=now)
