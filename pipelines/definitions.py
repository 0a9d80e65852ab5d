"""Wires assets, checks, jobs, the schedule and the sensor into Dagster. No data logic here."""

from __future__ import annotations

import dagster as dg

from assets.checks import checks
from assets.pipeline import assets
from mingzhang.storage.data_folder import DataFolder
from pipelines import jobs, schedules, sensors
from pipelines.resources import CaseworkResource, ClockResource, DataFolderResource, WarehouseResource


def build_defs(root: str | None = None, fixed_time: str = "") -> dg.Definitions:
    """Return the definitions over a data folder.

    Args:
        root: the data folder; `$MINGZHANG_DATA` or `./data` when not given.
        fixed_time: ISO 8601, for tests; the machine's clock when empty.
    """
    folder = root or str(DataFolder.from_environment().root)
    return dg.Definitions(
        assets=assets(),
        asset_checks=checks(),
        jobs=[jobs.PIPELINE, jobs.RELEASE],
        schedules=[schedules.NIGHTLY],
        sensors=[sensors.inbox_sensor],
        resources={
            "data": DataFolderResource(root=folder),
            "clock": ClockResource(fixed=fixed_time),
            "casework": CaseworkResource(root=folder),
            "warehouse": WarehouseResource(root=folder),
        },
        executor=dg.in_process_executor,  # one writer: the warehouse is opened once for the whole run
    )


defs = build_defs()
