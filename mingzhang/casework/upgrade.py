"""Brings the casework tables to this program's revision, or refuses. What a revision changes is in `migrations/`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import make_url

from mingzhang.casework.engine import Database
from mingzhang.storage import durable
from mingzhang.storage.errors import Refusal

# Every revision, oldest first; the last is what this program reads and writes.
REVISIONS = ("0001", "0002")
NEWEST = REVISIONS[-1]

# Tables by which a casework of version 0.1.0, which kept no revision, is recognised.
TABLES_OF_0_1_0 = frozenset({"users", "decisions", "certifications", "audit_entries"})


@dataclass(frozen=True)
class Upgraded:
    """What an upgrade of casework did.

    Attributes:
        before: revision found; '' where there were no tables.
        after: revision now.
        copy: the casework as it was before, beside it; None where nothing was changed or the database is on a server.
    """

    before: str
    after: str
    copy: Path | None = None


def revision(connection: Connection) -> str:
    """Return the revision of the tables a database holds, '' where it holds none of ours.

    Raises:
        Refusal: a newer program wrote it.
    """
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        return REVISIONS[0] if tables >= TABLES_OF_0_1_0 else ""
    found = connection.scalar(text("select version_num from alembic_version")) or ""
    if found and found not in REVISIONS:
        raise Refusal(
            f"这个数据文件夹已由更新版本的程序升级（核查数据库版本 {found}，本程序只认到 {NEWEST}）；"
            "请安装新版本的程序再打开。"
        )
    return found


def refuse_newer(database: Database) -> None:
    """Refuse a casework that a newer program wrote; change nothing.

    Raises:
        Refusal: a newer program wrote it.
    """
    with database.reading_engine.connect() as connection:
        revision(connection)


def upgrade(database: Database, *, server_is_copied: bool = False) -> Upgraded:
    """Bring casework to this program's revision, in one transaction; of two processes one migrates and the other waits.

    Args:
        database: casework; a SQLite file with older tables is first copied beside itself.
        server_is_copied: the operator has made a copy of a casework on a server, which this program cannot make.

    Raises:
        Refusal: a newer program wrote it, or older tables are on a server and nobody has copied them.
    """
    with database.reading_engine.connect() as connection:
        if revision(connection) == NEWEST:  # every start but the first: nothing is locked
            return Upgraded(NEWEST, NEWEST)
    with database.writing_engine.begin() as connection:
        before, copy = revision(connection), None
        if before == NEWEST:
            return Upgraded(NEWEST, NEWEST)
        if before and connection.dialect.name == "sqlite":
            copy = _copied(database, Path(str(make_url(database.url).database)))
        elif before and not server_is_copied:
            raise Refusal(
                "核查数据库里是旧版本的表，本程序不会自动改动服务器上的数据库；"
                "请先用 pg_dump 备份，再运行 mingzhang upgrade。"
            )
        _migrate(connection, before)
    return Upgraded(before, NEWEST, copy)


def _copied(database: Database, path: Path) -> Path:
    """Write a durable copy beside a SQLite file; the caller's transaction keeps writers out meanwhile."""
    copy = path.with_name(f"{path.name}.before-{NEWEST}")
    temporary = copy.with_name(f"{durable.TEMPORARY}{copy.name}")
    temporary.unlink(missing_ok=True)  # of a process that was killed
    database.backup(temporary)
    temporary.chmod(path.stat().st_mode & 0o777)
    durable.sync(temporary)
    temporary.rename(copy)
    durable.sync(copy.parent)
    return copy


def _migrate(connection: Connection, before: str) -> None:
    """Run the revisions after `before` on a connection in its transaction."""
    # Only the first start of a newer program pays for importing Alembic.
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    if before == REVISIONS[0] and not inspect(connection).has_table("alembic_version"):
        command.stamp(config, before)
    command.upgrade(config, "head")
