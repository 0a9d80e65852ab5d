"""Files of one month beside each other and beside the month before; a bank's amounts beside the payments."""

from __future__ import annotations

import polars as pl
import pytest

from checks.schemas.history import other_amounts, people, repeated


def test_one_payment_or_their_sum_explains_a_reply_and_nothing_else_does() -> None:
    payments = pl.DataFrame({"account_no": ["a", "a", "b", None], "amount_fen": [100, 200, 500, 7]})
    reply = pl.DataFrame(
        {
            "row": [1, 2, 3, 4, 5, 6],
            "account_no": ["a", "a", "a", "b", "c", "b"],
            "amount_fen": [100, 300, 250, 50, 1, None],
        }
    )
    found = other_amounts(reply, payments)
    assert found.select("row", "paid_fen").rows() == [(3, 300), (4, 500)]


@pytest.mark.parametrize(
    ("now", "beside", "before", "expected"),
    [
        # earlier, vanished, added
        ("abcde", "", {"x": "abcdefgh"}, (8, 3, 0)),  # one short list
        ("a", "", {"x": "abcdefgh"}, (8, 7, 0)),  # a list cut off, however short
        ("efgh", "abcd", {"x": "abcdefgh"}, (8, 0, 0)),  # a second batch of what was one list
        ("ef", "abcd", {"x": "abcdefgh"}, (8, 2, 0)),  # and it is short
        ("abc", "", {"x": "abcd", "y": "efgh"}, (4, 1, 0)),  # one township of two, the other still to come
        ("abcdefg", "", {"x": "abcd", "y": "efgh"}, (8, 1, 0)),  # what were two lists is one
        ("efge", "abc", {"x": "abcd", "y": "efgh"}, (4, 1, 0)),  # the second township counts its own
        ("yz", "abcd", {"x": "abcd"}, (0, 0, 2)),  # newcomers only
        ("bcdy", "", {"x": "ab", "y": "cdef"}, (6, 3, 1)),  # half of either
        ("cdef", "", {"x": "abc", "y": "defg"}, (4, 1, 0)),  # one person moved from the other township
    ],
)
def test_who_is_missing_is_asked_of_the_month_as_a_whole(
    now: str, beside: str, before: dict[str, str], expected: tuple[int, int, int]
) -> None:
    earlier = [{"idno": person, "file": file} for file, people_of_it in before.items() for person in people_of_it]
    found = people(
        pl.DataFrame({"idno": list(now)}),
        pl.DataFrame({"idno": list(beside)}, schema={"idno": pl.String}),
        pl.DataFrame(earlier),
    )
    assert (found.earlier, found.vanished, found.added) == expected


def test_plots_tell_lines_of_one_person_apart_where_both_have_one() -> None:
    def table(plots: list[str | None], **more: str) -> pl.DataFrame:
        rows = {
            "idno": "a",
            "recipient_name": "n",
            "programme": "p",
            "period_from": "2026-10",
            "item_serial": None,
            **more,
        }
        return pl.DataFrame({"plot_code": plots}, schema={"plot_code": pl.String}).with_columns(
            pl.lit(value, dtype=pl.String).alias(name) for name, value in rows.items()
        )

    assert repeated(table(["1", "2", "3"]), table(["1", "2"], file="f")) == ("f", 2)
    assert repeated(table(["1", "2", "3"]), table([None], file="f")) == ("f", 3)
    assert repeated(table(["1"]), table(["2"], file="f")) is None
