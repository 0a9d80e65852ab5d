"""SQL texts of the rule engine, and of the views and summaries rules share: read once, parsed once. Runs nothing."""

from __future__ import annotations

import functools
from pathlib import Path

import sqlglot
from sqlglot import exp

from checks.rules.header import RuleError

SQL = Path(__file__).with_name("sql")
VIEWS = Path(__file__).with_name("views")
SUMMARIES = Path(__file__).with_name("summaries")
# A rule's CTE of this name becomes a table before the rest is run.
CANDIDATES = "candidates"


@functools.cache
def statement(name: str) -> str:
    """Return a statement of the rule engine from `checks/rules/sql`, by file name without its ending."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


@functools.cache
def shared_views() -> dict[str, str]:
    """Return the views of `checks/rules/views`, by name: each rule sees them limited to what it may judge."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(VIEWS.glob("*.sql"))}


@functools.cache
def summaries() -> dict[str, str]:
    """Return the tables of `checks/rules/summaries`, by name: created once in a run, of everything paid, for all rules.

    Grouping a year's lines is the most expensive thing a rule can do. Rules choose the few people worth checking from a
    summary and judge those by their lines.
    """
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(SUMMARIES.glob("*.sql"))}


def is_by_county(name: str) -> bool:
    """Return whether a summary keeps counties apart and is created for a few at a time (`-- by: county`).

    A person's lines lie a month apart; the groups of a few counties fit where those of a region are written to disk and
    read again for every month.
    """
    return summaries()[name].startswith("-- by: county\n")


@functools.cache
def _parsed(text: str) -> exp.Expr:
    return sqlglot.parse_one(text, read="duckdb")


@functools.cache
def candidates_first(text: str) -> tuple[str | None, str]:
    """Split a rule's text into what finds its candidates and what judges them; None where it has no CTE of that name.

    An optimiser may misjudge how many people a join leaves and build a hash table of the year's lines to find a handful.
    The size of a table is known.
    """
    tree = _parsed(text).copy()
    given = {cte.alias: cte for cte in tree.find_all(exp.CTE)}
    if CANDIDATES not in given:
        return None, text
    clause = tree.args["with_"]
    before = clause.expressions[: clause.expressions.index(given[CANDIDATES]) + 1]
    first = exp.select("*").from_(CANDIDATES)
    first.set("with_", exp.With(expressions=[cte.copy() for cte in before]))
    given[CANDIDATES].pop()
    return first.sql(dialect="duckdb"), tree.sql(dialect="duckdb")


@functools.cache
def tables_in(text: str) -> frozenset[str]:
    """Return the names of the tables a statement reads, its own CTEs left out."""
    tree = _parsed(text)
    return frozenset(table.name for table in tree.find_all(exp.Table)) - {cte.alias for cte in tree.find_all(exp.CTE)}


@functools.cache
def reads(text: str) -> frozenset[str]:
    """Return the names of all tables a statement reads, through views and summaries too."""
    named = tables_in(text)
    shared = {**shared_views(), **summaries()}
    return named.union(*(reads(shared[name]) for name in named & shared.keys()))


@functools.cache
def bound(text: str, limited: frozenset[str], prefix: str) -> str:
    """Return a statement with the `limited` tables read as `<prefix><name>`.

    Args:
        text: the statement, in DuckDB's SQL.
        limited: names of tables for which a view `<prefix><name>` exists.
        prefix: of those views.

    Raises:
        RuleError: the statement names a constant (`$name`): there are none.
    """

    def replaced(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Parameter | exp.Placeholder):
            raise RuleError(f"there is no constant '${node.name}'")
        if isinstance(node, exp.Table) and node.name in limited:
            if not node.alias:
                node.set("alias", exp.TableAlias(this=exp.to_identifier(node.name)))
            node.set("this", exp.to_identifier(prefix + node.name))
        return node

    return _parsed(text).transform(replaced).sql(dialect="duckdb")
