"""The warehouse is a function of what was received, what people decided, the catalogue and the key."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import multiprocessing
import random
import re
import shutil
import signal
import tarfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from checks.rules.header import Rule, load_rules
from checks.rules.run import RuleResult, run_rule
from mingzhang import steps
from mingzhang.casework.store import Store
from mingzhang.catalog.load import catalogue
from mingzhang.intake.receive import receipts
from mingzhang.intake.receive.declared import from_folder
from mingzhang.operations import maintenance
from mingzhang.publishing import staff_snapshot
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.errors import Refusal
from mingzhang.warehouse import database
from tests.mingzhang import killed_process
from tests.paths import ROOT

NOW = dt.datetime(2026, 11, 5, 2, 0, tzinfo=dt.UTC)


def build(root: Path, district: Path, keys: Path, order: Callable[[list[Path]], list[Path]], batches: int = 1) -> str:
    """Receive the district in an order, in so many loads, judge, and return the logical hash."""
    folder = DataFolder(root)
    shutil.copytree(keys, root / "keys")
    store = Store.open(f"sqlite:///{root / 'casework.db'}")
    files = order(sorted(path for path in district.glob("*/*/*/**/*") if path.is_file()))
    size = -(-len(files) // batches)
    for start in range(0, len(files), size):
        for path in files[start : start + size]:
            receipts.receive(folder, path, from_folder(district, path, catalogue()), "clerk", NOW)
        with database.writer(root, catalogue()) as connection:
            steps.read_deliveries(connection, folder, catalogue(), store)
    with database.writer(root, catalogue()) as connection:
        steps.require(steps.perform(steps.Run(connection, folder, catalogue(), store, NOW), steps.rebuilding()[1:-1]))
        return database.logical_hash(connection)


def hash_of(root: Path) -> str:
    with database.writer(root, catalogue()) as connection:
        return database.logical_hash(connection)


@pytest.mark.slow
def test_order_of_arrival_does_not_matter(tiny_district: Path, judged_district: Path, tmp_path: Path) -> None:
    def shuffled(files: list[Path]) -> list[Path]:
        return random.Random(7).sample(files, len(files))

    assert build(tmp_path / "data", tiny_district, judged_district / "keys", shuffled, batches=3) == hash_of(
        judged_district
    )


@pytest.mark.slow
def test_a_run_killed_while_reading_and_while_writing_ends_the_same(
    tiny_district: Path, judged_district: Path, tmp_path: Path
) -> None:
    root = tmp_path / "data"
    shutil.copytree(judged_district / "keys", root / "keys")
    folder = DataFolder(root)
    store = Store.open(folder.casework_url)
    for path in sorted(path for path in tiny_district.glob("*/*/*/**/*") if path.is_file()):
        receipts.receive(folder, path, from_folder(tiny_district, path, catalogue()), "clerk", NOW)
    # a fork of a process that has run DuckDB would hang
    processes = multiprocessing.get_context("spawn")
    for step in ("reading", "writing"):
        killed = processes.Process(target=killed_process.run, args=(root, step))
        killed.start()
        killed.join()
        assert killed.exitcode == -signal.SIGKILL, f"it did not die while {step}"
    with database.writer(root, catalogue()) as connection:
        assert connection.execute("select count(*) from findings").fetchone() == (0,)
        steps.read_deliveries(connection, folder, catalogue(), store)
        steps.require(steps.perform(steps.Run(connection, folder, catalogue(), store, NOW), steps.rebuilding()[1:-1]))
        assert database.logical_hash(connection) == hash_of(judged_district)


@pytest.mark.slow
def test_rebuild_gives_the_same_hash(data_folder: Path) -> None:
    before = hash_of(data_folder)
    text, is_same = maintenance.rebuild(DataFolder(data_folder), NOW)
    assert is_same, text
    assert hash_of(data_folder) == before
    assert not list((data_folder / "tmp").glob("warehouse-before*"))


@pytest.mark.slow
def test_a_different_key_gives_different_people(tiny_district: Path, judged_district: Path, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    shutil.copytree(judged_district / "keys", keys)
    (keys / "person.key").write_bytes(b"x" * 32)
    assert build(tmp_path / "data", tiny_district, keys, list) != hash_of(judged_district)


def test_a_second_run_changes_nothing(data_folder: Path) -> None:
    folder = DataFolder(data_folder)
    store = Store.open(folder.casework_url)
    before = hash_of(data_folder)
    with database.writer(data_folder, catalogue()) as connection:
        assert steps.read_deliveries(connection, folder, catalogue(), store) == []
        steps.require(steps.perform(steps.Run(connection, folder, catalogue(), store, NOW), steps.rebuilding()[1:-1]))
        assert database.logical_hash(connection) == before


def rules_run(root: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the slugs of the rules that a run over a data folder runs."""
    ran: set[str] = set()

    def noted(connection: duckdb.DuckDBPyConnection, rule: Rule) -> RuleResult:
        ran.add(rule.slug)
        return run_rule(connection, rule)

    monkeypatch.setattr(steps, "run_rule", noted)
    store = Store.open(DataFolder(root).casework_url)
    with database.writer(root, catalogue()) as connection:
        steps.require(
            steps.perform(steps.Run(connection, DataFolder(root), catalogue(), store, NOW), steps.rebuilding())
        )
    return ran


