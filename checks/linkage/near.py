"""Near pairs found without a model: identity numbers one place apart. For a person to judge; nothing is merged here."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from checks.linkage import comparison_rows

SLIPS = {
    "letter": "数字写成字母",
    "replaced": "一位数字不同",
    "swapped": "相邻两位颠倒",
    "lost": "少一位",
    "gained": "多一位",
}


def numbers_one_place_apart(lines: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Return rows whose malformed number is one typing error away from that of a person of the same name and village.

    A 15-digit number is compared in its 18-digit form. Two valid numbers never pair: they are two people.

    Args:
        lines: columns of `records.FIELDS`.
        people: the same; `record_id` is the person.

    Returns:
        `line_id`, `person_id`, `slip` (a key of `SLIPS`), ordered.
    """
    with duckdb.connect() as connection:
        connection.register("lines", comparison_rows.prepare(lines).to_arrow())
        connection.register("people", comparison_rows.prepare(people).to_arrow())
        found: pl.DataFrame = connection.sql(
            (Path(__file__).with_name("sql") / "numbers_one_place_apart.sql").read_text(encoding="utf-8")
        ).pl()
    return found
