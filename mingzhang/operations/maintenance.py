"""What an operator does: users, rebuild, backup, restore. No data logic here."""

from __future__ import annotations

import datetime as dt
import secrets
import tarfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from mingzhang import steps
from mingzhang.casework.store import Store
from mingzhang.catalog.load import catalogue
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.durable import sync
from mingzhang.storage.errors import Refusal
from mingzhang.warehouse import database

# What cannot be rebuilt: originals with receipts, decisions, keys; and what the public was told.
KEPT = ("received", "inbox", "casework.db", "keys", "releases")


def add_user(
    folder: DataFolder, name: str, roles: Sequence[str], counties: Sequence[str], password: str | None, now: dt.datetime
) -> str:
    """Add a user; return the sentence to show, with the password when it was made here.

    Args:
        folder: the data folder.
        name: user name.
        roles: of `mingzhang.catalog.words.ROLES`.
        counties: codes; none: all.
        password: None: one is made and shown once.
        now: UTC.
    """
    chosen = password or secrets.token_urlsafe(12)
    Store.open(folder.casework_url).add_user(name, roles, counties, chosen, now)
    return f"用户 {name} 已建立。" + ("" if password else f"初始密码：{chosen}（只显示这一次）")


def rebuild(folder: DataFolder, now: dt.datetime) -> tuple[str, bool]:
    """Build the warehouse anew beside the old one, compare logical hashes, and put the new one in place.

    A warehouse of an older schema version has no hash to compare with.

    Returns:
        The sentence to show, and whether both said the same.
    """
    known = catalogue()
    store = Store.open(folder.casework_url)
    before = None
    with suppress(database.OlderWarehouseError), database.writer(folder.root, known) as connection:
        # First brought up to date: files, decisions, catalogue and rules may have moved since the last run.
        steps.require(steps.perform(steps.Run(connection, folder, known, store, now), steps.rebuilding()[:-1]))
        before = database.logical_hash(connection)
    old = folder.root / "warehouse.duckdb"
    aside = folder.root / "tmp" / f"warehouse-before-rebuild-{now:%Y%m%d%H%M%S}.duckdb"
    old.rename(aside)
    with database.writer(folder.root, known) as connection:
        steps.require(steps.perform(steps.Run(connection, folder, known, store, now), steps.rebuilding()))
        after = database.logical_hash(connection)
    if before is None:
        aside.unlink()
        return f"数据仓已按新结构重建，内容哈希：{after}", True
    if before == after:
        aside.unlink()
        return f"重建完成，内容哈希一致：{after}", True
    return f"重建完成，但内容哈希不同：之前 {before}，现在 {after}；旧文件留在 {aside}。", False


def backup(folder: DataFolder, out: Path) -> str:
    """Write an archive of everything that cannot be rebuilt."""
    copy = folder.root / "tmp" / "casework-backup.db"
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.unlink(missing_ok=True)
    Store.open(folder.casework_url).backup(copy)
    temporary = out.with_suffix(".part")
    with tarfile.open(temporary, "w") as archive:
        for name in KEPT:
            source = copy if name == "casework.db" else folder.root / name
            if source.exists():
                archive.add(source, arcname=name)
    copy.unlink(missing_ok=True)
    sync(temporary)
    temporary.chmod(0o600)  # it holds the keys
    temporary.rename(out)
    return f"备份已写到 {out}（{out.stat().st_size / 2**20:.1f} MiB）；它含有密钥，请妥善保管。"


def restore(folder: DataFolder, archive: Path, now: dt.datetime) -> str:
    """Restore into an empty data folder and rebuild the warehouse.

    Raises:
        Refusal: the data folder is not empty, or the archive is not one of ours.
    """
    if folder.root.exists() and any(folder.root.iterdir()):
        raise Refusal(f"{folder.root} 里已有数据；请把 MINGZHANG_DATA 指向一个空文件夹再恢复。")
    if not folder.casework_url.startswith("sqlite"):
        raise Refusal("核查数据库在服务器上，请先用它自己的工具恢复，再用 mingzhang rebuild 重建数据仓。")
    try:
        with tarfile.open(archive) as opened:
            # Read to its end before anything is written: a torn or foreign archive leaves the folder empty.
            _ours(archive, opened.getnames())
            folder.root.mkdir(parents=True, exist_ok=True)
            opened.extractall(folder.root, filter="data")
    except tarfile.TarError as error:
        raise Refusal(f"{archive} 不是完整的备份文件；请换一份备份。") from error
    (folder.root / "keys").chmod(0o700)
    with database.writer(folder.root, catalogue()) as connection:
        run = steps.Run(connection, folder, catalogue(), Store.open(folder.casework_url), now)
        steps.require(steps.perform(run, steps.rebuilding()))
    return "恢复完成，数据仓已重建。"


def _ours(archive: Path, names: Sequence[str]) -> None:
    """Hold an archive to what `backup` writes.

    Raises:
        Refusal: it holds something else, or lacks decisions or keys.
    """
    tops = {name.split("/", maxsplit=1)[0] for name in names}
    if not {"casework.db", "keys"} <= tops <= set(KEPT):
        raise Refusal(f"{archive} 不是 mingzhang backup 写的备份；请换一份备份。")
