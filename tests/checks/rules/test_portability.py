"""Every rule stays inside what SQLGlot carries to Spark; what does not carry is named."""

from __future__ import annotations

import pytest
import sqlglot

from checks.rules.header import load_rules
from checks.rules.texts import shared_views, summaries
from tests.checks.rules import portability

TEXTS = {rule.slug: rule.query for rule in load_rules()} | shared_views() | summaries()


@pytest.mark.parametrize("slug", TEXTS)
def test_rule_carries(slug: str) -> None:
    assert portability.not_portable(TEXTS[slug]) == []
    (text,) = sqlglot.transpile(TEXTS[slug], read="duckdb", write="spark")
    assert sqlglot.parse_one(text, read="spark")


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("select date_diff('month', a, b) from t", "date_diff by months"),
        ("select a from t qualify row_number() over (order by a) = 1", "qualify"),
        ("select len(a) from t", "len()"),
        ("select list_filter(a, x -> x > 1) from t", "list_filter()"),
        ("select list(a order by b) from t", "list(x order by y)"),
        ("select hash(a) from t", "hash()"),
        ("select a + interval (n) month from t", "interval of an expression"),
        ("select a + interval 1 month from t", "date + interval"),
        ("select a::hugeint from t", "type"),
        ("select a::uuid from t", "type"),
        ("select sum(a) as s from t", "sum()"),
        ("select no_such_function(a) from t", "no_such_function()"),
        ("select a, (select max(b) from u where u.c > t.c) as m from t", "correlated scalar"),
        ("select jaro_winkler_similarity(a, b) from t", "jaro_winkler"),
        ("select unnest(a) from t", "unnest"),
    ],
)
def test_what_does_not_carry_is_named(query: str, named: str) -> None:
    assert any(words.startswith(named) for words in portability.not_portable(query)), portability.not_portable(query)
