"""A fresh casework per test, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from mingzhang.casework.store import Store
from tests import postgresql_server
from tests.postgresql_server import Server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A running PostgreSQL; where none is installed, its tests are skipped, or fail where CI is set."""
    folder = postgresql_server.programs()
    if folder is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no PostgreSQL server is installed")
    with postgresql_server.running(folder) as server:
        yield server


@pytest.fixture(scope="session")
def ready(postgresql: Server) -> Iterator[str]:
    """The name of a database whose tables are made, to be copied: making them anew takes longer than most tests."""
    with postgresql.database() as url:
        Store.open(url).close()
        yield str(make_url(url).database)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a casework that is not there yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'casework.db'}"
        return
    server: Server = request.getfixturevalue("postgresql")
    with server.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        opened = Store.open(f"sqlite:///{tmp_path / 'casework.db'}")
        yield opened
        opened.close()
        return
    server: Server = request.getfixturevalue("postgresql")
    with server.database(like=request.getfixturevalue("ready")) as url:
        opened = Store.open(url)
        yield opened
        opened.close()
