"""A run that kills itself at a chosen step, as a power cut would. No expectations here."""

from __future__ import annotations

import datetime as dt
import os
import signal
from pathlib import Path

from mingzhang import steps
from mingzhang.casework.store import Store
from mingzhang.catalog.load import catalogue
from mingzhang.storage.data_folder import DataFolder
from mingzhang.warehouse import database, findings

LAST_DELIVERY = 11


def run(root: Path, step: str) -> None:
    """Read what was received and judge it; die while reading deliveries, or with half of what the rules said written."""
    read = iter(range(LAST_DELIVERY))

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def count(*_: object) -> None:
        if step == "reading" and next(read, None) is None:
            die()

    if step == "writing":  # within the transaction: the old findings are gone and the new ones in
        findings._write_runs = die
    folder = DataFolder(root)
    store = Store.open(folder.casework_url)
    with database.writer(root, catalogue()) as connection:
        steps.read_deliveries(connection, folder, catalogue(), store, count)
        steps.require(
            steps.perform(
                steps.Run(connection, folder, catalogue(), store, dt.datetime(2026, 11, 5, 2, 0, tzinfo=dt.UTC)),
                steps.rebuilding()[1:-1],
            )
        )
