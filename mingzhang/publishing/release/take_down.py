"""Takes names down: at their end, on request, for a person at risk, and when a new release replaces a list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from pathlib import Path
from typing import Any

from mingzhang.casework.audit_log import Head
from mingzhang.casework.store import Store
from mingzhang.catalog.load import catalogue as shipped_catalogue
from mingzhang.publishing.release import notice_files, public_record
from mingzhang.publishing.release.public_record import Signer
from mingzhang.storage import publication
from mingzhang.storage.clock import beijing_day
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.durable import sync
from mingzhang.storage.errors import Refusal
from mingzhang.warehouse.database import writer


def today_of(releases: Path, now: dt.datetime) -> dt.date:
    """Return the day notices are judged by: the later of the clock's and the record's, so a clock set back shows nothing."""
    days = [dt.date.fromisoformat(record["day"]) for record in public_record.read(releases) if "day" in record]
    return max([beijing_day(now), *days])


def record(
    releases: Path,
    signer: Signer,
    now: dt.datetime,
    published: publication.Publication,
    kept: Collection[str],
    audit_head: Head,
) -> None:
    """Record a publication and remove the notice files it does not hold; also finishes what a crash cut short.

    The record bears the head of the audit log, so that nobody can rewrite the log unseen afterwards.

    Args:
        releases: the folder of releases.
        signer: signs the record.
        now: when it happens.
        published: the publication.
        kept: names of the notice files it holds.
        audit_head: size and root of the audit log.
    """
    today = today_of(releases, now)
    with publication.locked(releases):
        if last_published(public_record.read(releases)).get("manifest") != published.sha256:
            facts = {"release": published.name, "release_number": published.number, "manifest": published.sha256}
            facts |= {"audit_size": audit_head.size, "audit_root": audit_head.root}
            public_record.add(releases, signer, now, "published", day=today.isoformat(), **facts)
        gone = [
            notice_file
            for notice_file in notice_files.listed(releases / "notices")
            if notice_file.path.name not in kept
        ]
        if gone:
            shown = {digest for _, digest in publication.verify_folder(published.path)["notices"].values()}
            for notice_file in gone:
                _replace(releases, signer, now, today, notice_file, shown)


def last_published(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the newest record of a publication, empty when there is none."""
    return next((record for record in reversed(records) if record["what"] == "published"), {})


def _replace(
    releases: Path,
    signer: Signer,
    now: dt.datetime,
    today: dt.date,
    notice_file: notice_files.NoticeFile,
    shown: set[str],
) -> None:
    if notice_file.ends_on >= today and notice_file.is_sound():
        for notice, digest in notice_files.hashes(notice_file).items():
            if digest not in shown:
                public_record.add(releases, signer, now, "replaced", notice=notice, hash=digest)
    notice_file.path.unlink()
    sync(notice_file.path.parent)


def expire(folder: DataFolder, store: Store, now: dt.datetime) -> list[str]:
    """Delete notice files whose day has passed, and finish withdrawals that a crash cut short; return the names deleted."""
    if not (folder.releases / "notices").exists():
        return []
    signer = Signer(folder)
    today = today_of(folder.releases, now)
    with folder.open_to_readers(), publication.locked(folder.releases):
        ended = [
            notice_file
            for notice_file in notice_files.listed(folder.releases / "notices")
            if notice_file.ends_on < today
        ]
        for notice_file in ended:
            notice_file.path.unlink()
        if ended:
            sync(folder.releases / "notices")
            names = [notice_file.path.name for notice_file in ended]
            public_record.add(folder.releases, signer, now, "expired", day=today.isoformat(), packs=names)
        _take_down(folder, signer, now, {withdrawal.notice_id for withdrawal in store.withdrawals()})
    return [notice_file.path.name for notice_file in ended]


def withdraw(folder: DataFolder, store: Store, notice: str, why: str, by: str, now: dt.datetime) -> None:
    """Take one notice down today, for good.

    Args:
        folder: the data folder.
        store: casework, which keeps the withdrawal.
        notice: id of the notice.
        why: the reason; never published.
        by: who decided.
        now: when.

    Raises:
        Refusal: there is no such notice on show.
        WorkflowError: no reason, or withdrawn already.
    """
    if not _holds(folder, notice):
        raise Refusal(f"没有找到在公示的名单 {notice}；请从公示页面的地址里抄下编号。")
    store.withdraw(notice, why, by, now)
    with folder.open_to_readers(), publication.locked(folder.releases):
        _take_down(folder, Signer(folder), now, {notice})


def withhold(folder: DataFolder, store: Store, person: str, why: str, by: str, now: dt.datetime) -> None:
    """Keep a person at risk out of everything public, from this moment.

    Every notice that may show the person goes down now; the next release brings the lists back without the person.

    Args:
        folder: the data folder.
        store: casework, which keeps the decision.
        person: the person id.
        why: the reason; never published.
        by: who decided.
        now: when.

    Raises:
        WorkflowError: no reason.
    """
    store.withhold(person, why, by, now)
    if not (folder.root / "warehouse.duckdb").exists():
        return
    with writer(folder.root, shipped_catalogue()) as connection:
        found = connection.execute(
            """select distinct village_code || '-' || programme || '-' || strftime(month, '%Y-%m') from payments
               where $person in (recipient_id::varchar, head_id::varchar, payee_id::varchar)""",
            {"person": person},
        ).fetchall()
    with folder.open_to_readers(), publication.locked(folder.releases):
        _take_down(folder, Signer(folder), now, {row[0] for row in found})


def _holds(folder: DataFolder, notice: str) -> bool:
    return any(
        notice in notice_files.hashes(notice_file) for notice_file in notice_files.listed(folder.releases / "notices")
    )


def _take_down(folder: DataFolder, signer: Signer, now: dt.datetime, wanted: set[str]) -> None:
    for notice_file in notice_files.listed(folder.releases / "notices") if wanted else []:
        for notice, digest in sorted(notice_files.without(notice_file, wanted).items()):
            public_record.add(folder.releases, signer, now, "withdrawn", notice=notice, hash=digest)
