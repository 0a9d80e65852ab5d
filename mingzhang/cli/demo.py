"""Walks the sample district through the whole pipeline and says where to look. No data logic here."""

from __future__ import annotations

import datetime as dt
import secrets
import sys
import time
from collections import Counter
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from checks.rules.header import load_rules
from mingzhang.casework.store import Store
from mingzhang.catalog.load import catalogue
from mingzhang.intake.load.load import Outcome
from mingzhang.intake.receive.declared import Declared
from mingzhang.operations import deliveries, findings, processes, releases
from mingzhang.storage import clock
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.errors import Refusal
from pipelines import instance
from sample_data import generate

# (name, roles): one person for each role; the maker never certifies.
USERS = (
    ("clerk", ("maker",)),
    ("checker", ("checker",)),
    ("auditor", ("auditor",)),
    ("supervisor", ("supervisor",)),
    ("admin", ("administrator",)),
)


def run(
    folder: DataFolder, seed: int, size: Literal["full", "tiny"], stays: bool, public_port: int, staff_port: int
) -> int:
    """Generate, load, run, certify, publish; then serve unless told not to.

    Args:
        folder: an empty data folder, or one of an earlier demo.
        seed: of the district.
        size: `tiny` has one county.
        stays: serve the sites until interrupted.
        public_port: of the public site.
        staff_port: of the staff site.

    Returns:
        The exit status.

    Raises:
        Refusal: the data folder holds something that is not a demo.
    """
    started = time.monotonic()
    console = Console()
    marker = folder.root / "demo.txt"
    if folder.received.exists() and not marker.exists():
        raise Refusal(f"{folder.root} 里已有真实数据；请把 MINGZHANG_DATA 指向一个空文件夹再做演示。")
    folder.root.mkdir(parents=True, exist_ok=True)
    marker.write_text("示例数据，全部虚构。\n", encoding="utf-8")
    now = dt.datetime.now(dt.UTC)
    end_month = _last_month(now)
    with _bar(console) as bar:
        step = bar.add_task("生成示例县", total=1)
        district = folder.root / "tmp" / "district"
        generate.generate(district, seed=seed, end_month=end_month, size=size)
        bar.update(step, completed=1)
        step = bar.add_task("装入文件", total=None)
        loaded = deliveries.load_paths(
            [district],
            Declared(),
            "clerk",
            now,
            progress=lambda done, total: bar.update(step, completed=done, total=total),
        )
        step = bar.add_task("核对、生成快照", total=1)
        if not instance.run_pipeline(folder.root):
            console.print("运行没有成功；请看 Dagster 记录。")
            return 3
        bar.update(step, completed=1)
        step = bar.add_task("复核、公开", total=1)
        passwords = _users(Store.open(folder.casework_url), now)
        _certify_all(folder, now)
        published = releases.publish(now)
        bar.update(step, completed=1)
    _report(console, folder, loaded.named + loaded.others, published, time.monotonic() - started)
    for name, password in passwords.items():
        console.print(f"用户 {name:10} 密码 {password}", highlight=False)
    if not stays:
        return 0
    return processes.serve(folder, "all", public_port, staff_port, instance.prepare_home(folder.root))


def _last_month(now: dt.datetime) -> dt.date:
    today = clock.beijing_day(now)
    return (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def _bar(console: Console) -> Progress:
    """A moving bar on a terminal; elsewhere nothing moves and the report follows."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not sys.stdout.isatty(),
    )


def _users(store: Store, now: dt.datetime) -> dict[str, str]:
    """Make the demo users that are missing, each with a random password."""
    there = store.user_names()
    passwords = {}
    for name, roles in USERS:
        if name not in there:
            passwords[name] = secrets.token_urlsafe(12)
            store.add_user(name, roles, (), passwords[name], now)
    return passwords


def _certify_all(folder: DataFolder, now: dt.datetime) -> None:
    store = Store.open(folder.casework_url)
    certified = set(store.certified_batches())
    with findings.snapshot(folder) as connection:
        batches = connection.execute(
            "select batch_id from batches where accepted > 0 and status in ('accepted', 'accepted_with_errors') order by 1"
        ).fetchall()
    for (batch,) in batches:
        if batch not in certified:
            store.certify(batch, by="checker", sender="clerk", now=now)


def _report(console: Console, folder: DataFolder, outcomes: list[Outcome], published: str, seconds: float) -> None:
    by_status = Counter(outcome.status for outcome in outcomes)
    lines = sum(outcome.lines for outcome in outcomes)
    rejected, held = (sum(getattr(outcome, name) for outcome in outcomes) for name in ("rejected", "held"))
    statuses = "、".join(f"{deliveries.STATUS_WORDS[status]} {number}" for status, number in by_status.items())
    console.print(f"文件 {len(outcomes)} 个（{statuses}）", highlight=False, soft_wrap=True)
    console.print(f"明细 {lines} 行，不收 {rejected} 行，暂缓 {held} 行", highlight=False)
    titles = {rule.id: rule.title for rule in load_rules()}
    counts = Counter(row["rule"] for row in findings.findings(folder, None, None, dt.datetime.now(dt.UTC)))
    for rule, number in sorted(counts.items()):
        console.print(f"  {rule:5} {number:5} 条  {titles[rule]}", highlight=False)
    console.print(published, highlight=False, soft_wrap=True)
    console.print(f"用时 {seconds:.0f} 秒；补贴目录 {len(catalogue().programmes)} 个项目", highlight=False)
