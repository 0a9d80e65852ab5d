"""Queries on findings and their decisions, within the viewer's counties; every reading is logged. No pages here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from dashboards.staff.queries.deliveries import MINE, PAGE_SIZE, Filter, SnapshotQueries, page_number
from dashboards.staff.queries.sql_files import sql_file
from mingzhang.casework.workflow import DECIDERS, Decision, Outcome
from mingzhang.storage.publication_reader import Rows

MONEY_STEPS = {"1000": 100_000, "10000": 1_000_000, "100000": 10_000_000}


@dataclass(frozen=True)
class FindingFilter(Filter):
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
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Read the filter from a query string; an unknown value leaves its filter open."""
        return replace(super().from_query(query), page=page_number(query))

    def as_query(self, **changed: Any) -> dict[str, str]:
        """Return the filter as query parameters, without the open ones."""
        values = {**self.__dict__, **changed}
        return {name: str(value) for name, value in values.items() if value not in ("", 1) or name in changed}


FINDINGS_WITH_STATUS = sql_file("findings_with_status")
FILTERED = """
    select * from judged
    where ($county = '' or county_code = $county) and ($rule = '' or rule = $rule)
      and ($programme = '' or programme = $programme) and ($status = '' or status = $status
           or ($status = 'waiting' and status in ('open', 'unsure', 'reopened')))
      -- help to give is not listed among suspicions unless asked for, or together with its household
      and (kind = $kind or ($kind = '' and (kind <> 'service_lead' or $case <> '' or $rule <> ''))) and ($severity = '' or severity = $severity)
      and coalesce(amount_fen, 0) >= $least_fen"""
SEVERITY_ORDER = "case severity when 'high' then 0 when 'medium' then 1 when 'low' then 2 else 3 end"


class FindingQueries(SnapshotQueries):
    """The findings one viewer may see."""

    def _judged(self) -> tuple[str, dict[str, Any]]:
        """Return the CTE `judged`, every visible finding with its status, and their parameters."""
        latest = list(self.context.site.store.latest_decisions().values())
        parameters = {
            "ids": [d.finding_id for d in latest],
            "outcomes": [d.outcome.value for d in latest],
            "evidence": [d.evidence_hash for d in latest],
            "until": [d.until for d in latest],
            "today": self.context.today,
            # Bureaus put data right; suspicions about a person are not theirs to read.
            "all_kinds": self.context.viewer.may(*DECIDERS),
        }
        return f"judged as ({FINDINGS_WITH_STATUS})", parameters

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
        """Return whether the snapshot ranks its findings."""
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
        """Return how many visible findings have each status."""
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
            all_kinds=self.context.viewer.may(*DECIDERS),
        )
        return {row["value"]: row["label"] or row["value"] for row in rows}

    def finding(self, finding_id: str) -> dict[str, Any] | None:
        """Return one finding with its rule's words, or None when it is not the viewer's. The reading is logged."""
        judged, parameters = self._judged()
        found = self._rows(
            f"""with {judged}
                select j.*, r.basis, r.why, r.clears, r.ask, r.fact_labels, r.value_labels
                from judged j left join rules r on r.id = j.rule
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
            for key, d in self.context.site.store.latest_decisions().items()
            if self.context.viewer.sees(d.county_code)
        }
        return _precision(decided.values())


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
