"""Casework of any older version becomes this version's, loses nothing, and is never opened by a program too old for it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from mingzhang.casework import upgrade
from mingzhang.casework.engine import Database
from mingzhang.casework.models import Base
from mingzhang.casework.store import Store
from mingzhang.storage.errors import Refusal
from tests.old_folder import FIXTURES, unpack
from tests.paths import ROOT

MIGRATIONS = ROOT / "mingzhang" / "casework" / "migrations"
RENAMED = {"sightings": "finding_history"}
OPEN = "import sys; from mingzhang.casework.store import Store; Store.open(sys.argv[1]).close()"


def rows_of(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of a SQLite casework by table, under the tables' newest names."""
    with sqlite3.connect(path) as connection:
        tables = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
        rows = {RENAMED.get(table, table): connection.execute(f"select * from {table}").fetchall() for table in tables}
    connection.close()
    return {table: sorted(found, key=repr) for table, found in rows.items() if table != "alembic_version"}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The casework of 0.1.0's data folder."""
    return unpack(tmp_path / "old", "casework.db") / "casework.db"


@pytest.fixture
def old_url(empty_url: str, old: Path) -> Iterator[str]:
    """The address of 0.1.0's casework, on SQLite and on PostgreSQL."""
    if empty_url.startswith("sqlite"):
        yield f"sqlite:///{old}"
        return
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.exec_driver_sql((FIXTURES / "casework-0.1.0.postgresql.sql").read_text())
        _copy_rows(old, connection)
    engine.dispose()
    yield empty_url


def _copy_rows(path: Path, target: Connection) -> None:
    with sqlite3.connect(path) as source:
        for (table,) in source.execute("select name from sqlite_master where type = 'table'").fetchall():
            cursor = source.execute(f"select * from {table}")
            names = [column[0] for column in cursor.description]
            values = ", ".join(f":{name}" for name in names)
            columns = ", ".join(f'"{name}"' for name in names)
            for row in cursor:
                fields = dict(zip(names, row, strict=True))
                if "succeeded" in fields:
                    fields["succeeded"] = bool(fields["succeeded"])
                target.execute(text(f"insert into {table} ({columns}) values ({values})"), fields)
    source.close()


def counts(url: str) -> dict[str, int]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {name: connection.scalar(text(f"select count(*) from {name}")) or 0 for name in Base.metadata.tables}
    engine.dispose()
    return found


def differences(url: str) -> list[Any]:
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found: list[Any] = compare_metadata(context, Base.metadata)
    engine.dispose()
    return found


def test_migrated_tables_are_what_the_models_say(empty_url: str) -> None:
    Store.open(empty_url).close()
    assert differences(empty_url) == []


def test_a_difference_is_noticed(empty_url: str) -> None:
    Store.open(empty_url).close()
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("drop index ix_finding_history_rule"))
        connection.execute(text("alter table waivers drop column why"))
    engine.dispose()
    assert {difference[0] for difference in differences(empty_url)} == {"add_index", "add_column"}


def test_an_upgraded_casework_is_what_the_models_say(old_url: str) -> None:
    database = Database(old_url)
    upgrade.upgrade(database, server_is_copied=True)
    database.close()
    assert differences(old_url) == []


def test_revisions_are_one_line_and_all_known() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    found = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(found)) == upgrade.REVISIONS


def test_the_first_revision_makes_the_tables_of_0_1_0(old: Path, tmp_path: Path) -> None:
    path = tmp_path / "first.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, upgrade.REVISIONS[0])
    engine.dispose()

    def tables(path: Path) -> dict[str, list[Any]]:
        with sqlite3.connect(path) as connection:
            names = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
            found = {
                name: [
                    connection.execute(f"pragma table_info({name})").fetchall(),
                    sorted(
                        (is_unique, [column[2] for column in connection.execute(f"pragma index_info('{index}')")])
                        for _, index, is_unique, *_ in connection.execute(f"pragma index_list({name})").fetchall()
                    ),
                ]
                for name in names
                if name != "alembic_version"
            }
        connection.close()
        return found

    assert tables(path) == tables(old)


