"""A real PostgreSQL for tests: a fresh cluster in a temporary folder, reached by a Unix socket, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

DEBIAN = Path("/usr/lib/postgresql")
# Tests ask whether what is written is right, not whether it survives a power cut.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=60")
SECONDS = 30


def programs() -> Path | None:
    """Return the folder of the newest installed PostgreSQL server's programs, or None."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    installed = [path.parent for path in DEBIAN.glob("*/bin/initdb")]
    return max(installed, key=lambda path: int(path.parent.name), default=None)


@dataclass
class Server:
    """A running cluster.

    Attributes:
        socket: folder of the Unix socket.
    """

    socket: Path
    numbers: Iterator[int]

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.socket}"

    def _execute(self, statement: str) -> None:
        with psycopg.connect(f"host={self.socket} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(statement)

    @contextmanager
    def database(self, like: str = "template0") -> Iterator[str]:
        """Lend the address of a new database, a copy of the one named; of the server's own template where none is."""
        name = f"casework_{next(self.numbers)}"
        self._execute(f"create database {name} template {like}")
        try:
            yield self.url(name)
        finally:
            self._execute(f"drop database {name} with (force)")


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """Start a cluster with the server's programs of a folder; stop and delete it at the end."""
    # Not pytest's own folder: the path of a Unix socket may have no more than 107 bytes.
    place = Path(tempfile.mkdtemp(prefix="mz-pg-"))
    owner: dict[str, Any] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        account = pwd.getpwnam("postgres")
        os.chown(place, account.pw_uid, account.pw_gid)
        owner = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    data = place / "data"
    initdb = [folder / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"]
    try:
        subprocess.run(initdb, check=True, capture_output=True, cwd=place, **owner)
        options = [word for setting in (*FAST, f"unix_socket_directories={place}") for word in ("-c", setting)]
        with (place / "log").open("wb") as log:
            process = subprocess.Popen(
                [folder / "postgres", "-D", data, *options], stdout=log, stderr=log, cwd=place, **owner
            )
        try:
            _wait(process, place)
            yield Server(place, count(1))
        finally:
            process.send_signal(signal.SIGINT)  # "fast": connections are closed, nothing is waited for
            process.wait(SECONDS)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], place: Path) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            psycopg.connect(f"host={place} user=postgres dbname=postgres").close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((place / "log").read_text(errors="replace")[-2000:]) from None
            time.sleep(0.1)
        else:
            return
