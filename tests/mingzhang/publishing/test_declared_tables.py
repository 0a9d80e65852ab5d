"""What is published holds what is declared: a snapshot or release built otherwise is stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingzhang import steps
from mingzhang.catalog.load import catalogue
from mingzhang.publishing import staff_snapshot, staff_tables
from mingzhang.publishing.release import notices, publish, tables
from mingzhang.storage import publication
from mingzhang.warehouse.declaration import TableError
from tests.mingzhang.publishing.release_case import NOW, Case, small_case


def test_a_snapshot_with_another_column_is_not_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = small_case(tmp_path / "data")
    case.write()
    with case.warehouse() as connection:
        run = steps.Run(connection, case.folder, catalogue(), case.store, NOW)
        steps.require(steps.perform(run, steps.rebuilding()[1:-1]))

        def make() -> publication.Publication:
            return staff_snapshot.make(connection, case.folder, catalogue(), case.store, NOW, "test")

        spoiled = "select *, 1 as undeclared from offices"
        monkeypatch.setitem(staff_snapshot.TABLES, staff_tables.Offices, spoiled)
        with pytest.raises(TableError, match="表 offices 的列 undeclared 与声明不符"):
            make()
        assert publication.current(case.folder.staff_snapshots) is None
        monkeypatch.undo()
        assert make().changed


@pytest.mark.parametrize(
    ("table", "column", "harm"),
    [
        ("village_totals", "lines", "update public_out.village_totals set lines = 0"),
        ("meta", "batches", "update public_out.meta set batches = -1"),
        ("programmes", "disclosure", "update public_out.programmes set disclosure = null"),
    ],
)
def test_a_release_with_another_value_is_not_published(
    published: Case, monkeypatch: pytest.MonkeyPatch, table: str, column: str, harm: str
) -> None:
    original = tables.write

    def spoiled(connection, *rest):  # type: ignore[no-untyped-def]
        original(connection, *rest)
        connection.execute(harm)

    monkeypatch.setattr(tables, "write", spoiled)
    refused(published, table, column)


def test_a_notice_file_with_another_value_is_not_published(published: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    published.pay("dibao", "dibao_rural", 301, "卢新来", 5000)
    original = notices.select_named

    def spoiled(connection, *rest, **more):  # type: ignore[no-untyped-def]
        names = original(connection, *rest, **more)
        connection.execute("update notice_lines set amount_fen = 0")
        return names

    monkeypatch.setattr(notices, "select_named", spoiled)
    refused(published, "lines", "amount_fen")


def refused(case: Case, table: str, column: str) -> None:
    """Publish, be stopped, and see that the last release goes on."""
    before = publication.current(case.folder.releases)
    case.write()
    with pytest.raises(TableError) as caught:
        case.publish()
    assert (caught.value.table, caught.value.column) == (table, column)
    assert publication.current(case.folder.releases) == before
    assert publish.verify(case.folder.releases).ok
