"""What a run is given: data folder, clock, casework, warehouse. Each is opened once per run. No data logic here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import duckdb
from pydantic import PrivateAttr

from mingzhang import steps
from mingzhang.casework.store import Store
from mingzhang.catalog.load import catalogue
from mingzhang.storage.data_folder import DataFolder
from mingzhang.warehouse import database


class DataFolderResource(dg.ConfigurableResource["DataFolderResource"]):
    """The data folder at `root`."""

    root: str

    @property
    def folder(self) -> DataFolder:
        """The data folder and its parts."""
        return DataFolder(Path(self.root).absolute())


class ClockResource(dg.ConfigurableResource["ClockResource"]):
    """The clock: one moment, UTC, for the whole run. `fixed` (ISO 8601) is for tests."""

    fixed: str = ""
    _now: dt.datetime | None = PrivateAttr(default=None)

    def now(self) -> dt.datetime:
        """Return the moment the run began: the one place a run reads the clock."""
        if self._now is None:
            self._now = dt.datetime.fromisoformat(self.fixed) if self.fixed else dt.datetime.now(dt.UTC)
        return self._now


class CaseworkResource(dg.ConfigurableResource["CaseworkResource"]):
    """Casework, what people did, of the data folder at `root`."""

    root: str
    _store: Store | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator[CaseworkResource, None, None]:
        """Open the store for one run and close it after."""
        self._store = Store.open(DataFolder(Path(self.root)).casework_url)
        try:
            yield self
        finally:
            self._store.close()

    @property
    def store(self) -> Store:
        """The opened store.

        Raises:
            RuntimeError: outside a run.
        """
        if self._store is None:
            raise RuntimeError("casework is open only inside a run")
        return self._store


class WarehouseResource(dg.ConfigurableResource["WarehouseResource"]):
    """The warehouse of the data folder at `root`, under its writer lock: one connection for the whole run."""

    root: str
    _connection: duckdb.DuckDBPyConnection | None = PrivateAttr(default=None)
    _run: steps.Run | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator[WarehouseResource, None, None]:
        """Wait for the writer's turn, open the warehouse, and close it after the run."""
        with database.writer(Path(self.root).absolute(), catalogue()) as self._connection:
            try:
                yield self
            finally:
                if self._run:
                    self._run.discard_draft()  # whatever happened, no name is left lying about

    def run(self, casework: CaseworkResource, clock: ClockResource) -> steps.Run:
        """Return what the steps of this run work with, the same for all of them.

        Raises:
            RuntimeError: outside a run.
        """
        if self._connection is None:
            raise RuntimeError("the warehouse is open only inside a run")
        if self._run is None:
            folder = DataFolder(Path(self.root).absolute())
            self._run = steps.Run(self._connection, folder, catalogue(), casework.store, clock.now())
        return self._run
