"""What an operator looks at first: what is held, late, published, and the space used. Changes nothing."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import duckdb

from mingzhang.casework.store import Store
from mingzhang.catalog import words
from mingzhang.catalog.load import catalogue
from mingzhang.catalog.words import WAIVABLE
from mingzhang.intake.receive import inbox
from mingzhang.operations import findings
from mingzhang.publishing.release import publish
from mingzhang.storage import clock, publication
from mingzhang.storage.data_folder import DataFolder

QUERIES = {
    "held": """select delivery_id as delivery, county_code as county, kind, strftime(month, '%Y-%m') as month,
                      file_name as file, reason
               from deliveries where status = 'held' order by all""",
    "to_certify": """select batch_id as batch, county_code as county, strftime(month, '%Y-%m') as month, file_name as file
                     from batches where accepted > 0 and status in ('accepted', 'accepted_with_errors') order by all""",
    "late": """select register, title, county_code as county, strftime(as_of, '%Y-%m-%d') as as_of
               from coverage where as_of < $limit order by all""",
    "findings": "select rule, count(*) as findings from findings group by all order by all",
}
LATE_AFTER = dt.timedelta(days=92)
PLACES = ("inbox", "received", "warehouse.duckdb", "lake", "snapshots", "releases", "dagster", "tmp")


def _size(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def _rows(connection: duckdb.DuckDBPyConnection, name: str, today: dt.date) -> list[dict[str, Any]]:
    values = {"limit": today - LATE_AFTER} if "$limit" in QUERIES[name] else {}
    with connection.cursor() as cursor:
        cursor.execute(QUERIES[name], values)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def status(folder: DataFolder, now: dt.datetime) -> dict[str, Any]:
    """Return what waits, what is late, what is public, and the space used (bytes)."""
    result: dict[str, Any] = {"inbox": len(inbox.scan(folder, catalogue())), **{name: [] for name in QUERIES}}
    if publication.current(folder.staff_snapshots):
        certified = Store.open(folder.casework_url).certified_batches()
        with findings.snapshot(folder) as connection:
            for name in QUERIES:
                result[name] = _rows(connection, name, clock.beijing_day(now))
        result["to_certify"] = [row for row in result["to_certify"] if row["batch"] not in certified]
    result["release"] = publish.describe(folder)
    there = [name for name in PLACES if (folder.root / name).exists()]
    result["disk_bytes"] = {name: _size(folder.root / name) for name in there}
    result["disk_free_bytes"] = shutil.disk_usage(folder.root if folder.root.exists() else Path.cwd()).free
    return result


def as_text(result: dict[str, Any]) -> str:
    """Return the status in plain lines."""
    lines = [f"收件箱：{result['inbox']} 个文件等待装入"]
    lines += [f"暂缓：{len(result['held'])} 个批次"]
    lines += [_held(row) for row in result["held"]]
    lines += [f"待复核：{len(result['to_certify'])} 个批次"]
    lines += ["  " + "  ".join(str(value) for value in row.values()) for row in result["to_certify"][:20]]
    lines += [f"部门数据过期：{len(result['late'])} 份"]
    lines += [f"  {row['county']}  {row['title']}  截至 {row['as_of']}" for row in result["late"]]
    found = "、".join(f"{row['rule']} {row['findings']}" for row in result["findings"])
    lines += [f"疑点：{found or '无'}", f"公开：{result['release'] or '还没有发布'}"]
    used = "、".join(f"{name} {size / 2**20:.1f} MiB" for name, size in result["disk_bytes"].items())
    lines += [f"磁盘：{used or '空'}；剩余 {result['disk_free_bytes'] / 2**30:.0f} GiB"]
    return "\n".join(lines)


def _held(row: dict[str, Any]) -> str:
    """Return a held delivery in words; the code of its reason is what `mingzhang waive` wants."""
    kind = words.delivery_titles().get(row["kind"], row["kind"])
    why = f"{WAIVABLE.get(row['reason'], '')}（{row['reason']}）"
    return "  " + "  ".join(
        str(part) for part in (row["delivery"], row["county"], kind, row["month"], row["file"], why)
    )
