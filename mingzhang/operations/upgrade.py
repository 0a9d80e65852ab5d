"""Brings a data folder of an older program to this one: casework, then warehouse. What changed is known by each of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from mingzhang.casework import upgrade as casework
from mingzhang.casework.store import Store
from mingzhang.catalog.load import catalogue
from mingzhang.operations import maintenance
from mingzhang.storage import publication
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.errors import Refusal
from mingzhang.warehouse import database


@dataclass(frozen=True)
class Upgraded:
    """What was done and what is left to people.

    Attributes:
        casework_before: casework's revision as found; '' where there was none.
        casework_after: its revision now.
        casework_copy: path of the casework as it was before, None where nothing was changed or it is on a server.
        warehouse_before: schema version of the warehouse as found, None where there was none.
        warehouse_after: its schema version now.
        remaining: sentences that say what else is to be done.
    """

    casework_before: str
    casework_after: str
    casework_copy: str | None
    warehouse_before: int | None
    warehouse_after: int | None
    remaining: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return the facts for a program."""
        return asdict(self)

    def as_text(self) -> str:
        """Return the sentences to show."""
        lines = [_changed("核查数据库", self.casework_before, self.casework_after)]
        if self.casework_copy:
            lines.append(f"升级前的核查数据库留在 {self.casework_copy}。")
        if self.warehouse_after is not None:
            lines.append(_changed("数据仓", self.warehouse_before, self.warehouse_after))
        return "\n".join([*lines, *self.remaining])


def _changed(what: str, before: object, after: object) -> str:
    return f"{what}已是版本 {after}，不用升级。" if before == after else f"{what}已从版本 {before} 升到 {after}。"


def upgrade(folder: DataFolder, now: dt.datetime) -> Upgraded:
    """Upgrade a data folder; one that is up to date is left as it is.

    Casework on a server is migrated without a copy: the operator has made one, as `Store.open` asked for.

    Args:
        folder: the data folder.
        now: time, UTC.

    Raises:
        Refusal: there is no data folder, or a newer program wrote it.
    """
    if not folder.root.is_dir():
        raise Refusal(f"没有数据文件夹 {folder.root}；请把 MINGZHANG_DATA 指向要升级的文件夹。")
    warehouse_before = _warehouse_version(folder)  # first, so that a newer one is refused before anything changes
    store = Store(folder.casework_url)
    try:
        done = casework.upgrade(store, server_is_copied=True)
    finally:
        store.close()
    if warehouse_before is not None and warehouse_before < database.SCHEMA_VERSION:
        maintenance.rebuild(folder, now)
    return Upgraded(
        done.before,
        done.after,
        str(done.copy) if done.copy else None,
        warehouse_before,
        None if warehouse_before is None else database.SCHEMA_VERSION,
        _remaining(folder, done.before != done.after or warehouse_before != database.SCHEMA_VERSION),
    )


def _warehouse_version(folder: DataFolder) -> int | None:
    """Return the schema version of the warehouse, None where there is none.

    Raises:
        Refusal: a newer program wrote it.
    """
    if not (folder.root / "warehouse.duckdb").exists():
        return None
    try:
        with database.writer(folder.root, catalogue()) as connection:
            return database.schema_version(connection)
    except database.OlderWarehouseError as older:
        return older.found


def _remaining(folder: DataFolder, is_changed: bool) -> tuple[str, ...]:
    if not is_changed:
        return ()
    sentences = ["网站和后台任务如在运行，请重新启动。"]
    if publication.current(folder.releases) is not None:
        sentences.append("已发布的内容没有改动，仍可核验；下次 mingzhang publish 按新版本发布。")
    return tuple(sentences)
