"""A staff app over a fixture snapshot, with one user per role, and a client that behaves like our own pages."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboards.staff.app import create_app
from dashboards.staff.request_context import form_token
from mingzhang.casework import passwords
from mingzhang.casework.store import Store
from tests.dashboards.staff_snapshot import write_snapshot

PASSWORD = "purple tractor 79"
# name, role, counties
USERS = (
    ("maker", "maker", ("452901",)),
    ("other", "maker", ("452902",)),
    ("checker", "checker", ("452901",)),
    ("auditor", "auditor", ()),
    ("local", "auditor", ("452901",)),
    ("boss", "supervisor", ()),
    ("admin", "administrator", ()),
)
OURS = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Clock:
    """A clock that tests move."""

    now: dt.datetime = dt.datetime(2026, 11, 3, 1, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now


@dataclass
class Site:
    """The app under test."""

    app: Dash
    store: Store
    data: Path
    clock: Clock
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    def client(self, name: str | None = None) -> FlaskClient:
        """Return a browser: signed in as a user, or nobody's."""
        if name in self.clients:
            return self.clients[name]
        client = self.app.server.test_client()
        if name:
            answer = client.post("/do/login", data={"name": name, "password": PASSWORD}, headers=OURS)
            assert answer.headers["Location"] == "/", "sign-in failed"
            self.clients[name] = client
        return client

    def token(self, name: str) -> str:
        cookie = self.client(name).get_cookie("mingzhang-session")
        assert cookie
        return form_token(cookie.value)

    def post(self, name: str, path: str, /, **form: Any) -> TestResponse:
        """Send one of our forms with its token."""
        return self.client(name).post(path, data={"token": self.token(name), **form}, headers=OURS)

    def page(self, name: str, address: str) -> str:
        """Return a page's content as the callback answers it, as JSON text."""
        path, _, query = address.partition("?")
        answer = self.client(name).post("/_dash-update-component", json=callback_body(path, query), headers=OURS)
        assert answer.status_code == 200, answer.status
        return json.dumps(answer.get_json()["response"]["page"]["children"], ensure_ascii=False)


def callback_body(path: str, query: str = "") -> dict[str, Any]:
    """Return what the browser sends for a page."""
    return {
        "output": "page.children",
        "outputs": {"id": "page", "property": "children"},
        "inputs": [
            {"id": "place", "property": "pathname", "value": path},
            {"id": "place", "property": "search", "value": f"?{query}" if query else ""},
        ],
        "changedPropIds": ["place.pathname"],
    }


def build(data: Path) -> Site:
    """Return a site over a folder that has users already."""
    url = f"sqlite:///{data / 'casework.db'}"
    clock = Clock()
    return Site(create_app(data, url, clock), Store.open(url), data, clock)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, _cheap_hashes: None) -> Path:
    """A data folder with a snapshot and users, to be copied."""
    data = tmp_path_factory.mktemp("furnished")
    write_snapshot(data)
    store = Store.open(f"sqlite:///{data / 'casework.db'}")
    for name, role, counties in USERS:
        store.add_user(name, [role], counties, PASSWORD, Clock.now)
    store.close()
    return data


def copied(furnished: Path, target: Path) -> Path:
    """Copy the furnished folder."""
    return Path(shutil.copytree(furnished, target / "data"))


@pytest.fixture(scope="session", autouse=True)
def _cheap_hashes() -> Iterator[None]:
    """Real cost is held by tests/casework; here it would only be slow."""
    patch = pytest.MonkeyPatch()
    patch.setattr(passwords, "_HASHER", passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield
    patch.undo()


@pytest.fixture(scope="module")
def site(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """One site per file, for tests that only read."""
    return build(copied(furnished, tmp_path_factory.mktemp("site")))


@pytest.fixture
def own_site(furnished: Path, tmp_path: Path) -> Site:
    """A site of one's own, for tests that change things."""
    return build(copied(furnished, tmp_path))
