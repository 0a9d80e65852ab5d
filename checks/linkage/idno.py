"""Citizen identity numbers (GB 11643-1999): cleaning, 15 to 18 digits, what is wrong with one. No files, no people."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

import polars as pl

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
GROUP = 10_000
SHAPE = r"^[0-9]{17}[0-9X]$"
SCIENTIFIC = r"^[0-9](\.[0-9]+)?E\+?[0-9]+$"
# What clerks and programs put around a number: ="…" in exports, a label before it, a remark in brackets behind, dashes.
WRAPPED = r'^(?:[\p{Han}]+:|=")?([0-9](?:-?[0-9]){13,21}-?[0-9X])(?:"|\([^()0-9]*\))?$'
# Blanks, zero-width and direction marks, control characters, and the apostrophe Excel users put before text.
INVISIBLE = r"[\s\p{Cc}\p{Cf}\u00a0\u3000'‘’`]"


def clean(values: pl.Series) -> pl.Series:
    """Return the numbers without blanks, zero-width characters and apostrophes, in half width and upper case.

    Args:
        values: text, nulls allowed; an empty result becomes null.
    """
    if is_plain(values):
        return values
    text = values.str.normalize("NFKC").str.replace_all(INVISIBLE, "").str.to_uppercase()
    bare = text.str.extract(WRAPPED, 1).str.replace_all("-", "", literal=True)
    text = text.set(bare.is_not_null() & (bare != text), None).fill_null(bare)
    return text.set(text == "", None)


def is_plain(values: pl.Series) -> bool:
    """Return whether every value is digits and capital X already, so that cleaning would change nothing."""
    return bool(values.str.contains(r"^[0-9X]+$").all())


def is_current(values: pl.Series) -> bool:
    """Return whether every value has the shape of an 18-character number: nothing to clean, upgrade or recognise."""
    return bool(values.str.contains(SHAPE).all())


def upgrade(values: pl.Series) -> pl.Series:
    """Return cleaned numbers with 15-digit ones turned into 18: 19 after the sixth digit, check digit computed."""
    old = values.str.contains(r"^[0-9]{15}$")
    if not old.any():
        return values
    return pl.select(
        pl.when(old).then(pl.lit(_with_check(values.str.slice(0, 6) + "19" + values.str.slice(6)))).otherwise(values)
    ).to_series()


def _with_check(body: pl.Series) -> pl.Series:
    return body + _check_digit(body.str.slice(0, 17))


def _check_digit(first17: pl.Series) -> pl.Series:
    number = first17.cast(pl.Int64, strict=False)
    total = pl.zeros(len(first17), dtype=pl.UInt32, eager=True)
    for place in (16, 12, 8, 4, 0):  # a weight is 2 to the power of its place, modulo 11: four digits at a time
        total = total * 16 + _doubled().gather(number // 10**place % GROUP)
    digits = pl.Series(list(CHECK_DIGITS))
    return digits.gather(total * 2 % 11)


@cache
def _doubled() -> pl.Series:
    """Return, for every group of four digits, its digits times 8, 4, 2 and 1."""
    weighed = [sum(int(digit) << 3 - place for place, digit in enumerate(f"{group:04d}")) for group in range(GROUP)]
    return pl.Series(weighed, dtype=pl.UInt32)


def problems(values: pl.Series, on: dt.date, current: bool = False) -> pl.Series:
    """Return what is wrong with each cleaned 18-character number, or null.

    Args:
        values: cleaned and upgraded text; null stays null.
        on: the day by which a person must have been born.
        current: whether `is_current` has been seen to hold already.

    Returns:
        `id_malformed` (not 17 digits and a digit or X), `id_checksum` (check digit or birth date is wrong),
        `birth_date_in_future`, or null.
    """
    shaped = values.is_not_null() if current else values.str.contains(SHAPE)
    good = values if current else values.set(~shaped, None)
    born = birth_dates(good)
    checked = good.str.slice(17, 1) == _check_digit(good.str.slice(0, 17))
    return pl.select(
        pl.when(values.is_null())
        .then(None)
        .when(~shaped)
        .then(pl.lit("id_malformed"))
        .when(~checked.fill_null(False) | born.is_null() | (born.dt.year() < 1850))
        .then(pl.lit("id_checksum"))
        .when(born > on)
        .then(pl.lit("birth_date_in_future"))
        .otherwise(None)
        .alias(values.name)
    ).to_series()


def birth_dates(values: pl.Series) -> pl.Series:
    """Return the birth date inside each 18-character number, null where it is no date."""
    return values.str.slice(6, 8).str.to_date("%Y%m%d", strict=False, cache=False)


def is_scientific(values: pl.Series) -> pl.Series:
    """Return where a cleaned number is written like `1.10101E+17`: its digits are lost."""
    return values.str.contains(SCIENTIFIC)


LOOKALIKES = str.maketrans({"O": "0", "Q": "0", "D": "0", "L": "1", "I": "1", "Z": "2", "S": "5", "B": "8"})


def suggest(text: str) -> str | None:
    """Return the number meant when letters were typed for digits (O for 0, l for 1), if it passes the check digit.

    A proposal for a person to confirm, never applied by itself.
    """
    if re.fullmatch(r"[0-9]{17}[0-9X]", text):
        return None
    candidate = text[:17].translate(LOOKALIKES) + text[17:].translate(LOOKALIKES)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", candidate):
        return None
    return candidate if check_digit(candidate[:17]) == candidate[17] else None


def check_digit(first17: str) -> str:
    """Return the check digit of 17 digits (ISO 7064 MOD 11-2)."""
    return CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11]
