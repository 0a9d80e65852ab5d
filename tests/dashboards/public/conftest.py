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
from tests.assets.release_case import NOW, Case, small_case


@dataclass
class Clock:
    """A clock tests can set."""

    now: dt.datetime = NOW

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Case:
    case = small_case(tmp_path_factory.mktemp("public") / "data")
    case.certify("land", "dibao", "far", "orphan", "disabled")
    case.write()
    case.publish()
    return case


@pytest.fixture
def fresh(tmp_path: Path) -> Case:
    """A release of its own, for tests that change it."""
    case = small_case(tmp_path / "data")
    case.certify("land", "dibao", "far", "orphan", "disabled")
    case.write()
    case.publish()
    return case


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
