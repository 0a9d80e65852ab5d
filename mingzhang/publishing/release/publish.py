"""Publishes certified batches through the gate, and takes notices down. What is public is in `schema.py`."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from checks.privacy.identifiers import Hit
from mingzhang.casework.store import Store
from mingzhang.catalog.load import Catalogue
from mingzhang.publishing.release import draft as drafts
from mingzhang.publishing.release import notice_files, public_record
from mingzhang.publishing.release.draft import Draft
from mingzhang.publishing.release.public_record import Signer
from mingzhang.publishing.release.take_down import expire, record, withdraw, withhold
from mingzhang.publishing.release.verification import Verification, verify
from mingzhang.storage import publication
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.durable import TEMPORARY, sync
from mingzhang.storage.errors import Refusal

__all__ = [
    "ReleaseRefusedError",
    "ReleaseResult",
    "Verification",
    "describe",
    "expire",
    "publish",
    "publish_draft",
    "verify",
    "withdraw",
    "withhold",
]

CHECKS = {
    "id_number": "与真实身份证号相同",
    "account": "与真实银行账号相同",
    "phone": "与真实电话号码相同",
    "id_number_shape": "像身份证号",
    "account_shape": "像银行账号",
    "phone_shape": "像手机号",
    "pattern": "不合规定的格式",
    "column_not_listed": "不在公开字段名单里",
    "column_missing": "缺少公开字段",
    "column_type": "字段类型不对",
    "file_name_not_listed": "文件名不合规定",
    "small_cell": "人数不足或没有取整",
    "unnamed_programme_by_village": "不列名的项目出现了村级数字",
    "never_named": "不得列名的项目出现在公示里",
    "ended": "公示已经到期",
    "minor_named": "未成年人被列名",
    "withheld_named": "不予公开的人被列名",
    "not_searched": "没有经过公开闸门",
    "notice_differs": "公示名单与复核通过的批次不一致",
}


class ReleaseRefusedError(Refusal):
    """The gate found something: nothing was published, the last release goes on."""

    def __init__(self, hits: Collection[Hit]) -> None:
        places = "；".join(
            f"{h.file} 的 {h.field}：{CHECKS.get(h.check, h.check)}（{h.count} 处）" for h in sorted(hits)[:20]
        )
        super().__init__(f"没有发布：{places}。请改正来源数据后重新发布；上一次发布不受影响。")
        self.hits = tuple(sorted(hits))


@dataclass(frozen=True)
class ReleaseResult:
    """What was published; `changed` is false where the same content was public already."""

    id: str
    number: int
    changed: bool
    batches: int
    lines: int
    notices: int
    names: int

    def as_text(self) -> str:
        """Return the sentence to show."""
        if not self.changed:
            return f"内容没有变化，仍是发布 {self.id}（第 {self.number} 号）。"
        return (
            f"已发布 {self.id}（第 {self.number} 号）：{self.batches} 个批次，{self.lines} 行，"
            f"在公示的名单 {self.notices} 份共 {self.names} 户（人）。"
        )


def publish(
    connection: duckdb.DuckDBPyConnection, folder: DataFolder, catalogue: Catalogue, store: Store, now: dt.datetime
) -> ReleaseResult:
    """Build a release from certified batches, search it, and publish it if nothing is found.

    Args:
        connection: the warehouse under its writer lock.
        folder: the data folder, for `releases` and the keys.
        catalogue: programmes and disclosure rules.
        store: casework: certifications, withheld persons, withdrawals.
        now: decides which notices have ended; not part of the release's id.

    Raises:
        ReleaseRefusedError: the gate found something.
        TableError: a table does not hold what its declaration says.
        NotInPolicyError: a column is not on the whitelist of its disclosure class.
    """
    draft = drafts.make(connection, folder, catalogue, store, now)
    try:
        draft.search(connection, catalogue)
        return publish_draft(folder, store, draft, now)
    finally:
        draft.discard()


def publish_draft(folder: DataFolder, store: Store, draft: Draft, now: dt.datetime) -> ReleaseResult:
    """Publish a draft that the gate has let pass.

    Args:
        folder: the data folder.
        store: casework remembers the publication.
        draft: after `Draft.search`.
        now: UTC, of the public record.

    Raises:
        ReleaseRefusedError: the gate found something, or has not looked.
    """
    if draft.hits is None or draft.hits:
        raise ReleaseRefusedError(draft.hits or [Hit("release", "draft", "not_searched", 1)])
    signer, releases = Signer(folder), folder.releases
    with folder.open_to_readers():
        (releases / "notices").mkdir(parents=True, exist_ok=True)
        public_record.publish_key(releases, signer)

        def fill(target: Path) -> dict[str, Any]:
            shutil.copyfile(draft.public_database, target / "public.duckdb")
            (target / "open-data").mkdir()
            for path in (draft.folder / "open-data").iterdir():
                shutil.copyfile(path, target / "open-data" / path.name)
            return draft.entries

        def place_notices(_built: Path) -> None:
            _place_notices(releases / "notices", draft.notice_paths)

        published = publication.publish_folder(
            releases, draft.name, fill, 1, before_pointer=place_notices, sign=signer.sign
        )
        if not published.changed:  # same content, but a notice file may have been lost or damaged
            _place_notices(releases / "notices", draft.notice_paths)
        record(releases, signer, now, published, [path.name for path in draft.notice_paths], store.audit_head())
    store.record_publication(published.name, published.number, draft.certified, "release", now)
    return ReleaseResult(
        published.name, published.number, published.changed, draft.batches, draft.lines, draft.shown, draft.names
    )


def _place_notices(notices: Path, paths: Collection[Path]) -> None:
    """Put new notice files where readers find them: only when everything else is ready, before the pointer moves."""
    publication.sweep(notices)  # what a killed publisher left
    for path in paths:
        if path.parent != notices:
            temporary = notices / f"{TEMPORARY}{path.name}"
            shutil.copyfile(path, temporary)  # a new file, so that it bears the modes of what is public
            sync(temporary)
            temporary.rename(notices / path.name)
    sync(notices)


def describe(folder: DataFolder) -> str:
    """Return one sentence about the current release; empty before the first."""
    current = publication.current(folder.releases)
    if current is None:
        return ""
    listed = notice_files.listed(folder.releases / "notices")
    return f"第 {current.number} 号发布 {current.name}，公示文件 {len(listed)} 个"
