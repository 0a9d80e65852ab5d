"""One published release for all tests of the public site, and a clock that can be set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboards.public.app import create_app
from tests.mingzhang.publishing.release_case import NOW, Case, copied


@dataclass
class Clock:
    """A clock tests can set."""

    now: dt.datetime = NOW

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture(scope="session")
def published(released: Case) -> Case:
    """The release all tests read."""
    return released


@pytest.fixture
def fresh(released: Case, tmp_path: Path) -> Case:
    """A release of its own, for tests that change it."""
    return copied(released, tmp_path / "data")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(published: Case, clock: Clock) -> Flask:
    return create_app(published.folder.releases, clock, "https://example.test")


@pytest.fixture
def client(server: Flask) -> Iterator[FlaskClient]:
    with server.test_client() as opened:
        yield opened
