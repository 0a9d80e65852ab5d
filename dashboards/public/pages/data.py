"""The open data: which files there are. The files themselves are sent by `files.py`."""

from __future__ import annotations

from pathlib import Path

from dashboards.public.files import is_sound
from dashboards.public.page import Page
from dashboards.public.queries import Release
from dashboards.public.site import Site, words

TABLES = ("village_totals", "county_cells", "flow", "fund_delays", "places", "programmes", "standards")


def data(site: Site, release: Release) -> Page:
    """Return the files with their sizes."""
    about = words()["data"]["about"]
    named = [(table, [f"open-data/{table}.csv", f"open-data/{table}.parquet"]) for table in TABLES]
    named += [("everything", ["public.duckdb", "open-data/README.txt"])]
    named += [("manifest", ["manifest.json"]), ("signature", ["manifest.sig"])]
    rows = [
        (about[key], [(*_offered(site, release, name), name.rpartition("/")[2]) for name in names])
        for key, names in named
    ]
    rows += [(about["key"], [("/public-key.txt", "", "public-key.txt")])]
    rows += [(about["records"], [("/records.jsonl", "", "records.jsonl")])]
    return Page("data.html", {"rows": rows}, nav="data")


def _offered(site: Site, release: Release, name: str) -> tuple[str, str]:
    """Return address and size of a file, or no address and why: what is damaged is not offered."""
    if not is_sound(site, release.id, name):
        return "", str(words()["data"]["damaged"])
    return f"/data/{release.id}/{name}", size(release.publication.folder, name)


def size(folder: Path, name: str) -> str:
    """Write the size of a file for people."""
    found = folder / name
    kib = max(1, found.stat().st_size / 1024) if found.exists() else 0
    return f"{kib:,.0f} KB" if kib < 1024 else f"{kib / 1024:,.1f} MB"


ROUTES = {"/data": data}
LASTING = frozenset(ROUTES)
