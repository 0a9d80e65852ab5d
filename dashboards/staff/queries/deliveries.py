"""Queries on deliveries, rules, quality and sums, always for one viewer and within their counties. No pages here.

Every query that returns personal data writes its audit entry here, so that no page can forget it. Findings, leads, record
pairs, village boards and the money chain extend the same class in their own modules.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import polars as pl

from dashboards.staff.column_questions import ColumnQuestion, columns_of, questions
from dashboards.staff.request_context import RequestContext
from mingzhang.storage.publication_reader import NothingPublishedError, Rows

PAGE_SIZE = 50  # rows per page; the export has all
# A subquery, not a join: a place that is listed twice must not double a row.
COUNTY = "(select min(place_name) from places where place_code = {table}county_code) as county_name"
# Binds the viewer's counties; an empty list means all of them.
MINE = "(len($counties::varchar[]) = 0 or list_contains($counties::varchar[], {table}county_code))"


def page_number(query: Mapping[str, str]) -> int:
    """Return which page of a list an address asks for; anything that is not a number means page 1."""
    page = query.get("page", "")
    return max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1


@dataclass(frozen=True)
class Filter:
    """The filters of a list, from its query string; '' leaves a filter open."""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Read the texts of the filter from a query string."""
        return cls(**{one.name: query.get(one.name, "")[:40] for one in fields(cls) if one.default == ""})


