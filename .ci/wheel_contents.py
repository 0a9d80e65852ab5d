"""Compares the wheel with the checkout: every tracked file of the packages is in it, and nothing else.

`python .ci/wheel_contents.py <wheel>`; exits 1 with the names that differ.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile

PACKAGES = ("assets", "checks", "dashboards", "mingzhang", "pipelines", "sample_data")


def main() -> int:
    """Compare and return the exit status."""
    listed = subprocess.run(["git", "ls-files", "-z", *PACKAGES], capture_output=True, text=True, check=True)
    tracked = {name for name in listed.stdout.split("\0") if name}
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    for name in sorted(tracked - packed):
        print(f"not in the wheel: {name}", file=sys.stderr)
    for name in sorted(packed - tracked):
        print(f"in the wheel, but not tracked: {name}", file=sys.stderr)
    return int(packed != tracked)


if __name__ == "__main__":
    sys.exit(main())
