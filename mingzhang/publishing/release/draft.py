"""A release as built, before the gate and before anything is public. What is public is declared in `schema.py`."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from checks.privacy.identifiers import Hit
from mingzhang.casework.store import Store
from mingzhang.catalog.load import Catalogue
from mingzhang.publishing.release import gate, notice_files, notices, schema, tables, waivers
from mingzhang.publishing.release.take_down import today_of
from mingzhang.publishing.release.verification import content_hash
from mingzhang.storage import publication
from mingzhang.storage.data_folder import DataFolder
from mingzhang.warehouse.declaration import column_names, name_of, validate_stored

FOLDER = "release-draft"


@dataclass
class Draft:
    """What would be published.

    Attributes:
        folder: holds `public.duckdb` and `open-data/`; under the data folder's `tmp`, closed to others.
        content: logical hash of `public.duckdb`; its first 16 digits name the release.
        entries: further entries of the manifest.
        notice_paths: the notice files of this release: those that hang already, and new ones beside `folder`.
        certified: ids of the batches in it.
        withheld: persons who may be named nowhere.
        shown: notices on show.
        names: people or households named in them.
        hits: what the gate found; None before it has looked.
    """

    folder: Path
    content: str
    entries: dict[str, Any]
    notice_paths: list[Path]
    certified: tuple[str, ...]
    withheld: list[str]
    today: dt.date
    batches: int
    lines: int
    shown: int
    names: int
    before: publication.Publication | None
    hits: list[Hit] | None = field(default=None)

    @property
    def name(self) -> str:
        """What the release would be called."""
        return self.content[:16]

    @property
    def number(self) -> int:
        """Which number it would bear."""
        if self.before is None:
            return 1
        return self.before.number + (self.before.name != self.name)

    @property
    def public_database(self) -> Path:
        """The database of everything public but the names in notices."""
        return self.folder / "public.duckdb"

    def search(self, connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> list[Hit]:
        """Send the draft through the gate, once; return what it found.

        Args:
            connection: the warehouse, with the temporary tables the draft was made from.
            catalogue: programmes and disclosure rules.
        """
        if self.hits is None:
            self.hits = gate.search(connection, self.folder, self.notice_paths, catalogue, self.today, self.withheld)
        return self.hits

    def discard(self) -> None:
        """Delete what was built; names of a notice lie about nowhere."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(new_notices(self.folder), ignore_errors=True)


def new_notices(folder: Path) -> Path:
    """Return where the new notice files of a draft lie until they are published."""
    return folder.with_name(f"{FOLDER}-notices")


def make(
    connection: duckdb.DuckDBPyConnection, folder: DataFolder, catalogue: Catalogue, store: Store, now: dt.datetime
) -> Draft:
    """Build a release from certified batches; nothing of it is public yet.

    Args:
        connection: the warehouse under its writer lock.
        folder: the data folder, for the present release and the keys.
        catalogue: programmes and disclosure rules.
        store: casework: certifications, withheld persons, withdrawals.
        now: decides which notices have ended; not part of the release's id.

    Raises:
        TableError: a table does not hold what its declaration says.
        NotInPolicyError: a column is not on the whitelist of its disclosure class.
    """
    schema.check_policy(catalogue.disclosure)
    target = folder.tmp / FOLDER
    for left in (target, new_notices(target)):
        shutil.rmtree(left, ignore_errors=True)
        left.mkdir(parents=True)
    today, before = today_of(folder.releases, now), publication.current(folder.releases)
    certifications = store.certifications()
    withheld = [person.person_id for person in store.withheld(now)]
    counted = tables.select_released(connection, catalogue, certifications)
    names = notices.select_named(
        connection,
        catalogue,
        certifications,
        withheld=withheld,
        withdrawn=[withdrawal.notice_id for withdrawal in store.withdrawals()],
        key=folder.key("notice-salt"),
        today=today,
    )
    waived = waivers.policy_rows(connection, catalogue, store.facts().waivers)
    content, shown = _write_public(
        connection, target / "public.duckdb", catalogue, counted, _earlier_cells(before), waived
    )
    _open_data(connection, target)
    paths = notice_files.write_files(connection, folder.releases / "notices", new_notices(target))
    heads = connection.execute("select notice_id, ends_on::varchar, hash from notice_heads order by 1").fetchall()
    entries = {
        "schema_version": schema.VERSION,
        "content": content,
        "predecessor": before.name if before else None,
        "published_on": today.isoformat(),
        "catalogue": catalogue.version,
        "notices": {notice: [ends_on, digest] for notice, ends_on, digest in heads},
    }
    # what the manifest will say goes through the gate like everything else
    (target / publication.MANIFEST).write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")
    return Draft(
        target, content, entries, paths, tuple(certifications), withheld, today, counted["batches"], counted["lines"],
        shown, names, before,
    )  # fmt: skip


def _earlier_cells(before: publication.Publication | None) -> pl.DataFrame | None:
    if before is None:
        return None
    with notice_files.opened(before.path / "public.duckdb") as connection:
        cells: pl.DataFrame = connection.sql("from old.county_cells").pl()
    return cells


def _write_public(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    catalogue: Catalogue,
    counted: dict[str, int],
    earlier: pl.DataFrame | None,
    waivers: list[tuple[str, str, str, str]],
) -> tuple[str, int]:
    """Write public.duckdb; return its logical hash and the number of notices shown."""
    with notice_files.attached(connection, path, "public_out"):
        tables.write(connection, catalogue, counted, earlier, waivers)
        columns = ", ".join(name for name in column_names(schema.Notices) if name != "hash")
        connection.execute(
            f"""insert into public_out.notices
                select {columns}, hash from notice_heads union all by name select {columns}, '' as hash from notice_past
                order by notice_id"""
        )
        for table in schema.PUBLIC_TABLES:
            validate_stored(connection, f"public_out.{name_of(table)}", table)
        ((shown,),) = connection.execute("select count(*) from notice_heads").fetchall()
        return content_hash(connection, "public_out"), int(shown)


def _open_data(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write every open table as CSV and Parquet; text that a sheet would take for a formula gets a quote before it."""
    target = folder / "open-data"
    target.mkdir()
    with notice_files.attached(connection, folder / "public.duckdb", "public_in", "read_only"):
        for table in schema.OPEN_DATA:
            inert = ", ".join(
                f"case when regexp_matches({c.name}, '^[=+@\\-\\t\\r]') then '''' || {c.name} else {c.name} end as {c.name}"
                if c.kind == "text"
                else c.name
                for c in schema.PUBLIC[table]
            )
            base = str(target / table).replace("'", "''")
            ordered = f"from public_in.{table} order by all"
            connection.execute(f"copy (select {inert} {ordered}) to '{base}.csv' (header, delimiter ',')")
            connection.execute(f"copy (select * {ordered}) to '{base}.parquet' (format parquet, compression zstd)")
    lines = ["明账公开数据。金额单位：*_fen 为分，amount_yuan 为元（取整到千元）。编码 UTF-8。", ""]
    for table in schema.OPEN_DATA:
        lines += [f"{table}: " + ", ".join(f"{c.name} {c.type}" for c in schema.PUBLIC[table])]
    (target / "README.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
