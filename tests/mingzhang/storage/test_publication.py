"""Publishing is all or nothing: readers never see half, never backward."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mingzhang.storage import durable
from mingzhang.storage.publication import DamagedPublicationError, current, publish_folder, verify_folder

# Forks a publisher for every line it reads, so that a kill costs no start of an interpreter.
PUBLISHERS = """
import os, sys
from pathlib import Path
from mingzhang.storage.publication import current, publish_folder

def counted(original, die_at):
    def call(*arguments, **options):
        counted.calls += 1
        if counted.calls == die_at:
            os.kill(os.getpid(), 9)
        return original(*arguments, **options)
    return call
counted.calls = 0

def publish_for_ever(parent, ledger, die_at):
    if die_at:
        os.fsync = counted(os.fsync, die_at)
        Path.rename = counted(Path.rename, die_at)
    before = current(parent)
    number = before.number if before else 0
    while True:
        number += 1
        def build(folder):
            for part in range(3):
                (folder / f"part{part}").write_text(f"{number}\\n" * 500)
        publish_folder(parent, f"release-{number}", build, number)
        with ledger.open("a") as file:
            file.write(f"{number}\\n")
            file.flush()
            os.fsync(file.fileno())
        if die_at and number >= 4:
            os._exit(42)

for line in sys.stdin:
    parent, ledger, die_at = line.rstrip("\\n").split("|")
    child = os.fork()
    if child == 0:
        publish_for_ever(Path(parent), Path(ledger), int(die_at))
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Publishers:
    """Publishers that may be killed."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", PUBLISHERS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, parent: Path, ledger: Path, die_at: int = 0) -> int:
        """Start one; it dies by itself at the n-th fsync or rename, if asked to. Return its process id."""
        assert self._process.stdin
        self._process.stdin.write(f"{parent}|{ledger}|{die_at}\n")
        self._process.stdin.flush()
        return self._said()

    def ended(self) -> int:
        """Wait for the end of the one that runs; return its exit status."""
        return self._said()

    def close(self) -> None:
        self._process.communicate()

    def _said(self) -> int:
        assert self._process.stdout
        return int(self._process.stdout.readline())


@pytest.fixture(scope="module")
def publishers() -> Iterator[Publishers]:
    running = Publishers()
    yield running
    running.close()


def content(text: str) -> Callable[[Path], None]:
    def build(folder: Path) -> None:
        (folder / "inside").mkdir()
        (folder / "inside" / "list.txt").write_text(text)

    return build


def read(parent: Path) -> int:
    """Read as a dashboard does: pointer, hashes, content; return the number the content carries."""
    publication = current(parent)
    if publication is None:
        return 0
    manifest = verify_folder(publication.path, publication.sha256)
    numbers = {line for name in manifest["files"] for line in (publication.path / name).read_text().split()}
    assert numbers == {str(publication.number)}, "a reader saw half of one and half of another"
    return publication.number


def acknowledged(ledger: Path) -> int:
    lines = ledger.read_text().split("\n") if ledger.exists() else []
    return max((int(line) for line in lines[:-1]), default=0)


def test_readers_never_see_half_nor_backward_while_the_publisher_is_killed(
    tmp_path: Path, is_full: bool, publishers: Publishers
) -> None:
    kills = 500 if is_full else 50
    parent, ledger = tmp_path / "releases", tmp_path / "ledger"
    chance = random.Random(4)
    seen = 0
    for _ in range(kills):
        publisher, began = publishers.start(parent, ledger), acknowledged(ledger)
        # Counted in what it published, not in seconds: a busy machine kills as many at work as an idle one.
        while acknowledged(ledger) < began + 1:
            number = read(parent)
            assert number >= seen, "a reader went backward"
            seen = number
        until = time.monotonic() + chance.uniform(0, 0.02)
        while time.monotonic() < until:
            number = read(parent)
            assert number >= seen, "a reader went backward"
            seen = number
        os.kill(publisher, signal.SIGKILL)
        assert publishers.ended() == -9
        assert read(parent) >= acknowledged(ledger), "an acknowledged publication is lost"
    assert read(parent) >= kills
    publish_folder(parent, "last", lambda folder: None, 0)
    assert not list(parent.glob(".tmp-*")), "left-over temporary names were not swept"


@pytest.mark.parametrize("die_at", range(1, 25))
def test_killed_at_every_fsync_and_rename(tmp_path: Path, die_at: int, publishers: Publishers) -> None:
    parent, ledger = tmp_path / "releases", tmp_path / "ledger"
    publishers.start(parent, ledger, die_at)
    assert publishers.ended() == -9
    assert read(parent) >= acknowledged(ledger)
    publish_folder(parent, "next", content("next"), 0)
    assert current(parent) is not None


def test_the_same_content_again_changes_nothing(tmp_path: Path) -> None:
    first = publish_folder(tmp_path, "a", content("a"), 1)
    pointer = (tmp_path / "CURRENT").stat()
    again = publish_folder(tmp_path, "a", content("a"), 2)
    assert first.changed
    assert not again.changed
    assert again.number == 1
    assert (tmp_path / "CURRENT").stat().st_mtime_ns == pointer.st_mtime_ns


def test_a_name_of_its_own_comes_from_the_content(tmp_path: Path) -> None:
    first = publish_folder(tmp_path, None, content("a"), 1)
    second = publish_folder(tmp_path, None, content("b"), 2)
    assert first.name != second.name
    assert len(first.name) == 16


def test_numbers_never_fall(tmp_path: Path) -> None:
    publish_folder(tmp_path, "a", content("a"), 7)
    assert publish_folder(tmp_path, "b", content("b"), 3).number == 8
    back = publish_folder(tmp_path, "a", content("a"), 3)
    assert (back.name, back.number) == ("a", 9)


def test_a_refusal_publishes_nothing_and_the_last_one_stands(tmp_path: Path) -> None:
    publish_folder(tmp_path, "a", content("a"), 1)

    def refuse(folder: Path) -> None:
        assert (folder / "manifest.json").exists()
        raise ValueError("found something")

    with pytest.raises(ValueError, match="found something"):
        publish_folder(tmp_path, "b", content("b"), 2, refuse)
    standing = current(tmp_path)
    assert standing is not None
    assert standing.name == "a"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "CURRENT", "a"]


def test_manifest_carries_what_the_builder_adds_and_is_signed(tmp_path: Path) -> None:
    def build(folder: Path) -> dict[str, str]:
        (folder / "f").write_text("x")
        return {"predecessor": "none"}

    published = publish_folder(tmp_path, "a", build, 1, sign=lambda text: hashlib.sha256(text).digest())
    written = (published.path / "manifest.json").read_bytes()
    assert json.loads(written)["predecessor"] == "none"
    assert json.loads(written)["files"] == {"f": hashlib.sha256(b"x").hexdigest()}
    assert (published.path / "manifest.sig").read_bytes() == hashlib.sha256(written).digest()
    assert verify_folder(published.path, published.sha256)["id"] == "a"


@pytest.mark.parametrize("damage", ["flip", "truncate", "delete", "add", "manifest", "no manifest"])
def test_damage_is_noticed(tmp_path: Path, damage: str) -> None:
    published = publish_folder(tmp_path, "a", content("abc"), 1)
    file = published.path / "inside" / "list.txt"
    actions: dict[str, Callable[[], object]] = {
        "flip": lambda: file.write_text("abb"),
        "truncate": lambda: file.write_text("ab"),
        "delete": file.unlink,
        "add": lambda: (published.path / "extra").write_text(""),
        "manifest": lambda: (published.path / "manifest.json").write_text('{"files": {}}'),
        "no manifest": (published.path / "manifest.json").unlink,
    }
    verify_folder(published.path, published.sha256)
    actions[damage]()
    with pytest.raises(DamagedPublicationError):
        verify_folder(published.path, published.sha256)


def test_a_damaged_publication_of_the_same_name_is_replaced(tmp_path: Path) -> None:
    published = publish_folder(tmp_path, "a", content("abc"), 1)
    (published.path / "inside" / "list.txt").write_text("abb")
    again = publish_folder(tmp_path, "a", content("abc"), 2)
    verify_folder(again.path, again.sha256)
    assert again.number == 2


def test_a_damaged_pointer_is_an_error_not_an_empty_site(tmp_path: Path) -> None:
    publish_folder(tmp_path, "a", content("a"), 1)
    (tmp_path / "CURRENT").write_text("{")
    with pytest.raises(DamagedPublicationError):
        current(tmp_path)


def test_superseded_folders_go_after_the_grace_time_only(tmp_path: Path) -> None:
    first = publish_folder(tmp_path, "a", content("a"), 1)
    publish_folder(tmp_path, "b", content("b"), 2, remove_after=timedelta(hours=1))
    assert first.path.exists()
    long_ago = time.time() - 7200
    os.utime(first.path, (long_ago, long_ago))
    publish_folder(tmp_path, "c", content("c"), 3, remove_after=timedelta(hours=1))
    assert not first.path.exists()
    assert (tmp_path / "b").exists()


def test_write_durably_replaces_whole(tmp_path: Path) -> None:
    durable.write_durably(tmp_path / "f", b"one")
    durable.write_durably(tmp_path / "f", b"two")
    assert (tmp_path / "f").read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["f"]
