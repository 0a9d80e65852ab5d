"""The village notice: the list the law asks for, each line explained, and the print set of a village."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import segno

from dashboards.public.notice_files import Notice
from dashboards.public.page import NoSuchPageError, Page
from dashboards.public.pages.places import read_month
from dashboards.public.queries import Release, Row
from dashboards.public.site import Site, words
from mingzhang.catalog.formats import day, month, months, yuan


def notice(site: Site, release: Release, village: str, slug: str, month_text: str) -> Page:
    """Return one list while it is posted; afterwards only the fact that it was.

    Args:
        site: the running site.
        release: the release the notice is in.
        village: twelve-digit code.
        slug: the programme.
        month_text: month of payment, `2026-10`.

    Raises:
        NoSuchPageError: there is no such notice.
    """
    chosen = read_month(month_text)
    known = release.notice(f"{village}-{slug}-{chosen:%Y-%m}")
    programme = release.programme(slug)
    if known is None or programme is None:
        raise NoSuchPageError(slug)
    today = site.today(release)
    if today > known["ends_on"]:
        return _closed("over", known, programme, status=410)
    if today < known["begins_on"]:
        return _closed("not_yet", known, programme, status=404)
    found = site.notice_files.find(known["notice_id"], known["county_code"], known["ends_on"], known["hash"])
    if found is None:
        return _closed("taken", known, programme, status=410)
    shown = _shown(site, release, known, programme, found)
    context = {"n": shown, "places": release.path(village)}
    return Page("notice.html", context, named=True, until=known["ends_on"])


def print_set(site: Site, release: Release, code: str) -> Page:
    """Return all lists of a village that are posted now, for printing."""
    place = release.place(code)
    if place is None or place["level"] != "village":
        raise NoSuchPageError(code)
    today, shown, until = site.today(release), [], None
    for known in release.notices(code):
        programme = release.programme(known["programme"])
        if not (programme and known["begins_on"] <= today <= known["ends_on"]):
            continue
        found = site.notice_files.find(known["notice_id"], known["county_code"], known["ends_on"], known["hash"])
        if found:
            shown.append(_shown(site, release, known, programme, found))
            until = min(until or known["ends_on"], known["ends_on"])
    context = {"notices": shown, "place": place, "places": release.path(code), "office": release.office(code[:6])}
    # A list that begins tomorrow must appear tomorrow: the page holds for today only.
    return Page("print.html", context, named=True, until=min(until or today, today))


def _closed(why: str, known: Row, programme: Row, status: int) -> Page:
    w = words()["notice"]
    facts = {
        "programme": programme["name"],
        "month": month(known["month"]),
        "day": day(known["begins_on"] if why == "not_yet" else known["ends_on"]),
    }
    context = {
        "title": w[f"{why}_title"],
        "message": w[why].format(**facts),
        "href": f"/place/{known['village_code']}/{known['month']:%Y-%m}",
        "link": w["see_village"],
    }
    return Page("message.html", context, named=True, status=status)


def _shown(site: Site, release: Release, known: Row, programme: Row, found: Notice) -> dict[str, Any]:
    w = words()["notice"]
    village = release.place(known["village_code"]) or {"place_name": ""}
    above = release.path(known["village_code"])[-3:]
    dates = w["dates"].format(begins=day(known["begins_on"]), ends=day(known["ends_on"]))
    address = f"{site.address}/notice/{known['village_code']}/{known['programme']}/{known['month']:%Y-%m}"
    rows = [_row(line, programme, known["month"]) for line in found.lines]
    standards = _standards(found.lines)
    return {
        "programme": programme,
        "village": village,
        "where": "".join(place["place_name"] for place in above),
        "month": month(known["month"]),
        "head": found.head,
        "dates": dates + (w["estimated"] if known["estimated"] else ""),
        "standards": standards,
        "office": release.office(known["county_code"]),
        "qr": segno.make(address, error="m").svg_inline(border=1, omitsize=True),
        "rows": rows,
        "has_group": any(row["group"] for row in rows),
        "has_size": any(row["size"] for row in rows),
        "has_quantity": any(row["quantity"] for row in rows),
        "has_standard": not standards and any(row["standard"] for row in rows),
    }


def _standards(lines: list[Row]) -> str:
    """Return the standards of a list, once each, when they are few."""
    found = sorted({(line["standard_fen"], line["unit"]) for line in lines if line["standard_fen"]})
    return "、".join(_standard(fen, unit) for fen, unit in found) if len(found) <= 4 else ""


def _standard(fen: int, unit: str) -> str:
    w = words()["notice"]
    return str((w["standard_unit"] if unit else w["standard"]).format(yuan=yuan(fen, ""), unit=unit))


def _row(line: Row, programme: Row, of_month: dt.date) -> dict[str, Any]:
    w = words()["notice"]
    unit = line["unit"] or ""
    name = line["name"] + (f"（{w['namesake'].format(number=line['case_no'])}）" if line["case_no"] else "")
    return {
        "position": line["position"],
        "group": line["group_name"],
        "name": name,
        "size": w["size"].format(count=line["household_size"]) if line["household_size"] else "",
        "quantity": f"{line['quantity']}{unit}" if line["quantity"] else "",
        "standard": _standard(line["standard_fen"], unit) if line["standard_fen"] else "",
        "amount": yuan(line["amount_fen"]),
        "how": explain(line, programme, of_month),
    }


def explain(line: Row, programme: Row, of_month: dt.date) -> str:
    """Say in plain words how an amount came about: rate × quantity × months, where that is what was paid."""
    w = words()["notice"]
    span = (
        (line["period_to"].year - line["period_from"].year) * 12
        + line["period_to"].month
        - line["period_from"].month
        + 1
    )
    facts = {
        "standard": _standard(line["standard_fen"], line["unit"]) if line["standard_fen"] else "",
        "quantity": f"{line['quantity']}{line['unit'] or ''}",
        "months": span,
        "amount": yuan(line["amount_fen"]),
    }
    product = Decimal(line["standard_fen"] or 0) * Decimal(line["quantity"] or 0)
    key = "how_decided"
    if product and abs(product - line["amount_fen"]) < 1:
        key = "how_product"
    elif product and span > 1 and abs(product * span - line["amount_fen"]) < 1:
        key = "how_product_months"
    elif line["standard_fen"] == line["amount_fen"]:
        key = "how_standard"
    elif span > 1 and programme["frequency"] == "monthly":
        key = "how_months"
    sentence = str(w[key].format(**facts))
    is_other = (line["period_from"].replace(day=1), line["period_to"].replace(day=1)) != (of_month, of_month)
    period = months(line["period_from"], line["period_to"])
    return f"{sentence}（{period}）" if is_other and programme["frequency"] == "monthly" else sentence


ROUTES = {"/notice/<village>/<slug>/<month_text>": notice, "/print/<code>": print_set}
# Names come from the current release only: no permanent address shows them.
LASTING: frozenset[str] = frozenset()
