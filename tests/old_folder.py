"""Unpacks the data folder that version 0.1.0 made (`tests/fixtures/README.md` says what is in it)."""

from __future__ import annotations

import tarfile
from pathlib import Path

from tests.paths import ROOT

FIXTURES = ROOT / "tests" / "fixtures"
ARCHIVE = FIXTURES / "data-0.1.0.tar.xz"


def unpack(folder: Path, *only: str) -> Path:
    """Unpack the folder, or only the named parts of it; return it."""
    with tarfile.open(ARCHIVE) as archive:
        members = [member for member in archive if not only or member.name.split("/")[0] in only]
        archive.extractall(folder, members=members, filter="data")
    if (folder / "keys").exists():
        (folder / "keys").chmod(0o700)  # the filter leaves folders as the umask makes them
    return folder
