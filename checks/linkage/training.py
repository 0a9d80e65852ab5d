"""Trains the link model (m and u probabilities) on labelled pairs; thresholds were chosen on such pairs. No linking here."""

from __future__ import annotations

import duckdb
import polars as pl

from checks.linkage import comparison_rows, model
from checks.linkage.parameters import LEVELS, Parameters

# Every row is compared with this many other people.
STRANGERS = 200
# Floors for what a sample did not show: any field is wrong about once in a thousand rows, and the numbers of two unrelated
# people are one place apart about once in a hundred million pairs.
LEAST_AGREES, LEAST_CHANCE = 1e-3, 1e-8
COVERAGE, UPPER, LOWER, MARGIN = 0.9, 0.95, 0.3, 3.0


def train(lines: pl.DataFrame, people: pl.DataFrame, truth: pl.DataFrame, version: int, trained_on: str) -> Parameters:
    """Return parameters counted on labelled pairs.

    Args:
        lines: rows to identify, columns of `records.FIELDS`.
        people: the people, likewise.
        truth: `left`, `right`: record ids that are one person.
        version: number of the new version.
        trained_on: description of the labelled data, kept in the file.
    """
    with duckdb.connect() as connection:
        connection.register("lines", comparison_rows.prepare(lines).to_arrow())
        connection.register("people", comparison_rows.prepare(people).to_arrow())
        connection.register("truth", truth.select(line_id="left", person_id="right").to_arrow())
        levels = ", ".join(f"{model.level_sql(name)} as {name}" for name in LEVELS)
        connection.execute(
            f"""create table same as select {levels} from truth t
                join lines l on l.unique_id = t.line_id join people r on r.unique_id = t.person_id"""
        )
        # A fixed pseudo-random choice: every machine compares the same rows.
        bucket = f"('0x' || substr(md5({{}}.unique_id), 1, 8))::bigint % {max(people.height // STRANGERS, 1)}"
        connection.execute(
            f"""create table strangers as select {levels} from lines l
                join people r on {bucket.format("l")} = {bucket.format("r")}
                anti join truth t on t.line_id = l.unique_id and t.person_id = r.unique_id"""
        )
        return Parameters(
            version=version,
            trained_on=trained_on,
            coverage=COVERAGE,
            upper=UPPER,
            lower=LOWER,
            margin=MARGIN,
            agrees={name: _shares(connection, name, "same", LEAST_AGREES) for name in LEVELS},
            chance={name: _shares(connection, name, "strangers", LEAST_CHANCE) for name in LEVELS},
        )


def _shares(connection: duckdb.DuckDBPyConnection, name: str, table: str, least: float) -> dict[str, float]:
    """Return how often each level of a comparison occurs among the pairs that can be compared."""
    counts = dict(
        connection.execute(f"select {name}, count(*) from {table} where {name} is not null group by 1").fetchall()
    )
    total = max(sum(counts.values()), 1)
    return {level: round(max(counts.get(level, 0) / total, least), 10) for level in LEVELS[name]}
