"""A data folder made by version 0.1.0 becomes one of today and keeps everything people did."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from mingzhang.casework.records import Facts
from mingzhang.casework.store import Store
from mingzhang.casework.workflow import Outcome, Role
from mingzhang.catalog.load import catalogue
from mingzhang.cli.upgrade import upgrade as command
from mingzhang.operations import audit, maintenance, releases, upgrade
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.errors import Refusal
from mingzhang.warehouse import database
from tests.conftest import made_once
from tests.old_folder import unpack

# The day the folder was made: its notices are on show.
NOW = dt.datetime(2026, 11, 29, 17, tzinfo=dt.UTC)


@pytest.fixture
def old(tmp_path: Path) -> DataFolder:
    """The folder as version 0.1.0 left it."""
    return DataFolder(unpack(tmp_path / "old"))


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """The folder upgraded once; do not change it."""

    def make(root: Path) -> None:
        upgrade.upgrade(DataFolder(unpack(root)), NOW)

    return DataFolder(made_once(tmp_path_factory, "upgraded", make))


@pytest.fixture
def store(upgraded: DataFolder) -> Iterator[Store]:
    opened = Store.open(upgraded.casework_url)
    yield opened
    opened.close()


def test_an_older_warehouse_is_refused_until_it_is_upgraded(old: DataFolder) -> None:
    with pytest.raises(Refusal, match="mingzhang upgrade"), database.writer(old.root, catalogue()):
        pass


def test_upgrade_says_what_it_did_and_what_is_left(old: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintenance, "rebuild", lambda folder, now: ("", True))
    monkeypatch.setenv("MINGZHANG_DATA", str(old.root))
    done = CliRunner().invoke(command, ["--json"], catch_exceptions=False)
    answer = json.loads(done.output)
    assert (answer["casework_before"], answer["casework_after"]) == ("0001", "0002")
    assert Path(answer["casework_copy"]).exists()
    assert (answer["warehouse_before"], answer["warehouse_after"]) == (1, database.SCHEMA_VERSION)
    assert "重新启动" in answer["remaining"][0]
    assert "mingzhang publish" in answer["remaining"][1]


def test_a_second_upgrade_changes_nothing(upgraded: DataFolder) -> None:
    copies = {path: path.stat().st_mtime_ns for path in upgraded.root.glob("casework.db.before-*")}
    assert len(copies) == 1
    done = upgrade.upgrade(upgraded, NOW)
    assert (done.casework_copy, done.remaining) == (None, ())
    assert "不用升级" in done.as_text()
    assert {path: path.stat().st_mtime_ns for path in upgraded.root.glob("casework.db.before-*")} == copies


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="没有数据文件夹"):
        upgrade.upgrade(DataFolder(tmp_path / "none"), NOW)


def test_a_newer_warehouse_is_refused_before_casework_is_touched(old: DataFolder) -> None:
    with duckdb.connect(str(old.root / "warehouse.duckdb")) as connection:
        connection.execute(f"create table warehouse_meta as select {database.SCHEMA_VERSION + 1} as schema_version")
    before = (old.root / "casework.db").read_bytes()
    with pytest.raises(Refusal, match="请安装新版本"):
        upgrade.upgrade(old, NOW)
    assert (old.root / "casework.db").read_bytes() == before


def test_the_schema_version_is_no_part_of_the_logical_hash() -> None:
    with duckdb.connect() as connection:
        assert database.schema_version(connection) is None
        database.create(connection, catalogue())
        assert database.schema_version(connection) == database.SCHEMA_VERSION
        before = database.logical_hash(connection)
        connection.execute("update warehouse_meta set schema_version = 99")
        assert database.logical_hash(connection) == before
        connection.execute("insert into places (place_code) values ('452921')")
        assert database.logical_hash(connection) != before


def test_users_and_roles_are_kept(store: Store) -> None:
    assert {user.viewer.name: user.viewer.roles for user in store.users()} == {
        "clerk": {Role.MAKER},
        "checker": {Role.CHECKER},
        "auditor": {Role.AUDITOR},
        "supervisor": {Role.SUPERVISOR},
        "admin": {Role.ADMINISTRATOR},
    }
    found = store.sign_in("auditor", "purple tractor 79", NOW)
    assert found and store.viewer_of(found.session, NOW)


def test_facts_decisions_and_answers_are_kept(store: Store) -> None:
    facts: Facts = store.facts()
    assert [(s.outcome, s.by) for s in facts.settlements] == [("accept", "checker")]
    assert [(m.county_code, m.kind, m.fields) for m in facts.mappings] == [
        ("452921", "roster", ("recipient_name", "amount_fen"))
    ]
    assert [(w.problem, w.by) for w in facts.waivers] == [("total_mismatch", "supervisor")]
    assert [(d.rule, d.outcome, d.by) for d in store.decisions()] == [
        ("B01", Outcome.CONFIRMED, "auditor"),
        ("F01", Outcome.CLEARED, "auditor"),
    ]
    assert [(a.answer, a.by) for a in store.pair_answers().values()] == [("same", "auditor")]
    assert len(store.withheld(NOW)) == len(store.withdrawals()) == len(store.publications()) == 1
    assert len(store.certified_batches()) >= 5


def test_decided_findings_are_found_again_with_the_same_evidence(upgraded: DataFolder, store: Store) -> None:
    with database.writer(upgraded.root, catalogue()) as connection:
        evidence = dict(connection.execute("select finding_id, evidence_hash from findings").fetchall())
        assert connection.execute("select status from deliveries where file_name like '%高龄津贴.csv'").fetchall() == [
            ("accepted",)
        ], "the settled hold is in, with the columns somebody mapped"
    for decision in store.decisions():
        assert evidence[decision.finding_id] == decision.evidence_hash


def test_findings_keep_the_day_they_were_first_found(upgraded: DataFolder, store: Store) -> None:
    with database.writer(upgraded.root, catalogue()) as connection:
        found = {row[0] for row in connection.execute("select finding_id from findings").fetchall()}
    known = store.finding_history()
    before = [known[finding] for finding in found if known[finding].first_seen < NOW]
    assert len(before) > len(found) * 0.9


def test_a_rebuild_gives_the_same_hash(upgraded: DataFolder, tmp_path: Path) -> None:
    folder = DataFolder(Path(shutil.copytree(upgraded.root, tmp_path / "copy")))
    text, is_same = maintenance.rebuild(folder, NOW)
    assert is_same
    assert "内容哈希一致" in text


def test_the_release_of_0_1_0_still_verifies(old: DataFolder, upgraded: DataFolder) -> None:
    for folder in (old, upgraded):
        text, is_sound = releases.verify(folder.releases, None)
        assert is_sound, text


def test_the_release_of_0_1_0_is_still_served(upgraded: DataFolder) -> None:
    from dashboards.public.app import create_app

    server = create_app(upgraded.releases, lambda: NOW, "https://example.test")
    with server.test_client() as client:
        for address in ("/", "/data", "/check", "/programmes", "/records.jsonl"):
            assert client.get(address).status_code == 200, address
        assert "青岚县" in client.get("/place/452921").get_data(as_text=True)
        assert client.get("/notice/452921202204/tekun_rural/2026-10").status_code == 200
        assert client.get("/notice/452921100002/old_age/2026-10").status_code == 410, "withdrawn stays withdrawn"


def test_the_audit_log_of_0_1_0_grows_from_the_head_it_published(upgraded: DataFolder) -> None:
    found = audit.verify(upgraded, None, 1)
    assert found.is_sound, found.wrong
    assert found.heads == 1
    assert found.entry_head
    assert found.entry_head < found.entries


def test_publishing_goes_on_from_the_old_release(upgraded: DataFolder, tmp_path: Path) -> None:
    folder = DataFolder(Path(shutil.copytree(upgraded.root, tmp_path / "copy")))
    from mingzhang.publishing.release import publish

    with database.writer(folder.root, catalogue()) as connection:
        store = Store.open(folder.casework_url)
        publish.publish(connection, folder, catalogue(), store, NOW)
    assert [publication.number for publication in store.publications()] == [2, 1]
    store.close()
    text, is_sound = releases.verify(folder.releases, None)
    assert is_sound, text
