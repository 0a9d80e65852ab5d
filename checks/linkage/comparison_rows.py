"""Rows prepared for comparison: keys of the name, readable digits of the number, birth date, place. No scores here."""

from __future__ import annotations

import datetime as dt

import polars as pl

from checks.linkage import idno, spelling

# Columns of the input; every one but `record_id` may be null.
FIELDS = {
    "record_id": pl.String,
    "name": pl.String,
    "idno": pl.String,
    "born_on": pl.Date,
    "sex": pl.String,
    "county_code": pl.String,
    "village_code": pl.String,
    "head_name": pl.String,
    "account": pl.String,
}
# A number with fewer places or readable digits than this is not compared place by place.
READABLE_PLACES = 14
READABLE_DIGITS = 8
# Up to a place gained or lost before the birth date; only dates that exist in a calendar's shape.
BIRTH = r"^[0-9X_]{5,7}((?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]))"


def complete(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with exactly the columns of `FIELDS`, missing ones null."""
    missing = [pl.lit(None, kind).alias(name) for name, kind in FIELDS.items() if name not in frame.columns]
    return frame.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in FIELDS.items())


def prepare(frame: pl.DataFrame) -> pl.DataFrame:
    """Return rows ready for comparison.

    Args:
        frame: columns of `FIELDS`, any subset; `record_id` unique.

    Returns:
        `unique_id`; `name_key`, `name_sound`, `name_shape`, `surname`, `name_lost`; `number` (readable places of the
        identity number, `_` for a masked one), `number_valid` (the number when its check digit holds), `has_mask`;
        `born` (YYYYMMDD); `sex` (男 or 女); `county_code`, `town_code`, `village_code`; `head_key` (null on the
        row of the head, whose name would count twice); `account` (null where rows of several valid numbers share it).
    """
    rows = complete(frame)
    cleaned = idno.upgrade(idno.clean(rows["idno"]))
    number = _readable(cleaned)
    named = spelling.keys(rows["name"])
    head = spelling.keys(rows["head_name"])["name_key"].alias("head_key")
    given = rows["born_on"].dt.strftime("%Y%m%d")
    born = pl.select(pl.coalesce(given, number.str.extract(BIRTH, 1)).alias("born")).to_series()
    sex = rows["sex"].str.extract("([男女])", 1)
    return (
        pl.DataFrame(
            [
                rows["record_id"].alias("unique_id"),
                *named,
                number.alias("number"),
                cleaned.set(idno.problems(cleaned, dt.date.max).is_not_null(), None).alias("number_valid"),
                number.str.contains(spelling.UNKNOWN, literal=True).fill_null(False).alias("has_mask"),
                born,
                sex.alias("sex"),
                rows["county_code"],
                rows["village_code"].str.slice(0, 9).alias("town_code"),
                rows["village_code"],
                head,
                rows["account"],
            ]
        )
        .with_columns(pl.when(pl.col("head_key") != pl.col("name_key")).then("head_key").alias("head_key"))
        .with_columns(
            pl.when(pl.col("number_valid").n_unique().over("account") <= 1).then("account").alias("account"),
        )
        .sort("unique_id")
    )


def _readable(cleaned: pl.Series) -> pl.Series:
    """Return the places of a number that can be compared: letters typed for digits read as digits, stars as `_`."""
    letters = {chr(letter): digit for letter, digit in idno.LOOKALIKES.items()}
    digits = cleaned.str.replace_many(list(letters), list(letters.values()))
    places = digits.str.replace_all(r"[*#]", spelling.UNKNOWN)
    # A spreadsheet keeps fifteen digits of a number and writes zeros for the rest: those three are not readable.
    places = places.str.replace(r"^([0-9]{15})000$", "$1")
    usable = places.str.contains(rf"^[0-9X_]{{{READABLE_PLACES},20}}$")
    known = places.str.replace_all(spelling.UNKNOWN, "", literal=True).str.len_chars() >= READABLE_DIGITS
    return places.set(~(usable & known).fill_null(False), None)