class SnapshotQueries:
    """The staff snapshot as one viewer may see it."""

    def __init__(self, context: RequestContext) -> None:
        self.context = context
        self.counties = sorted(context.viewer.counties)

    def _rows(self, sql: str, **parameters: Any) -> Rows:
        if "$counties" in sql:
            parameters["counties"] = self.counties
        return self.context.site.snapshots.query(sql, parameters)

    def _log(self, action: str, subject: str, **detail: str | int | None) -> None:
        self.context.site.store.log(self.context.viewer.name, action, subject, self.context.now, **detail)

    # --- the snapshot itself and what filters offer ---

    def meta(self) -> dict[str, Any] | None:
        """Return number, month and time of the snapshot, or None before the first one."""
        try:
            return self._rows("select * from meta").first()
        except NothingPublishedError:
            return None

    def counties_with_names(self) -> dict[str, str]:
        """Return the viewer's counties by code: those that have data, else their own."""
        try:
            rows = self._rows(
                f"""with mine as (
                      select distinct county_code from deliveries where {MINE.format(table="")}
                      union select distinct county_code from coverage where {MINE.format(table="")}
                      union select unnest($counties::varchar[]))
                    select mine.county_code, coalesce(min(place_name), mine.county_code) as name
                    from mine left join places on place_code = mine.county_code group by mine.county_code order by 1"""
            )
        except NothingPublishedError:
            return {code: code for code in self.counties}
        return {row["county_code"]: row["name"] for row in rows if row["county_code"]}

    def counties_to_send(self) -> dict[str, str]:
        """Return every county the viewer may send files of, by code, whether it has data or not."""
        try:
            rows = self._rows(
                f"""with mine as (
                      select place_code as county_code, place_name from places where level = 'county'
                      union all select unnest($counties::varchar[]), null)
                    select county_code, coalesce(min(place_name), county_code) as name
                    from mine where {MINE.format(table="")} group by county_code order by 1"""
            )
        except NothingPublishedError:
            return {code: code for code in self.counties}
        return {row["county_code"]: row["name"] for row in rows}

    def programmes(self) -> dict[str, str]:
        """Return programme names by slug."""
        try:
            return {r["slug"]: r["name"] for r in self._rows("select slug, name from programmes order by code, name")}
        except NothingPublishedError:
            return {}

    # --- deliveries ---

    def deliveries(self, month: str = "", county: str = "", kind: str = "", status: str = "") -> Rows:
        """Return deliveries, newest arrival first.

        Args:
            month: `2026-10`, or '' for all.
            county: six-digit code, or ''.
            kind: kind of file, or ''.
            status: status of the delivery, or ''.
        """
        return self._rows(
            f"""select d.*, {COUNTY.format(table="d.")}, p.name as programme_name
                from deliveries d left join programmes p on p.slug = d.programme
                where {MINE.format(table="d.")} and ($county = '' or d.county_code = $county)
                  and ($kind = '' or d.kind = $kind) and ($status = '' or d.status = $status)
                  and ($month = '' or strftime(d.month, '%Y-%m') = $month)
                order by d.sequence desc""",
            month=month,
            county=county,
            kind=kind,
            status=status,
        )

    def delivery(self, delivery_id: str) -> dict[str, Any] | None:
        """Return one delivery, or None when there is none in the viewer's counties."""
        return self._rows(
            f"""select d.*, {COUNTY.format(table="d.")}, p.name as programme_name
                from deliveries d left join programmes p on p.slug = d.programme
                where d.delivery_id = $id and {MINE.format(table="d.")}""",
            id=delivery_id,
        ).first()

    def is_replaced(self, delivery: Mapping[str, Any]) -> bool:
        """Tell whether corrections have replaced all payments of a delivery that was accepted."""
        if not self.corrections(delivery["delivery_id"]) or not delivery["month"]:
            return False
        with self.context.site.snapshots.publication() as snapshot:
            month = f"{delivery['month']:%Y-%m}"
            paths = [
                path
                for path in snapshot.lake_files("payments", delivery["county_code"] or "")
                if Path(path).parent.name == month
            ]
            own = pl.col("batch_id") == delivery["delivery_id"]
            return bool(paths) and pl.scan_parquet(paths).filter(own).head(1).collect().is_empty()

    def data_errors(self, delivery_id: str) -> int:
        """Return on how many lines of a delivery rules found a data error, which its sender can correct."""
        row = self._rows(
            f"""select count(distinct l.line_id) as lines from finding_lines l join findings f using (finding_id)
                where l.delivery_id = $id and l.role = 'payment' and f.kind = 'data_error' and {MINE.format(table="l.")}""",
            id=delivery_id,
        ).first()
        return int(row["lines"]) if row else 0

    def corrections(self, delivery_id: str) -> Rows:
        """Return the corrections of a delivery, in their declared order."""
        return self._rows(
            f"""select d.* from deliveries d where d.corrects = $id and {MINE.format(table="d.")}
                order by d.correction_no, d.sequence""",
            id=delivery_id,
        )

    def sheets(self, delivery_id: str) -> Rows:
        """Return a delivery's sheets with headers and the fields they were read as."""
        return self._rows(
            f"""select s.* from sheets s join deliveries d using (delivery_id)
                where s.delivery_id = $id and {MINE.format(table="d.")} order by sheet_no""",
            id=delivery_id,
        )

    def problems(self, delivery_id: str) -> Rows:
        """Return a delivery's problems, worst first. Messages quote values: the reading is logged."""
        rows = self._rows(
            f"""select p.*, p.column_name as "column" from problems p join deliveries d using (delivery_id)
                where p.delivery_id = $id and {MINE.format(table="d.")}
                order by case p.level when 'hold' then 0 when 'reject' then 1 when 'warn' then 2 else 3 end,
                         p.sheet, p.row, p.column_name, p.id""",
            id=delivery_id,
        )
        if len(rows):
            self._log("read.problems", delivery_id, count=len(rows))
        return rows

    def column_questions(self, delivery_id: str) -> list[ColumnQuestion]:
        """Return the questions about a delivery that choosing a column answers."""
        return questions(self.problems(delivery_id).rows, columns_of(self.sheets(delivery_id)))

    def repairs_by_kind(self, delivery_id: str) -> Rows:
        """Return how many values of a delivery were tidied, by kind."""
        return self._rows(
            f"""select r.kind, count(*) as count from repairs r join deliveries d using (delivery_id)
                where r.delivery_id = $id and {MINE.format(table="d.")} group by 1 order by 2 desc, 1""",
            id=delivery_id,
        )

    def repairs(self, delivery_id: str, most: int = PAGE_SIZE) -> Rows:
        """Return the first values of a delivery that were tidied, as written and as read: the reading is logged."""
        rows = self._rows(
            f"""select r.* from repairs r join deliveries d using (delivery_id)
                where r.delivery_id = $id and {MINE.format(table="d.")}
                order by r.sheet, r.row, r.column_name, r.kind limit $most""",
            id=delivery_id,
            most=most,
        )
        if len(rows):
            self._log("read.repairs", delivery_id, count=len(rows))
        return rows

    # --- rules, quality, money ---

    def rules(self) -> Rows:
        """Return rules with what their latest runs checked, flagged and could not judge."""
        return self._rows(
            f"""select r.*, coalesce(sum(u.checked), 0)::bigint as checked, coalesce(sum(u.flagged), 0)::bigint as flagged,
                       coalesce(sum(u.not_applicable), 0)::bigint as not_applicable,
                       list_sort(list(distinct u.reason) filter (u.reason is not null and u.reason <> '')) as reasons
                from rules r left join rule_runs u on u.rule = r.id and {MINE.format(table="u.")}
                group by all order by r.id"""
        )

    def coverage(self) -> Rows:
        """Return which register covers which county, from when to when."""
        return self._rows(
            f"""select c.*, {COUNTY.format(table="c.")} from coverage c
                where {MINE.format(table="c.")} order by c.county_code, c.title"""
        )

    def scorecard(self) -> Rows:
        """Return the quality of each supplier's newest extract."""
        return self._rows(
            f"""select s.*, {COUNTY.format(table="s.")}, coalesce(t.title, s.register) as title from scorecard s
                left join (select distinct register, title from coverage) t using (register)
                where {MINE.format(table="s.")} order by s.county_code, title"""
        )

    def flow(self, county: str, programme: str) -> Rows:
        """Return money per hop, month and programme."""
        return self._rows(
            f"""select f.*, p.name as programme_name from flow f left join programmes p on p.slug = f.programme
                where {MINE.format(table="f.")} and ($county = '' or f.county_code = $county)
                  and ($programme = '' or f.programme = $programme) order by f.month, f.programme, f.hop""",
            county=county,
            programme=programme,
        )

    def totals(self, county: str, programme: str) -> Rows:
        """Return lines and money per month as loaded, of one programme or of all together."""
        return self._rows(
            f"""select t.month, case when $programme <> '' then p.name end as programme_name, sum(t.lines)::bigint as lines,
                       sum(t.paid_fen)::bigint as paid_fen, sum(t.returned_fen)::bigint as returned_fen
                from totals t left join programmes p on p.slug = t.programme
                where {MINE.format(table="t.")} and ($county = '' or t.county_code = $county)
                  and ($programme = '' or t.programme = $programme)
                group by all order by t.month""",
            county=county,
            programme=programme,
        )

    def line_counts(self) -> dict[dt.date, dict[str, Any]]:
        """Return per month how many files and lines came, and how many lines were refused or held."""
        rows = self._rows(
            f"""select month, count(*) as files, sum(lines)::bigint as lines, sum(accepted)::bigint as accepted,
                       sum(rejected)::bigint as rejected, sum(held)::bigint as held, sum(warnings)::bigint as warnings
                from deliveries where {MINE.format(table="")} and month is not null group by 1 order by 1"""
        )
        return {row["month"]: row for row in rows}
