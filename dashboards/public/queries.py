"""All SQL of the public site. Every function asks the current release; no page builds SQL."""

from __future__ import annotations

import datetime as dt
from typing import Any

from mingzhang.storage.publication_reader import OpenPublication, PublicationReader

# The rows of a place in `village_totals`, by level; the code is bound, never written into the text.
SCOPES = {
    "region": "true or $code = ''",
    "city": "county_code in (select place_code from places where parent_code = $code)",
    "county": "county_code = $code",
    "town": "town_code = $code",
    "village": "village_code = $code",
}
CHILD = {"region": "county", "city": "county", "county": "town", "town": "village"}

Row = dict[str, Any]


class Release:
    """Queries on one release that is held open, so that the numbers on a page agree."""

    def __init__(self, reader: PublicationReader, publication: OpenPublication, *, is_fixed: bool = False) -> None:
        self._reader = reader
        self.publication = publication
        self.is_fixed = is_fixed

    @property
    def base(self) -> str:
        """Return what addresses begin with: nothing for what is public now, the release's id where it never changes."""
        return f"/r/{self.id}" if self.is_fixed else ""

    @property
    def id(self) -> str:
        """Id of the release, its logical hash."""
        return self.publication.name

    @property
    def number(self) -> int:
        """Number of the release."""
        return self.publication.number

    @property
    def published_on(self) -> dt.date:
        """Day the release was made."""
        return dt.date.fromisoformat(self.publication.manifest["published_on"])

    def _ask(self, sql: str, **parameters: Any) -> list[Row]:
        return self._reader.query_on(self.publication, sql, parameters).rows

    def meta(self) -> Row:
        """Return the release's own row: months, counts, thresholds."""
        return self._ask("from meta")[0]

    def place(self, code: str) -> Row | None:
        """Return one place."""
        return next(iter(self._ask("from places where place_code = $code", code=code)), None)

    def root(self) -> Row | None:
        """Return the topmost place."""
        return next(iter(self._ask("from places order by length(place_code), place_code limit 1")), None)

    def path(self, code: str) -> list[Row]:
        """Return a place and those above it, topmost first."""
        found: list[Row] = []
        while (place := self.place(code)) and place not in found:
            found.insert(0, place)
            code = place["parent_code"]
        return found

    def months(self, place: Row) -> list[dt.date]:
        """Return the months with money of a place, newest first."""
        sql = f"select distinct month from village_totals where {SCOPES[place['level']]} order by 1 desc"
        return [row["month"] for row in self._ask(sql, code=place["place_code"])]

    def programmes_of(self, place: Row, month: dt.date) -> list[Row]:
        """Return what was paid by programme in a month: exact, class N."""
        return self._ask(
            f"""select t.programme, p.name, p.category, p.payment_unit, sum(t.people)::bigint as people,
                       sum(t.paid_fen)::bigint as paid_fen, sum(t.returned_fen)::bigint as returned_fen
                from village_totals t join programmes p using (programme)
                where {SCOPES[place["level"]]} and month = $month group by all order by paid_fen desc, programme""",
            code=place["place_code"],
            month=month,
        )

    def children(self, place: Row, month: dt.date) -> list[Row]:
        """Return the places below with what was paid there in a month."""
        level = CHILD.get(place["level"])
        if level is None:
            return []
        below = "true or $code = ''" if place["level"] == "region" else "c.parent_code = $code"
        return self._ask(
            f"""select c.place_code, c.place_name, c.parent_code, a.place_name as parent_name,
                       coalesce(sum(t.people), 0)::bigint as people, coalesce(sum(t.paid_fen), 0)::bigint as paid_fen
                from places c left join places a on a.place_code = c.parent_code
                left join village_totals t on t.{level}_code = c.place_code and t.month = $month
                where c.level = '{level}' and {below} group by all order by c.place_code""",
            code=place["place_code"],
            month=month,
        )

    def cells(self, place: Row, month: dt.date) -> list[Row]:
        """Return the rounded county cells of programmes without a list; wider places add up the rounded cells."""
        if place["level"] not in ("region", "city", "county"):
            return []
        return self._ask(
            f"""select c.programme, p.name, sum(c.people)::bigint as people, sum(c.amount_yuan)::bigint as amount_yuan
                from county_cells c join programmes p using (programme)
                where {SCOPES[place["level"]]} and month = $month group by all order by c.programme""",
            code=place["place_code"],
            month=month,
        )

    def flow(self, county: str, month: dt.date) -> list[Row]:
        """Return the documents of the money's way into a county for a month, by programme and hop."""
        return self._ask(
            """select f.programme, p.name, p.disclosure, f.hop, f.documents, f.amount_fen
               from flow f join programmes p using (programme)
               where county_code = $county and month = $month order by f.programme, f.hop""",
            county=county,
            month=month,
        )

    def delays(self, county: str, month: dt.date) -> list[Row]:
        """Return the days money took to each hop and what stood there, by programme; releases before version 2 say nothing."""
        if self.meta()["schema_version"] < 2:
            return []
        return self._ask(
            """select d.programme, p.name, d.hop, d.median_days, d.most_days, d.standing_fen
               from fund_delays d join programmes p using (programme)
               where county_code = $county and month = $month order by d.programme, d.hop""",
            county=county,
            month=month,
        )

    def notices(self, village: str, month: dt.date | None = None) -> list[Row]:
        """Return a village's notices, ended ones too, without names."""
        which = "and month = $month" if month else "and $month is null"
        return self._ask(
            f"""select n.*, p.name, p.payment_unit from notices n join programmes p using (programme)
                where village_code = $village {which} order by month desc, programme""",
            village=village,
            month=month,
        )

    def notice(self, notice_id: str) -> Row | None:
        """Return what stays public about a notice."""
        return next(iter(self._ask("from notices where notice_id = $id", id=notice_id)), None)

    def programme(self, slug: str) -> Row | None:
        """Return a programme."""
        return next(iter(self._ask("from programmes where programme = $slug", slug=slug)), None)

    def programmes(self) -> list[Row]:
        """Return the programmes that appear in this release."""
        return self._ask(
            """from programmes semi join (select programme from village_totals union select programme from county_cells)
               using (programme) order by category, programme"""
        )

    def standards(self, slug: str) -> list[Row]:
        """Return the standards of a programme, newest first."""
        return self._ask("from standards where programme = $slug order by valid_from desc, band", slug=slug)

    def office(self, county: str) -> Row | None:
        """Return the office that villagers of a county may ask."""
        return next(iter(self._ask("from offices where county_code = $county", county=county)), None)

    def rules(self) -> list[Row]:
        """Return the rules payments are compared by."""
        return self._ask("from rules order by id")

    def policy(self) -> list[Row]:
        """Return the disclosure policy."""
        return self._ask("from policy order by position")

    def money_by_month(self, county: str) -> list[Row]:
        """Return class N money of a county by month and programme."""
        return self._ask(
            """select month, p.name, p.category, sum(paid_fen)::bigint as paid_fen, sum(people)::bigint as people
               from village_totals join programmes p using (programme)
               where county_code = $county group by all order by month, p.name""",
            county=county,
        )

    def money_by_town(self, county: str, month: dt.date) -> list[Row]:
        """Return class N money of a county's towns in a month."""
        return self._ask(
            """select coalesce(p.place_name, '') as place_name, sum(paid_fen)::bigint as paid_fen
               from village_totals t left join places p on p.place_code = t.town_code
               where t.county_code = $county and month = $month group by all order by paid_fen desc""",
            county=county,
            month=month,
        )
