"""Asks the staff snapshot for class B lists of the village board, within the viewer's counties, and logs the reading."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Any

from dashboards.staff.queries.deliveries import COUNTY, MINE, Queries
from mingzhang.storage.publication_reader import Rows

# Only what a second person has certified is posted; whoever is withheld is counted and not named.
LINES = """
    with lines as (
        select b.*, list_contains($certified::varchar[], batch_id) as is_certified,
               case when list_has_any($withheld::varchar[],
                                      [recipient_id::varchar, head_id::varchar, payee_id::varchar]) then null
                    else name end as listed
        from board_lines b
        where {mine} and ($county = '' or county_code = $county) and ($month = '' or strftime(month, '%Y-%m') = $month)
          and ($village = '' or village_code = $village) and ($programme = '' or programme = $programme))"""
NAMES = """(select min(place_name) from places where place_code = village_code) as village_name,
           (select min(place_name) from places where place_code = substr(village_code, 1, 9)) as town_name"""
PROGRAMME = "(select name from programmes where slug = programme) as programme_name"


class Boards(Queries):
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
        """Return the lists there are, without names: village, programme, month, how many, and whether certified."""
        return self._rows(
            f"""{self._lines()}
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
            f"""{self._lines()}, summed as (
                    select county_code, village_code, programme, month, group_name, listed as name, person_id,
                           sum(amount_fen)::bigint as amount_fen, min(period_from) as period_from,
                           max(period_to) as period_to, count(distinct coalesce(recipient_id::varchar, name)) as people
                    from lines where is_certified group by all having sum(amount_fen) > 0),
                numbered as (
                    select *, count(distinct person_id) over (partition by programme, name) > 1 as has_namesake,
                           (1000 + ('0x' || substr(md5(person_id::varchar || programme || month::varchar), 1, 8))::bigint
                                   % 9000)::varchar as case_no
                    from summed)
                select n.*, {NAMES}, {PROGRAMME}, {COUNTY.format(table="n.")}, b.payment_unit, b.days, b.day_kind, b.basis,
                       o.office, o.phone
                from numbered n join board_programmes b using (programme) left join offices o using (county_code)
                order by programme, group_name, name, amount_fen desc, period_from, case_no""",
            **self._values("", month, village, programme),
        )
        if len(found):
            subject = "-".join(part for part in (village, programme or "all", month) if part)
            self._log("read.board", subject, count=len(found))
        return [_sheet(list(rows)) for _, rows in groupby(found, key=lambda row: row["programme"])]

    def _lines(self) -> str:
        return LINES.format(mine=MINE.format(table="b."))

    def _values(self, county: str, month: str, village: str, programme: str) -> dict[str, Any]:
        store = self.desk.house.store
        return {
            "county": county,
            "month": month,
            "village": village,
            "programme": programme,
            "certified": sorted(store.certified_batches()),
            "withheld": [person.person_id for person in store.withheld(self.desk.now)],
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
