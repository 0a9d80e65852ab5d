"""A data folder that files are received and loaded into, for tests of intake. No expectations here."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from checks.rules.header import load_rules
from checks.rules.prepare import prepare_rules
from checks.rules.run import run_rule
from mingzhang.casework.store import Store
from mingzhang.catalog.load import catalogue
from mingzhang.intake.context import CaseworkFacts, Context
from mingzhang.intake.load import load as loading
from mingzhang.intake.load.load import Outcome
from mingzhang.intake.receive import receipts as receive
from mingzhang.intake.receive.declared import Declared
from mingzhang.intake.receive.receipts import Receipt
from mingzhang.publishing import staff_snapshot
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.publication_reader import opened_current
from mingzhang.warehouse import catalogue_tables, database, findings, households
from tests.mingzhang.intake import hostile_files

NOW = dt.datetime(2026, 11, 2, 3, 4)  # noqa: DTZ001 - UTC, naive, as receipts are
TODAY = NOW.date()
KEY = b"k" * 32


class IntakeCase:
    """A data folder with a fixed person key, so that two of them can be compared."""

    def __init__(self, root: Path) -> None:
        self.folder = DataFolder(root)
        keys = root / "keys"
        keys.mkdir(parents=True, mode=0o700)
        (keys / "person.key").write_bytes(KEY)
        (keys / "person.key").chmod(0o600)

    def receive(self, path: Path, **options: Any) -> Receipt:
        declared = Declared(
            hostile_files.COUNTY,
            options.pop("kind", "roster"),
            options.pop("programme", "dibao_rural"),
            hostile_files.MONTH,
        )
        return receive.receive(
            self.folder, path, options.pop("declared", declared), "clerk", options.pop("now", NOW), **options
        )

    def load(self, facts: CaseworkFacts | None = None) -> dict[str, Outcome]:
        known, facts = catalogue(), facts or CaseworkFacts()
        with database.writer(self.folder.root, known) as connection:
            waiting = loading.pending(self.folder, connection, known, facts)
            return {o.delivery_id: o for o in loading.load(connection, self.folder, known, facts, waiting)}

    def load_file(self, path: Path) -> Outcome:
        """Receive a file, load what waits, and return what became of the file."""
        receipt = self.receive(path)
        return self.load()[receipt.delivery_id]

    def found(self, rule: str) -> list[str]:
        """Return the payment lines that a rule's findings of the current snapshot rest on."""
        with opened_current(self.folder.staff_snapshots, "findings.duckdb") as snapshot:
            assert snapshot
            rows = snapshot.connection.execute(
                """select line_id from finding_lines join findings using (finding_id)
                   where rule = ? and role = 'payment' order by 1""",
                [rule],
            ).fetchall()
        return [line for (line,) in rows]

    def snapshot(self, today: dt.date = TODAY, *, rules: bool = False) -> Context:
        """Publish a staff snapshot, with what rules find or without, and return the context a check has from it."""
        known, store = catalogue(), Store.open(self.folder.casework_url)
        with database.writer(self.folder.root, known) as connection:
            households.refresh(connection)
            catalogue_tables.write(connection, known)
            prepare_rules(connection, load_rules())
            if rules:
                findings.write(connection, [run_rule(connection, r) for r in load_rules() if r.id in ("A01", "A07")])
            staff_snapshot.make(connection, self.folder, known, store, NOW.replace(tzinfo=dt.UTC), made_from="test")
        return Context.from_snapshot(self.folder, known, today)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with database.writer(self.folder.root, catalogue()) as connection:
            return connection.execute(sql).fetchall()

    def hash(self) -> str:
        with database.writer(self.folder.root, catalogue()) as connection:
            return database.logical_hash(connection)


def places_file(path: Path, county: str = hostile_files.COUNTY) -> Path:
    rows = [["区划代码", "名称", "简称"]]
    for code, name, short, _, _, _ in hostile_files.places(county).iter_rows():
        rows.append([code, name, short or ""])
    return hostile_files.csv(path, rows)
