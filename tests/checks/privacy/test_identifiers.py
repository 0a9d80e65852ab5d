"""Shapes of identifiers: found however they are written, and nothing else taken for one."""

from __future__ import annotations

import hashlib

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.privacy.identifiers import is_account, is_id_number, shapes, windows
from tests.mingzhang.publishing.release_case import account_no, id_number

ID, ACCOUNT, PHONE = id_number(7), account_no(7), "13800138000"


def found(*texts: str) -> set[str]:
    return set(shapes(pl.Series("t", texts)))


@pytest.mark.parametrize(
    ("text", "check"),
    [
        (f"备注{ID}。", "id_number_shape"),
        (ID.translate(str.maketrans("0123456789", "０１２３４５６７８９")), "id_number_shape"),
        (f"{ID[:6]} {ID[6:14]} {ID[14:]}", "id_number_shape"),
        (f"{ID[:6]}-{ID[6:14]}-{ID[14:]}", "id_number_shape"),
        (f"{ID[:9]}\u200b{ID[9:]}", "id_number_shape"),
        ("".join("〇一二三四五六七八九"[int(d)] if d != "X" else d for d in ID), "id_number_shape"),
        (ID[:6] + ID[8:17], "id_number_shape"),  # the 15-digit form
        (ACCOUNT, "account_shape"),
        (f"卡号：{ACCOUNT[:4]} {ACCOUNT[4:8]} {ACCOUNT[8:12]} {ACCOUNT[12:]}", "account_shape"),
        (PHONE, "phone_shape"),
        ("第一组138-0013-8000", "phone_shape"),
        ("一三八〇〇一三八〇〇〇", "phone_shape"),
    ],
)
def test_is_seen(text: str, check: str) -> None:
    assert check in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "第一组",
        "民发〔2021〕57号第七条",
        "2026-10-01 至 2026-10-25",
        "452921101201",
        "0771-1234567",
        "12345",
        "二〇二六年十月",
        "1234567890.12",
        "2026年11月5日至2026年12月3日",
        "",
    ],
)
def test_is_not_taken_for_an_identifier(text: str) -> None:
    assert found(text) == set()


def test_a_waived_text_passes_and_only_that_text() -> None:
    waived = {hashlib.sha256(PHONE.encode()).hexdigest()}
    assert not shapes(pl.Series("t", [PHONE]), waived)
    assert shapes(pl.Series("t", [PHONE + "。"]), waived)


@given(st.integers(0, 10**6))
def test_every_fictional_id_and_account_is_seen(serial: int) -> None:
    assert is_id_number(id_number(serial))
    assert is_account(account_no(serial))
    assert {"id_number_shape", "account_shape"} <= found(f"x{id_number(serial)}y", account_no(serial))


@given(st.integers(0, 10**6), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_no_id_number(serial: int, place: int, step: int) -> None:
    number = id_number(serial)
    other = str((int(number[place]) + step) % 10) if number[place] != "X" else "1"
    assert not is_id_number(number[:place] + other + number[place + 1 :])


@given(st.text("0123456789", min_size=1, max_size=30), st.integers(1, 20))
def test_windows_are_every_part_of_a_length(run: str, length: int) -> None:
    expected = {run[i : i + length] for i in range(len(run)) if i + length <= len(run)}
    assert windows([run], (length,)) == expected
