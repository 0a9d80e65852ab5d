"""Provides a PostgreSQL server for the casework tests, from Debian's packages where apt-get works.

`python -m tests.install_postgresql` is called by `make test`. With CI=true a missing server is an error, else a remark.
"""

from __future__ import annotations

import os
import shutil
import sys

from tests.browser.install_chromium import run
from tests.postgresql_server import programs


def install() -> None:
    """Install Debian's server; it starts no cluster of its own that anybody needs."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if run(["apt-get", "update", "-q"], quiet):
        run(["apt-get", "install", "-q", "-y", "--no-install-recommends", "postgresql"], quiet)


def main() -> int:
    """Provide a server; return the exit status."""
    if programs() is None:
        install()
    found = programs()
    if found is None:
        print("No PostgreSQL server could be provided; casework is tested on SQLite alone.", file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else 0
    print(f"postgresql: {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
