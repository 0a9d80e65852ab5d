"""A loader that is killed: it acknowledges each delivery on disk as soon as the load says it is in. No expectations here."""

from __future__ import annotations

import os
from pathlib import Path

from assets import warehouse
from assets.catalog import catalogue
from assets.folder import DataFolder
from assets.intake import load as loading
from assets.intake.context import CaseworkFacts
from assets.intake.load import Outcome


def load_and_acknowledge(root: Path, ledger: Path) -> None:
    """Load what is pending; append each delivery's id to `ledger` and fsync it."""
    folder, known, facts = DataFolder(root), catalogue(), CaseworkFacts()
    with ledger.open("a") as file:

        def acknowledge(outcome: Outcome) -> None:
            file.write(outcome.delivery_id + "\n")
            file.flush()
            os.fsync(file.fileno())

        with warehouse.writer(folder.root, known) as connection:
            waiting = loading.pending(folder, connection, known, facts)
            loading.load(connection, folder, known, facts, waiting, acknowledge)
