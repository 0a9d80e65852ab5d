"""What a person decided outlives the next month, and only that: changed facts re-open it with the earlier decision shown."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pytest

from mingzhang import steps
from mingzhang.casework.store import Store
from mingzhang.casework.workflow import Outcome, Role
from mingzhang.catalog.load import catalogue
from mingzhang.intake.receive import receipts
from mingzhang.intake.receive.declared import Declared, from_folder
from mingzhang.operations.findings import as_json
from mingzhang.storage import publication
from mingzhang.storage.data_folder import DataFolder
from mingzhang.warehouse import database

NOW = dt.datetime(2026, 11, 5, 2, 0, tzinfo=dt.UTC)
ROSTERS = {"roster", "dibao_roll", "relief_table"}
COUNTY = "452921"


class MonthlyFolder:
    """A data folder that is fed month by month."""

    def __init__(self, root: Path) -> None:
        root.mkdir()
        self.folder = DataFolder(root)
        self.store = Store.open(f"sqlite:///{root / 'casework.db'}")

    def take(self, district: Path, files: list[Path]) -> None:
        for path in files:
            receipts.receive(self.folder, path, from_folder(district, path, catalogue()), "clerk", NOW)

    def run(self) -> dict[str, dict[str, Any]]:
        """Run the whole pipeline; return the snapshot's findings by id."""
        with database.writer(self.folder.root, catalogue()) as connection:
            steps.require(
                steps.perform(steps.Run(connection, self.folder, catalogue(), self.store, NOW), steps.rebuilding())
            )
        snapshot = publication.current(self.folder.staff_snapshots)
        assert snapshot is not None
        with duckdb.connect(str(snapshot.path / "findings.duckdb"), read_only=True) as connection:
            rows = as_json(connection, self.store.latest_decisions(), NOW.date())
        return {row["finding_id"]: row for row in rows}

    def facts(self, finding_id: str) -> tuple[str, str, str]:
        """Return evidence hash, name and identity number of a finding's person."""
        with duckdb.connect(str(self.folder.root / "warehouse.duckdb"), read_only=True) as connection:
            row = connection.execute(
                """select f.evidence_hash, (select min(recipient_name) from payments where recipient_id = f.person_id),
                          i.id_number from findings f join identity i using (person_id) where finding_id = ?""",
                [finding_id],
            ).fetchone()
        assert row is not None
        return row


@pytest.mark.slow
def test_cleared_stays_cleared_until_a_fact_changes(tiny_district: Path, tmp_path: Path) -> None:
    files = sorted(path for path in tiny_district.glob("*/*/*/**/*") if path.is_file())
    last = max(
        path.relative_to(tiny_district).parts[1]
        for path in files
        if path.relative_to(tiny_district).parts[2] in ROSTERS
    )
    later = [p for p in files if p.relative_to(tiny_district).parts[1:3] in {(last, kind) for kind in ROSTERS}]
    monthly = MonthlyFolder(tmp_path / "data")
    monthly.take(tiny_district, [path for path in files if path not in later])
    before = monthly.run()
    chosen = [row for row in before.values() if row["rule"] == "B01"]
    assert chosen
    for row in chosen:
        evidence, _, _ = monthly.facts(row["finding_id"])
        monthly.store.decide(
            row["finding_id"],
            Outcome.CLEARED,
            evidence_now=evidence,
            seen_version=0,
            seen_evidence=evidence,
            reason="已从丧葬费中抵扣",
            by="auditor",
            roles=[Role.AUDITOR],
            now=NOW,
            request_id=row["finding_id"],
        )

    monthly.take(tiny_district, later)
    after = monthly.run()
    still = [row for row in chosen if row["finding_id"] in after]
    assert after.keys() - before.keys(), "the new month brought findings of its own"
    assert still
    assert {after[row["finding_id"]]["status"] for row in still} == {"cleared"}

    _, name, number = monthly.facts(still[0]["finding_id"])
    extract = tmp_path / "死亡.csv"
    extract.write_text(f"姓名,身份证号码,死亡时间\n{name},{number},2026-01-05\n", encoding="utf-8")
    receipts.receive(monthly.folder, extract, Declared(COUNTY, "deaths", None, dt.date(2026, 11, 1)), "police", NOW)
    changed = monthly.run()
    assert changed[still[0]["finding_id"]]["status"] == "reopened"
    assert [d.outcome for d in monthly.store.history(still[0]["finding_id"])] == [Outcome.CLEARED]
