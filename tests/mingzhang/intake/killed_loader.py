"""A loader that is killed: it acknowledges each delivery on disk as soon as the load says it is in. No expectations here."""

from __future__ import annotations

import os
from pathlib import Path

from mingzhang.catalog.load import catalogue
from mingzhang.intake.context import CaseworkFacts
from mingzhang.intake.load import load as loading
from mingzhang.intake.load.load import Outcome
from mingzhang.storage.data_folder import DataFolder
from mingzhang.warehouse import database


def load_and_acknowledge(root: Path, ledger: Path) -> None:
    """Load what is pending; append each delivery's id to `ledger` and fsync it."""
    folder, known, facts = DataFolder(root), catalogue(), CaseworkFacts()
    with ledger.open("a") as file:

        def acknowledge(outcome: Outcome) -> None:
            file.write(outcome.delivery_id + "\n")
            file.flush()
            os.fsync(file.fileno())

        with database.writer(folder.root, known) as connection:
            waiting = loading.pending(folder, connection, known, facts)
            loading.load(connection, folder, known, facts, waiting, acknowledge)
