"""Keeps a quality report beside each release: what was expected of it and of the month's sums. Judges nothing itself."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from checks import expectations
from mingzhang.catalog.load import Catalogue
from mingzhang.storage import publication
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.errors import Refusal

if TYPE_CHECKING:
    import pandas as pd

PUBLISHED = ("village_totals", "county_cells", "flow", "fund_delays")
MONTH_SUMS = Path(__file__).with_name("sql") / "month_sums.sql"


def write(folder: DataFolder, catalogue: Catalogue, now: dt.datetime) -> tuple[int, int]:
    """Examine the current release and the month's sums; keep `quality/<release>/report.json` and Data Docs.

    Returns:
        How many expectations were asked, and how many held.

    Raises:
        Refusal: nothing has been published yet.
    """
    release = publication.current(folder.releases)
    snapshot = publication.current(folder.staff_snapshots)
    if release is None or snapshot is None:
        raise Refusal("还没有发布；请先复核批次并运行 mingzhang publish。")
    frames = _frames(release, snapshot)
    target = folder.root / "quality" / release.name
    building = target.with_name(f".tmp-{release.name}")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    answers = expectations.examine(frames, sorted(catalogue.programmes), building)
    report = {
        "release": release.name,
        "number": release.number,
        "made_at": now.isoformat(),
        "answers": [asdict(answer) for answer in answers],
    }
    (building / "report.json").write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    building.rename(target)
    return len(answers), sum(answer.held for answer in answers)


def _frames(release: publication.Publication, snapshot: publication.Publication) -> dict[str, pd.DataFrame]:
    frames = {}
    with duckdb.connect(str(release.path / "public.duckdb"), read_only=True) as connection:
        for table in PUBLISHED:
            query = f"select * replace (strftime(month, '%Y-%m') as month) from {table} order by all"
            frames[table] = connection.execute(query).df()
    with duckdb.connect(str(snapshot.path / "findings.duckdb"), read_only=True) as connection:
        frames["month_sums"] = connection.execute(MONTH_SUMS.read_text(encoding="utf-8")).df()
    return frames
