"""Tries an installed Mingzhang: the demo, every rule's examples, both sites and the daemon.

`<installed python> .ci/installed.py <version> <empty working folder> <0 if the network is on>`; fails with the output
of the command that failed.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BIN = Path(sys.executable).parent
PUBLIC, STAFF = 18050, 18051
SECONDS_TO_START = 60
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1


def leave_only_loopback() -> None:
    """Start the loopback interface of an empty network namespace, and make sure that there is no other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))
    names = [name for _, name in socket.if_nameindex()]
    assert names == ["lo"], names


def run(*command: str) -> str:
    """Run an installed command and return its output."""
    ended = subprocess.run(
        [str(BIN / command[0]), *command[1:]], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if ended.returncode:
        sys.exit(f"{' '.join(command)} ended with {ended.returncode}:\n{ended.stdout[-4000:]}")
    return ended.stdout


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Return once an address answers with ok."""
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                assert answer.read().lower() == b"ok"
                return
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def serve(data: Path) -> None:
    """Start both sites and the daemon, see each of them answer, and stop them."""
    server = subprocess.Popen(
        [str(BIN / "mingzhang"), "serve", "--public-port", str(PUBLIC), "--staff-port", str(STAFF)]
    )
    try:
        for port in (PUBLIC, STAFF):
            wait_for(f"http://127.0.0.1:{port}/health", server)
        wait_for_daemon(server)
    finally:
        server.send_signal(signal.SIGTERM)
        status = server.wait(timeout=30)
    assert status == 0, status
    log = (data / "logs" / "daemon.log").read_text(encoding="utf-8")
    assert "error" not in log.lower(), log[-4000:]  # the daemon goes on without a pipeline it cannot load


def wait_for_daemon(server: subprocess.Popen[bytes]) -> None:
    """Return once the daemon's threads have reported."""
    deadline = time.monotonic() + SECONDS_TO_START
    command = [str(BIN / "dagster-daemon"), "liveness-check"]
    while subprocess.run(command, capture_output=True, check=False).returncode:
        assert server.poll() is None and time.monotonic() < deadline, "the daemon does not start"


def main() -> None:
    """Try everything in the working folder."""
    version, away, is_alone = sys.argv[1], Path(sys.argv[2]), sys.argv[3] != "0"
    if is_alone:
        leave_only_loopback()
    data = away / "data"
    os.environ |= {"MINGZHANG_DATA": str(data), "DAGSTER_HOME": str(data / "dagster")}
    assert run("mingzhang", "--version").strip() == version
    with ThreadPoolExecutor() as both_cores:
        demo = both_cores.submit(run, "mingzhang", "demo", "--no-serve", "--size", "tiny")
        rules = both_cores.submit(run, "mingzhang", "rules", "test")
    demo.result()
    rules.result()
    serve(data)
    print(f"mingzhang {version} installed from the bundle works" + (" without a network" if is_alone else ""))


if __name__ == "__main__":
    main()
