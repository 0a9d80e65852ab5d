"""The opener follows CURRENT, serves only what it verified, and lets nothing else be read or written."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from mingzhang.storage.publication_reader import (
    DamagedPublicationError,
    NothingPublishedError,
    PublicationReader,
    StatementLimitError,
)


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def publish(parent: Path, number: int, name: str = "", rows: int = 3, tables: dict[str, Any] | None = None) -> Path:
    folder = parent / (name or f"p{number}")
    folder.mkdir(parents=True)
    database = folder / "public.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"create table t as select {number} as number, range as i from range({rows})")
    lake = parent.parent / "lake"
    files = {database.name: sha(database)}
    files |= {p.relative_to(parent.parent).as_posix(): sha(p) for p in lake.rglob("*.parquet")}
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps({"id": folder.name, "number": number, "files": files, "tables": tables or {}}))
    point(parent, folder.name, sha(manifest), number)
    return folder


def point(parent: Path, name: str, digest: str, number: int) -> None:
    temporary = parent / ".pointer"
    temporary.write_text(json.dumps({"name": name, "sha256": digest, "number": number}))
    temporary.rename(parent / "CURRENT")


def number_of(reader: PublicationReader) -> int:
    row = reader.query("select any_value(number) as n, count(*) as c from t").first()
    assert row
    return int(row["n"])


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    (tmp_path / "releases").mkdir()
    return tmp_path / "releases"


def test_nothing_yet_then_the_first(parent: Path) -> None:
    reader = PublicationReader(parent, "public.duckdb")
    with pytest.raises(NothingPublishedError):
        reader.query("select 1")
    publish(parent, 1)
    assert number_of(reader) == 1


def test_it_follows_and_never_goes_back(parent: Path) -> None:
    reader = PublicationReader(parent, "public.duckdb")
    first = publish(parent, 1)
    assert number_of(reader) == 1
    publish(parent, 2)
    assert number_of(reader) == 2
    point(parent, first.name, sha(first / "manifest.json"), 1)
    assert number_of(reader) == 2
    assert reader.alarm
    publish(parent, 3)
    assert number_of(reader) == 3
    assert reader.alarm is None


@pytest.mark.parametrize("damage", ["database", "manifest", "missing", "pointer", "escape", "truncated"])
def test_damage_is_noticed_and_the_last_good_one_stays(parent: Path, damage: str) -> None:
    reader = PublicationReader(parent, "public.duckdb")
    publish(parent, 1)
    assert number_of(reader) == 1
    folder = publish(parent, 2)
    database, manifest = folder / "public.duckdb", folder / "manifest.json"
    if damage == "database":
        content = bytearray(database.read_bytes())
        content[5000] ^= 1
        database.write_bytes(content)
    elif damage == "truncated":
        database.write_bytes(database.read_bytes()[:-4096])
    elif damage == "manifest":
        manifest.write_text(manifest.read_text() + " ")
    elif damage == "missing":
        database.unlink()
    elif damage == "pointer":
        (parent / "CURRENT").write_text("{not json")
    else:
        point(parent, "../releases/p2", sha(manifest), 2)
    assert number_of(reader) == 1
    assert reader.alarm


def test_a_damaged_first_one_is_nothing(parent: Path) -> None:
    folder = publish(parent, 1)
    good = (folder / "public.duckdb").read_bytes()
    (folder / "public.duckdb").write_bytes(b"x" + good[1:])
    reader = PublicationReader(parent, "public.duckdb")
    with pytest.raises(NothingPublishedError):
        reader.query("select 1")
    (folder / "public.duckdb").write_bytes(good)
    assert number_of(reader) == 1, "repaired in place, it is tried again"


FORBIDDEN = [
    "select * from read_text('/etc/hostname')",
    "select * from glob('/*')",
    "select * from read_csv('/etc/passwd')",
    "attach '/tmp/x.duckdb'",
    "copy t to '/tmp/x.csv'",
    "create table x (i integer)",
    "insert into t values (1, 1)",
    "delete from t",
    "set threads = 4",
    "install httpfs",
    "load httpfs",
    "pragma enable_external_access",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
@pytest.mark.parametrize("with_lake", [False, True])
def test_hardened(parent: Path, statement: str, with_lake: bool) -> None:
    publish(parent, 1)
    reader = PublicationReader(parent, "public.duckdb", lake_root=parent.parent if with_lake else None)
    with pytest.raises(duckdb.Error):
        reader.query(statement)


def test_the_lake_is_readable_verified_and_nothing_beside_it(parent: Path) -> None:
    lake = parent.parent / "lake" / "payments" / "2026-10"
    lake.mkdir(parents=True)
    path = lake / "452921-abc.parquet"
    duckdb.sql(f"copy (select 7 as x) to '{path}'")
    relative = path.relative_to(parent.parent).as_posix()
    publish(parent, 1, tables={"payments": [relative]})
    reader = PublicationReader(parent, "public.duckdb", lake_root=parent.parent)
    with reader.publication() as publication:
        assert publication.lake_files("payments", "452922") == []
        files = publication.lake_files("payments", "452921")
        row = reader.query_on(publication, "select x from read_parquet($files)", {"files": files}).first()
    assert row == {"x": 7}
    with pytest.raises(duckdb.Error):
        reader.query("select * from read_parquet($f)", {"f": [str(parent / "p1" / "manifest.json")]})


def test_a_damaged_lake_file_is_noticed(parent: Path) -> None:
    path = parent.parent / "lake" / "t" / "a.parquet"
    path.parent.mkdir(parents=True)
    duckdb.sql(f"copy (select 7 as x) to '{path}'")
    publish(parent, 1, tables={"t": ["lake/t/a.parquet"]})
    path.write_bytes(path.read_bytes() + b"x")
    reader = PublicationReader(parent, "public.duckdb", lake_root=parent.parent)
    with reader.publication() as publication, pytest.raises(DamagedPublicationError):
        publication.lake_files("t")


def test_statement_limit_and_the_next_query_works(parent: Path) -> None:
    publish(parent, 1)
    reader = PublicationReader(parent, "public.duckdb", seconds=0.2)
    with pytest.raises(StatementLimitError):
        reader.query("select count(*) from range(10000000000) a, range(1000) b where (a.range * b.range) % 7 = 3")
    assert number_of(reader) == 1


def test_rows_are_capped_and_say_so(parent: Path) -> None:
    publish(parent, 1, rows=30)
    reader = PublicationReader(parent, "public.duckdb", row_limit=10)
    assert (len(reader.query("select * from t")), reader.query("select * from t").cut) == (10, True)
    assert reader.query("select * from t where i < 10").cut is False


def test_readers_see_no_error_and_no_mixture_while_it_switches(parent: Path) -> None:
    publish(parent, 1)
    reader = PublicationReader(parent, "public.duckdb")
    wrong: list[object] = []
    done = threading.Event()

    def read() -> None:
        last = 0
        while not done.is_set():
            try:
                with reader.publication() as publication:
                    row = reader.query_on(publication, "select min(number) as a, max(number) as b from t").first()
                    time.sleep(0.001)
                    again = reader.query_on(publication, "select min(number) as a from t").first()
            except Exception as error:
                wrong.append(error)
                return
            if not row or not again or not row["a"] == row["b"] == again["a"] or row["a"] < last:
                wrong.append((row, again, last))
            last = row["a"] if row else last

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(2, 22):
        publish(parent, number)
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert number_of(reader) == 21


def test_a_snapshot_of_another_program_version_is_not_opened(tmp_path: Path) -> None:
    publish(tmp_path, 1)
    reader = PublicationReader(tmp_path, "public.duckdb", version=2)
    with pytest.raises(NothingPublishedError):
        reader.query("select 1")
    assert "另一个版本" in (reader.alarm or "")
