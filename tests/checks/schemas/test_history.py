"""A bank's amounts beside the payments of the same account."""

from __future__ import annotations

import polars as pl

from checks.schemas.history import other_amounts


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
