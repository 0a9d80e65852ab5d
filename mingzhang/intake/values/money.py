"""Money as written in cells, to integer fen. Nothing is rounded; what cannot be fen is a problem, not a guess."""

from __future__ import annotations

import polars as pl

STOPPED = r"^(停发|已停发|暂停|停)$"
DRESSING = r"[\s\p{Cf}\u00a0'‘’¥￥]|RMB|人民币|整$"
# Commas are allowed between groups of three digits only: `300,5` may be 300.5 or 3005, and money is not guessed.
SHAPE = r"^([+-]?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]*))?(万?)元?$"
BARE = r"^-?[0-9]+(\.[0-9]+)?$"
LIMIT_DIGITS = 13  # 10^13 yuan is beyond any national budget line
FLOAT_TOLERANCE = 1e-6


def parse(values: pl.Series, types: pl.Series | None, in_wan: bool) -> pl.DataFrame:
    """Read amounts.

    Args:
        values: cell text, null where blank.
        types: `n` where the cell was numeric; None when the file had no types.
        in_wan: the header or unit row says 万元.

    Returns:
        Columns `fen` (Int64), `problem` (amount_unreadable, amount_not_in_fen, amount_too_large or null),
        `stopped` (the cell says 停发), `wan` (the amount was read as 万元), `dressed` (anything but digits and a point).
    """
    plain = values.str.contains(r"^[0-9]+(\.[0-9]{1,2})?$")
    if not in_wan and plain.all() and not (values.str.len_chars() >= LIMIT_DIGITS).any():
        return _plain(values)
    frame = pl.DataFrame({"v": values, "n": _numeric(values, types)})
    text = pl.col("v").str.normalize("NFKC").str.replace_all(DRESSING, "")
    frame = (
        frame.with_columns(text.alias("t")).with_columns(pl.col("t").str.extract_groups(SHAPE).alias("g")).unnest("g")
    )
    frame = frame.with_columns(
        readable=pl.col("2").is_not_null(),
        whole=pl.col("2").str.replace_all(",", "", literal=True).str.strip_chars_start("0"),
        part=pl.col("3").fill_null(""),
        wan=pl.lit(in_wan) | (pl.col("4") == "万"),
        sign=pl.when(pl.col("1") == "-").then(-1).otherwise(1),
    )
    frame = frame.with_columns(
        too_large=pl.col("whole").str.len_chars() >= LIMIT_DIGITS - 4 * pl.col("wan").cast(pl.Int32)
    )
    micro = pl.col("whole").str.slice(0, LIMIT_DIGITS).cast(pl.Int64, strict=False).fill_null(0) * 1_000_000 + pl.col(
        "part"
    ).str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64, strict=False).fill_null(0)
    micro = pl.when(pl.col("too_large")).then(0).otherwise(micro)
    beyond = pl.col("part").str.slice(6).str.strip_chars("0") != ""
    frame = frame.with_columns(micro=micro, beyond=beyond)
    fen = pl.when(pl.col("wan")).then(pl.col("micro")).otherwise(pl.col("micro") // 10_000)
    exact = ~pl.col("beyond") & (pl.col("wan") | (pl.col("micro") % 10_000 == 0))
    frame = frame.with_columns(fen=fen * pl.col("sign"), exact=exact)
    frame = _floats(frame)
    problem = (
        pl.when(pl.col("v").is_null())
        .then(None)
        .when(~pl.col("readable"))
        .then(pl.lit("amount_unreadable"))
        .when(pl.col("too_large"))
        .then(pl.lit("amount_too_large"))
        .when(~pl.col("exact"))
        .then(pl.lit("amount_not_in_fen"))
    )
    stopped = pl.col("t").str.contains(STOPPED).fill_null(False)
    return frame.with_columns(problem=problem, stopped=stopped).select(
        fen=pl.when(pl.col("problem").is_null() & pl.col("readable")).then("fen"),
        problem=pl.when("stopped").then(None).otherwise("problem"),
        stopped="stopped",
        wan=pl.col("wan").fill_null(False) & pl.col("readable"),
        dressed=pl.col("readable") & ~pl.col("n") & ~pl.col("v").str.contains(BARE),
    )


def _plain(values: pl.Series) -> pl.DataFrame:
    """The usual case: digits, perhaps a point and two decimals."""
    # Exact: below 10^13 yuan a double of two decimals is off by less than a quarter of a fen.
    fen = (values.cast(pl.Float64) * 100).round().cast(pl.Int64)
    no = pl.repeat(False, len(values), eager=True)
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(values))
    return pl.DataFrame({"fen": fen, "problem": nothing, "stopped": no, "wan": no, "dressed": no})


def _numeric(values: pl.Series, types: pl.Series | None) -> pl.Series:
    return pl.repeat(False, len(values), eager=True) if types is None else (types.str.to_lowercase() == "n")


def _floats(frame: pl.DataFrame) -> pl.DataFrame:
    """Numeric cells hold binary fractions: 0.1 + 0.2 is 30 fen when it is within a millionth of a fen."""
    if not frame["n"].any():
        return frame
    value = pl.when(pl.col("n")).then(pl.col("v").cast(pl.Float64, strict=False))
    frame = frame.with_columns(float_fen=value * pl.when(pl.col("wan")).then(1_000_000.0).otherwise(100.0))
    nearest = pl.col("float_fen").round()
    near = (pl.col("float_fen") - nearest).abs() <= pl.max_horizontal(pl.lit(FLOAT_TOLERANCE), nearest.abs() * 1e-15)
    inside = pl.col("n") & (nearest.abs() < 10.0 ** (LIMIT_DIGITS + 2))
    return frame.with_columns(
        readable=pl.col("readable").fill_null(False) | pl.col("n"),
        too_large=pl.when(pl.col("n")).then(~inside).otherwise("too_large"),
        exact=pl.when(pl.col("n")).then(near).otherwise("exact"),
        fen=pl.when(inside).then(nearest.cast(pl.Int64, strict=False)).otherwise("fen"),
    )
