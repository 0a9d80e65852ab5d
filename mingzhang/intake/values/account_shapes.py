"""Account numbers against what the catalogue declares of banks and cards. Nothing is padded; the shape says what rejects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from checks.schemas import account_numbers
from mingzhang.catalog.models import AccountShape, Layout
from mingzhang.intake.values import id_numbers


def shape_problems(
    frame: pl.DataFrame, layout: Layout, shapes: Sequence[AccountShape]
) -> Iterator[tuple[str, str, pl.Series, Mapping[str, str | int]]]:
    """Yield (problem, column, where, facts) for every declared length or check digit that lines do not have.

    Args:
        frame: the lines of a file.
        layout: which of its columns hold accounts; the column `bank`, where there is one, names their bank.
        shapes: what is declared.
    """
    for field in layout.fields:
        if field.type != "account" or field.name not in frame.columns:
            continue
        number = frame[field.name]
        for shape in shapes:
            meant = _meant(number, frame, shape)
            if not meant.any():
                continue
            yield from _lengths(number, field.name, meant, shape)
            if shape.luhn:
                failing = number.set(~meant, None)
                facts = {"expected": shape.title}
                yield "account_bank_check", field.name, account_numbers.fails_luhn(failing), facts


def _meant(number: pl.Series, frame: pl.DataFrame, shape: AccountShape) -> pl.Series:
    """Return where a shape applies to the line's account."""
    meant = number.str.starts_with(shape.prefix).fill_null(False) if shape.prefix else number.is_not_null()
    if shape.words and "bank" not in frame.columns:
        return pl.zeros(frame.height, dtype=pl.Boolean, eager=True)
    return meant & frame["bank"].str.contains_any(list(shape.words)).fill_null(False) if shape.words else meant


def _lengths(
    number: pl.Series, column: str, meant: pl.Series, shape: AccountShape
) -> Iterator[tuple[str, str, pl.Series, Mapping[str, str | int]]]:
    if not shape.lengths:
        return
    length = number.str.len_chars()
    odd = meant & ~length.is_in(list(shape.lengths))
    if shape.level == "warn":  # what no bank has is named by the reader of the column already
        odd = odd & length.is_between(*id_numbers.ACCOUNT_LENGTHS)
    expected = f"{shape.title} {'、'.join(str(one) for one in shape.lengths)}"
    code = "account_wrong_length" if shape.level == "warn" else "account_length_impossible"
    for count in length.filter(odd).unique().sort().to_list():
        yield code, column, odd & (length == count), {"length": count, "expected": expected}
