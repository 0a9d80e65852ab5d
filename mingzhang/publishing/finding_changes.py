"""Tells what became of each finding since the last run: new, same, grown or gone, and why gone. Judges no payment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import duckdb

from mingzhang.casework.records import FindingHistory, FoundFinding
from mingzhang.publishing.staff_tables import GoneFindings
from mingzhang.warehouse.declaration import ddl

State = Literal["new", "same", "grown", "shrunk"]
Reason = Literal["rule_changed", "rule_removed", "not_checked", "no_longer_found"]
REASONS: dict[Reason, str] = {
    "rule_changed": "规则改版后不再提示",
    "rule_removed": "规则已停用",
    "not_checked": "本次没有可用数据，未核对",
    "no_longer_found": "数据更正或情况消失",
}


@dataclass(frozen=True)
class Gone:
    """A finding an earlier run saw and this one does not."""

    finding_id: str
    rule: str
    rule_version: int
    reason: Reason


def seen(connection: duckdb.DuckDBPyConnection) -> list[FoundFinding]:
    """Return the findings of this run as casework remembers them (`store.record_findings`)."""
    rows = connection.execute(
        "select finding_id, rule, rule_version, coalesce(amount_fen, 0) from findings order by finding_id"
    ).fetchall()
    return [FoundFinding(*row) for row in rows]


def states(now: Iterable[FoundFinding], before: Mapping[str, FindingHistory]) -> dict[str, State]:
    """Return the state of each finding of this run, compared with the history kept before it was recorded."""
    found: dict[str, State] = {}
    for finding in now:
        last = before.get(finding.finding_id)
        if last is None:
            found[finding.finding_id] = "new"
        elif finding.amount_fen == last.amount_fen:
            found[finding.finding_id] = "same"
        else:
            found[finding.finding_id] = "grown" if finding.amount_fen > last.amount_fen else "shrunk"
    return found


def gone(
    now: Collection[FoundFinding],
    before: Mapping[str, FindingHistory],
    versions: Mapping[str, int],
    unchecked: Collection[str],
) -> list[Gone]:
    """Return the findings that are no longer found, each with the reason.

    Args:
        now: findings of this run.
        before: the history of every finding.
        versions: rule id → its version now.
        unchecked: ids of rules that could check nothing in this run.
    """
    still = {finding.finding_id for finding in now}

    def reason(last: FindingHistory) -> Reason:
        if last.rule not in versions:
            return "rule_removed"
        if versions[last.rule] != last.rule_version:
            return "rule_changed"
        return "not_checked" if last.rule in unchecked else "no_longer_found"

    return [
        Gone(last.finding_id, last.rule, last.rule_version, reason(last))
        for finding_id, last in sorted(before.items())
        if finding_id not in still
    ]


def write(connection: duckdb.DuckDBPyConnection, before: Mapping[str, FindingHistory]) -> list[FoundFinding]:
    """Create the temporary tables `finding_states` and `gone_findings` of this run.

    Args:
        connection: after `prepare` and `findings.write` of every rule.
        before: `store.finding_history()`, without this run.

    Returns:
        This run's findings, for `store.record_findings` once the snapshot is out.
    """
    now = seen(connection)
    versions = dict(connection.execute("select id, version from rules").fetchall())
    state = states(now, before)
    first = [before[f.finding_id].first_seen if f.finding_id in before else None for f in now]
    connection.execute(
        "create or replace temp table finding_states (finding_id varchar, state varchar, first_seen timestamp)"
    )
    connection.execute(
        "insert into finding_states select unnest(?::varchar[]), unnest(?::varchar[]), unnest(?::timestamp[])",
        [[f.finding_id for f in now], [state[f.finding_id] for f in now], first],
    )
    lost = gone(now, before, versions, unchecked(connection))
    connection.execute(f"create or replace temp table gone_findings ({ddl(GoneFindings)})")
    columns = [[getattr(g, name) for g in lost] for name in ("finding_id", "rule", "rule_version", "reason")]
    connection.execute(
        """insert into gone_findings select unnest(?::varchar[]), unnest(?::varchar[]), unnest(?::integer[]),
           unnest(?::varchar[]), unnest(?::varchar[])""",
        [*columns, [REASONS[g.reason] for g in lost]],
    )
    return now


def unchecked(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the rules that could check nothing in this run."""
    rows = connection.execute("select rule from rule_runs group by rule having sum(checked) = 0").fetchall()
    return {row[0] for row in rows}
