"""The views of one rule: its tables limited to what it may judge, its settings resolved."""

from __future__ import annotations

import duckdb

from checks.rules import presumed
from checks.rules.header import Rule, RuleError
from checks.rules.prepare import LIMITED, registers_of
from checks.rules.texts import (
    CANDIDATES,
    bound,
    candidates_first,
    is_by_county,
    shared_views,
    statement,
    summaries,
    tables_in,
)

# The groups of so many lines fit into a few hundred megabytes.
LINES_PER_PART = 10_000_000
FEW_PROGRAMMES = 8


def programmes_of(connection: duckdb.DuckDBPyConnection, rule: Rule) -> list[str] | None:
    """Return the slugs a rule is limited to: a slug or glob adds, `!glob` takes away, `column=value` narrows."""
    if not rule.programmes:
        return None
    slugs = [word for word in rule.programmes if "=" not in word and word[0] != "!"]
    without = [word[1:] for word in rule.programmes if word[0] == "!"]
    tests = [word.split("=", 1) for word in rule.programmes if "=" in word]
    where = [f"({' or '.join(['slug glob ?'] * len(slugs))})"] if slugs else ["true"]
    where += ["slug not glob ?"] * len(without)
    where += [f"cast({column} as varchar) = ?" for column, _ in tests]
    values = [*slugs, *without, *(value for _, value in tests)]
    return [
        row[0]
        for row in connection.execute(f"select slug from programmes where {' and '.join(where)}", values).fetchall()
    ]


def limit(connection: duckdb.DuckDBPyConnection, rule: Rule) -> str:
    """Create the views and settings of one rule and return its SELECT bound to them.

    Every table a rule names becomes `rule_<name>`: limited to the covered county-months, the rule's programmes and
    filled required columns, or, for a register, to the version that speaks. Its `candidates` are a table already.
    """
    _cover(connection, rule)
    _settings(connection, rule)
    made: set[str] = set()
    candidates, judgement = candidates_first(rule.query)
    if candidates:
        text = bind(connection, rule, candidates, made)
        connection.execute(f"create or replace temp table rule_{CANDIDATES} as {text}")
        made.add(CANDIDATES)
    return bind(connection, rule, judgement, made)


def bind(connection: duckdb.DuckDBPyConnection, rule: Rule | None, text: str, made: set[str], where: str = "") -> str:
    """Create the views a statement reads, and return the statement bound to them.

    Args:
        connection: after `prepare_rules`.
        rule: whose limits hold; None for a summary, whose payments are limited by `where` alone.
        text: the statement, in DuckDB's SQL.
        made: names of views created so far; extended.
        where: condition on payments, or empty.

    Raises:
        RuleError: the statement names a constant: there are none.
    """
    limited = frozenset(name for name in sorted(tables_in(text)) if _create_view(connection, rule, name, made, where))
    try:
        return bound(text, limited, _prefix(rule))
    except RuleError as error:
        raise RuleError(f"{rule.slug if rule else 'summary'}.sql: {error}") from error


def _prefix(rule: Rule | None) -> str:
    return "rule_" if rule else "every_"


def _create_view(
    connection: duckdb.DuckDBPyConnection, rule: Rule | None, name: str, made: set[str], where: str = ""
) -> bool:
    """Create `rule_<name>`, or a summary's `every_<name>`, once; False for a table every rule sees whole."""
    if name in made:
        return True
    query = None
    if name in summaries():
        _summarise(connection, name)
    if name in LIMITED:
        query = _limited_query(connection, rule, name) if rule else presumed.for_summaries(connection, name, where)
    elif rule and name in shared_views():
        query = bind(connection, rule, shared_views()[name], made)
    elif name not in summaries() and (shape := registers_of(connection).get(name)):
        monthly = f"and v.month = r.{shape.month_column}" if shape.versions == "monthly" else ""
        source = presumed.table(connection, rule, name) if rule else f"register_{name}"
        query = f"""select r.* from {source} r where r.status = 'accepted' and exists (
            from register_versions v where v.register = '{name}' and v.delivery_id = r.delivery_id {monthly})"""
        if rule and rule.population == name and rule.needs and _has_gaps(connection):
            query += " and (r.county_code, r.month) in (select (county_code, month) from rule_cover)"
    if query:
        made.add(name)
        connection.execute(f"create or replace temp view {_prefix(rule)}{name} as {query}")
    return query is not None


