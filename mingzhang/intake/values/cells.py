"""Reads one column of cells by its field's type: clean values, repairs, problems. Knows nothing of files or rows above."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import polars as pl

from checks.linkage import idno, names, relations
from mingzhang.catalog.load import Catalogue
from mingzhang.intake.values import dates, money
from mingzhang.intake.values.column import Column
from mingzhang.intake.values.id_numbers import read_account, read_idno

TRUE_WORDS = {"是", "有", "√", "Y", "YES", "TRUE", "1", "已备案", "已"}
FALSE_WORDS = {"否", "无", "×", "X", "N", "NO", "FALSE", "0", "未备案", "未"}

# Of a payment line, these may appear on a village's list.
PUBLIC_NAMES = {"recipient_name", "head_name"}


def read(column: Column) -> dict[str, pl.Series]:
    """Return the columns a field gives: `<name>`, and for some types companions such as `<name>_problem`."""
    return READERS[column.field.type](column)


def _name(column: Column) -> dict[str, pl.Series]:
    name = column.field.name
    if column.shared("is_usual", names.is_usual):
        if name == "recipient_name":
            column.add_problems("name_missing", column.values.is_null(), shown=False)
        return {name: column.values.alias(name)}
    cleaned = column.shared("clean", names.clean)
    column.add_repairs("name_format", cleaned)
    column.add_problems("character_lost", column.shared("is_lost", names.is_lost))
    if name in PUBLIC_NAMES and column.file_facts.layout.table == "payment_lines":
        column.add_problems(
            "name_odd", column.shared("is_odd", lambda _: names.is_odd(cleaned)), shown=False
        )  # it may hold an identity number
    if name == "recipient_name":
        column.add_problems("name_missing", cleaned.is_null(), shown=False)
    found = names.remarks(column.values) if cleaned is not column.values else None
    result = {name: cleaned.alias(name)}
    if found is not None and found.is_not_null().any():
        result[f"{name}_remark"] = found.alias(f"{name}_remark")
    return result


def _text(column: Column) -> dict[str, pl.Series]:
    name = column.field.name
    stripped = column.values.str.strip_chars()  # every kind of blank, U+3000 too: several times faster than a list
    stripped = stripped.set(stripped == "", None)
    if column.field.choices:
        unknown = stripped.is_not_null() & ~stripped.is_in(list(column.field.choices))
        column.add_problems("not_in_choices", unknown, expected="、".join(column.field.choices))
    return {name: stripped.alias(name)}


def _code(column: Column) -> dict[str, pl.Series]:
    name = column.field.name
    column.add_problems("code_is_number", column.typed("n"))
    text = column.values.str.normalize("NFKC").str.replace_all(idno.INVISIBLE, "")
    text = text.set(text == "", None)
    column.add_repairs("code_format", text)
    return {name: text.alias(name)}


def _fen(column: Column) -> dict[str, pl.Series]:
    name, main = column.field.name, column.field.name in {"amount_fen"} or column.field.filled
    read = money.parse(column.values, None if column.types is None else column.types, column.in_wan)
    if main:
        for code in ("amount_unreadable", "amount_not_in_fen", "amount_too_large"):
            column.add_problems(code, read["problem"] == code)
        column.add_problems("formula_without_value", column.typed("F"))
        column.add_problems("amount_by_formula", column.typed("NS"))
    else:
        column.add_problems("number_unreadable", read["problem"].is_not_null())
    if (read["wan"] | read["dressed"]).any():
        _note_dressing(column, read)
    result = {name: read["fen"].alias(name)}
    if main:
        result[f"{name}_stopped"] = read["stopped"].alias(f"{name}_stopped")
    return result


def _note_dressing(column: Column, read: pl.DataFrame) -> None:
    written = _yuan_text(read["fen"])
    column.notes.add_repairs("amount_unit", read["wan"], column.rows, column.label, column.values, written)
    column.notes.add_repairs(
        "amount_format", read["dressed"] & ~read["wan"], column.rows, column.label, column.values, written
    )


def _yuan_text(fen: pl.Series) -> pl.Series:
    sign = pl.select(pl.when(fen < 0).then(pl.lit("-")).otherwise(pl.lit(""))).to_series()
    size = fen.abs()
    return sign + (size // 100).cast(pl.String) + "." + (size % 100).cast(pl.String).str.pad_start(2, "0")


def _number(column: Column) -> dict[str, pl.Series]:
    name = column.field.name
    plain = column.values.cast(pl.Float64, strict=False)
    odd = column.values.is_not_null() & plain.is_null()
    if odd.any():
        text = column.values.str.normalize("NFKC").str.replace_all(r"[\s,，]", "")
        text = text.str.replace(r"(亩|人|户|个月|月|件|套|间|头|台|公斤|平方米|m2|%)$", "")
        plain = text.cast(pl.Float64, strict=False)
        repaired = odd & plain.is_not_null()
        column.notes.add_repairs(
            "number_format", repaired, column.rows, column.label, column.values, plain.cast(pl.String)
        )
    bad = (plain.is_nan() | plain.is_infinite()).fill_null(False)
    if column.field.type == "count":  # an identity number slipped into a column of counts fits no integer
        bad = bad | ((plain % 1 != 0) | (plain.abs() >= 2**31)).fill_null(False)
    column.add_problems("number_unreadable", column.values.is_not_null() & (plain.is_null() | bad))
    value = plain.set(bad, None)
    if column.field.type == "count":
        value = value.cast(pl.Int64)
    return {name: value.alias(name)}


def _dates(
    column: Column, reader: Callable[[str], dates.DateSpan], first: str, last: str | None
) -> dict[str, pl.Series]:
    """Read distinct spellings once each; the usual ISO date is read without leaving Polars."""
    if first == "day":
        plain = column.values.str.to_date("%Y-%m-%d", strict=False, exact=True)
        usual = plain.is_not_null() & column.values.str.contains(r"^\d{4}-\d{2}-\d{2}$") & (plain.dt.year() > 1850)
        if bool((usual | column.values.is_null()).all()):
            return {column.field.name: plain.alias(column.field.name)}
    spellings = [text for text in column.values.unique().to_list() if text is not None]
    found = [reader(text) for text in spellings]
    table = pl.DataFrame(
        {
            "text": spellings,
            "first": [read.first for read in found],
            "last": [read.last for read in found],
            "problem": [read.problem for read in found],
            "guessed": [read.guessed for read in found],
        },
        schema={"text": pl.String, "first": pl.Date, "last": pl.Date, "problem": pl.String, "guessed": pl.Boolean},
    )
    if first != "day":
        table = table.with_columns(pl.col("first", "last").dt.month_start())
    joined = _looked_up(column.values, table)
    column.add_problems("date_impossible", joined["problem"] == "date_impossible")
    unreadable = joined["problem"] == "date_unreadable"
    column.add_problems("date_unreadable", unreadable)
    column.add_problems("month_guessed", joined["guessed"], expected=column.file_facts.year or 0)
    if "n" in column.letters:
        column.add_problems("date_ambiguous", column.typed("n") & column.values.str.contains(r"^\d{4}\.1$"))
    if last is None:
        return {column.field.name: joined["first"].alias(column.field.name)}
    return {first: joined["first"].alias(first), last: joined["last"].alias(last)}


def _date(column: Column) -> dict[str, pl.Series]:
    year, base = column.file_facts.year, column.file_facts.date1904
    return _dates(column, lambda text: dates.day(text, year, base), "day", None)


def _month(column: Column) -> dict[str, pl.Series]:
    return _dates(column, lambda text: dates.month(text, column.file_facts.year), "month", None)


def _period(column: Column) -> dict[str, pl.Series]:
    year, base = column.file_facts.year, column.file_facts.date1904
    return _dates(column, lambda text: dates.period(text, year, base), "period_from", "period_to")


def _mapped(column: Column, meaning: Callable[[str], Any], dtype: Any) -> pl.Series:
    spellings = [text for text in column.values.unique().to_list() if text is not None]
    table = pl.DataFrame(
        {"text": spellings, "value": [meaning(text) for text in spellings]}, schema={"text": pl.String, "value": dtype}
    )
    return _looked_up(column.values, table)["value"]


def _looked_up(values: pl.Series, table: pl.DataFrame) -> pl.DataFrame:
    """Return for each cell the row of `table` whose `text` it is."""
    if table.height == 1 and not values.has_nulls():  # one programme, one month: the usual file
        return table.select(column.new_from_index(0, len(values)) for column in table)
    return pl.DataFrame({"text": values}).join(table, on="text", how="left", maintain_order="left")


def _flag(column: Column) -> dict[str, pl.Series]:
    def meaning(text: str) -> bool | None:
        word = text.strip().upper()
        return True if word in TRUE_WORDS else False if word in FALSE_WORDS else None

    value = _mapped(column, meaning, pl.Boolean)
    column.add_problems("not_in_choices", column.values.is_not_null() & value.is_null(), expected="是、否")
    return {column.field.name: value.alias(column.field.name)}


def programme_word(text: str, catalogue: Catalogue) -> str | None:
    """Return the slug a cell means, blanks and full-width forms aside."""
    return catalogue.programme_slug(text) or catalogue.programme_slug(
        re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    )


def _programme(column: Column) -> dict[str, pl.Series]:
    value = _mapped(column, lambda text: programme_word(text, column.file_facts.catalogue), pl.String)
    return {
        column.field.name: value.alias(column.field.name),
        f"{column.field.name}_text": column.values.alias(f"{column.field.name}_text"),
    }


def _relation(column: Column) -> dict[str, pl.Series]:
    value = _mapped(column, relations.group, pl.String)
    unknown = column.values.is_not_null() & value.is_null()
    column.add_problems("relation_unknown", unknown)
    kept = pl.select(pl.coalesce(pl.lit(value), pl.lit(column.values))).to_series()
    return {column.field.name: kept.alias(column.field.name)}


READERS: dict[str, Callable[[Column], dict[str, pl.Series]]] = {
    "idno": read_idno,
    "account": read_account,
    "name": _name,
    "text": _text,
    "code": _code,
    "fen": _fen,
    "number": _number,
    "count": _number,
    "date": _date,
    "month": _month,
    "period": _period,
    "flag": _flag,
    "programme": _programme,
    "village": _text,
    "relation": _relation,
}
