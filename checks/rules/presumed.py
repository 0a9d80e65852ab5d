"""Rows whose person is only presumed: rules read them under that person, and findings that rest on them are marked.

A rule reads such a row under the person it probably means, so one mechanism serves every rule. A finding made with its help
carries the lowest score and the pairs it rests on; a pair that a person confirmed counts like a number. A finding that
would join two presumed rows to each other is dropped: no link is carried on to a third row without a person's answer.
No links are made here.
"""

from __future__ import annotations

import duckdb

from checks.rules.header import Rule
from checks.rules.texts import statement

# One row, one role, one person: where two people were confirmed for one row, nobody is presumed.
LINKED_ROWS = """
    create or replace temp table linked_rows as
    select line_id, source, role, person_id, pair_id, score, label
    from links
    where label in ('same', 'probable') and (source = 'payments' or source in (select register from register_titles))
    qualify count(*) over (partition by line_id, source, role) = 1"""


def prepare(connection: duckdb.DuckDBPyConnection, required: tuple[str, ...]) -> None:
    """Create `linked_<source>`, the few rows without a usable number under the people they mean, and count them.

    Args:
        connection: holds `links`, `payments`, `population_counts` and the registers.
        required: payment columns that `population_counts` has a `no_` flag for.
    """
    connection.execute(LINKED_ROWS)
    connection.execute("create or replace temp table linked_sources (source varchar, rows bigint)")
    found = connection.execute("select distinct source, role from linked_rows order by all").fetchall()
    if not found:
        return
    roles: dict[str, list[str]] = {"payments": ["recipient"]}
    for source, role in found:
        if source != "payments":
            roles.setdefault(source, []).append(role)
    for source, names in roles.items():
        table, key = (source, "payment_id") if source == "payments" else (f"register_{source}", "record_id")
        _write(connection, source, f"select t.*, t.{key} as linked_line from {table} t", names)
    months = statement("payment_months").replace("from payments", "from linked_payments")
    connection.execute(f"create or replace temp table linked_payment_months as {months}")
    _correct_counts(connection, required)
    counted = [(source, _rows(connection, f"linked_{source}")) for source in (*roles, "payment_months")]
    connection.executemany("insert into linked_sources values (?, ?)", counted)


def _write(connection: duckdb.DuckDBPyConnection, source: str, rows: str, roles: list[str]) -> None:
    people = ", ".join(f"coalesce(t.{role}_id, {role}.person_id) as {role}_id" for role in roles)
    joins = " ".join(
        f"left join linked_rows {role} on {role}.line_id = t.linked_line and {role}.source = '{source}'"
        f" and {role}.role = '{role}'"
        for role in roles
    )
    connection.execute(
        f"""create or replace temp table linked_{source} as
            with t as ({rows} where linked_line in (select line_id from linked_rows where source = '{source}'))
            select t.* exclude (linked_line) replace ({people}) from t {joins}"""
    )


def _correct_counts(connection: duckdb.DuckDBPyConnection, required: tuple[str, ...]) -> None:
    """Write the differences to `population_counts` if the presumed rows had their numbers."""
    flags = ", ".join(f"{column} is null as no_{column}" for column in required)
    parts = []
    for view in ("payments", "payment_months"):
        same = f"select '{view}' as population, programme, county_code, month, {flags}"
        parts.append(f"{same}, count(*) as rows from linked_{view} group by all")
        as_written = same.replace("recipient_id is null", "true")
        parts.append(f"{as_written}, -count(*) as rows from linked_{view} group by all")
    connection.execute(f"create or replace temp table linked_counts as {' union all '.join(parts)}")


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0


def has_links(connection: duckdb.DuckDBPyConnection, rule: Rule, source: str) -> bool:
    """Return whether a rule may see rows of this source under a presumed person, and whether there are any."""
    allowed = "payments" if source == "payment_months" else source
    if allowed not in rule.presumes:
        return False
    found = connection.execute("select rows from linked_sources where source = ?", [source]).fetchone()
    return bool(found and found[0])


def table(connection: duckdb.DuckDBPyConnection, rule: Rule, source: str) -> str:
    """Return the relation a rule reads for a table: the table, or its rows with the presumed ones replaced."""
    name = source if source in ("payments", "payment_months") else f"register_{source}"
    if not has_links(connection, rule, source):
        return name
    return _joined(source, name, "recipient_id" in rule.requires)


def for_summaries(connection: duckdb.DuckDBPyConnection, source: str, where: str = "") -> str | None:
    """Return payments with the presumed rows replaced, for summaries, which serve every rule.

    None where the table can be read as it is.
    """
    if source not in ("payments", "payment_months"):
        return None
    found = connection.execute("select rows from linked_sources where source = ?", [source]).fetchone()
    is_linked = bool(found and found[0])
    if not is_linked and not where:
        return None
    table = _joined(source, source, False) if is_linked else source
    return f"select * from {table}" + (f" where {where}" if where else "")


def _joined(source: str, name: str, is_person_required: bool) -> str:
    key = "payment_id" if source in ("payments", "payment_months") else "record_id"
    # Where the person is required anyway, rows without one are dropped without reading the links.
    written = (
        f"select * from {name} where recipient_id is not null"
        if key == "payment_id" and is_person_required
        else f"select t.* from {name} t anti join linked_{source} k on t.{key} = k.{key}"
    )
    return f"({written} union all by name select * from linked_{source})"


def counts(connection: duckdb.DuckDBPyConnection, rule: Rule) -> str:
    """Return the table of population counts as a rule sees it."""
    if not has_links(connection, rule, "payments"):
        return "population_counts"
    return "(select * from population_counts union all by name select * from linked_counts)"


def mark(connection: duckdb.DuckDBPyConnection, rule: Rule) -> str:
    """Return the FROM of a rule's flags with `link_score` and `link_pairs`; flags that join presumed rows are left out.

    `link_score` is the lowest score of the presumed rows cited, null where all rest on numbers or on a person's answer;
    `link_pairs` are the pairs asked about or confirmed.
    """
    sources = [source for source in rule.presumes if has_links(connection, rule, source)]
    if not sources:
        return "(select *, null::double as link_score, null::varchar[] as link_pairs from rule_flags)"
    connection.execute(statement("rule_presumed"), {"sources": sources})
    return """(select f.*, k.link_score, k.link_pairs from rule_flags f left join rule_presumed k on k.flag = f.rowid
               where k.is_chain is not true)"""
