"""Runs a rule without writing findings, and formats the table of rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from checks.rules.header import Rule
from checks.rules.prepare import prepare_rules
from checks.rules.run import run_rule

KIND_NAMES = {"suspicion": "疑点", "data_error": "数据差错", "flow": "资金流转", "service_lead": "服务线索"}
SEVERITY_NAMES = {"high": "高", "medium": "中", "low": "低", "return": "退回更正"}


def dry_run(
    connection: duckdb.DuckDBPyConnection, rule: Rule, months: int, decisions: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Run a rule over the newest months and compare the flags with `findings`.

    Args:
        connection: holds what rules read, and `findings` of the rule's current version.
        rule: the rule, perhaps changed.
        months: how many months of payments, by the month they were declared for.
        decisions: finding_id → the latest decision's `outcome`.

    Returns:
        rule, version, compared_with (the version of the findings), months, checked, flagged, not_applicable,
        amount_fen, counties (county → findings), new, same, gone, `decided` (outcome → flags that bear it) and
        `lost_confirmed`: confirmed findings this version would no longer find.
    """
    newest = connection.execute("select max(month) from payments").fetchone()
    place = connection.execute(
        "select table_catalog, table_schema from information_schema.tables where table_name = 'payments' limit 1"
    ).fetchone()
    source = ".".join(f'"{part}"' for part in (*(place or ("memory", "main")), "payments"))
    first = f"date '{newest[0]}' - to_months({months - 1})" if newest and newest[0] else "date '1970-01-01'"
    connection.execute(f"create or replace temp view payments as select * from {source} where month >= {first}")
    try:
        prepare_rules(connection, [rule])
        result = run_rule(connection, rule)
        return _compared(connection, rule, months, decisions, first) | {
            "checked": result.checked,
            "not_applicable": result.not_applicable,
            "amount_fen": result.amount_fen,
        }
    finally:
        connection.execute("drop view temp.payments")


def _compared(
    connection: duckdb.DuckDBPyConnection,
    rule: Rule,
    months: int,
    decisions: Mapping[str, Mapping[str, Any]],
    first: str,
) -> dict[str, Any]:
    table = f"flags_{rule.slug}"
    flagged = {row[0] for row in connection.execute(f"select finding_id from {table}").fetchall()}
    current = dict(
        connection.execute(
            f"select finding_id, rule_version from findings where rule = ? and period_to >= {first}", [rule.id]
        ).fetchall()
    )
    counties = connection.execute(
        f"""select county_code, count(*) from (
                select coalesce(f.county_code, p.county_code) as county_code
                from {table} f left join payments p on p.payment_id = f.payment_ids[1])
            group by 1 order by 1"""
    ).fetchall()
    outcomes = {finding: str(decision["outcome"]) for finding, decision in decisions.items()}
    return {
        "rule": rule.id,
        "version": rule.version,
        "compared_with": max(current.values(), default=None),
        "months": months,
        "flagged": len(flagged),
        "counties": dict(counties),
        "new": len(flagged - current.keys()),
        "same": len(flagged & current.keys()),
        "gone": len(current.keys() - flagged),
        "decided": dict(sorted(Counter(outcomes[finding] for finding in flagged if finding in outcomes).items())),
        "lost_confirmed": sum(outcomes.get(finding) == "confirmed" for finding in current.keys() - flagged),
    }


def as_markdown(rules: Sequence[Rule]) -> str:
    """Return the table of rules for the README, from the headers."""
    lines = ["| 编号 | 规则 | 类别 | 严重程度 | 为什么 | 需要的数据 |", "|---|---|---|---|---|---|"]
    for rule in rules:
        needs = "、".join(f"`{need}`" for need in rule.needs) or "—"
        kind, severity = KIND_NAMES[rule.kind], SEVERITY_NAMES[rule.severity]
        lines.append(f"| {rule.id} | {rule.title} | {kind} | {severity} | {rule.why} | {needs} |")
    return "\n".join(lines) + "\n"
