"""The public process under strace: it opens nothing of the data folder but the releases, whatever it is asked for."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.mingzhang.publishing.release_case import COUNTY, VILLAGE, Case
from tests.paths import ROOT

OPENED = re.compile(r'open(?:at)?\((?:AT_FDCWD, )?"([^"]+)"')
PAGES = [
    *("/", f"/place/{COUNTY}", f"/place/{VILLAGE}", f"/print/{VILLAGE}", "/programmes", "/rules", "/policy", "/check"),
    *("/data", f"/notice/{VILLAGE}/farmland_protection/2026-10", f"/charts/{COUNTY}", "/records.jsonl", "/health"),
    *("/charts/_dash-layout", "/nothing", "/data/0000000000000000/../../warehouse.duckdb", "/../casework.db"),
]


def private(trace: str, data: Path) -> set[str]:
    """Return what was opened of the data folder outside `releases/`."""
    inside = {path for path in OPENED.findall(trace) if Path(path).is_absolute() and Path(path).is_relative_to(data)}
    return {path for path in inside if not Path(os.path.normpath(path)).is_relative_to(data / "releases")}


def test_the_reader_of_traces_sees_a_private_file(tmp_path: Path) -> None:
    line = f'12 openat(AT_FDCWD, "{tmp_path}/{{}}", O_RDONLY|O_CLOEXEC) = 9\n'
    assert private(line.format("releases/CURRENT"), tmp_path) == set()
    for name in ("warehouse.duckdb", "keys/person.key", "releases/../casework.db"):
        assert private(line.format(name), tmp_path) == {f"{tmp_path}/{name}"}


# Stands for `from_environment`, with the clock of the fixture: real days would end its notices.
APP = """
import datetime, os, pathlib
from dashboards.public.app import create_app
now = datetime.datetime(2026, 11, 5, 2, 0, tzinfo=datetime.UTC)
server = create_app(pathlib.Path(os.environ["MINGZHANG_RELEASES"]), lambda: now)
"""


def start(case: Case, folder: Path, port: int) -> subprocess.Popen[bytes]:
    (folder / "clocked.py").write_text(APP)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MINGZHANG_")}
    environment |= {"MINGZHANG_RELEASES": str(case.folder.releases), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "gunicorn", "clocked:server", "--chdir", str(folder), "--workers", "1"]
    command += ["--bind", f"127.0.0.1:{port}", "--no-control-socket", "--log-level", "warning", "--timeout", "120"]
    traced = ["strace", "-f", "-qq", "-s", "4096", "-e", "trace=open,openat", "-o", str(folder / "trace"), *command]
    return subprocess.Popen(traced, cwd=ROOT, env=environment, start_new_session=True)


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            assert ask(port, "/health") == 200
            return
        except OSError:
            assert time.monotonic() < deadline, "the public site did not start"
            time.sleep(0.3)


def spoil(path: Path, harm: str) -> None:
    """Corrupt, lock or delete one thing of the data folder."""
    if harm == "corrupt" and path.is_file():
        path.write_bytes(bytes(4096))
    elif harm == "locked":
        path.chmod(0)
    elif harm == "deleted":
        path.chmod(0o700)
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def ask(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.slow
def test_no_private_file_is_opened_and_the_rest_may_be_gone_damaged_or_locked(fresh: Case, tmp_path: Path) -> None:
    if not shutil.which("strace"):
        if os.environ.get("CI") == "true":
            pytest.fail("strace is missing; with CI=true this proof is required")
        pytest.skip("strace is missing")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = start(fresh, tmp_path, port)
    try:
        wait_for(port)
        for harm in ("whole", "corrupt", "locked", "deleted"):
            for path in fresh.root.iterdir():
                if path.name != "releases":
                    spoil(path, harm)
            answers = {page: ask(port, page) for page in PAGES}
            wrong = {page: status for page, status in answers.items() if status != (404 if page in PAGES[-3:] else 200)}
            assert wrong == {}, harm
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait(timeout=60)
    trace = (tmp_path / "trace").read_text(errors="replace")
    assert str(fresh.folder.releases / "CURRENT") in trace, "the trace does not even show the release"
    assert "notices/452921" in trace
    assert private(trace, fresh.root) == set()
    assert not [path for path in OPENED.findall(trace) if path.endswith(("warehouse.duckdb", "casework.db", ".key"))]