def test_every_row_of_0_1_0_is_kept(old: Path) -> None:
    before = rows_of(old)
    assert all(before[table] for table in ("users", "settlements", "mappings", "waivers", "certifications")), (
        "a fixture"
    )
    assert all(before[table] for table in ("decisions", "pair_answers", "withheld", "withdrawals", "finding_history"))
    Store.open(f"sqlite:///{old}").close()
    assert rows_of(old) == before


def test_every_row_of_0_1_0_is_kept_on_both_databases(old: Path, old_url: str) -> None:
    before = {table: len(rows) for table, rows in rows_of(old).items()}
    database = Database(old_url)
    done = upgrade.upgrade(database, server_is_copied=True)
    database.close()
    assert (done.before, done.after) == ("0001", upgrade.NEWEST)
    assert counts(old_url) == before
    store = Store.open(old_url)
    assert store.audit_damage() == [], "times and texts came through to the microsecond"
    store.close()


def test_a_copy_lies_beside_an_upgraded_file(old: Path) -> None:
    old.chmod(0o640)
    before = rows_of(old)
    Store.open(f"sqlite:///{old}").close()
    copy = old.with_name(f"casework.db.before-{upgrade.NEWEST}")
    assert rows_of(copy) == before
    with sqlite3.connect(copy) as connection:
        assert connection.execute("select count(*) from sightings").fetchone() != (0,)
    connection.close()
    assert copy.stat().st_mode & 0o777 == 0o640
    assert {path.name for path in old.parent.iterdir()} == {old.name, copy.name}, "nothing half-written is left"


def test_a_new_casework_needs_no_copy(tmp_path: Path) -> None:
    for _ in range(2):
        Store.open(f"sqlite:///{tmp_path / 'casework.db'}").close()
    assert [path.name for path in tmp_path.iterdir()] == ["casework.db"]


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_older_tables_on_a_server_wait_for_the_operator(old_url: str) -> None:
    with pytest.raises(Refusal, match=r"pg_dump.*mingzhang upgrade"):
        Store.open(old_url)
    engine = create_engine(old_url)
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from sightings")), "nothing was changed"
    engine.dispose()


def test_an_older_program_refuses_a_newer_casework(empty_url: str) -> None:
    Store.open(empty_url).close()
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    engine.dispose()
    with pytest.raises(Refusal, match=r"更新版本.*9999.*请安装新版本"):
        Store.open(empty_url)
    with pytest.raises(Refusal, match="更新版本"), Store.reading(empty_url):
        pass


def test_a_failed_upgrade_leaves_the_older_tables(old_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate = upgrade._migrate

    def fail_at_the_end(connection: Connection, before: str) -> None:
        migrate(connection, before)
        raise OSError("no space left")

    monkeypatch.setattr(upgrade, "_migrate", fail_at_the_end)
    database = Database(old_url)
    with pytest.raises(OSError, match="space"):
        upgrade.upgrade(database, server_is_copied=True)
    with database.reading_engine.connect() as connection:
        assert upgrade.revision(connection) == "0001"
        assert connection.scalar(text("select count(*) from sightings"))
    monkeypatch.undo()
    assert upgrade.upgrade(database, server_is_copied=True).before == "0001", "and the next start does it"
    database.close()


def start_together(url: str) -> list[str]:
    """Open a casework from several processes at once; return what each wrote to standard error."""
    processes = [
        subprocess.Popen([sys.executable, "-c", OPEN, url], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    return [process.communicate(timeout=300)[1] for process in processes]


def test_processes_that_start_together_make_new_tables_once(empty_url: str) -> None:
    assert start_together(empty_url) == [""] * 4
    assert differences(empty_url) == []


def test_processes_that_start_together_upgrade_once(old: Path) -> None:
    before = rows_of(old)
    assert start_together(f"sqlite:///{old}") == [""] * 4
    assert rows_of(old) == before
    assert rows_of(old.with_name(f"casework.db.before-{upgrade.NEWEST}")) == before
