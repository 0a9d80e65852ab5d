from __future__ import annotations

import datetime as dt
from pathlib import Path

import dagster as dg
import pytest

from checks.rules.header import load_rules
from checks.rules.texts import reads, shared_views, summaries
from mingzhang import steps
from mingzhang.catalog.load import catalogue
from mingzhang.warehouse import database
from pipelines import instance
from pipelines.definitions import build_defs
from pipelines.resources import ClockResource, DataFolderResource
from pipelines.sensors import inbox_sensor


def test_every_rule_is_a_node_of_its_own(tmp_path: Path) -> None:
    definitions = build_defs(str(tmp_path))
    dg.Definitions.validate_loadable(definitions)
    keys = {key.to_user_string() for key in definitions.resolve_asset_graph().get_all_asset_keys()}
    assert {f"rules/{rule.slug}" for rule in load_rules()} <= keys
    assert {
        "received_files",
        "files/roster",
        "registers/deaths",
        "households",
        "staff_snapshot",
        "public_release",
    } <= keys


NOW = dt.datetime(2026, 11, 5, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def quiet_home(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAGSTER_HOME", str(data_folder / "dagster"))
    return data_folder


def test_a_run_through_dagster_leaves_no_personal_data_in_its_storage(quiet_home: Path) -> None:
    with database.writer(quiet_home, catalogue()) as connection:
        before = database.logical_hash(connection)
        connection.execute("delete from rule_inputs")  # every rule runs again
    assert instance.run_pipeline(quiet_home)
    with database.writer(quiet_home, catalogue()) as connection:
        assert database.logical_hash(connection) == before, "a Dagster run and the plain steps end the same"
    import duckdb

    with duckdb.connect(str(quiet_home / "warehouse.duckdb"), read_only=True) as connection:
        private = {row[0] for row in connection.execute("select id_number from identity").fetchall()}
        private |= {row[0] for row in connection.execute("select account_no from account").fetchall()}
    assert len(private) > 100
    kept = b"".join(path.read_bytes() for path in (quiet_home / "dagster").rglob("*") if path.is_file())
    assert b"dagster/row_count" in kept, "the run's metadata is there to be searched"
    assert not [value for value in private if value.encode() in kept]


def tick(root: Path, cursor: str | None = None) -> tuple[list[dg.RunRequest], str, str]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        context = dg.build_sensor_context(
            instance=ephemeral,
            cursor=cursor,
            resources={"data": DataFolderResource(root=str(root)), "clock": ClockResource(fixed=NOW.isoformat())},
            repository_def=build_defs(str(root)).get_repository_def(),
        )
        found = inbox_sensor.evaluate_tick(context)
        return list(found.run_requests or []), found.skip_message or "", found.cursor or ""


def test_sensor_sleeps_when_nothing_changed(data_folder: Path) -> None:
    requests, skipped, _ = tick(data_folder)
    assert requests == []
    assert skipped


def test_sensor_wakes_for_a_file_and_not_again_at_once(data_folder: Path) -> None:
    folder = data_folder / "inbox" / "452921" / "2026-11" / "roster"
    folder.mkdir(parents=True)
    (folder / "x.csv").write_text("姓名,身份证号,金额\n", encoding="utf-8")
    requests, _, cursor = tick(data_folder)
    assert len(requests) == 1
    again, skipped, _ = tick(data_folder, cursor)
    assert again == []
    assert "五分钟" in skipped


def test_sensor_wakes_when_a_person_settled_a_hold(data_folder: Path) -> None:
    from mingzhang.casework.store import Store

    Store.open(f"sqlite:///{data_folder / 'casework.db'}").settle(
        "0" * 16, "refuse", "checker", "重复报送", dt.datetime(2026, 11, 5, tzinfo=dt.UTC)
    )
    requests, _, _ = tick(data_folder)
    assert len(requests) == 1


def test_a_rules_upstream_is_what_its_header_and_its_views_read() -> None:
    graph = build_defs("/nowhere").resolve_asset_graph()
    shared = {**shared_views(), **summaries()}
    for rule in load_rules():
        upstream = {key.path[-1] for key in graph.get(dg.AssetKey(["rules", rule.slug])).parent_keys}
        assert {*rule.needs, *rule.uses} <= upstream | {"payments"}, rule.slug
        # nothing is upstream that neither the header nor the text names
        named = {rule.population, *rule.needs, *rule.uses, *rule.presumes, *(reads(rule.query) - shared.keys())}
        made = {output for name in named - steps.NOT_MADE for output in steps.MADE_OF.get(name, (name,))}
        assert upstream == made | ({"record_links"} if rule.presumes else set()), rule.slug
    dead = {key.path[-1] for key in graph.get(dg.AssetKey(["rules", "paid_after_death"])).parent_keys}
    assert {"deaths", "roster", "record_links"} <= dead and not dead & {"vehicles", "fund_flow", "notice", "enrolment"}
