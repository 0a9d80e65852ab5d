"""Queries on class B lists for the village board, within the viewer's counties; every reading is logged. No pages here."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Any

from dashboards.staff.queries.deliveries import COUNTY, MINE, SnapshotQueries
from dashboards.staff.queries.sql_files import sql_file
from mingzhang.storage.publication_reader import Rows

LINES = sql_file("board_lines")
LISTS = sql_file("board_lists")
NAMES = """(select min(place_name) from places where place_code = village_code) as village_name,
           (select min(place_name) from places where place_code = substr(village_code, 1, 9)) as town_name"""
PROGRAMME = "(select name from programmes where slug = programme) as programme_name"


class VillageBoardQueries(SnapshotQueries):
    """The board lists one viewer may print."""

    def months(self) -> list[dt.date]:
        """Return the months that have lists, newest first."""
        rows = self._rows(
            f"select distinct month from board_lines b where {MINE.format(table='b.')} order by 1 desc limit 60"
        )
        return [row["month"] for row in rows]

    def programmes_listed(self) -> dict[str, str]:
        """Return the programmes that have lists, by slug."""
        rows = self._rows(
            f"""select distinct programme, (select name from programmes where slug = programme) as name
                from board_lines b where {MINE.format(table="b.")} order by 1"""
        )
        return {row["programme"]: row["name"] or row["programme"] for row in rows}

    def villages(self, county: str, month: str) -> dict[str, str]:
        """Return the villages of one county that have lists in a month, by code, each under its town's name."""
        rows = self._rows(
            f"""select distinct village_code, {NAMES} from board_lines b
                where {MINE.format(table="b.")} and county_code = $county and strftime(month, '%Y-%m') = $month
                order by 1""",
            county=county,
            month=month,
        )
        return {
            row["village_code"]: " ".join(part for part in (row["town_name"], row["village_name"]) if part)
            for row in rows
        }

    def index(self, county: str, month: str, village: str, programme: str) -> Rows:
        """Return the lists without names: village, programme, month, number of people, and whether certified.

        Args:
            county: six-digit code, or '' for all.
            month: `2026-10`, or ''.
            village: twelve-digit code, or ''.
            programme: slug, or ''.
        """
        return self._rows(
            f"""with lines as ({LINES})
                select county_code, village_code, programme, month, {NAMES}, {PROGRAMME}, {COUNTY.format(table="lines.")},
                       count(distinct coalesce(recipient_id::varchar, name)) as people,
                       sum(amount_fen)::bigint as amount_fen, bool_and(is_certified) as is_certified
                from lines group by county_code, village_code, programme, month
                order by county_code, month desc, village_code, programme""",
            **self._values(county, month, village, programme),
        )

    def lists(self, village: str, month: str, programme: str) -> list[dict[str, Any]]:
        """Return the certified lists of a village and month, one per programme, each with its `rows`. It is logged."""
        if not (village and month):
            return []
        found = self._rows(
            f"""with lines as ({LINES}), lists as ({LISTS})
                select * from lists
                order by programme, group_name, name, amount_fen desc, period_from, case_no""",
            **self._values("", month, village, programme),
        )
        if len(found):
            subject = "-".join(part for part in (village, programme or "all", month) if part)
            self._log("read.board", subject, count=len(found))
        return [_sheet(list(rows)) for _, rows in groupby(found, key=lambda row: row["programme"])]

    def _values(self, county: str, month: str, village: str, programme: str) -> dict[str, Any]:
        store = self.context.site.store
        return {
            "county": county,
            "month": month,
            "village": village,
            "programme": programme,
            "certified": sorted(store.certified_batches()),
            "withheld": [person.person_id for person in store.withheld(self.context.now)],
        }


def _sheet(rows: list[dict[str, Any]]) -> dict[str, Any]:
    named = [row for row in rows if row["name"]]
    return {
        **rows[0],
        "total_fen": sum(row["amount_fen"] for row in rows),
        "unnamed": sum(row["people"] for row in rows if not row["name"]),
        "rows": named,
        "has_group": any(row["group_name"] for row in named),
        "has_period": any((row["period_from"], row["period_to"]) != (row["month"], row["month"]) for row in named),
    }
