"""What is committed: no registry hosts, no paths of a machine, hashes for every dependency."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.paths import ROOT

LOCKS = ["requirements.txt", "requirements-dev.txt"]  # what runs; what develops


def pins(lock: str) -> dict[str, str]:
    """Return a lock's packages, each with its version and hashes and without what asks for it."""
    text = re.sub(r"^ *#.*\n", "", (ROOT / lock).read_text(), flags=re.M)
    found = re.findall(r"^([A-Za-z0-9][\w.\-]*)(.*?)(?=^\S|\Z)", text, re.M | re.S)
    return {name: rest.strip() for name, rest in found}


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "-c", "core.quotepath=off", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.splitlines()]


@pytest.mark.parametrize("lock", LOCKS)
def test_no_download_address_in_the_lock(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert "--index-url" not in text.replace("--no-emit-index-url", "")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_dependency_is_pinned_with_hashes(lock: str) -> None:
    found = pins(lock)
    assert len(found) > 100
    assert all("==" in pin and "--hash=sha256:" in pin for pin in found.values())


def test_what_runs_is_the_same_where_it_is_developed() -> None:
    run, develop = (pins(lock) for lock in LOCKS)
    assert {name: develop.get(name) for name in run} == run


def test_no_development_tool_is_in_the_run_lock() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["dev"]
    tools = {re.split(r"[\[<>=]", requirement)[0].lower() for requirement in declared} - {"mingzhang", "setuptools"}
    assert tools <= pins("requirements-dev.txt").keys()
    assert not tools & pins("requirements.txt").keys()


def test_no_machine_path_is_committed() -> None:
    pattern = re.compile(rb"/(?:home|root|Users)/\w|/work/(?:main|shared)")
    found = [path.name for path in tracked() if path.name != "test_repository.py" and pattern.search(path.read_bytes())]
    assert not found
