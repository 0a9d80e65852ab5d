"""What intake uses besides the file: the catalogue, the day, the county's places, what people decided. Read-only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from mingzhang.catalog.load import Catalogue
from mingzhang.intake.history import History, LakeHistory
from mingzhang.intake.receive.declared import Declared
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.publication_reader import opened_current

DELIVERY_COLUMNS = (
    *("delivery_id", "sequence", "county_code", "kind", "programme", "month", "sha256", "status", "reason", "message"),
    *("corrects", "correction_no", "content_hash", "inputs_hash", "lines", "accepted"),
)
PLACE_COLUMNS = ("place_code", "place_name", "short_names", "parent_code", "level", "county_code")


@dataclass(frozen=True)
class WaivedCheck:
    """A check that a person let pass, for a county, kind and programme ('' means all), until a day (inclusive)."""

    problem: str
    county_code: str
    kind: str
    programme: str
    until: dt.date


@dataclass(frozen=True)
class CaseworkFacts:
    """What people decided about deliveries; it changes how they are read.

    Attributes:
        settlements: delivery_id → `accept` or `refuse`, for a delivery that was held.
        mappings: (county, kind) → {header as written: field name}, confirmed by a person.
        waivers: checks that a person let pass for a county, kind and programme, until a day.
    """

    settlements: Mapping[str, str] = field(default_factory=dict)
    mappings: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    waivers: tuple[WaivedCheck, ...] = ()

    def waived(self, declared: Declared, day: dt.date) -> frozenset[str]:
        """Return the ids of problems that are waived for a file that arrived on a day; '' in a waiver is all."""
        return frozenset(
            waiver.problem
            for waiver in self.waivers
            if day <= waiver.until
            and waiver.county_code in ("", declared.county)
            and waiver.kind in ("", declared.kind)
            and waiver.programme in ("", declared.programme)
        )


def no_places() -> pl.DataFrame:
    """Return an empty table of places."""
    return pl.DataFrame(schema=dict.fromkeys(PLACE_COLUMNS, pl.String))


@dataclass(frozen=True)
class Context:
    """Everything a check may use besides the file and what is declared.

    Attributes:
        today: the clock's day, for dates in the future.
        places: townships and villages with their county; empty before any are loaded.
        history: earlier months and other files of the county; None where nothing is known.
        deliveries: what the current snapshot holds already.
        folder: the data folder, where files received since then are listed.
    """

    catalogue: Catalogue
    today: dt.date
    places: pl.DataFrame = field(default_factory=no_places)
    facts: CaseworkFacts = field(default_factory=CaseworkFacts)
    history: History | None = None
    deliveries: pl.DataFrame | None = None
    folder: DataFolder | None = None

    def with_places(self, places: pl.DataFrame) -> Context:
        """Return the same context with these places."""
        return replace(self, places=places)

    @classmethod
    def from_snapshot(
        cls, folder: DataFolder, catalogue: Catalogue, today: dt.date, facts: CaseworkFacts | None = None
    ) -> Context:
        """Return the context of the current staff snapshot; without a snapshot, one without history.

        Places come from the file the last load wrote, so that a county's name list counts from then on, not from the next
        run; a folder without that file has those of the snapshot.

        Args:
            folder: the data folder.
            catalogue: the catalogue.
            today: the clock's day in Beijing.
            facts: what people decided; none by default.
        """
        facts = facts or CaseworkFacts()
        with opened_current(folder.staff_snapshots, "findings.duckdb", lake_root=folder.root) as snapshot:
            if snapshot is None:
                return cls(catalogue, today, loaded_places(folder, no_places()), facts, folder=folder)
            tables = {table: tuple(snapshot.lake_files(table)) for table in snapshot.manifest.get("tables", {})}
            ask = snapshot.connection.sql
            history = LakeHistory(tables) if any(tables.values()) else None
            places = ask(f"select {', '.join(PLACE_COLUMNS)} from places where county_code is not null").pl()
            deliveries = ask(f"select {', '.join(DELIVERY_COLUMNS)} from deliveries").pl()
        return cls(catalogue, today, loaded_places(folder, places), facts, history, deliveries, folder)


def loaded_places(folder: DataFolder, otherwise: pl.DataFrame) -> pl.DataFrame:
    """Return the places as the last load left them, or the others where no load has left any."""
    return pl.read_parquet(folder.places) if folder.places.exists() else otherwise
