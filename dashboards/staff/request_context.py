"""The running staff site and the context of one request: viewer, time, form token. No pages here."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mingzhang.casework.store import Store
from mingzhang.casework.users import Viewer
from mingzhang.storage.clock import beijing_day
from mingzhang.storage.publication import STAFF_SNAPSHOT_VERSION
from mingzhang.storage.publication_reader import PublicationReader

STATEMENT_SECONDS = 5.0
# Most rows any answer carries; an export of a county's findings fits.
ROW_LIMIT = 50_000


@dataclass(frozen=True)
class StaffSite:
    """One running staff app.

    Attributes:
        data: the data folder.
        store: casework.
        clock: returns the time, UTC.
        snapshots: the staff snapshots.
    """

    data: Path
    store: Store
    clock: Callable[[], dt.datetime]
    snapshots: PublicationReader = field(init=False)

    def __post_init__(self) -> None:
        snapshots = PublicationReader(
            self.data / "snapshots" / "staff",
            "findings.duckdb",
            lake_root=self.data,
            seconds=STATEMENT_SECONDS,
            row_limit=ROW_LIMIT,
            version=STAFF_SNAPSHOT_VERSION,
        )
        object.__setattr__(self, "snapshots", snapshots)

    @property
    def incoming(self) -> Path:
        """Where uploads wait between arrival and submission."""
        return self.data / "inbox" / ".incoming"


@dataclass(frozen=True)
class RequestContext:
    """One signed-in person's request.

    Attributes:
        site: the running app.
        viewer: who is signed in.
        token: token that every form of this session carries.
        now: time of the request, UTC.
    """

    site: StaffSite
    viewer: Viewer
    token: str
    now: dt.datetime

    @property
    def today(self) -> dt.date:
        """Date in Beijing."""
        return beijing_day(self.now)


def form_token(session: str) -> str:
    """Return the token that the forms of a session carry: derived, so nothing more is kept."""
    return hashlib.sha256(f"form:{session}".encode()).hexdigest()[:40]
