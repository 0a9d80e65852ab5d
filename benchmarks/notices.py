"""`python -m benchmarks.notices`: requests per second of notice pages under gunicorn, beside Datasette on the same rows.

Server and load generator share the machine's cores, so every figure is a lower bound. Datasette is not a dependency:
give its executable with `--datasette`; without it the comparison is left out, and the output states that.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import selectors
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from benchmarks.synthetic import NOW, make
from mingzhang.casework.store import Store
from mingzhang.catalog.load import catalogue
from mingzhang.publishing.release import notice_files, publish
from mingzhang.warehouse import database as warehouse

ROOT = Path(__file__).resolve().parent.parent
APP = f"""
import datetime, os, pathlib
from dashboards.public.app import create_app
now = datetime.datetime.fromisoformat("{NOW.isoformat()}")
server = create_app(pathlib.Path(os.environ["MINGZHANG_RELEASES"]), lambda: now)
"""


def load(  # noqa: C901  one event loop, easier to follow in one piece
    port: int, paths: list[str], connections: int, seconds: float
) -> tuple[int, float, list[float], int]:
    """Ask for pages over kept-alive connections; return answers, seconds, latencies and answers other than 200."""
    asked = [
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n".encode()
        for path in paths
    ]
    selector = selectors.DefaultSelector()
    state: dict[socket.socket, list[object]] = {}
    number, bad, latencies = 0, 0, []

    def send(sock: socket.socket) -> None:
        nonlocal number
        sock.sendall(asked[number % len(asked)])
        number += 1
        state[sock] = [time.perf_counter(), b""]

    def connect() -> None:
        sock = socket.create_connection(("127.0.0.1", port))
        selector.register(sock, selectors.EVENT_READ)
        send(sock)

    for _ in range(connections):
        connect()
    started = time.perf_counter()
    while (now := time.perf_counter()) < started + seconds:
        for key, _ in selector.select(0.1):
            sock = key.fileobj
            assert isinstance(sock, socket.socket)
            chunk = sock.recv(1 << 17)
            began, seen = state[sock]
            seen += chunk  # type: ignore[operator]
            state[sock][1] = seen
            head, _, body = seen.partition(b"\r\n\r\n")  # type: ignore[attr-defined]
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            if chunk and (not length or len(body) < int(length)):
                continue
            latencies.append(time.perf_counter() - began)  # type: ignore[operator]
            bad += not head.startswith(b"HTTP/1.1 200")
            if chunk and b"connection: close" not in head.lower():
                send(sock)
            else:
                selector.unregister(sock)
                sock.close()
                connect()
    for sock in list(state):
        sock.close()
    return len(latencies), now - started, sorted(latencies), bad


def report(name: str, answer: tuple[int, float, list[float], int]) -> float:
    """Print one line; return requests per second."""
    count, seconds, latencies, bad = answer
    rate = count / seconds
    p50, p99 = (latencies[int(len(latencies) * share)] * 1000 for share in (0.5, 0.99))
    print(f"{name:34} {rate:8,.0f} req/s   p50 {p50:6.1f} ms   p99 {p99:6.1f} ms   other than 200: {bad}")
    return rate


@contextmanager
def running(command: list[str], port: int, path: str, environment: dict[str, str]) -> Iterator[None]:
    """Run a server until the block ends."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).read()
                break
            except OSError:
                time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def public_site(folder: Path, releases: Path, paths: list[str], arguments: argparse.Namespace) -> float:
    """Measure our notice pages, warm."""
    (folder / "clocked.py").write_text(APP)
    port = free_port()
    environment = {**os.environ, "MINGZHANG_RELEASES": str(releases), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "gunicorn", "clocked:server", "--chdir", str(folder), "--no-control-socket"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--log-level", "error"]
    with running(command, port, "/health", environment):
        load(port, paths, arguments.connections, 3)
        return report("notice pages", load(port, paths, arguments.connections, arguments.seconds))


def datasette(folder: Path, releases: Path, arguments: argparse.Namespace) -> float:
    """Measure Datasette's HTML table page, filtered to one notice, on the very rows."""
    database = folder / "lines.db"
    names = list(notice_files.LINE_FIELDS)
    with sqlite3.connect(database) as target:
        target.execute(f"create table lines (notice_id, {', '.join(names)})")
        for pack in notice_files.listed(releases / "notices"):
            with notice_files.opened(pack.path) as source:
                rows = source.execute(f"select notice_id, {', '.join(names)} from old.lines").fetchall()
            texts = [[str(v) if isinstance(v, dt.date) else v for v in row] for row in rows]
            target.executemany(f"insert into lines values ({', '.join('?' * (len(names) + 1))})", texts)
        target.execute("create index by_notice on lines (notice_id)")
        ids = [row[0] for row in target.execute("select distinct notice_id from lines limit 50")]
    port = free_port()
    command = [
        arguments.datasette,
        "serve",
        "-i",
        str(database),
        "--port",
        str(port),
        "--setting",
        "num_sql_threads",
        "4",
    ]
    paths = [f"/lines/lines?notice_id={notice}&_size=100" for notice in ids]
    with running(command, port, "/-/versions.json", dict(os.environ)):
        load(port, paths, arguments.connections, 3)
        return report("Datasette, table page", load(port, paths, arguments.connections, arguments.seconds))


def main() -> None:
    """Make a release, serve it, load it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--datasette", default="")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as root:
        folder = make(Path(root) / "data", 40_000, 1)
        with warehouse.writer(folder.root, catalogue()) as connection:
            publish.publish(connection, folder, catalogue(), Store.open(folder.casework_url), NOW)
        current = next(folder.releases.glob("*/public.duckdb"))
        with duckdb.connect(str(current), read_only=True) as connection:
            ids = connection.execute("select notice_id from notices where hash <> '' order by hash limit 50").fetchall()
        paths = [f"/notice/{n[:12]}/{n[13:-8]}/{n[-7:]}" for (n,) in ids]
        ours = public_site(Path(root), folder.releases, paths, arguments)
        if arguments.datasette:
            theirs = datasette(Path(root), folder.releases, arguments)
            print(f"{ours / theirs:.0f} x Datasette")
        else:
            print("not compared with Datasette: no --datasette given")


if __name__ == "__main__":
    main()
