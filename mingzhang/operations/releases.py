"""Publishes, verifies and takes down for the command line. The gate itself is in `mingzhang/publishing/release/publish.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from mingzhang.casework.store import Store
from mingzhang.casework.workflow import HIDERS
from mingzhang.catalog.load import catalogue
from mingzhang.publishing import quality_report
from mingzhang.publishing.release import publish as release
from mingzhang.publishing.release import verification
from mingzhang.storage import publication
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.errors import Refusal
from mingzhang.warehouse import database


def publish(now: dt.datetime) -> str:
    """Publish what is certified; return the sentence to show."""
    folder = DataFolder.from_environment()
    if not Store.open(folder.casework_url).certified_batches() and publication.current(folder.releases) is None:
        raise Refusal("还没有复核过的批次，没有可以公开的内容；请先用 mingzhang certify 复核。")
    with database.writer(folder.root, catalogue()) as connection:
        result = release.publish(connection, folder, catalogue(), Store.open(folder.casework_url), now)
    return result.as_text()


def verify(path: Path, public_key: Path | None) -> tuple[str, bool]:
    """Verify a release from public material only; return the sentence to show and whether it is sound."""
    answer = verification.verify(path, public_key.read_bytes() if public_key else None)
    return answer.as_text(), answer.ok


def quality(now: dt.datetime) -> str:
    """Write the quality report of the current release; return the sentence to show."""
    folder = DataFolder.from_environment()
    answers = quality_report.write(folder, catalogue(), quality_report.current(folder), now)
    return f"质量报告：{len(answers)} 项要求做到 {sum(answer.held for answer in answers)} 项。"


def expire(now: dt.datetime) -> str:
    """Delete ended notices; return the sentence to show."""
    folder = DataFolder.from_environment()
    removed = release.expire(folder, Store.open(folder.casework_url), now)
    return f"撤下了 {len(removed)} 个到期的公示文件。" if removed else "没有到期的公示。"


def withdraw(notice: str, why: str, user: str, now: dt.datetime) -> str:
    """Withdraw one notice today; return the sentence to show.

    Args:
        notice: its id: village, programme and month.
        why: the reason, for the record of the staff.
        user: who does it; role and county are asked for.
        now: UTC.
    """
    folder = DataFolder.from_environment()
    store = Store.open(folder.casework_url)
    _require(store, user, [notice[:6]])  # a notice is named by its village's code
    release.withdraw(folder, store, notice, why, user, now)
    return f"公示 {notice} 已撤下，并留下不含姓名的公开记录。"


def withhold(person: str, why: str, user: str, now: dt.datetime) -> str:
    """Withhold a person everywhere; return the sentence to show.

    Args:
        person: person id.
        why: the reason, for the record of the staff.
        user: who does it; role and counties are asked for.
        now: UTC.
    """
    folder = DataFolder.from_environment()
    with database.writer(folder.root, catalogue()) as connection:
        known = connection.execute("select 1 from identity where person_id::varchar = ?", [person]).fetchall()
        counties = connection.execute(
            """select distinct county_code from payment_lines
               where ? in (recipient_id::varchar, head_id::varchar, payee_id::varchar)""",
            [person],
        ).fetchall()
    if not known:
        raise Refusal(f"没有人员编号 {person}；编号在内部网站的疑点详情页上。")
    store = Store.open(folder.casework_url)
    _require(store, user, [county for (county,) in counties] or [""])
    release.withhold(folder, store, person, why, user, now)
    return "已记下；这个人不再出现在任何公示中。"


def _require(store: Store, user: str, counties: Iterable[str]) -> None:
    """Ask of a name on the command line what the site asks of who is signed in; anything goes before there are users.

    Raises:
        WorkflowError: there are users, and this is not one of them with the role for these counties.
    """
    acting = store.acting(user)
    if acting is not None:
        for county in counties:
            acting.require(HIDERS, county)
