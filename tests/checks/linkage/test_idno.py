"""Identity numbers: nothing readable changes its meaning, nothing wrong passes."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.linkage import idno

DAY = dt.date(2026, 10, 31)


@st.composite
def numbers(draw: st.DrawFn) -> str:
    day = draw(st.dates(dt.date(1900, 1, 1), dt.date(2026, 1, 1)))
    body = f"4529{draw(st.integers(0, 99)):02d}{day:%Y%m%d}{draw(st.integers(1, 999)):03d}"
    return body + idno.check_digit(body)


def normal(text: str) -> str | None:
    return idno.upgrade(idno.clean(pl.Series([text]))).item()


def problem(text: str) -> str | None:
    return idno.problems(pl.Series([text], dtype=pl.String), DAY).item()


@given(numbers())
def test_a_valid_number_is_itself(number: str) -> None:
    assert normal(number) == number
    assert problem(number) is None


@given(
    numbers(),
    st.lists(st.tuples(st.integers(0, 18), st.sampled_from(" \t\u3000\u00a0\u200b\ufeff'")), max_size=5),
    st.booleans(),
)
def test_dressing_comes_off(number: str, marks: list[tuple[int, str]], wide: bool) -> None:
    text = "".join(chr(ord(c) + 0xFEE0) for c in number.lower()) if wide else number.lower()
    for at, mark in marks:
        text = text[:at] + mark + text[at:]
    assert normal(text) == number
    assert normal(normal(text) or "") == number  # cleaning twice is cleaning once


@given(numbers().filter(lambda n: n[6:8] == "19"))
def test_fifteen_and_eighteen_digits_are_one_person(number: str) -> None:
    assert normal(number[:6] + number[8:17]) == number


@given(numbers(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_character_never_passes(number: str, at: int, other: str) -> None:
    if other != number[at] and not (other == "X" and at == 17):
        changed = number[:at] + other + number[at + 1 :]
        assert problem(changed) in {"id_checksum", "id_malformed"}


@given(numbers(), st.integers(0, 16))
def test_two_neighbours_swapped_never_pass(number: str, at: int) -> None:
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    if swapped != number:
        assert problem(swapped) is not None


@given(st.text(max_size=25))
def test_any_text_is_answered(text: str) -> None:
    cleaned = normal(text)
    found = problem(cleaned) if cleaned else None
    assert found in {None, "id_malformed", "id_checksum", "birth_date_in_future"}
    if cleaned and found is None:
        assert idno.check_digit(cleaned[:17]) == cleaned[17]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("45290119900230123", "id_malformed"),
        ("452901199002301234", "id_checksum"),
        ("452901" + "20261101" + "123", None),
    ],
)
def test_examples(text: str, expected: str | None) -> None:
    if expected is None:
        assert problem(text + idno.check_digit(text)) == "birth_date_in_future"
    else:
        assert problem(text) == expected


@given(numbers(), st.integers(0, 16).filter(lambda n: n > 5))
def test_a_letter_for_a_digit_is_suggested_not_applied(number: str, at: int) -> None:
    letters = {"0": "O", "1": "l", "5": "S"}
    if number[at] in letters:
        typed = (number[:at] + letters[number[at]] + number[at + 1 :]).upper()
        assert problem(typed) == "id_malformed"
        assert idno.suggest(typed) == number


@pytest.mark.parametrize("text", ["1.10101E+17", "4E+17", "4.52921E17"])
def test_scientific_notation_is_seen(text: str) -> None:
    assert idno.is_scientific(pl.Series([text])).item()


def test_an_ordinary_number_is_not_scientific() -> None:
    assert not idno.is_scientific(pl.Series(["45290119900101123X"])).item()
