"""Probable links of rows without a usable number: Splink's scores (Fellegi-Sunter) and the labels we give them.

Splink runs in a scratch connection of its own. A link joins one row to one person and is never carried on to a third.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from checks.linkage import comparison_rows, model
from checks.linkage.parameters import LEVELS, Parameters

COMPARISONS = list(LEVELS)
SCORED = {
    "line_id": pl.String,
    "person_id": pl.String,
    "score": pl.Float64,
    "weight": pl.Float64,
    **dict.fromkeys(COMPARISONS, pl.String),
}
LINKED = {
    **SCORED,
    "label": pl.String,
    "reasons": pl.List(pl.String),
}
# Whatever the score, a pair that is contradicted by one of these is left to a person.
CONTRADICTED = (pl.col("number") == "different") | (pl.col("sex") == "different")
# The labelled samples are too small to show more certainty, and what rests on a presumed link must rank behind what rests
# on a number.
HIGHEST_SCORE = 0.99
# Only the likeliest candidates are asked about.
QUESTIONS_PER_LINE = 3


def score(
    lines: pl.DataFrame, people: pl.DataFrame, parameters: Parameters, memory: str = "4GB", spill: Path | None = None
) -> pl.DataFrame:
    """Return every pair of a row and a person that shares a block, scored.

    Args:
        lines: columns of `records.FIELDS`.
        people: the same; `record_id` is the person.
        parameters: the trained model.
        memory: DuckDB's memory limit.
        spill: folder for what does not fit; without one it must fit.

    Returns:
        `line_id`, `person_id`, `score` (0 to `HIGHEST_SCORE`, six decimals), `weight` (bits), and for each comparison its level or
        null where it could not be made; ordered by the ids. Swapping the sides swaps the ids and nothing else.
    """
    left, right = comparison_rows.prepare(lines), comparison_rows.prepare(people)
    if left.is_empty() or right.is_empty():
        return pl.DataFrame(schema=SCORED)
    probability = parameters.coverage / max(left.height, right.height)
    config: dict[str, Any] = {"memory_limit": memory} | ({"temp_directory": str(spill)} if spill else {})
    with duckdb.connect(config=config) as connection:
        linker = linker_of(connection, left, right, model.settings(parameters, min(probability, 0.5)))
        predicted = linker.inference.predict().physical_name
        frame: pl.DataFrame = connection.sql(f"select {_columns()} from {predicted}").pl()
    return frame.sort("line_id", "person_id")


def linker_of(connection: duckdb.DuckDBPyConnection, left: pl.DataFrame, right: pl.DataFrame, settings: Any) -> Any:
    """Return a Splink linker over two prepared frames, with its logging reduced to errors.

    Args:
        connection: a scratch database; Splink leaves tables in it.
        left: one side.
        right: the other.
        settings: a dictionary, or Splink's SettingsCreator.
    """
    from splink import Linker
    from splink.internals.duckdb.database_api import DuckDBAPI

    api = DuckDBAPI(connection)
    tables = [
        api.register(left.to_arrow(), dataset_display_name="l"),
        api.register(right.to_arrow(), dataset_display_name="r"),
    ]
    linker = Linker(tables, settings)
    logging.getLogger("splink").setLevel(logging.ERROR)  # after Linker, which sets its own level
    return linker


def _columns() -> str:
    parts = [
        "unique_id_l as line_id",
        "unique_id_r as person_id",
        f"least(round(match_probability, 6), {HIGHEST_SCORE}) as score",
    ]
    parts.append("round(match_weight, 4) as weight")
    for name, levels in LEVELS.items():
        # Splink numbers levels from the weakest, 0, upwards; -1 is null.
        words = ", ".join(f"'{level}'" for level in reversed(levels))
        parts.append(f"case when gamma_{name} >= 0 then ([{words}])[gamma_{name} + 1] end as {name}")
    return ", ".join(parts)


def link(
    lines: pl.DataFrame, people: pl.DataFrame, parameters: Parameters, memory: str = "4GB", spill: Path | None = None
) -> pl.DataFrame:
    """Return the probable person of each row, and the pairs that only a person can judge.

    Args:
        lines: rows without a usable number, columns of `records.FIELDS`.
        people: the candidates; `record_id` is the person.
        parameters: the trained model.
        memory: DuckDB's memory limit.
        spill: folder for what does not fit.

    Returns:
        The columns of `score`, `label` (`probable` or `question`) and `reasons` (Chinese, one per comparison made).
        A row has one probable person, or up to three questions, or nothing.
    """
    return judge(score(lines, people, parameters, memory, spill), parameters)


def judge(pairs: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """Return the links among scored pairs; see `link`."""
    rest = pl.col("weight").filter(pl.int_range(pl.len()) > 0).max()
    ranked = pairs.sort(["line_id", "weight", "person_id"], descending=[False, True, False])
    first = pl.int_range(pl.len()).over("line_id") == 0
    apart = (pl.col("weight") - rest.over("line_id")).fill_null(float("inf")) >= parameters.margin
    sure = first & apart & (pl.col("score") >= parameters.upper) & _supported() & ~CONTRADICTED.fill_null(False)
    return (
        ranked.with_columns(sure.alias("sure"))
        .filter(pl.col("sure") | (~pl.col("sure").any().over("line_id") & (pl.col("score") >= parameters.lower)))
        .filter(pl.int_range(pl.len()).over("line_id") < QUESTIONS_PER_LINE)
        .with_columns(
            pl.when("sure").then(pl.lit("probable")).otherwise(pl.lit("question")).alias("label"),
            reasons().alias("reasons"),
        )
        .select(*LINKED)
    )


def _supported() -> pl.Expr:
    """Return where enough agrees independently of the name.

    Facts: birth date, place, household head, account. The same name needs a near number, the account, or two facts. A name
    alike by sound or shape, or of which only the surname is wrong, needs a near number and a fact, or two facts; one with a
    character lost needs three, or two of which one is the account. Twins and siblings share the surname and often all but one
    character of the name. Where that character is lost and the account differs, or where it differs, the pair needs a number
    that twins cannot share (theirs are two places apart), or place, birth date and an account used by this person alone:
    siblings have other birth dates, twins other accounts. An account used by several people counts for none of them, see
    `records.prepare`.
    """
    near, nearest = _level("number", "one_off", "readable", "two_off"), _level("number", "one_off", "readable")
    account, other_account = _level("account", "same"), _level("account", "different")
    here = _level("place", "village", "town")
    facts = pl.sum_horizontal(
        fact.cast(pl.Int8) for fact in (_level("number", "born"), here, _level("head", "same"), account)
    )
    alike = (near & (facts >= 1)) | (facts >= 2)
    by_account = account & here & _level("number", "born")
    by_number = nearest & ((facts >= 2) | ((facts >= 1) & ~other_account))
    readable = (near & (facts >= 1)) | (account & (facts >= 2)) | (facts >= 3)
    return (
        (_level("name", "same") & (near | account | (facts >= 2)))
        | (_level("name", "sound", "shape", "given") & alike)
        | (_level("name", "lost") & readable & (nearest | ~other_account))
        | (_level("name", "one_off", "half") & (by_number | by_account))
    )


def _level(name: str, *levels: str) -> pl.Expr:
    return pl.col(name).is_in(levels).fill_null(False)


def reasons() -> pl.Expr:
    """Return what agrees and what does not, in Chinese words, one per comparison made."""
    words = [
        pl.col(name).replace_strict(levels, default=None, return_dtype=pl.String) for name, levels in LEVELS.items()
    ]
    return pl.concat_list(words).list.drop_nulls()
