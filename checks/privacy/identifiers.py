"""What an identifier looks like in text: identity numbers, bank cards, phones. Pure; never a value in a message."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

import polars as pl

from checks.linkage.idno import check_digit

Kind = Literal["text", "name", "code", "digest", "phone", "number", "date", "flag"]

# Wide enough for every way of writing a number that a copy from a sheet or a chat has left in a remark.
INVISIBLE = r"[\u200b-\u200f\u2060\ufeff\u00ad]"
SEPARATORS = r"[\s\-_.·•,，、/]+"
CHINESE_DIGITS = dict(zip("〇零一二三四五六七八九", "00123456789", strict=True))


@dataclass(frozen=True)
class Column:
    """One column that may be published.

    Attributes:
        kind: `text` and `name` are searched for shapes; `code` must match `pattern` whole, so must `digest`, a hash of
            ours; `phone` is an office's.
        type: SQL type as DuckDB describes it.
    """

    name: str
    type: str
    kind: Kind
    pattern: str = ""


@dataclass(frozen=True, order=True)
class Hit:
    """What the gate found: where and by which check, never the value."""

    file: str
    field: str
    check: str
    count: int


def is_id_number(text: str) -> bool:
    """Return whether 18 characters are an ID number by birth date and check digit (GB 11643-1999)."""
    if len(text) != 18 or not (text[:17].isascii() and text[:17].isdigit()) or not _is_date(text[6:14]):
        return False
    return check_digit(text[:17]) == text[17].upper()


def is_account(text: str) -> bool:
    """Return whether a run of digits is a card number by length and the Luhn check (ISO/IEC 7812-1)."""
    if not (text.isascii() and text.isdigit() and 16 <= len(text) <= 19):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(text))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def shapes(texts: pl.Series, waived: Collection[str] = ()) -> Counter[str]:
    """Count the distinct texts that hold something of the shape of an identifier.

    Full-width and Chinese digits, blanks and dashes between digits, and invisible characters are seen through.

    Args:
        texts: text values of one column.
        waived: SHA-256 (hex) of exact texts that a named person has allowed.

    Returns:
        How many texts by check: `id_number_shape`, `account_shape`, `phone_shape`.
    """
    plain = (
        texts.drop_nulls()
        .unique()
        .to_frame("raw")
        .lazy()
        .with_columns(written=pl.col("raw").str.normalize("NFKC").str.replace_all(INVISIBLE, ""))
        .with_columns(
            read=pl.col("written").str.replace_many(list(CHINESE_DIGITS), list(CHINESE_DIGITS.values())),
        )
        # Nine digits in all is less than any identifier has.
        .filter(pl.col("read").str.count_matches(r"\d") >= 11)
        .with_columns(joined=pl.col("read").str.replace_all(SEPARATORS, ""))
        .collect()
    )
    found: Counter[str] = Counter()
    for raw, written, joined in plain.select("raw", "written", "joined").iter_rows():
        if waived and hashlib.sha256(raw.encode()).hexdigest() in waived:
            continue
        found.update(set(_long_runs(written)) | set(_true_shapes(joined)))
    return found


def windows(runs: Iterable[str], lengths: Collection[int]) -> set[str]:
    """Return every part of the given lengths of some runs of digits: an identifier may be part of a longer run."""
    return {
        run[start : start + length].upper()
        for run in runs
        for length in lengths
        for start in range(len(run) - length + 1)
    }


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return text[:2] in ("18", "19", "20")


def _runs(text: str) -> list[str]:
    """Return the runs of digits of a text, each with a closing X."""
    runs, current = [], ""
    for character in text + " ":
        if character.isdigit():
            current += character
            continue
        if current:
            runs.append(current + ("X" if character in "Xx" else ""))
        current = ""
    return runs


def _long_runs(text: str) -> Iterable[str]:
    """Yield the shapes of runs as written: fifteen digits or more are no place code, date or amount."""
    for run in _runs(text):
        if len(run) in (15, 18):
            yield "id_number_shape"
        elif len(run) > 15:
            yield "account_shape"
        elif _is_phone(run):
            yield "phone_shape"


def _true_shapes(text: str) -> Iterable[str]:
    """Yield the shapes of runs joined across separators, which must also pass their check: dates and amounts join up too."""
    for run in _runs(text):
        if any(is_id_number(part) for part in windows([run], (18,))):
            yield "id_number_shape"
        if is_account(run):
            yield "account_shape"
        if _is_phone(run):
            yield "phone_shape"


def _is_phone(run: str) -> bool:
    return len(run) == 11 and run[0] == "1" and run[1] in "3456789"
