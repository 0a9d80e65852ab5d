"""Keys of a name by sound and by shape, and where a character was lost. No scores, no people.

Pinyin without tones, since input methods ignore them; surnames are read as surnames (`surnames.csv`: 覃 is Qín in
Guangxi). Characters easily taken for each other share one class (`shapes.csv`).
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import polars as pl

from checks.linkage import names

HERE = Path(__file__).parent
# One unreadable character, as in SQL's LIKE.
UNKNOWN = "_"


def keys(values: pl.Series) -> pl.DataFrame:
    """Return the comparison keys of names, computed once per distinct name.

    Args:
        values: names as written; nulls and blanks give nulls.

    Returns:
        One row per value: `name_key` (the spelling, `_` for a lost character), `name_sound` (pinyin, null when a
        character was lost), `name_shape` (one character of each class of lookalikes), `surname` (first character,
        null when lost), `name_lost` (whether a character was lost).
    """
    distinct = pl.DataFrame({"name": values.cast(pl.String).unique(maintain_order=True)})
    key = _key(distinct["name"])
    lost = key.str.contains(UNKNOWN, literal=True)
    table = distinct.with_columns(
        key.alias("name_key"),
        sound(key.set(lost.fill_null(False), None)).alias("name_sound"),
        shape(key).alias("name_shape"),
        key.str.slice(0, 1).replace(UNKNOWN, None).alias("surname"),
        lost.fill_null(False).alias("name_lost"),
    )
    wanted = pl.DataFrame({"name": values.cast(pl.String)})
    return wanted.join(table, on="name", how="left", nulls_equal=True, maintain_order="left").drop("name")


def _key(values: pl.Series) -> pl.Series:
    # A percent sign would mean "anything" to LIKE.
    plain = names.keys(values.str.replace_all(names.LOST, UNKNOWN)).str.replace_all("%", "")
    return plain.set(plain.str.replace_all(UNKNOWN, "", literal=True) == "", None)


def sound(keys: pl.Series) -> pl.Series:
    """Return the pinyin of name keys, syllables apart, the surname read as a surname; other letters stay."""
    surnames = _surnames()
    marked = keys
    for surname in (surname for surname in surnames if len(surname) > 1):
        marked = marked.str.replace(f"^{surname}", f" {surnames[surname]} ")
    single = {surname: f" {reading} " for surname, reading in surnames.items() if len(surname) == 1}
    first = marked.str.slice(0, 1).replace(list(single), list(single.values()))
    marked = first + marked.str.slice(1)
    readings = _readings("".join(marked.drop_nulls().to_list()))
    spaced = marked.str.replace_many(list(readings), list(readings.values())) if readings else marked
    return spaced.str.replace_all(r"\s+", " ").str.strip_chars()


def shape(keys: pl.Series) -> pl.Series:
    """Return name keys with every character replaced by the first of its class of lookalikes."""
    classes = _shapes()
    return keys.str.replace_many(list(classes), list(classes.values()))


def _readings(text: str) -> dict[str, str]:
    from pypinyin import lazy_pinyin

    found = {character: lazy_pinyin(character, errors="ignore") for character in sorted(set(text))}
    return {character: f" {reading[0]} " for character, reading in found.items() if reading and not character.isascii()}


@cache
def _surnames() -> dict[str, str]:
    with (HERE / "surnames.csv").open(encoding="utf-8", newline="") as file:
        return {row["surname"]: row["reading"] for row in csv.DictReader(file)}


@cache
def _shapes() -> dict[str, str]:
    with (HERE / "shapes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {other: row["characters"][0] for row in rows for other in row["characters"][1:]}
