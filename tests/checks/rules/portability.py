"""Finds what in a rule's SQL does not carry over from DuckDB to Spark. Only a run on both engines proves equal results."""

from __future__ import annotations

import re
from collections.abc import Iterator

import sqlglot
from sqlglot import exp

# Functions Spark lacks, or answers differently without saying so (measured; DuckDB 2.0 and Spark 4.3).
NO_FUNCTION = {
    *("getvariable", "to_months", "datesub", "age", "try_strptime", "quantile_cont", "jaro_winkler_similarity"),
    *("jaccard", "damerau_levenshtein", "strlen", "columns", "hash", "weekday", "dayofweek", "isodow", "len"),
    *("list_filter", "list_transform", "generate_series", "unnest"),
}
# SQLGlot does not know them and lets them pass as they are; both engines answer alike.
SAME_FUNCTION = {"bit_count"}
_CALL = re.compile(r"\b([a-z_0-9]+)\s*\(")
_WORDS = re.compile(r"'(?:[^']|'')*'|--[^\n]*")
NO_NODE: tuple[tuple[type[exp.Expr], str], ...] = (
    (exp.Qualify, "qualify: name the rows by a join instead"),
    (exp.Lambda, "lambda"),
    (exp.First, "first(): order is lost"),
)


def not_portable(query: str) -> list[str]:
    """Return what in a query does not carry to Spark, each named once, in order of appearance."""
    tree = sqlglot.parse_one(query, read="duckdb")
    # names are read from the text: the tree already calls some of them by another name
    called = _CALL.findall(_WORDS.sub("", query.lower()))
    found = [f"{name}()" for name in called if name in NO_FUNCTION]
    for check in (_unknown, _nodes, _dates, _orders, _scalars):
        found.extend(check(tree))
    return list(dict.fromkeys(found))


def _unknown(tree: exp.Expr) -> Iterator[str]:
    for node in tree.find_all(exp.Anonymous):
        if node.name.lower() in SAME_FUNCTION:
            continue
        yield f"{node.name.lower()}()"


def _nodes(tree: exp.Expr) -> Iterator[str]:
    for kind, words in NO_NODE:
        if tree.find(kind):
            yield words


def _dates(tree: exp.Expr) -> Iterator[str]:
    for node in tree.find_all(exp.DateDiff):
        if (node.text("unit") or str(node.args.get("unit"))).strip("'").lower() != "day":
            yield "date_diff by months or years: whole units on Spark, boundaries crossed here"
    for interval in tree.find_all(exp.Interval):
        if not isinstance(interval.this, exp.Literal):
            yield "interval of an expression"
        elif not interval.find_ancestor(exp.Cast):
            yield "date + interval without ::date"
    for kind in tree.find_all(exp.DataType):
        if kind.this in (exp.DataType.Type.INT128, exp.DataType.Type.UUID):
            yield f"type {kind.sql('duckdb').lower()}"


def _orders(tree: exp.Expr) -> Iterator[str]:
    if any(node.find(exp.Order) for node in tree.find_all(exp.ArrayAgg)):
        yield "list(x order by y): order is lost"
    # a sum of bigint is hugeint here and must be cut back before it leaves the rule
    select = tree if isinstance(tree, exp.Select) else tree.find(exp.Select)
    for column in select.selects if select else []:
        if isinstance(column.unalias(), exp.Sum):
            yield "sum() without ::bigint"


def _scalars(tree: exp.Expr) -> Iterator[str]:
    for query in tree.find_all(exp.Subquery):
        inside = {table.alias_or_name for table in query.find_all(exp.Table)}
        outer = {column.table for column in query.find_all(exp.Column) if column.table} - inside
        if outer and not isinstance(query.parent, exp.From | exp.Join):
            yield "correlated scalar subquery: join instead"