def test_a_rule_runs_only_when_what_it_reads_changed(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rules_run(data_folder, monkeypatch) == set()
    with database.writer(data_folder, catalogue()) as connection:
        # as if the ledger held the deaths as read under other circumstances
        connection.execute("update deliveries set content_hash = content_hash || 'x' where kind = 'vehicles'")
    ran = rules_run(data_folder, monkeypatch)
    reading = {rule.slug for rule in steps.all_rules() if "vehicles" in steps.rule_reads(rule)}
    everybody = {rule.slug for rule in steps.all_rules() if {"person_ids", "record_links"} & {*steps.rule_reads(rule)}}
    assert reading
    assert reading <= ran <= reading | everybody
    assert "batch_totals_do_not_balance" not in ran


@pytest.mark.slow
def test_runs_one_after_the_other_end_as_one_run_does(
    tiny_district: Path, judged_district: Path, tmp_path: Path
) -> None:
    root = tmp_path / "data"
    shutil.copytree(judged_district / "keys", root / "keys")
    folder = DataFolder(root)
    store = Store.open(folder.casework_url)
    files = sorted(path for path in tiny_district.glob("*/*/*/**/*") if path.is_file())
    for part in (files[::2], files[1::2]):
        for path in part:
            receipts.receive(folder, path, from_folder(tiny_district, path, catalogue()), "clerk", NOW)
        with database.writer(root, catalogue()) as connection:
            run = steps.Run(connection, folder, catalogue(), store, NOW)
            steps.require(steps.perform(run, steps.rebuilding()[:-1]))
    assert hash_of(root) == hash_of(judged_district)


def test_a_rule_that_fails_fails_alone(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = dataclasses.replace(steps.all_rules()[0], query="select no_such_column from payments")
    monkeypatch.setattr(steps, "all_rules", lambda: (broken, *load_rules()[1:]))
    store = Store.open(DataFolder(data_folder).casework_url)
    with database.writer(data_folder, catalogue()) as connection:
        run = steps.Run(connection, DataFolder(data_folder), catalogue(), store, NOW)
        made = steps.perform(run, steps.rebuilding())
        rows = connection.execute("select outcome, reason from rule_runs where rule = ?", [broken.id]).fetchall()
    assert [one.name for one in made if one.failure] == [broken.slug]
    assert {row[0] for row in rows} == {"not_applicable"}
    assert made[-1].name == "staff_snapshot"
    with pytest.raises(steps.StepFailedError, match=broken.slug):
        steps.require(made)


def test_snapshot_knows_what_it_was_made_from(data_folder: Path) -> None:
    folder = DataFolder(data_folder)
    store = Store.open(folder.casework_url)
    assert staff_snapshot.is_current(folder, steps.inputs(folder, catalogue(), store, NOW))
    store.settle("0" * 16, "refuse", "checker", "重复报送", NOW)
    assert not staff_snapshot.is_current(folder, steps.inputs(folder, catalogue(), store, NOW))


def test_the_snapshot_has_the_tables_and_columns_its_description_names(judged_district: Path) -> None:
    page = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    section = page[page.index("\n## Staff snapshot") : page.index("\n## Release")]
    copied, lake = (set(re.findall(r"`(\w+)`", words)) for words in section.split("###")[0].split("Parquet files of"))
    told = {}
    for part in re.split(r"^### ", page[: page.index("\n## Release")], flags=re.M)[1:]:
        name = part.split()[0]
        if name in copied or f"### {name}\n" in section:
            told[name] = re.findall(r"^\| (\w+) \| [A-Z]", part, re.M)
    current = json.loads((judged_district / "snapshots" / "staff" / "CURRENT").read_text(encoding="utf-8"))
    snapshot = judged_district / "snapshots" / "staff" / current["name"]
    with duckdb.connect(str(snapshot / "findings.duckdb"), read_only=True) as connection:
        columns = connection.execute(
            "select table_name, list(column_name order by column_index) from duckdb_columns() where not internal group by 1"
        ).fetchall()
    assert told == dict(columns)
    tables = json.loads((snapshot / "manifest.json").read_text(encoding="utf-8"))["tables"]
    assert lake == {table for table in tables if not table.startswith("register_")}


def test_writer_lock_admits_one(data_folder: Path) -> None:
    with (
        database.writer(data_folder, catalogue()),
        pytest.raises(database.WriterBusyError, match="稍候"),
        database.writer(data_folder, catalogue(), wait=False),
    ):
        pass


@pytest.mark.slow
def test_backup_restores_to_the_same_hash(data_folder: Path, tmp_path: Path) -> None:
    before = hash_of(data_folder)
    archive = tmp_path / "backup.tar"
    maintenance.backup(DataFolder(data_folder), archive)
    assert archive.stat().st_mode & 0o077 == 0
    maintenance.restore(DataFolder(tmp_path / "restored"), archive, NOW)
    assert hash_of(tmp_path / "restored") == before
    with pytest.raises(Exception, match="空文件夹"):
        maintenance.restore(DataFolder(data_folder), archive, NOW)


def test_what_is_no_backup_is_refused_and_writes_nothing(tmp_path: Path) -> None:
    foreign, torn = tmp_path / "foreign.tar", tmp_path / "torn.tar"
    (tmp_path / "keys").mkdir()
    (tmp_path / "casework.db").write_bytes(bytes(100_000))
    with tarfile.open(foreign, "w") as archive:
        archive.add(tmp_path / "casework.db", "else.db")
    with tarfile.open(torn, "w") as archive:
        archive.add(tmp_path / "keys", "keys")
        archive.add(tmp_path / "casework.db", "casework.db")
    torn.write_bytes(torn.read_bytes()[:50_000])
    for path in (foreign, torn):
        with pytest.raises(Refusal, match="请换一份备份"):
            maintenance.restore(DataFolder(tmp_path / "restored"), path, NOW)
        assert not (tmp_path / "restored").exists()
