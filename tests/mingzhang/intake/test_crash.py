"""Killed at any moment, a load loses nothing it acknowledged and counts nothing twice; a full disk is a clean error."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mingzhang.intake import hostile_files
from tests.mingzhang.intake.hostile_files import csv, line, roster
from tests.mingzhang.intake.intake_case import IntakeCase
from tests.mingzhang.intake.killed_loader import load_and_acknowledge

SIZES = [3, 40, 7, 900, 12]
FILES = 60


def fill(intake: IntakeCase, folder: Path, files: int) -> dict[str, int]:
    """Receive files of different people; return lines per delivery."""
    expected, person = {}, 0
    for number in range(files):
        size = SIZES[number % len(SIZES)]
        path = csv(folder / f"{number}.csv", roster([line(n) for n in range(person, person + size)]))
        expected[intake.receive(path).delivery_id] = size
        person += size
    return expected


def check(intake: IntakeCase, acknowledged: set[str], expected: dict[str, int]) -> int:
    """Every acknowledged delivery is whole, no delivery is torn or doubled; return how many are in."""
    found = dict(intake.query("select delivery_id, count(*) from lines group by 1"))
    ledger = [row[0] for row in intake.query("select delivery_id from deliveries")]
    assert acknowledged <= found.keys()
    assert sorted(ledger) == sorted(found) == sorted(set(ledger))
    assert all(expected[delivery] == lines for delivery, lines in found.items())
    distinct = intake.query("select count(*) - count(distinct line_id) from lines")[0][0]
    assert distinct == 0
    paid = dict(intake.query("select batch_id, count(*) from payments group by 1"))
    assert paid == found
    return len(found)


@pytest.mark.slow
def test_random_kills_lose_and_double_nothing(tmp_path: Path, is_full: bool) -> None:
    kills = 1_000 if is_full else 50
    chance = random.Random(7)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.mingzhang.intake.killed_loader"])
    done, round_number, intake, expected, ledger = 0, 0, None, {}, tmp_path / "acknowledged"
    while done < kills:
        if intake is None:
            round_number += 1
            intake = IntakeCase(tmp_path / f"data{round_number}")
            (folder := tmp_path / f"files{round_number}").mkdir()
            expected = fill(intake, folder, FILES)
            ledger = tmp_path / f"acknowledged{round_number}"
            ledger.touch()
        loader = context.Process(target=load_and_acknowledge, args=(intake.folder.root, ledger))
        loader.start()
        loader.join(chance.uniform(0.15, 1.2))
        if loader.is_alive():
            os.kill(loader.pid or 0, signal.SIGKILL)
            loader.join()
            done += 1
        acknowledged = set(ledger.read_text().split())
        if check(intake, acknowledged, expected) == FILES:
            assert intake.load() == {}
            intake = None
    if intake is not None:
        intake.load()
        assert check(intake, set(ledger.read_text().split()), expected) == FILES


def test_left_over_scratch_is_swept(tmp_path: Path) -> None:
    intake = IntakeCase(tmp_path / "data")
    left = intake.folder.tmp / "parse-abc"
    left.mkdir(parents=True)
    (left / "sheet-1.csv").write_text("personal data")
    intake.receive(csv(tmp_path / "a.csv", roster([line(1)])))
    intake.load()
    assert not left.exists()


@contextlib.contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[Path]:
    path.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(path)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("mounting a small tmpfs is not permitted here")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


@pytest.mark.slow
def test_full_disk_loses_nothing_and_resumes(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 48) as disk:
        intake = IntakeCase(disk / "data")
        (folder := tmp_path / "files").mkdir()
        expected = fill(intake, folder, 40)
        ballast = disk / "ballast"
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        ballast.write_bytes(b"\0" * (free - (3 << 20)))
        (folder / "large.csv").write_bytes(b"1,2\n" * (2 << 20))
        with pytest.raises(OSError, match="No space"):
            intake.receive(folder / "large.csv")
        assert not [path for path in intake.folder.received.iterdir() if len(path.name) == 17]  # no half of it
        ledger = tmp_path / "acknowledged"
        ledger.touch()
        context = multiprocessing.get_context("forkserver")
        loader = context.Process(target=load_and_acknowledge, args=(intake.folder.root, ledger))
        loader.start()
        loader.join(60)
        assert loader.exitcode not in {0, None}  # an error, not a hang
        assert loader.exitcode is not None and loader.exitcode > 0  # and not a crash by signal
        acknowledged = set(ledger.read_text().split())
        assert len(acknowledged) < 40
        ballast.unlink()
        started = time.monotonic()
        check(intake, acknowledged, expected)
        intake.load()
        assert check(intake, acknowledged, expected) == 40
        assert time.monotonic() - started < 60
        assert intake.query("select distinct county_code from lines")[0][0] == hostile_files.COUNTY
