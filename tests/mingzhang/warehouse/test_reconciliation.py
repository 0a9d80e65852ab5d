"""Money adds up to the fen at every checkpoint, and one where it does not is named."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import dagster
import pytest

from assets import checks
from mingzhang.catalog.load import catalogue
from mingzhang.warehouse import database, reconciliation
from tests.mingzhang.intake import hostile_files
from tests.mingzhang.intake.hostile_files import csv, line, lines, roster
from tests.mingzhang.intake.intake_case import IntakeCase


@pytest.fixture
def intake(tmp_path: Path) -> IntakeCase:
    intake = IntakeCase(tmp_path / "data")
    first = intake.receive(csv(tmp_path / "a.csv", roster(lines(9, {2: {"补贴金额": "x"}, 4: {"补贴金额": "停发"}}))))
    intake.receive(csv(tmp_path / "b.csv", roster([*[line(n) for n in range(20, 25)], ["合计", "", "", "", "", 1]])))
    fixed = roster([[*line(2, 补贴金额=7), "4"]], [*hostile_files.HEADER, "更正原行"])
    intake.receive(csv(tmp_path / "c.csv", fixed), correction_no=1, corrects=first.delivery_id)
    intake.load()
    return intake


def test_everything_agrees(intake: IntakeCase, tmp_path: Path) -> None:
    with database.writer(intake.folder.root, catalogue()) as connection:
        assert reconciliation.check_warehouse(connection) == []
        path = tmp_path / "p.parquet"
        connection.execute(f"copy payments to '{path}' (format parquet)")
        assert reconciliation.check_snapshot(connection, [path]) == []
        fed = {b: (n, fen) for b, n, fen in connection.execute(
            "select batch_id, count(*), sum(amount_fen)::bigint from payments"
            " where state in ('paid', 'returned', 'refunded') group by 1").fetchall()}  # fmt: skip
        assert reconciliation.check_release(connection, list(fed), fed) == []
        reconciliation.require([])


@pytest.mark.parametrize(
    ("change", "checkpoint"),
    [
        ("update payment_lines set amount_fen = amount_fen + 1 where line_id = (select min(line_id) from payment_lines where status = 'accepted')", "ledger"),
        ("delete from payment_lines where line_id = (select max(line_id) from payment_lines where status = 'accepted')", "ledger"),
        ("delete from lines where line_id = (select min(line_id) from lines)", "ledger"),
        ("update payment_lines set amount_fen = 0 where status = 'held'", "ledger"),
        ("update lines set status = 'rejected' where line_id = (select min(line_id) from lines where status = 'accepted')", "warehouse"),
    ],
)  # fmt: skip
def test_a_changed_fen_or_line_is_named(intake: IntakeCase, change: str, checkpoint: str) -> None:
    with database.writer(intake.folder.root, catalogue()) as connection:
        connection.execute(change)
        found = reconciliation.check_warehouse(connection)
        assert checkpoint in {difference.checkpoint for difference in found}
        with pytest.raises(reconciliation.ReconciliationError, match="对不上"):
            reconciliation.require(found)


def test_the_check_that_stops_a_run_says_where(intake: IntakeCase) -> None:
    """Whoever reads the console or the Dagster page sees which batch it is and by how much."""
    with database.writer(intake.folder.root, catalogue()) as connection:
        connection.execute("update payment_lines set amount_fen = 0 where status = 'held'")
        run = SimpleNamespace(connection=connection)
        warehouse = SimpleNamespace(run=lambda casework, clock: run)
        result = checks.money_adds_up(dagster.build_asset_check_context(), warehouse, casework=None, clock=None)
    assert isinstance(result, dagster.AssetCheckResult)
    assert not result.passed
    assert "账册与明细对不上" in (result.description or "")


def test_a_snapshot_short_of_one_line_is_named(intake: IntakeCase, tmp_path: Path) -> None:
    with database.writer(intake.folder.root, catalogue()) as connection:
        path = tmp_path / "p.parquet"
        connection.execute(f"copy (select * from payments offset 1) to '{path}' (format parquet)")
        (difference,) = reconciliation.check_snapshot(connection, [path])
        assert difference.expected[0] == difference.found[0] + 1
        assert reconciliation.check_snapshot(connection, [])[0].found == (0, 0)
        assert reconciliation.check_release(connection, ["x"], {"x": (1, 1)})[0].checkpoint == "release"
