"""Money from cells to fen: exact or not at all."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingzhang.intake.values import money

FEN = st.integers(0, 10**13)


def fen(text: str, kind: str = "s", in_wan: bool = False) -> int | None:
    return money.parse(pl.Series([text]), pl.Series([kind]), in_wan)["fen"].item()


def problem(text: str, kind: str = "s") -> str | None:
    return money.parse(pl.Series([text], dtype=pl.String), pl.Series([kind]), False)["problem"].item()


@given(FEN)
def test_written_and_read_is_the_same(amount: int) -> None:
    assert fen(f"{amount // 100}.{amount % 100:02d}") == amount
    assert fen(f"{amount // 100:,}.{amount % 100:02d}元") == amount
    assert fen(f"￥{amount // 100}.{amount % 100:02d}") == amount
    assert fen(f"-{amount // 100}.{amount % 100:02d}") == -amount


@given(st.integers(0, 10**11))
def test_a_numeric_cell_is_the_same_to_the_fen(amount: int) -> None:
    assert fen(repr(amount / 100), "n") == amount


@given(st.integers(0, 10**9))
def test_ten_thousands(amount: int) -> None:
    assert fen(f"{amount // 10**6}.{amount % 10**6:06d}", in_wan=True) == amount
    assert fen(f"{amount // 10**6}.{amount % 10**6:06d}万元") == amount


@given(FEN, st.integers(1, 9))
def test_fractions_of_a_fen_are_refused(amount: int, digit: int) -> None:
    assert problem(f"{amount // 100}.{amount % 100:02d}{digit}") == "amount_not_in_fen"


@pytest.mark.parametrize(
    ("text", "dressed"), [("1,200.50", True), ("300元", True), ("￥1.5", True), ("300.500", False)]
)
def test_whatever_is_not_bare_digits_is_noted(text: str, *, dressed: bool) -> None:
    read = money.parse(pl.Series([text, "停发", "-7"]), None, False)
    assert read["dressed"].to_list() == [dressed, False, False]


@given(st.text(max_size=12))
def test_any_text_is_answered(text: str) -> None:
    read = money.parse(pl.Series([text]), None, False).row(0, named=True)
    assert (read["fen"] is None) == (read["problem"] is not None or read["stopped"])


@given(st.lists(st.sampled_from(["1", "2.5", "停发", "x", "0.001", "1,000", "12万"]), min_size=1, max_size=8))
def test_a_line_is_read_the_same_among_others(texts: list[str]) -> None:
    together = money.parse(pl.Series(texts), None, False).rows()
    alone = [money.parse(pl.Series([text]), None, False).row(0) for text in texts]
    assert together == alone


@pytest.mark.parametrize("text", ["", "1.2.3", "一百", "1e5", "0x10", "1/2", "--1", "１０．５．"])
def test_what_is_no_amount(text: str) -> None:
    assert problem(text) == "amount_unreadable"


def test_too_large() -> None:
    assert problem("1" + "0" * 15) == "amount_too_large"
    assert problem("1e+22", "n") == "amount_too_large"
