"""Near pairs found without a model: numbers one place apart, one number with two names, two numbers of one person.

Statements about written rows, for a person to judge; nothing is merged here.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from checks.linkage import names, records

SLIPS = {
    "letter": "数字写成字母",
    "replaced": "一位数字不同",
    "swapped": "相邻两位颠倒",
    "lost": "少一位",
    "gained": "多一位",
}


def numbers_one_place_apart(lines: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Return rows whose malformed number is one slip away from that of somebody of the same name in the same village.

    A 15-digit number is compared in its 18-digit form. Two valid numbers never pair: they are two people.

    Args:
        lines: columns of `records.FIELDS`.
        people: the same; `record_id` is the person.

    Returns:
        `line_id`, `person_id`, `slip` (a key of `SLIPS`), ordered.
    """
    with duckdb.connect() as connection:
        connection.register("lines", records.prepare(lines).to_arrow())
        connection.register("people", records.prepare(people).to_arrow())
        found: pl.DataFrame = connection.sql(
            (Path(__file__).with_name("sql") / "numbers_one_place_apart.sql").read_text(encoding="utf-8")
        ).pl()
    return found


def one_number_two_names(rows: pl.DataFrame) -> pl.DataFrame:
    """Return numbers written with names that cannot be one: neither a spelling variant nor a lost character apart.

    Args:
        rows: `person_id`, `name`.

    Returns:
        `person_id` and `names` (as written, sorted), ordered by person.
    """
    keyed = rows.select("person_id", names.clean(rows["name"]).alias("name"), key=names.keys(rows["name"]))
    known = keyed.drop_nulls().filter(~names.is_lost(keyed.drop_nulls()["key"]))
    return (
        known.group_by("person_id")
        .agg(pl.col("key").n_unique().alias("spellings"), pl.col("name").unique().sort().alias("names"))
        .filter(pl.col("spellings") > 1)
        .select("person_id", "names")
        .sort("person_id")
    )


def two_numbers_one_person(people: pl.DataFrame) -> pl.DataFrame:
    """Return pairs of valid numbers under one name and birth date in one household.

    Args:
        people: `person_id`, `name`, `born_on`, `household_id`.

    Returns:
        `person_id`, `other_id`, each pair once, ordered.
    """
    keyed = people.select("person_id", "born_on", "household_id", key=names.keys(people["name"])).unique().drop_nulls()
    pairs = keyed.join(keyed, on=["key", "born_on", "household_id"], suffix="_other")
    return (
        pairs.filter(pl.col("person_id") < pl.col("person_id_other"))
        .select("person_id", other_id="person_id_other")
        .unique()
        .sort("person_id", "other_id")
    )
