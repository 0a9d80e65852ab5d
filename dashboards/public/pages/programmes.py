"""The programmes: who is entitled, how much, on what basis."""

from __future__ import annotations

from itertools import groupby

from dashboards.public.page import NoSuchPageError, Page
from dashboards.public.queries import Release, Row
from dashboards.public.site import Site, words
from mingzhang.catalog.words import CATEGORIES


def programmes(_site: Site, release: Release) -> Page:
    """Return the programmes of this release, by category."""
    found = groupby(release.programmes(), key=lambda p: p["category"])
    groups = [(CATEGORIES.get(category, category), list(entries)) for category, entries in found]
    return Page("programmes.html", {"groups": groups}, nav="programmes")


def programme(_site: Site, release: Release, slug: str) -> Page:
    """Return one programme."""
    found = release.programme(slug)
    if found is None:
        raise NoSuchPageError(slug)
    standards = [{**row, "place": _place(release, row["region"])} for row in release.standards(slug)]
    return Page("programme.html", {"p": found, "standards": standards, "notice": _notice(found)}, nav="programmes")


def _place(release: Release, code: str) -> str:
    place = release.place(code)
    return str(place["place_name"]) if place else code


def _notice(programme: Row) -> str:
    w = words()["programme"]
    kind = w["kind"].get(programme["notice_day_kind"], "")
    key = {"N": "notice_named", "B": "notice_board", "A": "notice_never"}[programme["disclosure"]]
    return str(w[key].format(days=programme["result_days"], kind=kind))


ROUTES = {"/programmes": programmes, "/programme/<slug>": programme}
LASTING = frozenset(ROUTES)
