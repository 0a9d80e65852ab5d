"""Luhn's check digit, beside the plain sum."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from checks.privacy.identifiers import is_account
from checks.schemas.account_numbers import fails_luhn


@given(st.lists(st.text("0123456789", min_size=16, max_size=19), min_size=1, max_size=20))
def test_it_agrees_with_the_plain_sum(numbers: list[str]) -> None:
    assert fails_luhn(pl.Series(numbers)).to_list() == [not is_account(number) for number in numbers]


def test_what_is_no_card_number_cannot_fail() -> None:
    assert fails_luhn(pl.Series(["", None, "6" * 20, "62-1", "6230580000000000003"])).to_list() == [False] * 4 + [
        not is_account("6230580000000000003")
    ]
