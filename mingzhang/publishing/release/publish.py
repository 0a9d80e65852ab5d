"""Publishes certified batches through the gate, and takes notices down. What is public is in `schema.py`."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from checks.privacy.identifiers import Hit
from mingzhang.casework.store import Store
from mingzhang.catalog.load import Catalogue
from mingzhang.publishing.release import (
    gate as release_gate,
)
from mingzhang.publishing.release import (
    notice_files,
    notices,
    public_record,
    schema,
    tables,
)
from mingzhang.publishing.release import (
    waivers as release_waivers,
)
from mingzhang.publishing.release.public_record import Signer
from mingzhang.publishing.release.take_down import expire, settle, today_of, withdraw, withhold
from mingzhang.publishing.release.verification import Verification, content_hash, verify
from mingzhang.storage import publication
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.durable import sync
from mingzhang.storage.errors import Refusal
from mingzhang.warehouse.declaration import column_names, name_of, validate_stored

__all__ = [
    "ReleaseRefusedError",
    "ReleaseResult",
    "Verification",
    "describe",
    "expire",
    "publish",
    "verify",
    "withdraw",
    "withhold",
]

BUILDING = ".tmp-notice-files"
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
    with folder.open_to_readers():
        return _publish(connection, folder, catalogue, store, now)


def _publish(
    connection: duckdb.DuckDBPyConnection, folder: DataFolder, catalogue: Catalogue, store: Store, now: dt.datetime
) -> ReleaseResult:
    schema.check_policy(catalogue.disclosure)
    signer, releases = Signer(folder), folder.releases
    (releases / "notices").mkdir(parents=True, exist_ok=True)
    public_record.publish_key(releases, signer)
    today = today_of(releases, now)
    before = publication.current(releases)
    certifications = store.certifications()
    counted = tables.select_released(connection, catalogue, certifications)
    names = notices.select_named(
        connection,
        catalogue,
        certifications,
        withheld=[person.person_id for person in store.withheld(now)],
        withdrawn=[withdrawal.notice_id for withdrawal in store.withdrawals()],
        key=folder.key("notice-salt"),
        today=today,
    )
    building = releases / "notices" / BUILDING
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    draft = folder.tmp / f"release-{now:%Y%m%d%H%M%S}.duckdb"
    folder.tmp.mkdir(parents=True, exist_ok=True)
    try:
        waivers = release_waivers.policy_rows(connection, catalogue, store.facts().waivers)
        content, shown = _write_public(connection, draft, catalogue, counted, _earlier_cells(before), waivers)
        notice_paths = notice_files.write_files(connection, releases / "notices", building)
        fill = _filler(connection, draft, content, before, today, catalogue)
        gate = _gate(connection, folder, catalogue, notice_paths, today, [p.person_id for p in store.withheld(now)])
        published = publication.publish_folder(releases, content[:16], fill, 1, before_pointer=gate, sign=signer.sign)
        if not published.changed and any(path.parent == building for path in notice_paths):
            gate(published.path)  # same content, but a notice file was lost or damaged
        settle(releases, signer, now, published, notice_paths, store.audit_head())
    finally:
        draft.unlink(missing_ok=True)
        shutil.rmtree(building, ignore_errors=True)
    store.record_publication(published.name, published.number, certifications.keys(), "release", now)
    return ReleaseResult(
        published.name, published.number, published.changed, counted["batches"], counted["lines"], shown, names
    )


def _earlier_cells(before: publication.Publication | None) -> pl.DataFrame | None:
    if before is None:
        return None
    with notice_files.opened(before.path / "public.duckdb") as connection:
        cells: pl.DataFrame = connection.sql("from old.county_cells").pl()
    return cells


def _write_public(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    catalogue: Catalogue,
    counted: dict[str, int],
    earlier: pl.DataFrame | None,
    waivers: list[tuple[str, str, str, str]],
) -> tuple[str, int]:
    """Write public.duckdb; return its logical hash and the number of notices shown."""
    path.unlink(missing_ok=True)
    with notice_files.attached(connection, path, "public_out"):
        tables.write(connection, catalogue, counted, earlier, waivers)
        columns = ", ".join(name for name in column_names(schema.Notices) if name != "hash")
        connection.execute(
            f"""insert into public_out.notices
                select {columns}, hash from notice_heads union all by name select {columns}, '' as hash from notice_past
                order by notice_id"""
        )
        for table in schema.PUBLIC_TABLES:
            validate_stored(connection, f"public_out.{name_of(table)}", table)
        ((shown,),) = connection.execute("select count(*) from notice_heads").fetchall()
        return content_hash(connection, "public_out"), int(shown)


def _filler(
    connection: duckdb.DuckDBPyConnection,
    draft: Path,
    content: str,
    before: publication.Publication | None,
    today: dt.date,
    catalogue: Catalogue,
) -> Callable[[Path], dict[str, Any]]:
    def fill(folder: Path) -> dict[str, Any]:
        shutil.copyfile(draft, folder / "public.duckdb")
        _open_data(connection, folder)
        heads = connection.execute("select notice_id, ends_on::varchar, hash from notice_heads order by 1").fetchall()
        return {
            "schema_version": schema.VERSION,
            "content": content,
            "predecessor": before.name if before else None,
            "published_on": today.isoformat(),
            "catalogue": catalogue.version,
            "notices": {notice: [ends_on, digest] for notice, ends_on, digest in heads},
        }

    return fill


def _open_data(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write every open table as CSV and Parquet; text that a sheet would take for a formula gets a quote before it."""
    target = folder / "open-data"
    target.mkdir()
    with notice_files.attached(connection, folder / "public.duckdb", "public_in", "read_only"):
        for table in schema.OPEN_DATA:
            inert = ", ".join(
                f"case when regexp_matches({c.name}, '^[=+@\\-\\t\\r]') then '''' || {c.name} else {c.name} end as {c.name}"
                if c.kind == "text"
                else c.name
                for c in schema.PUBLIC[table]
            )
            base = str(target / table).replace("'", "''")
            ordered = f"from public_in.{table} order by all"
            connection.execute(f"copy (select {inert} {ordered}) to '{base}.csv' (header, delimiter ',')")
            connection.execute(f"copy (select * {ordered}) to '{base}.parquet' (format parquet, compression zstd)")
    lines = ["明账公开数据。金额单位：*_fen 为分，amount_yuan 为元（取整到千元）。编码 UTF-8。", ""]
    for table in schema.OPEN_DATA:
        lines += [f"{table}: " + ", ".join(f"{c.name} {c.type}" for c in schema.PUBLIC[table])]
    (target / "README.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _gate(
    connection: duckdb.DuckDBPyConnection,
    folder: DataFolder,
    catalogue: Catalogue,
    notice_paths: list[Path],
    today: dt.date,
    withheld: list[str],
) -> Callable[[Path], None]:
    def gate(built: Path) -> None:
        hits = release_gate.search(connection, built, notice_paths, catalogue, today, withheld)
        if hits:
            raise ReleaseRefusedError(hits)
        for path in notice_paths:  # only now, and before the pointer moves: readers of the old release do not see them
            if path.parent.name == BUILDING:
                path.rename(folder.releases / "notices" / path.name)
        sync(folder.releases / "notices")

    return gate


def describe(folder: DataFolder) -> str:
    """Return one sentence about the current release; empty before the first."""
    current = publication.current(folder.releases)
    if current is None:
        return ""
    listed = notice_files.listed(folder.releases / "notices")
    return f"第 {current.number} 号发布 {current.name}，公示文件 {len(listed)} 个"
