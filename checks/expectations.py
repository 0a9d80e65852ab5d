"""Expectations of published tables and monthly sums, for the quality report. They block nothing; schemas and rules do."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# An expectation: table, sentence for the page, class name in Great Expectations, its arguments.
Expectation = tuple[str, str, str, dict[str, Any]]
KEYS = {
    "village_totals": ["village_code", "programme", "month"],
    "county_cells": ["county_code", "programme", "month"],
    "flow": ["county_code", "programme", "hop", "month"],
    "fund_delays": ["county_code", "programme", "hop", "month"],
    "month_sums": ["county_code", "month"],
}


@dataclass(frozen=True)
class ExpectationResult:
    """Whether one expectation held for one month's rows of one table.

    Attributes:
        month: `YYYY-MM`.
        sentence: what was expected, in plain Chinese.
        held: whether the expectation was met.
        rows: how many rows were checked; without rows an expectation is not evaluated.
    """

    month: str
    table: str
    sentence: str
    held: bool
    rows: int


def expectations(table: str, programmes: list[str]) -> Iterator[Expectation]:
    """Yield the expectations of a table, by name; results never contain values of the data."""
    keys = KEYS[table]
    yield table, "同一地点、项目、月份只有一行", "ExpectCompoundColumnsToBeUnique", {"column_list": keys}
    for key in keys:
        yield table, f"{key} 都已填写", "ExpectColumnValuesToNotBeNull", {"column": key}
    if "programme" in keys:
        yield (
            table,
            "项目都在补贴目录里",
            "ExpectColumnValuesToBeInSet",
            {"column": "programme", "value_set": programmes},
        )
    for column in AMOUNTS[table]:
        yield table, f"{column} 不小于零", "ExpectColumnValuesToBeBetween", {"column": column, "min_value": 0}
    yield from TABLE_EXPECTATIONS.get(table, ())


AMOUNTS = {
    "village_totals": ["people", "lines", "paid_fen", "returned_fen"],
    "county_cells": ["people", "amount_yuan"],
    "flow": ["documents"],  # a document may take money back, so its amount may be negative
    "fund_delays": ["median_days", "standing_fen"],
    "month_sums": ["accepted", "paid_fen"],
}
TABLE_EXPECTATIONS: Mapping[str, tuple[Expectation, ...]] = {
    "village_totals": (
        (
            "village_totals",
            "人数不多于发放行数",
            "ExpectColumnPairValuesAToBeGreaterThanB",
            {"column_A": "lines", "column_B": "people", "or_equal": True},
        ),
        (
            "village_totals",
            "退回不多于发放",
            "ExpectColumnPairValuesAToBeGreaterThanB",
            {"column_A": "paid_fen", "column_B": "returned_fen", "or_equal": True},
        ),
    ),
    "month_sums": (
        (
            "month_sums",
            "退回的行不到百分之二",
            "ExpectColumnValuesToBeBetween",
            {"column": "rejected_percent", "max_value": 2},
        ),
        (
            "month_sums",
            "与上月相比，发放金额没有减少一半以上，也没有翻倍",
            "ExpectColumnValuesToBeBetween",
            {"column": "change_percent", "min_value": -50, "max_value": 100, "mostly": 0.99},
        ),
    ),
}


def check_names(programmes: list[str]) -> dict[str, tuple[str, str]]:
    """Return a stable name for every expectation, with its table and sentence: what Dagster calls its asset check.

    Args:
        programmes: slugs of the catalogue.
    """
    named = {}
    for table in KEYS:
        for number, (_, sentence, _, _) in enumerate(expectations(table, programmes), start=1):
            named[f"{table}_{number:02d}"] = (table, sentence)
    return named


def examine(frames: Mapping[str, pd.DataFrame], programmes: list[str], folder: Path) -> list[ExpectationResult]:
    """Evaluate every expectation on every month's rows, and write Data Docs as an artefact.

    Args:
        frames: small tables by name (`KEYS`), each with a `month` column of text `YYYY-MM`.
        programmes: slugs of the catalogue.
        folder: where Great Expectations keeps its project; its pages load scripts from public networks, so they are for
            the operator and not shown on our sites.

    Returns:
        One result per month, table and expectation.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx  # ten seconds to import: only here
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="file", project_root_dir=str(folder))
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_pandas("published")
    answers: list[ExpectationResult] = []
    definitions = []
    for table, frame in frames.items():
        wanted = [_expectation(gx, item) for item in expectations(table, programmes)]
        suite = context.suites.add(gx.ExpectationSuite(name=table, expectations=wanted))
        batch = source.add_dataframe_asset(table).add_batch_definition_whole_dataframe("month")
        definitions.append(
            context.validation_definitions.add(gx.ValidationDefinition(name=table, data=batch, suite=suite))
        )
        for month, rows in frame.groupby("month", sort=True):
            # BOOLEAN_ONLY: the default result format keeps raw values in results and in Data Docs.
            result = definitions[-1].run(batch_parameters={"dataframe": rows}, result_format="BOOLEAN_ONLY")
            # Great Expectations returns results in another order: each carries its sentence.
            answers += [
                ExpectationResult(str(month), table, _sentence(one), bool(one.success), len(rows))
                for one in result.results
            ]
    context.build_data_docs()
    return answers


def _sentence(result: Any) -> str:
    return str(result.expectation_config.meta["sentence"])


def _expectation(gx: Any, item: Expectation) -> Any:
    _, sentence, name, arguments = item
    return getattr(gx.expectations, name)(**arguments, meta={"sentence": sentence})
