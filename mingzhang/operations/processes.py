"""Starts the two apps and the daemon, and stops them together. No data logic here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

from mingzhang.storage.data_folder import DataFolder

ROOT = Path(__file__).resolve().parents[2]


def _gunicorn(factory: str, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", factory, "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"),
        *("--no-control-socket", "--log-level", "warning", "--timeout", "60"),
    ]


def commands(
    folder: DataFolder, which: str, public_port: int, staff_port: int, daemon_environment: Mapping[str, str]
) -> list[tuple[str, list[str], dict[str, str]]]:
    """Return the processes of a choice: name, command, and the environment it may see.

    The public process is given the releases folder and nothing else of the data.

    Args:
        folder: the data folder.
        which: `public`, `staff` or `all`.
        public_port: of the public site.
        staff_port: of the staff site.
        daemon_environment: what the Dagster daemon is told.
    """
    bare = {key: value for key, value in os.environ.items() if not key.startswith("MINGZHANG_")}
    public = (
        "public",
        _gunicorn("dashboards.public.app:from_environment()", public_port),
        {**bare, "MINGZHANG_RELEASES": str(folder.releases)},
    )
    staff = (
        "staff",
        _gunicorn("dashboards.staff.app:from_environment()", staff_port),
        {**os.environ, "MINGZHANG_DATA": str(folder.root)},
    )
    daemon = (
        "daemon",
        [
            str(Path(sys.executable).with_name("dagster-daemon")),
            "run",
            "-m",
            "pipelines.definitions",
            "--log-level",
            "warning",
        ],
        {**os.environ, **daemon_environment},
    )
    return {"public": [public], "staff": [staff, daemon], "all": [public, staff, daemon]}[which]


class Running:
    """The started processes; `stop` ends them all."""

    def __init__(
        self, folder: DataFolder, which: str, public_port: int, staff_port: int, daemon_environment: Mapping[str, str]
    ) -> None:
        logs = folder.root / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        self.processes = [
            subprocess.Popen(
                command,
                env=environment,
                cwd=ROOT,
                stdout=(logs / f"{name}.log").open("ab"),
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            for name, command, environment in commands(folder, which, public_port, staff_port, daemon_environment)
        ]

    def ended(self) -> bool:
        """Return whether any process has ended by itself."""
        return any(process.poll() is not None for process in self.processes)

    def stop(self) -> None:
        """Ask every process to end, then insist."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + 10
        for process in self.processes:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def serve(
    folder: DataFolder,
    which: str,
    public_port: int,
    staff_port: int,
    daemon_environment: Mapping[str, str],
    ready: Callable[[], None] | None = None,
) -> int:
    """Run the chosen processes until interrupted.

    Args:
        folder: the data folder.
        which: `public`, `staff` or `all`.
        public_port: of the public site.
        staff_port: of the staff site.
        daemon_environment: what the Dagster daemon is told.
        ready: called once the processes are started.

    Returns:
        The exit status: 0 when stopped by a person, 3 when a process ended by itself.
    """
    running = Running(folder, which, public_port, staff_port, daemon_environment)
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    print_addresses(which, public_port, staff_port)
    if ready:
        ready()
    try:
        while not stopping and not running.ended():
            time.sleep(0.5)
    finally:
        running.stop()
    if stopping:
        return 0
    sys.stderr.write(f"有一个进程自己停了；请看 {folder.root / 'logs'} 里的记录。\n")
    return 3


def print_addresses(which: str, public_port: int, staff_port: int) -> None:
    """Say where to look."""
    if which in {"public", "all"}:
        sys.stdout.write(f"公开网站  http://127.0.0.1:{public_port}/\n")
    if which in {"staff", "all"}:
        sys.stdout.write(f"内部网站  http://127.0.0.1:{staff_port}/\n")
    sys.stdout.flush()
