"""What is public and what is not, how payments are compared, and how anyone can check a release."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from dashboards.public.page import Page
from dashboards.public.queries import Release
from dashboards.public.site import Site, words
from mingzhang.catalog.formats import count, day, moment, months

RECORDS_SHOWN = 50


def rules(_site: Site, release: Release) -> Page:
    """Return the rules, as their own files state them."""
    return Page("rules.html", {"rules": release.rules()}, nav="rules")


def policy(_site: Site, release: Release) -> Page:
    """Return the disclosure policy of the release."""
    sections: dict[str, list[dict[str, Any]]] = {
        "class": [],
        "fields": [],
        "never": [],
        "never_named": [],
        "change": [],
        "waiver": [],
    }
    for row in release.policy():
        sections[row["section"]].append(row)
    return Page("policy.html", {"sections": sections}, nav="policy")


def check(site: Site, release: Release) -> Page:
    """Return what the current release is and how it is verified."""
    manifest, meta = release.publication.manifest, release.meta()
    facts = {
        "id": release.id,
        "number": count(release.number),
        "day": day(release.published_on),
        "before": manifest["predecessor"] or words()["check"]["first"],
        "batches": count(meta["batches"]),
        "months": months(meta["first_month"], meta["last_month"]),
        "files": count(len(manifest["files"])),
        "notices": count(len(manifest["notices"])),
    }
    key = site.releases / "public-key.txt"
    context = {"facts": facts, "records": _records(site), "key": key.read_text().strip() if key.exists() else ""}
    return Page("check.html", context, nav="check")


def _records(site: Site) -> list[dict[str, Any]]:
    path = site.releases / "records.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()[-RECORDS_SHOWN:] if path.exists() else []
    what = words()["check"]["what"]
    rows = []
    for record in (json.loads(line) for line in reversed(lines)):
        subject = record.get("release") or record.get("notice") or " ".join(record.get("packs", []))
        at = moment(dt.datetime.fromisoformat(record["at"]))
        href = f"/r/{record['release']}/" if record["what"] == "published" else ""
        what_for = what[record["what"]]
        rows.append({"number": record["number"], "at": at, "what": what_for, "subject": subject, "href": href})
    return rows


ROUTES = {"/rules": rules, "/policy": policy, "/check": check}
# The record grows, so a page that shows it has no permanent address.
LASTING = frozenset({"/rules", "/policy"})
