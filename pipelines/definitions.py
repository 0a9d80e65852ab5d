"""Wires assets, checks, jobs and automation into Dagster. No data logic here."""

from __future__ import annotations

import dagster as dg

from assets import graph
from mingzhang.storage.data_folder import DataFolder
from pipelines import automation
from pipelines.partitions import MONTHS
from pipelines.resources import Workshop


def build_defs(root: str | None = None) -> dg.Definitions:
    """Return the definitions over a data folder.

    Args:
        root: the data folder; `$MINGZHANG_DATA` or `./data` when not given.
    """
    workshop = Workshop(root=root or str(DataFolder.from_environment().root))
    assets = graph.build(MONTHS)
    return dg.Definitions(
        assets=assets,
        asset_checks=graph.build_checks(),
        jobs=automation.JOBS,
        schedules=automation.SCHEDULES,
        sensors=automation.SENSORS,
        resources={"workshop": workshop},
        executor=dg.in_process_executor,  # one writer: steps never meet at the warehouse's door
    )


defs = build_defs()
