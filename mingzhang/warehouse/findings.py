"""Writes what rules found: findings, outcomes, and the source cells of each. No rules here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from checks.rules.header import Rule
from checks.rules.run import RuleResult
from mingzhang.warehouse import database
from mingzhang.warehouse.declaration import column_names
from mingzhang.warehouse.tables.results import Findings

RULE_FAILED = "规则运行出错，没有核对"
RULE_RUNS = Path(__file__).with_name("sql") / "rule_runs.sql"


def write(connection: duckdb.DuckDBPyConnection, results: Sequence[RuleResult]) -> None:
    """Replace the findings and outcomes of these rules, and drop those of rules `prepare` no longer knew.

    Place, programme and person a flag does not state are those of its latest payment; one join serves all rules.
    """
    if not results:
        return
    flags = " union all by name ".join(f"from {result.table}" for result in results)
    rules = [result.rule.id for result in results]
    marks = ", ".join("?" * len(rules))
    town = {"town_code": "substr(village_code, 1, 9) as town_code"}
    columns = [town.get(name, name) for name in column_names(Findings)]
    connection.execute(f"create or replace temp table flags as {flags}")
    connection.execute("begin")
    for table in ("findings", "rule_runs"):
        # what removed rules found goes too
        connection.execute(f"delete from {table} where rule in ({marks}) or rule not in (select id from rules)", rules)
    connection.execute(
        f"""insert into findings by name
        with wanted as (
            select finding_id, unnest(payment_ids) as payment_id from flags
            where county_code is null or village_code is null or programme is null or person_id is null),
        latest as (
            select w.finding_id, arg_max({{'county_code': p.county_code, 'village_code': p.village_code,
                   'programme': p.programme, 'recipient_id': p.recipient_id}}, (p.period_to, p.payment_id)) as at
            from wanted w join payments p using (payment_id) group by 1),
        placed as (
            select f.* replace (
                       coalesce(f.county_code, l.at.county_code) as county_code,
                       coalesce(f.village_code, l.at.village_code) as village_code,
                       coalesce(f.programme, l.at.programme) as programme,
                       -- a question to an office is nobody's own, whoever its lines name
                   case when f.kind = 'flow' then f.person_id else coalesce(f.person_id, l.at.recipient_id) end as person_id)
            from flags f left join latest l using (finding_id))
        select {", ".join(columns)} from placed"""
    )
    _write_runs(connection, results)
    connection.execute("commit")


def _write_runs(connection: duckdb.DuckDBPyConnection, results: Sequence[RuleResult]) -> None:
    """Write what each rule checked per county and found there, and what it could not judge with the reason."""
    rows = [(r.rule.id, r.rule.version, c.county_code, c.month, c.reason, c.rows) for r in results for c in r.counts]
    connection.execute(
        """create or replace temp table run_counts
           (rule varchar, rule_version integer, county_code varchar, month date, reason varchar, rows bigint)"""
    )
    columns = [list(column) for column in zip(*rows, strict=True)] or [[]] * 6
    connection.execute(
        """insert into run_counts select unnest(?::varchar[]), unnest(?::integer[]), unnest(?::varchar[]), unnest(?::date[]),
           unnest(?::varchar[]), unnest(?::bigint[])""",
        columns,
    )
    connection.execute(RULE_RUNS.read_text(encoding="utf-8"))


def write_failed(connection: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """Say of a rule that failed that it judged nothing anywhere: a fault of ours is never a verdict, nor a clean answer.

    Args:
        connection: after `prepare_rules`.
        rule: the rule whose SQL failed; its earlier findings go, as casework remembers them.
    """
    for table in ("findings", "rule_runs"):
        connection.execute(f"delete from {table} where rule = ?", [rule.id])
    connection.execute(
        """insert into rule_runs by name
           select $rule as rule, $version as rule_version, county_code, max(month) as month, 'not_applicable' as outcome,
                  $reason as reason, 0 as checked, 0 as flagged, sum(rows)::bigint as not_applicable
           from population_counts where population = 'payments' and county_code is not null group by county_code""",
        {"rule": rule.id, "version": rule.version, "reason": RULE_FAILED},
    )


def forget_removed(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> None:
    """Delete findings of rules that no longer exist; casework remembers that they were found."""
    known = [rule.id for rule in rules]
    for table in ("findings", "rule_runs"):
        connection.execute(f"delete from {table} where not list_contains(?, rule)", [known])


def evidence(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the temporary table `finding_lines`: every finding's source rows with their headers and cells."""
    connection.execute(
        f"""create or replace temp table finding_lines as
        with named as (
            select finding_id, 'payment' as role, unnest(payment_ids) as line_id from findings
            union all
            select finding_id, 'record' as role, unnest(record_ids) as line_id from findings)
        select n.finding_id, n.role, n.line_id, l.delivery_id, l.county_code, l.kind, d.file_name, l.sheet, l.row,
               s.header, {database.split_cells("c.cells")} as cells
        from named n
        join lines l using (line_id)
        left join deliveries d on d.delivery_id = l.delivery_id
        left join sheets s on s.delivery_id = l.delivery_id and s.sheet = l.sheet
        left join line_cells c on c.line_id = n.line_id"""
    )
