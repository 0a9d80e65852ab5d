"""States of payments and results of banks by the catalogue's words; an unknown word is asked about and never counts as paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from mingzhang.intake.lines import assemble

Words = Mapping[str, Sequence[str]]
# On a roster a failure is asked about: the list says paid, the line says it did not arrive. 退回 says what became of it.
NOT_PAID = {"returned"}
SETTLED = "退回"


def meanings(written: pl.Series, words: Words) -> pl.Series:
    """Return what each cell means, null where no word of the vocabulary is in it; of several the one listed later.

    Args:
        written: cells, null where blank.
        words: meaning → its words.
    """
    meaning = pl.lit(None, dtype=pl.String)
    for name, own in words.items():
        meaning = pl.when(pl.col("written").str.contains_any(list(own))).then(pl.lit(name)).otherwise(meaning)
    spellings = written.unique().drop_nulls()
    table = pl.DataFrame({"written": spellings}).with_columns(meaning=meaning)
    joined = pl.DataFrame({"written": written}).join(table, on="written", how="left", maintain_order="left")
    return joined["meaning"]


def states(frame: pl.DataFrame, words: Words, labels: Mapping[str, str], problems: list[pl.DataFrame]) -> pl.Series:
    """Return the state of each payment; blank is paid, unknown is planned and asked about.

    Args:
        frame: lines, perhaps with `state` as written.
        words: meaning → words of `payment_state`.
        labels: field → the sender's heading.
        problems: where questions are recorded.
    """
    paid = pl.Series(["paid"]).new_from_index(0, frame.height)
    if "state" not in frame.columns:
        return paid
    written = frame["state"]
    meaning = meanings(written, words)
    unknown = written.is_not_null() & meaning.is_null()
    label = labels.get("state")
    problems.append(assemble.problem_rows("state_unknown", frame, unknown, label, "state"))
    arrived_not = meaning.is_in(list(NOT_PAID)) & ~written.str.contains(SETTLED, literal=True)
    problems.append(assemble.problem_rows("state_not_paid", frame, arrived_not, label, "state"))
    return pl.select(
        pl.when(pl.lit(unknown)).then(pl.lit("planned")).otherwise(pl.coalesce(pl.lit(meaning), pl.lit(paid)))
    ).to_series()


def bank_results(
    frame: pl.DataFrame, words: Words, labels: Mapping[str, str], problems: list[pl.DataFrame]
) -> pl.DataFrame:
    """Return a bank's reply in which whatever is no success has a reason in `failure`.

    A success in the column of failure reasons (交易成功) is none; an unknown result is asked about and counts as not paid.

    Args:
        frame: lines with `result`, `failure` or both.
        words: meaning → words of `bank_result`.
        labels: field → the sender's heading.
        problems: where questions are recorded.
    """
    if "failure" in frame.columns:
        is_success = (meanings(frame["failure"], words) == "paid").fill_null(False)
        result = pl.col("result") if "result" in frame.columns else pl.lit(None, dtype=pl.String)
        frame = frame.with_columns(
            result=pl.when(pl.lit(is_success)).then(pl.coalesce(result, "failure")).otherwise(result),
            failure=pl.when(pl.lit(is_success)).then(None).otherwise("failure"),
        )
    if "result" not in frame.columns:
        return frame
    meaning = meanings(frame["result"], words)
    unknown = frame["result"].is_not_null() & meaning.is_null()
    problems.append(assemble.problem_rows("result_unknown", frame, unknown, labels.get("result"), "result"))
    failure = pl.col("failure") if "failure" in frame.columns else pl.lit(None, dtype=pl.String)
    not_paid = unknown | (meaning == "returned").fill_null(False)
    return frame.with_columns(failure=pl.when(pl.lit(not_paid)).then(pl.coalesce(failure, "result")).otherwise(failure))
