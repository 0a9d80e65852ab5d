"""Keeps a quality report beside each release: what was expected of it and of the month's sums. Judges nothing itself."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from checks import expectations
from checks.expectations import ExpectationResult
from mingzhang.catalog.load import Catalogue
from mingzhang.storage import publication
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.errors import Refusal

if TYPE_CHECKING:
    import pandas as pd

PUBLISHED = ("village_totals", "county_cells", "flow", "fund_delays")
MONTH_SUMS = Path(__file__).with_name("sql") / "month_sums.sql"


@dataclass(frozen=True)
class Examined:
    """What is examined: a release, or the draft of one.

    Attributes:
        database: its `public.duckdb`.
        name: of the release.
        number: of the release.
    """

    database: Path
    name: str
    number: int


def current(folder: DataFolder) -> Examined:
    """Return the current release to be examined.

    Raises:
        Refusal: nothing has been published yet.
    """
    release = publication.current(folder.releases)
    if release is None:
        raise Refusal("还没有发布；请先复核批次并运行 mingzhang publish。")
    return Examined(release.path / "public.duckdb", release.name, release.number)


def write(folder: DataFolder, catalogue: Catalogue, examined: Examined, now: dt.datetime) -> list[ExpectationResult]:
    """Ask what is expected of a release and of the month's sums; keep `quality/<release>/report.json` and Data Docs.

    Args:
        folder: the data folder; the month's sums come from its staff snapshot.
        catalogue: names the programmes.
        examined: a release or the draft of one.
        now: UTC.

    Returns:
        One answer per month, table and expectation.

    Raises:
        Refusal: there is no staff snapshot yet.
    """
    snapshot = publication.current(folder.staff_snapshots)
    if snapshot is None:
        raise Refusal("还没有内部快照；请先运行 mingzhang run。")
    target = folder.root / "quality" / examined.name
    building = target.with_name(f".tmp-{examined.name}")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    frames = _frames(examined.database, snapshot)
    answers = expectations.examine(frames, sorted(catalogue.programmes), building)
    report = {
        "release": examined.name,
        "number": examined.number,
        "made_at": now.isoformat(),
        "answers": [asdict(answer) for answer in answers],
    }
    (building / "report.json").write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    building.rename(target)
    return answers


def _frames(public: Path, snapshot: publication.Publication) -> dict[str, pd.DataFrame]:
    frames = {}
    with duckdb.connect(str(public), read_only=True) as connection:
        for table in PUBLISHED:
            query = f"select * replace (strftime(month, '%Y-%m') as month) from {table} order by all"
            frames[table] = connection.execute(query).df()
    with duckdb.connect(str(snapshot.path / "findings.duckdb"), read_only=True) as connection:
        frames["month_sums"] = connection.execute(MONTH_SUMS.read_text(encoding="utf-8")).df()
    return frames
