"""Whether account numbers look as declared: Luhn's check digit, vectorised. Knows no bank and no file."""

from __future__ import annotations

from functools import cache

import polars as pl

GROUP = 10_000  # four digits at a time: an even number, so that the doubled places stay in step
LONGEST = 19  # digits of a card; more do not fit into 64 bits either


@cache
def _sums() -> pl.Series:
    """Return Luhn's sum of every group of four digits."""

    def of(number: int) -> int:
        doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(f"{number:04d}"))]
        return sum(value - 9 if value > 9 else value for value in doubled)

    return pl.Series([of(number) for number in range(GROUP)], dtype=pl.UInt32)


def fails_luhn(numbers: pl.Series) -> pl.Series:
    """Return where the last of up to nineteen digits is not the check digit of those before it.

    Args:
        numbers: text; what is no such number (null, longer, other marks) cannot fail.
    """
    whole = numbers.set(~numbers.str.contains(rf"^[0-9]{{1,{LONGEST}}}$").fill_null(False), None).cast(pl.UInt64)
    total = pl.zeros(len(numbers), dtype=pl.UInt32, eager=True)
    for _ in range(0, LONGEST, 4):
        total = total + _sums().gather(whole % GROUP)
        whole = whole // GROUP
    return (total % 10 != 0).fill_null(False)
