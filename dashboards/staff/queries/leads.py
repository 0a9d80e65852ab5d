"""Queries on who may be owed help or money, within the viewer's counties; every reading is logged. No pages here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dashboards.staff.queries.deliveries import COUNTY, PAGE_SIZE, Filter
from dashboards.staff.queries.findings import FindingQueries
from dashboards.staff.queries.sql_files import sql_file
from mingzhang.storage.publication_reader import Rows

# Leads that are still open: no person has concluded that no help is needed.
WAITING = "status in ('open', 'unsure', 'reopened')"
# Only leads that need a visit; the others are settled from documents.
LEADS = f"""
    leads as (
        select j.*, coalesce(j.village_code, j.town_code, j.county_code) as place_code, {{home}} as home
        from judged j join rules r on r.id = j.rule and r.effort = 'visit'
        where j.kind = 'service_lead' and {WAITING})"""
ARREARS = sql_file("arrears")
# Every finding whose facts have `owed`; a new rule of arrears joins by returning that column.
OWED = f"""
    owed as (
        select j.*, json_extract_string(j.facts, '$.owed') as owed, {COUNTY.format(table="j.")}
        from judged j where j.facts like '%"owed"%' and (status = 'confirmed' or {WAITING}))"""


@dataclass(frozen=True)
class ArrearsFilter(Filter):
    """What the page of arrears shows; '' leaves a filter open. The export uses the very same one."""

    county: str = ""
    programme: str = ""


class LeadQueries(FindingQueries):
    """Leads by village, and money owed by programme and township."""

    def _leads(self) -> tuple[str, dict[str, Any]]:
        judged, parameters = self._judged()
        home = "j.case_id" if self.has_rank() else "coalesce(j.person_id::varchar, j.finding_id)"
        return f"{judged}, {LEADS.format(home=home)}", parameters

    def villages_with_leads(self, county: str, page: int) -> tuple[Rows, int]:
        """Return one page of villages with how many homes wait for a visit, and how many villages there are."""
        leads, parameters = self._leads()
        text = f"""with {leads}, villages as (
                select l.county_code, l.place_code, min(l.place_name) as place_name, count(*) as leads,
                       count(distinct l.home) as homes, min(l.town_code) as town_code
                from leads l where ($county = '' or l.county_code = $county) group by l.county_code, l.place_code)"""
        rows = self._rows(
            f"""{text} select v.*, (select min(place_name) from places where place_code = v.town_code) as town_name,
                       {COUNTY.format(table="v.")}
                from villages v order by v.place_code limit {PAGE_SIZE} offset {(page - 1) * PAGE_SIZE}""",
            county=county,
            **parameters,
        )
        total = self._rows(f"{text} select count(*) as n from villages", county=county, **parameters).rows[0]["n"]
        return rows, int(total)

    def visit_list(self, place: str, export: bool = False) -> Rows:
        """Return a village's leads in the order of the visit: by group, then by household. The reading is logged."""
        leads, parameters = self._leads()
        rank = "l.rank" if self.has_rank() else "0"
        rows = self._rows(
            f"""with {leads}, homes as (
                    select l.*, min(l.group_name) over (partition by l.home) as home_group,
                           min({rank}) over (partition by l.home) as home_rank
                    from leads l where l.place_code = $place)
                select l.*, r.why, r.ask, p.papers,
                       dense_rank() over (order by l.home_group nulls last, l.home_rank, l.home) as stop
                from homes l left join rules r on r.id = l.rule left join programmes p on p.slug = l.programme
                order by stop, l.person_name nulls last, l.rule, l.finding_id""",
            place=place,
            **parameters,
        )
        if len(rows):
            self._log("export.leads" if export else "read.leads", place, count=len(rows))
        return rows

    def place_name(self, place: str) -> str:
        """Return a place's name with its township's, else its code."""
        row = self._rows(
            """select (select min(place_name) from places where place_code = substr($place, 1, 9)) as town,
                      (select min(place_name) from places where place_code = $place) as place""",
            place=place,
        ).rows[0]
        names = [name for name in (row["town"], row["place"]) if name]
        return "".join(dict.fromkeys(names)) or place

    def arrears(self, wanted: ArrearsFilter) -> Rows:
        """Return what is owed per programme and township: people and money unpaid, short, returned, and paid late."""
        judged, parameters = self._judged()
        return self._rows(
            f"with {judged}, {OWED} {ARREARS}",
            county=wanted.county,
            programme=wanted.programme,
            **parameters,
        )

    def arrears_rules(self) -> Rows:
        """Return the rules that call money owed, with how many findings wait."""
        judged, parameters = self._judged()
        return self._rows(
            f"with {judged}, {OWED} select rule, min(title) as title, count(*) as n from owed group by rule order by rule",
            **parameters,
        )
