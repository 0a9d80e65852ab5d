"""Places from the region down to the village: what was paid, by programme and month."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Any

from dashboards.public.page import NoSuchPageError, Page
from dashboards.public.queries import Release, Row
from dashboards.public.site import Site, words
from mingzhang.catalog.formats import day, month
from mingzhang.catalog.words import HOPS


def read_month(text: str) -> dt.date:
    """Read a month of an address, `2026-10`.

    Raises:
        NoSuchPageError: it is none.
    """
    try:
        return dt.datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007  a month has no zone
    except ValueError as error:
        raise NoSuchPageError(text) from error


def home(site: Site, release: Release) -> Page:
    """Return every county, by city."""
    root = release.root()
    if root is None:
        return Page("message.html", _nothing(), status=200)
    return _page(site, release, root, None, is_home=True)


def place(site: Site, release: Release, code: str, month_text: str | None = None) -> Page:
    """Return one place, in its latest month or the one asked for.

    Args:
        site: the running site.
        release: the release to read.
        code: division code of the place.
        month_text: `2026-10`, or None for the latest month.

    Raises:
        NoSuchPageError: there is no such place or month.
    """
    found = release.place(code)
    if found is None:
        raise NoSuchPageError(code)
    return _page(site, release, found, read_month(month_text) if month_text else None, is_home=False)


def _nothing() -> dict[str, Any]:
    w = words()["site"]
    return {"title": w["no_data_title"], "message": w["no_data"], "href": "/policy", "link": w["nav"]["policy"]}


def _page(site: Site, release: Release, here: Row, wanted: dt.date | None, *, is_home: bool) -> Page:
    months = release.months(here)
    if wanted and wanted not in months:
        raise NoSuchPageError(str(wanted))
    chosen = wanted or next(iter(months), None)
    context: dict[str, Any] = {
        "place": here,
        "home": is_home,
        "month": chosen,
        "months": [(m, month(m)) for m in months],
    }
    if chosen:
        context |= _money(site, release, here, chosen, is_home=is_home)
        context["month_path"] = f"/{chosen:%Y-%m}" if wanted else ""
    context["places"] = release.path(here["place_code"])
    return Page("place.html", context, nav="home")


def _money(site: Site, release: Release, here: Row, chosen: dt.date, *, is_home: bool) -> dict[str, Any]:
    programmes = release.programmes_of(here, chosen)
    county = here["place_code"][:6]
    notices = _notices(site, release, here["place_code"], chosen) if here["level"] == "village" else None
    return {
        "month_name": month(chosen),
        "programmes": programmes,
        "paid": sum(p["paid_fen"] for p in programmes),
        "people": sum(p["people"] for p in programmes),
        "groups": _groups(release.children(here, chosen), here),
        "cells": release.cells(here, chosen),
        "meta": release.meta(),
        "notices": notices,
        "open_lists": _open_lists(site, release, here) if notices is not None else [],
        "flow": [] if is_home or here["level"] != "county" else _flow(release.flow(county, chosen)),
        "delays": [] if is_home or here["level"] != "county" else _delays(release.delays(county, chosen)),
        "delay_hops": HOPS[1:4],
        "hops": HOPS,
        "office": release.office(county) if len(here["place_code"]) > 5 else None,
    }


def _groups(children: list[Row], here: Row) -> list[tuple[str, str, list[Row]]]:
    """Group the counties of a region by city; other children form one group without a heading."""
    if here["level"] != "region":
        return [("", "", children)] if children else []
    ordered = sorted(children, key=lambda c: (c["parent_code"] or "", c["place_code"]))
    by_city = groupby(ordered, key=lambda c: (c["parent_name"] or "", c["parent_code"] or ""))
    return [(name, code, list(group)) for (name, code), group in by_city]


def _flow(rows: list[Row]) -> list[tuple[str, dict[str, int]]]:
    return [
        (name, {row["hop"]: row["amount_fen"] for row in group})
        for name, group in groupby(rows, key=lambda row: row["name"])
    ]


def _delays(rows: list[Row]) -> list[tuple[str, dict[str, Row], int]]:
    """Group by programme: the row of each hop, and the sum of the money standing at any hop."""
    grouped = [(name, list(group)) for name, group in groupby(rows, key=lambda row: row["name"])]
    return [
        (name, {row["hop"]: row for row in group}, sum(row["standing_fen"] for row in group)) for name, group in grouped
    ]


def _open_lists(site: Site, release: Release, village: Row) -> list[tuple[str, str, str, str]]:
    """Return address, programme, month and last day of every list posted now, whatever month the page shows."""
    if release.is_fixed:
        return []
    today, w = site.today(release), words()["place"]
    return [
        (
            f"/notice/{notice['village_code']}/{notice['programme']}/{notice['month']:%Y-%m}",
            notice["name"],
            month(notice["month"]),
            w["list_until"].format(ends=day(notice["ends_on"])),
        )
        for notice in release.notices(village["place_code"])
        if _state(notice, today) == "list_until"
    ]


def _notices(site: Site, release: Release, village: str, chosen: dt.date) -> dict[str, dict[str, str]]:
    """Say for each programme whether its list can be read now; on a page that never changes, only when it was."""
    today = site.today(release)
    answer = {}
    for notice in release.notices(village, chosen):
        key = "list_dates" if release.is_fixed else _state(notice, today)
        dates = {"begins": day(notice["begins_on"]), "ends": day(notice["ends_on"])}
        href = f"/notice/{village}/{notice['programme']}/{chosen:%Y-%m}" if key == "list_until" else ""
        answer[notice["programme"]] = {"href": href, "says": words()["place"][key].format(**dates)}
    return answer


def _state(notice: Row, today: dt.date) -> str:
    if notice["ends_on"] < today:
        return "list_over"
    if not notice["hash"]:
        return "list_taken"
    return "list_until" if notice["begins_on"] <= today else "list_from"


ROUTES = {"/": home, "/place/<code>": place, "/place/<code>/<month_text>": place}
LASTING = frozenset(ROUTES)
