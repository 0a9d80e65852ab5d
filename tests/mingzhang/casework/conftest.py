"""A fresh casework per test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mingzhang.casework.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'casework.db'}")
    yield opened
    opened.close()
