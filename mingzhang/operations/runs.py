"""Whether a run of the pipeline would find anything new. Runs nothing itself."""

from __future__ import annotations

import datetime as dt

from mingzhang import steps
from mingzhang.casework.store import Store
from mingzhang.catalog.load import catalogue
from mingzhang.intake.receive import inbox
from mingzhang.publishing import staff_snapshot
from mingzhang.storage.data_folder import DataFolder


def wanted(folder: DataFolder, now: dt.datetime) -> tuple[str, list[str]]:
    """Return the hash of what a snapshot would be made from, and the paths of files that wait in the drop folder."""
    with Store.reading(folder.casework_url) as store:
        inputs = steps.inputs(folder, catalogue(), store, now)
    files = (entry.path for entry in inbox.scan(folder, catalogue()))
    requests = (request.path for request in inbox.restorations(folder))
    return inputs, sorted(map(str, [*files, *requests]))


def is_current(folder: DataFolder, now: dt.datetime) -> bool:
    """Return whether the staff snapshot is made from all there is."""
    if not folder.staff_snapshots.exists():
        return False
    inputs, waiting = wanted(folder, now)
    return not waiting and staff_snapshot.is_current(folder, inputs)
