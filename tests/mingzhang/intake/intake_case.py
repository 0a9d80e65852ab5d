"""A data folder that files are received and loaded into, for tests of intake. No expectations here."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from mingzhang.catalog.load import catalogue
from mingzhang.intake.context import CaseworkFacts
from mingzhang.intake.load import load as loading
from mingzhang.intake.load.load import Outcome
from mingzhang.intake.receive import receipts as receive
from mingzhang.intake.receive.declared import Declared
from mingzhang.intake.receive.receipts import Receipt
from mingzhang.storage.data_folder import DataFolder
from mingzhang.warehouse import database
from tests.mingzhang.intake import hostile_files

NOW = dt.datetime(2026, 11, 2, 3, 4)  # noqa: DTZ001 - UTC, naive, as receipts are
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
