"""What runs are given: the data folder, the catalogue, casework, the clock. No data logic here."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import duckdb

from mingzhang.casework.store import Store
from mingzhang.catalog.load import Catalogue, catalogue
from mingzhang.storage.data_folder import DataFolder
from mingzhang.warehouse import database


class Workshop(dg.ConfigurableResource):  # type: ignore[type-arg]  # Dagster's generic names the resource itself
    """Everything a step may touch."""

    root: str

    @property
    def folder(self) -> DataFolder:
        """The data folder."""
        return DataFolder(Path(self.root).absolute())

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue that ships with this program."""
        return catalogue()

    @property
    def store(self) -> Store:
        """Casework."""
        return Store.open(self.folder.casework_url)

    def now(self) -> dt.datetime:
        """UTC now: the one place a run reads the clock."""
        return dt.datetime.now(dt.UTC)

    @contextmanager
    def writer(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the warehouse for writing; waits for its turn."""
        with database.writer(self.folder.root, self.catalogue) as connection:
            yield connection
