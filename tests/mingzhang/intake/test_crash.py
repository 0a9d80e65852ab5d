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
from tests.mingzhang.intake.crashing import load_and_acknowledge
from tests.mingzhang.intake.hostile_files import csv, line, roster
from tests.mingzhang.intake.intake_case import House

SIZES = [3, 40, 7, 900, 12]
FILES = 60


def fill(house: House, folder: Path, files: int) -> dict[str, int]:
    """Receive files of different people; return lines per delivery."""
    expected, person = {}, 0
    for number in range(files):
        size = SIZES[number % len(SIZES)]
        path = csv(folder / f"{number}.csv", roster([line(n) for n in range(person, person + size)]))
        expected[house.receive(path).delivery_id] = size
        person += size
    return expected


def check(house: House, acknowledged: set[str], expected: dict[str, int]) -> int:
    """Every acknowledged delivery is whole, no delivery is torn or doubled; return how many are in."""
    found = dict(house.ask("select delivery_id, count(*) from lines group by 1"))
    ledger = [row[0] for row in house.ask("select delivery_id from deliveries")]
    assert acknowledged <= found.keys()
    assert sorted(ledger) == sorted(found) == sorted(set(ledger))
    assert all(expected[delivery] == lines for delivery, lines in found.items())
    distinct = house.ask("select count(*) - count(distinct line_id) from lines")[0][0]
    assert distinct == 0
    paid = dict(house.ask("select batch_id, count(*) from payments group by 1"))
    assert paid == found
    return len(found)


@pytest.mark.slow
def test_random_kills_lose_and_double_nothing(tmp_path: Path, is_full: bool) -> None:
    kills = 1_000 if is_full else 50
    chance = random.Random(7)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.mingzhang.intake.crashing"])
    done, round_number, house, expected, ledger = 0, 0, None, {}, tmp_path / "acknowledged"
    while done < kills:
        if house is None:
            round_number += 1
            house = House(tmp_path / f"data{round_number}")
            (folder := tmp_path / f"files{round_number}").mkdir()
            expected = fill(house, folder, FILES)
            ledger = tmp_path / f"acknowledged{round_number}"
            ledger.touch()
        loader = context.Process(target=load_and_acknowledge, args=(house.folder.root, ledger))
        loader.start()
        loader.join(chance.uniform(0.15, 1.2))
        if loader.is_alive():
            os.kill(loader.pid or 0, signal.SIGKILL)
            loader.join()
            done += 1
        acknowledged = set(ledger.read_text().split())
        if check(house, acknowledged, expected) == FILES:
            assert house.load() == {}
            house = None
    if house is not None:
        house.load()
        assert check(house, set(ledger.read_text().split()), expected) == FILES


def test_left_over_scratch_is_swept(tmp_path: Path) -> None:
    house = House(tmp_path / "data")
    left = house.folder.tmp / "parse-abc"
    left.mkdir(parents=True)
    (left / "sheet-1.csv").write_text("personal data")
    house.receive(csv(tmp_path / "a.csv", roster([line(1)])))
    house.load()
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
        house = House(disk / "data")
        (folder := tmp_path / "files").mkdir()
        expected = fill(house, folder, 40)
        ballast = disk / "ballast"
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        ballast.write_bytes(b"\0" * (free - (3 << 20)))
        (folder / "large.csv").write_bytes(b"1,2\n" * (2 << 20))
        with pytest.raises(OSError, match="No space"):
            house.receive(folder / "large.csv")
        assert not [path for path in house.folder.received.iterdir() if len(path.name) == 17]  # no half of it
        ledger = tmp_path / "acknowledged"
        ledger.touch()
        context = multiprocessing.get_context("forkserver")
        loader = context.Process(target=load_and_acknowledge, args=(house.folder.root, ledger))
        loader.start()
        loader.join(60)
        assert loader.exitcode not in {0, None}  # an error, not a hang
        assert loader.exitcode is not None and loader.exitcode > 0  # and not a crash by signal
        acknowledged = set(ledger.read_text().split())
        assert len(acknowledged) < 40
        ballast.unlink()
        started = time.monotonic()
        check(house, acknowledged, expected)
        house.load()
        assert check(house, acknowledged, expected) == 40
        assert time.monotonic() - started < 60
        assert house.ask("select distinct county_code from lines")[0][0] == hostile_files.COUNTY
