"""Receives and loads files for the command line, and records who certified or settled. No data logic here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

from assets import warehouse
from assets.catalog import catalogue
from assets.errors import Refusal
from assets.folder import DataFolder
from assets.intake import inbox, receive
from assets.intake.declared import Declared
from assets.intake.load import Outcome, load
from casework.store import Store

Progress = Callable[[int, int], None]


def load_paths(
    paths: Sequence[Path],
    declared: Declared,
    sender: str,
    now: dt.datetime,
    corrects: str | None = None,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Receive files or whole folder trees, then load everything that waits.

    Args:
        paths: files, or folders laid out as `<county>/<month>/<kind>/[<programme>/]`.
        declared: what the caller says of all of them; the folder tree fills the rest.
        sender: who hands them in.
        now: UTC.
        corrects: the batch that is corrected.
        progress: told (done, all) after each delivery.

    Raises:
        Refusal: a path does not exist.
    """
    folder = DataFolder.from_environment()
    known = catalogue()
    store = Store.open(folder.casework_url)
    arrivals = inbox.arrivals(paths, declared)
    with warehouse.writer(folder.root, known) as connection:
        refused = []
        for path, said in arrivals:
            answer = receive.receive(folder, path, said, sender, now, corrects=corrects)
            if answer.status != "received":
                refused.append(answer.outcome())
        waiting = receive.pending(folder, connection, known, store.facts())
        return refused + load(connection, folder, known, store.facts(), waiting, progress)


def as_text(outcomes: Sequence[Outcome]) -> str:
    """Return one line per delivery."""
    return "\n".join(outcome.as_text() for outcome in outcomes)


def certify(batch: str, user: str, now: dt.datetime) -> None:
    """Certify a batch for a second person.

    Raises:
        Refusal: no such batch, it is held, or the certifier sent it.
    """
    folder = DataFolder.from_environment()
    sender = receive.sender_of(folder, batch)
    if sender is None:
        raise Refusal(f"没有批次 {batch}；请用 mingzhang status 查看待复核的批次。")
    Store.open(folder.casework_url).certify(batch, by=user, sender=sender, now=now)


def settle(delivery: str, outcome: str, user: str, why: str, now: dt.datetime) -> None:
    """Record what a named person decided of a held delivery."""
    folder = DataFolder.from_environment()
    if receive.sender_of(folder, delivery) is None:
        raise Refusal(f"没有批次 {delivery}；请用 mingzhang status 查看搁置的批次。")
    Store.open(folder.casework_url).settle(delivery, outcome, by=user, why=why, now=now)