def _summarise(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Create a summary the first time a rule of the run reads it; `prepare_rules` drops those of the run before."""
    if connection.execute("select 1 from duckdb_tables() where temporary and table_name = ?", [name]).fetchone():
        return
    text, parts = summaries()[name], _few_counties(connection) if is_by_county(name) else [""]
    for number, where in enumerate(parts):
        start = f"insert into {name}" if number else f"create temp table {name} as"
        connection.execute(f"{start} {bind(connection, None, text, set(), where)}")


def _few_counties(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return conditions that split the payments into runs of neighbouring counties of about `LINES_PER_PART` lines."""
    rows = connection.execute(
        """select min(county_code), max(county_code) from (
               select county_code, (sum(sum(rows)) over (order by county_code) - 1) // ? as part
               from population_counts where population = 'payments' and county_code is not null group by county_code)
           group by part order by part""",
        [LINES_PER_PART],
    ).fetchall()
    return [f"county_code between '{first}' and '{last}'" for first, last in rows] if len(rows) > 1 else [""]


def _limited_query(connection: duckdb.DuckDBPyConnection, rule: Rule, name: str) -> str:
    where = []
    money = ("payments", "payment_months", "payment_sums")
    # Where a rule judges documents, payments can only clear them: a later one counts even without a register for its month.
    if rule.needs and (name not in money or rule.population in money) and _has_gaps(connection):
        where.append("(p.county_code, p.month) in (select (county_code, month) from rule_cover)")
    if name in money:
        where += [f"not p.no_{c}" if name == "payment_sums" else f"p.{c} is not null" for c in rule.requires]
    if name not in ("lines", "batches", "bank_lines") and (slugs := programmes_of(connection, rule)) is not None:
        where.append(_is_one_of(slugs, connection) if name in money else _in_list(slugs))
    if name in ("lines", "fund_flows", "notices", "bank_lines"):
        where.append("p.status = 'accepted'")
    # sums of batches know no person
    source = presumed.table(connection, rule, name) if name in ("payments", "payment_months") else name
    return f"select p.* from {source} p" + (f" where {' and '.join(where)}" if where else "")


def _in_list(slugs: list[str]) -> str:
    return "p.programme in ({})".format(", ".join(f"'{slug}'" for slug in slugs) or "''")


def _is_one_of(slugs: list[str], connection: duckdb.DuckDBPyConnection) -> str:
    """Return the condition that a payment belongs to one of the programmes, of those that occur in payments.

    DuckDB evaluates `in (…)` after reading the whole line, but a function of one column before, and reads no more of the
    lines that fail. Each programme costs a comparison, so a long list stays `in (…)`.
    """
    known = {
        row[0]
        for row in connection.execute(
            "select distinct programme from population_counts where programme is not null"
        ).fetchall()
    }
    paid = [slug for slug in slugs if slug in known]
    if not paid:
        return "false"
    if len(paid) > FEW_PROGRAMMES:
        return _in_list(paid)
    tests = [f"p.programme = '{slug}'" for slug in paid]
    return tests[0] if len(tests) == 1 else f"greatest({', '.join(tests)})"


def _cover(connection: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    tests = " and ".join(
        f"exists (from register_coverage v where v.register = '{need}' and v.county_code = c.county_code and v.month = c.month)"
        for need in rule.needs
    )
    connection.execute(f"create or replace temp table rule_cover as from county_months c where {tests or 'true'}")


def _has_gaps(connection: duckdb.DuckDBPyConnection) -> bool:
    """Return whether there are county-months the rule may not judge; without any, lines need not be tested."""
    return connection.execute("from county_months except from rule_cover limit 1").fetchone() is not None


def _settings(connection: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """Resolve settings and exemptions for each county, programme and month: the nearest region, then programme, wins."""
    if not rule.defaults:
        return
    connection.execute(
        "create or replace temp table rule_defaults (name varchar, word varchar, value double, basis varchar)"
    )
    rows = [(d.name, d.word, d.value, d.basis) for d in rule.defaults]
    connection.executemany("insert into rule_defaults values (?, ?, ?, ?)", rows)
    connection.execute(statement("rule_values"), {"slug": rule.slug})
    columns = ", ".join(f"max(value) filter (name = '{name}') as {name}" for name in rule.settings)
    connection.execute(
        f"""create or replace temp table rule_settings as
        select county_code, month, programme{", " + columns if columns else ""} from rule_values group by all"""
    )
    connection.execute(
        """create or replace temp table rule_exempt as
        select county_code, month, programme, word from rule_values where name = 'exempt' and value <> 0"""
    )
