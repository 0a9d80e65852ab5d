"""What is committed: no registry hosts, no paths of a machine, hashes for every dependency."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.paths import ROOT


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "-c", "core.quotepath=off", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.splitlines()]


def test_no_download_address_in_the_lock() -> None:
    text = (ROOT / "requirements.txt").read_text()
    assert "://" not in text
    assert "--index-url" not in text.replace("--no-emit-index-url", "")


def test_every_dependency_is_pinned_with_hashes() -> None:
    text = (ROOT / "requirements.txt").read_text()
    pins = re.findall(r"^[A-Za-z0-9][\w.\-\[\],]*==.*?(?=^\S|\Z)", text, re.M | re.S)
    assert len(pins) > 100
    assert all("--hash=sha256:" in pin for pin in pins)


def test_no_machine_path_is_committed() -> None:
    pattern = re.compile(rb"/(?:home|root|Users)/\w|/work/(?:main|shared)")
    found = [path.name for path in tracked() if path.name != "test_repository.py" and pattern.search(path.read_bytes())]
    assert not found
