"""What all rules of a run share: months, the newest month that is in, which extract of a register counts where and when."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from checks.money import chain
from checks.rules import presumed, sums
from checks.rules.header import Rule, RuleError
from checks.rules.texts import reads, statement, summaries
from checks.workdays import is_working_day

# Kinds of file a rule may name in `needs`, with table and date: covered from a county's first date to its last month.
KINDS = {
    "fund_flow": ("fund_flows", "dated_on"),
    "notice": ("notices", "begins_on"),
    "bank_reply": ("bank_lines", "paid_on"),
}
# Deadlines are counted between these days; a date outside is a slip of the pen.
FIRST_DAY, LAST_DAY = dt.date(2010, 1, 1), dt.date(2040, 12, 31)
LIMITED = ("payments", "payment_months", "payment_sums", "lines", "batches", "fund_flows", "notices", "bank_lines")


def prepare_rules(
    connection: duckdb.DuckDBPyConnection,
    rules: Sequence[Rule],
    current: tuple[dt.date, dt.date] | None = None,
) -> None:
    """Create what every rule of a run shares, as temporary tables and views of the connection.

    Args:
        connection: holds the tables of docs/architecture.md, "Rules".
        rules: the rules to run; `rules` is written for them.
        current: the current month of every county and programme and its as-at date; None: worked out of the payments.

    Raises:
        RuleError: a rule names a register or population that is not there.
    """
    for name in summaries():
        connection.execute(f"drop table if exists temp.{name}")
    _versions(connection)
    sums.prepare(connection)
    presumed.prepare(connection, sums.REQUIRABLE)
    _county_months(connection)
    _current_months(connection, current)
    _coverage(connection)
    _rules_table(connection, rules)
    wanted = frozenset[str]().union(*(reads(rule.query) for rule in rules))
    chain.derive(connection, wanted)
    if "workdays" in wanted:
        _workdays(connection)
    for rule in rules:
        check_names(connection, rule)


def _current_months(connection: duckdb.DuckDBPyConnection, current: tuple[dt.date, dt.date] | None) -> None:
    """Create `current_months` (county_code, programme, month, as_of), or fill it with one month for everybody."""
    connection.execute(statement("current_months"))
    if current:
        connection.execute(
            """create or replace temp table current_months as
               select county_code, programme, ?::date as month, ?::date as as_of
               from (select distinct county_code from county_months)
               cross join (select slug as programme from programmes union select '')""",
            current,
        )


@dataclass(frozen=True)
class RegisterShape:
    """What rules need to know about a register, from the catalogue.

    Attributes:
        title: in Chinese.
        versions: `latest` (the newest extract counts) or `monthly` (one extract per month).
        stale_after_months: how long a `latest` extract counts after its date.
        month_column: of a `monthly` register, the column with the month of a record.
    """

    title: str
    versions: str
    stale_after_months: int
    month_column: str


def registers_of(connection: duckdb.DuckDBPyConnection) -> dict[str, RegisterShape]:
    """Return the registers of the catalogue by slug."""
    rows = connection.execute(
        "select register, title, versions, stale_after_months, month_column from register_titles order by 1"
    ).fetchall()
    return {slug: RegisterShape(*shape) for slug, *shape in rows}


def _versions(connection: duckdb.DuckDBPyConnection) -> None:
    """Choose the extract that counts for a county, or for a county and month where extracts are monthly."""
    parts = []
    for slug, shape in registers_of(connection).items():
        # A correction outranks the extract it corrects; of two extracts the later one counts.
        month, key, order = "r.month", "county_code", "as_of desc, correction_no desc nulls last"
        if shape.versions == "monthly":
            month, key, order = (
                f"r.{shape.month_column}",
                "county_code, month",
                "correction_no desc nulls last, as_of desc",
            )
        parts.append(
            f"""(select '{slug}' as register, county_code, month, delivery_id, as_of, records
            from (select r.county_code, {month} as month, r.delivery_id, count(*) as records,
                         coalesce(max(r.as_of), last_day(max(r.month))) as as_of, max(d.correction_no) as correction_no
                  from register_{slug} r left join deliveries d using (delivery_id)
                  where r.status = 'accepted' group by 1, 2, 3)
            qualify row_number() over (partition by {key} order by {order}, delivery_id desc) = 1)"""
        )
    connection.execute(f"create or replace temp table register_versions as {' union all '.join(parts)}")


def _county_months(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(statement("county_months"))


def _coverage(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """create or replace temp table register_coverage as
           select v.register, c.county_code, c.month, v.as_of, v.records
           from register_versions v join register_titles t using (register)
           join county_months c on c.county_code = v.county_code and case t.versions
               when 'monthly' then c.month = v.month
               else c.month <= date_trunc('month', v.as_of) + to_months(t.stale_after_months) end"""
    )
    for kind, (table, date) in KINDS.items():
        connection.execute(
            f"""insert into register_coverage
            select '{kind}', c.county_code, c.month, d.as_of, d.records
            from (select county_code, min(least(month, date_trunc('month', {date})::date)) as first_month,
                         max(month) as last_month, last_day(max(month)) as as_of, count(*) as records
                  from {table} where status = 'accepted' group by 1) d
            join county_months c on c.county_code = d.county_code and c.month between d.first_month and d.last_month"""
        )


def _workdays(connection: duckdb.DuckDBPyConnection) -> None:
    """List the working days of a fixed range of years, whatever the data holds: what a county delivers moves no other's.

    `estimated` days are weekdays of a year whose holidays are not known yet.
    """
    days, estimated = _known_workdays()
    connection.execute(
        "create or replace temp table workdays as select unnest(?::date[]) as day, unnest(?::boolean[]) as estimated",
        [days, estimated],
    )


@functools.cache
def _known_workdays() -> tuple[list[dt.date], list[bool]]:
    every = (FIRST_DAY + dt.timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1))
    worked = [(day, is_estimate) for day in every for works, is_estimate in [is_working_day(day)] if works]
    return [day for day, _ in worked], [is_estimate for _, is_estimate in worked]


def _rules_table(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> None:
    connection.execute(
        """create or replace temp table rules
           (id varchar, slug varchar, title varchar, kind varchar, severity varchar, version integer, basis varchar,
            why varchar, clears varchar, ask varchar, needs varchar[], population varchar, effort varchar, text_hash varchar,
            fact_labels varchar, value_labels varchar)"""
    )
    rows = [
        (
            *(r.id, r.slug, r.title, r.kind, r.severity, r.version, r.basis, r.why, r.clears, r.ask),
            *(list(r.needs), r.population, r.effort, r.text_hash),
            *(json.dumps(labels, ensure_ascii=False) for labels in (r.fact_labels, r.value_labels)),
        )
        for r in rules
    ]
    if rows:
        connection.executemany(f"insert into rules values ({', '.join('?' * 16)})", rows)


def check_names(connection: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """Fail when a rule names a register or required column that does not exist.

    Raises:
        RuleError: with the rule's file and the name.
    """
    known = {*registers_of(connection), *KINDS}
    for name in (*rule.needs, *rule.uses, *rule.presumes):
        if name not in {*known, "payments"}:
            raise RuleError(f"{rule.slug}.sql: there is no register or kind '{name}'")
    if rule.requires and not set(rule.requires) <= set(sums.REQUIRABLE):
        raise RuleError(f"{rule.slug}.sql: requires knows only {', '.join(sums.REQUIRABLE)}")
    if rule.population not in LIMITED and rule.population not in known:
        raise RuleError(f"{rule.slug}.sql: there is no population '{rule.population}'")
