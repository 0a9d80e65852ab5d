"""Asks the staff snapshot, always for one viewer and only within his counties. The only SQL of the staff app.

Whatever returns personal data leaves an audit entry here, so that no page can forget to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from casework.workflow import DECIDERS, Decision, Outcome
from dashboards.shared import words
from dashboards.shared.snapshot import NothingPublishedError, Rows
from dashboards.staff.house import Desk

PAGE_SIZE = 50  # Dash's time to draw a page grows with the square of its parts: 300 rows took a browser 20 s
MONEY_STEPS = {"1000": 100_000, "10000": 1_000_000, "100000": 10_000_000}
# A subquery, not a join: a place that is listed twice must not double a row.
COUNTY = "(select min(place_name) from places where place_code = {table}county_code) as county_name"
# Binds the viewer's counties; an empty list means all of them.
MINE = "(len($counties::varchar[]) = 0 or list_contains($counties::varchar[], {table}county_code))"


@dataclass(frozen=True)
class FindingFilter:
    """What the auditor wants to see; '' leaves a filter open. The export uses the very same one."""

    county: str = ""
    rule: str = ""
    programme: str = ""
    status: str = ""
    kind: str = ""
    severity: str = ""
    money: str = ""
    case: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, query: dict[str, str]) -> FindingFilter:
        """Read the filter from a query string; what is not understood is left open."""
        page = query.get("page", "1")
        names = ("county", "rule", "programme", "status", "kind", "severity", "money", "case")
        texts = {name: query.get(name, "")[:40] for name in names}
        return cls(**texts, page=max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1)

    def as_query(self, **changed: Any) -> dict[str, str]:
        """Return the filter as query parameters, without the open ones."""
        values = {**self.__dict__, **changed}
        return {name: str(value) for name, value in values.items() if value not in ("", 1) or name in changed}


# Same meaning as casework.workflow.finding_status; a test holds the two together.
DECIDED = """
    decided as (
        select unnest($ids::varchar[]) as finding_id, unnest($outcomes::varchar[]) as outcome,
               unnest($evidence::varchar[]) as decided_on, unnest($until::date[]) as until),
    judged as (
        select f.*, case when d.finding_id is null then 'open'
                         when d.outcome = 'cleared' and (d.decided_on is distinct from f.evidence_hash
                              or d.until < $today) then 'reopened'
                         else d.outcome end as status
        from findings f left join decided d using (finding_id)
        where {mine} and ($all_kinds or f.kind = 'data_error'))"""
FILTERED = """
    select * from judged
    where ($county = '' or county_code = $county) and ($rule = '' or rule = $rule)
      and ($programme = '' or programme = $programme) and ($status = '' or status = $status
           or ($status = 'waiting' and status in ('open', 'unsure', 'reopened')))
      -- help to give is not listed among suspicions unless asked for, or together with its household
      and (kind = $kind or ($kind = '' and (kind <> 'service_lead' or $case <> '' or $rule <> ''))) and ($severity = '' or severity = $severity)
      and coalesce(amount_fen, 0) >= $least_fen"""
SEVERITY_ORDER = "case severity when 'high' then 0 when 'medium' then 1 when 'low' then 2 else 3 end"


class Queries:
    """The snapshot as one viewer may see it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.counties = sorted(desk.viewer.counties)

    def _rows(self, sql: str, **parameters: Any) -> Rows:
        if "$counties" in sql:
            parameters["counties"] = self.counties
        return self.desk.house.shelf.query(sql, parameters)

    def _log(self, action: str, subject: str, **detail: str | int | None) -> None:
        self.desk.house.store.log(self.desk.viewer.name, action, subject, self.desk.now, **detail)

    # --- the snapshot itself and what filters offer ---

    def meta(self) -> dict[str, Any] | None:
        """Return number, month and time of the snapshot, or None before the first one."""
        try:
            return self._rows("select * from meta").first()
        except NothingPublishedError:
            return None

    def counties_with_names(self) -> dict[str, str]:
        """Return the viewer's counties by code: those that have data, else his own."""
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

    def registers(self) -> dict[str, str]:
        """Return the titles of all registers by slug."""
        return dict(words.REGISTERS)

    # --- deliveries ---

    def deliveries(self, month: str = "", county: str = "", kind: str = "", status: str = "") -> Rows:
        """Return deliveries, newest arrival first."""
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
            f"""select p.* from problems p join deliveries d using (delivery_id)
                where p.delivery_id = $id and {MINE.format(table="d.")}
                order by case p.level when 'hold' then 0 when 'reject' then 1 when 'warn' then 2 else 3 end,
                         p.sheet, p.row, p.column_name, p.id""",
            id=delivery_id,
        )
        if len(rows):
            self._log("read.problems", delivery_id, count=len(rows))
        return rows

    def repairs_by_kind(self, delivery_id: str) -> Rows:
        """Return how many values of a delivery were tidied, by kind."""
        return self._rows(
            f"""select r.kind, count(*) as count from repairs r join deliveries d using (delivery_id)
                where r.delivery_id = $id and {MINE.format(table="d.")} group by 1 order by 2 desc, 1""",
            id=delivery_id,
        )

    # --- findings ---

    def _judged(self) -> tuple[str, dict[str, Any]]:
        """Return the CTEs that give every visible finding its status, and their parameters."""
        latest = list(self.desk.house.store.latest_decisions().values())
        parameters = {
            "ids": [d.finding_id for d in latest],
            "outcomes": [d.outcome.value for d in latest],
            "evidence": [d.evidence_hash for d in latest],
            "until": [d.until for d in latest],
            "today": self.desk.today,
            # Bureaus put data right; suspicions about a person are not theirs to read.
            "all_kinds": self.desk.viewer.may(*DECIDERS),
        }
        return DECIDED.format(mine=MINE.format(table="f.")), parameters

    def _filtered(self) -> str:
        """Return the filter's SELECT; a case (the findings of one household) exists where findings are ranked."""
        return f"{FILTERED} and ($case = '' or {'case_id' if self.has_rank() else 'finding_id'} = $case)"

    def _filter(self, wanted: FindingFilter) -> dict[str, Any]:
        named = {
            name: getattr(wanted, name)
            for name in ("county", "rule", "programme", "status", "kind", "severity", "case")
        }
        return {**named, "least_fen": MONEY_STEPS.get(wanted.money, 0)}

    def findings(self, wanted: FindingFilter, everything: bool = False) -> Rows:
        """Return one page of the filtered findings (or, for the export, all of them) in the order of the list."""
        judged, parameters = self._judged()
        rank = "rank nulls last, " if self.has_rank() else ""
        window = "" if everything else f"limit {PAGE_SIZE} offset {(wanted.page - 1) * PAGE_SIZE}"
        rows = self._rows(
            f"""with {judged}, filtered as ({self._filtered()})
                select * from filtered
                order by {rank}{SEVERITY_ORDER}, amount_fen desc nulls last, rule, finding_id {window}""",
            **parameters,
            **self._filter(wanted),
        )
        action = "export.findings" if everything else "read.findings"
        self._log(action, self._subject(wanted), count=len(rows), page=wanted.page)
        return rows

    @staticmethod
    def _subject(wanted: FindingFilter) -> str:
        return "&".join(f"{name}={value}" for name, value in wanted.as_query(page=1).items() if name != "page") or "all"

    def has_rank(self) -> bool:
        """Tell whether the snapshot ranks its findings."""
        found = self._rows(
            "select count(*) as n from information_schema.columns where table_name = 'findings' and column_name = 'rank'"
        ).first()
        return bool(found and found["n"])

    def findings_totals(self, wanted: FindingFilter) -> dict[str, Any]:
        """Return count and money of the filtered findings."""
        judged, parameters = self._judged()
        return self._rows(
            f"""with {judged}, filtered as ({self._filtered()})
                select count(*) as count, coalesce(sum(amount_fen), 0)::bigint as amount_fen from filtered""",
            **parameters,
            **self._filter(wanted),
        ).rows[0]

    def findings_by_status(self) -> dict[str, int]:
        """Return how many visible findings stand where."""
        judged, parameters = self._judged()
        rows = self._rows(
            f"with {judged} select status, count(*) as count from judged where kind <> 'service_lead' group by 1",
            **parameters,
        )
        return {row["status"]: row["count"] for row in rows}

    def finding_choices(self, column: str) -> dict[str, str]:
        """Return what a filter of the list offers: value and label. `column` is one of ours."""
        labels = {"rule": "rule || ' ' || title", "programme": "programme_name"}
        if column not in labels:
            raise KeyError(column)
        rows = self._rows(
            f"""select {column} as value, min({labels[column]}) as label from findings f
                where {MINE.format(table="f.")} and {column} is not null and ($all_kinds or f.kind = 'data_error')
                group by 1 order by 1""",
            all_kinds=self.desk.viewer.may(*DECIDERS),
        )
        return {row["value"]: row["label"] or row["value"] for row in rows}

    def finding(self, finding_id: str) -> dict[str, Any] | None:
        """Return one finding with its rule's words, or None when it is not the viewer's. The reading is logged."""
        judged, parameters = self._judged()
        found = self._rows(
            f"""with {judged}
                select j.*, r.basis, r.why, r.clears, r.ask from judged j left join rules r on r.id = j.rule
                where j.finding_id = $id""",
            id=finding_id,
            **parameters,
        ).first()
        if found:
            self._log("read.finding", finding_id)
        return found

    def why_gone(self, finding_id: str) -> str | None:
        """Return why a finding of earlier runs is no longer found, or None when it is not known here."""
        row = self._rows("select words from gone_findings where finding_id = $id", id=finding_id).first()
        return str(row["words"]) if row else None

    def finding_lines(self, finding_id: str) -> Rows:
        """Return the source rows a visible finding rests on; call `finding` first, which checks and logs."""
        return self._rows(
            f"""select l.*, d.month from finding_lines l left join deliveries d using (delivery_id)
                where l.finding_id = $id and {MINE.format(table="l.")}
                order by l.role, d.month, l.file_name, l.sheet, l.row""",
            id=finding_id,
        )

    def evidence_now(self, finding_id: str) -> dict[str, Any] | None:
        """Return what a decision must be checked against, or None when the finding is not the viewer's."""
        return self._rows(
            f"""select finding_id, rule, rule_version, county_code, amount_fen, evidence_hash from findings f
                where finding_id = $id and {MINE.format(table="f.")}""",
            id=finding_id,
        ).first()

    def precision(self) -> list[dict[str, Any]]:
        """Return per rule how often its findings were confirmed so far, within the viewer's counties."""
        decided: dict[str, Decision] = {
            key: d
            for key, d in self.desk.house.store.latest_decisions().items()
            if self.desk.viewer.sees(d.county_code)
        }
        return _precision(decided.values())

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


def _precision(decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    counts: dict[str, dict[str, int]] = {}
    for decision in decisions:
        row = counts.setdefault(decision.rule, {outcome.value: 0 for outcome in Outcome} | {"amount_fen": 0})
        row[decision.outcome.value] += 1
        row["amount_fen"] += decision.amount_fen or 0
    return [
        {"rule": rule, **row, "reviewed": row["confirmed"] + row["cleared"] + row["unsure"]}
        for rule, row in sorted(counts.items())
    ]
