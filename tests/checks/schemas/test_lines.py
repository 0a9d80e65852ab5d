"""The schemas refuse what they should, and look at values at all."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from checks.schemas import lines
from mingzhang.catalog.load import catalogue

LAYOUT = catalogue().layout("roster")


def failing(**columns: list[object]) -> dict[str, list[bool]]:
    return {f.problem: f.mask.to_list() for f in lines.failures(pl.DataFrame(columns, strict=False), LAYOUT)}


def test_good_lines_pass() -> None:
    good = pl.DataFrame({"recipient_idno": ["452901199001011237", None], "amount_fen": [1, 2], "quantity": [1.0, None]})
    assert lines.failures(good, LAYOUT) == []


def test_a_bad_row_is_refused_and_named() -> None:
    assert failing(recipient_idno=["452901199001011237", "short"], amount_fen=[1, 2]) == {"id_malformed": [False, True]}
    assert failing(amount_fen=[1, 10**15 + 1]) == {"amount_too_large": [False, True]}
    assert failing(quantity=[-1.0, 2.0]) == {"number_negative": [True, False]}


def test_columns_that_hold_the_same_are_each_refused() -> None:
    names = ("recipient_idno", "head_idno", "payee_idno")
    frame = pl.DataFrame({name: ["452901199001011237", "short"] for name in names} | {"account": ["short", "short"]})
    found = [(failure.problem, failure.column, failure.mask.to_list()) for failure in lines.failures(frame, LAYOUT)]
    assert sorted(found) == sorted(("id_malformed", name, [False, True]) for name in names)
    other = frame.with_columns(head_idno=pl.Series([None, "452901199001011237"]))
    assert {failure.column for failure in lines.failures(other, LAYOUT)} == {"recipient_idno", "payee_idno"}


def test_a_column_of_the_wrong_type_does_not_hide_behind_one_like_it() -> None:
    with pytest.raises(TypeError):
        lines.failures(pl.DataFrame({"standard_fen": [1], "amount_fen": [1.0]}), LAYOUT)


def test_periods_run_forward() -> None:
    frame = {
        "period_from": [dt.date(2026, 3, 1), dt.date(2026, 1, 1)],
        "period_to": [dt.date(2026, 1, 1), dt.date(2026, 3, 1)],
    }
    assert failing(**frame) == {"date_order": [True, False]}


def test_a_lazy_frame_is_refused_because_its_values_would_not_be_checked() -> None:
    with pytest.raises(TypeError):
        lines.failures(pl.LazyFrame({"amount_fen": [10**18]}), LAYOUT)  # type: ignore[arg-type]


def test_a_column_of_the_wrong_type_is_our_own_mistake() -> None:
    with pytest.raises(TypeError):
        lines.failures(pl.DataFrame({"amount_fen": ["1"]}), LAYOUT)


@pytest.mark.parametrize("kind", sorted([*catalogue().kinds, *catalogue().registers]))
def test_every_layout_has_a_schema(kind: str) -> None:
    layout = catalogue().layout(kind)
    typed = tuple((f.name, f.type) for f in layout.fields if f.type in lines.DTYPES)
    assert len(lines.schema(typed).columns) == len(typed)


def test_the_same_line_twice_is_seen() -> None:
    frame = pl.DataFrame(
        {
            "recipient_idno_text": ["a", "a", "b", None, None],
            "recipient_name": ["x", "x", "x", "y", "y"],
            "programme": ["p"] * 5,
        }
    )
    assert lines.duplicates(frame).to_list() == [True, True, False, False, False]
