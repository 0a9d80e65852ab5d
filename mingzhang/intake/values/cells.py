"""Reads one column of cells by its field's type: clean values, repairs, problems. Knows nothing of files or rows above."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import polars as pl

from checks.linkage import idno, names, relations
from mingzhang.catalog.load import Catalogue
from mingzhang.intake.values import characters, dates, money
from mingzhang.intake.values.column import Column
from mingzhang.intake.values.id_numbers import read_account, read_idno

NO_DATE = "no_date"
TRUE_WORDS = {"是", "有", "√", "Y", "YES", "TRUE", "1", "已备案", "已"}
FALSE_WORDS = {"否", "无", "×", "X", "N", "NO", "FALSE", "0", "未备案", "未"}

UNUSUAL = r"[^\p{Han}&&\p{Lo}]|[\x{F900}-\x{FAFF}]"
MISREAD_SHOWN = 50  # so many misread names get their own reading, the others only the question
LONG_NAME_BYTES = 12  # four Chinese characters; words of health are searched for in longer ones only
BEFORE_DASH = r"^(\p{Han}[\p{Han}·]{1,9})[\s,，、;；:：/\-－—–_]+"
GROUP_NUMBER = r"^(第)?([0-9]{1,3}|[一二三四五六七八九十百]{1,4})(号)?(村民)?(小)?(组|队|社|屯)?$"
GROUP_LONGEST = 14

# Of a payment line, these may appear on a village's list.
PUBLIC_NAMES = {"recipient_name", "head_name"}


def read(column: Column) -> dict[str, pl.Series]:
    """Return the columns a field gives: `<name>`, and for some types companions such as `<name>_problem`."""
    return READERS[column.field.type](column)


def _name(column: Column) -> dict[str, pl.Series]:
    name = column.field.name
    if column.shared("is_usual", _is_usual):
        if name == "recipient_name":
            column.add_problems("name_missing", column.values.is_null(), shown=False)
        _add_misread(column, column.values)
        return {name: _without_private(column, column.values).alias(name)}
    written = column.shared("unified", characters.unify)
    column.add_repairs("character_unified", written)
    cleaned = column.shared("clean", lambda _: names.clean(written))
    tidied = written.is_not_null() & written.ne_missing(cleaned)
    column.notes.add_repairs("name_format", tidied, column.rows, column.label, written, cleaned)
    column.add_problems("character_lost", column.shared("is_lost", names.is_lost), shown=False)
    _add_misread(column, written)
    if name in PUBLIC_NAMES and column.file_facts.layout.table == "payment_lines":
        column.add_problems(
            "name_odd", column.shared("is_odd", lambda _: names.is_odd(cleaned)), shown=False
        )  # it may hold an identity number
    if name == "recipient_name":
        column.add_problems("name_missing", cleaned.is_null(), shown=False)
    found = names.remarks(written) if cleaned is not written else None
    result = {name: cleaned.alias(name)}
    own, behind = _split_private(column, written, cleaned)
    if behind is not None:
        result[name] = own.alias(name)
        found = behind if found is None else pl.select(pl.coalesce(pl.lit(found), pl.lit(behind))).to_series()
    if found is not None and found.is_not_null().any():
        result[f"{name}_remark"] = found.alias(f"{name}_remark")
    return result


def _is_usual(values: pl.Series) -> bool:
    """Return whether every name is nothing but Chinese letters, none of them a compatibility form."""
    return not values.str.contains(UNUSUAL).any()


def _add_misread(column: Column, written: pl.Series) -> None:
    """Report names that are UTF-8 read as GB18030, with what their bytes say."""
    found = column.shared("misread", lambda _: characters.misread(written))
    for text, reading in list(found.items())[:MISREAD_SHOWN]:
        column.add_problems("character_lost", written == text, shown=False, hint=f"按字节还原是“{reading}”，请核对。")
    if len(found) > MISREAD_SHOWN:
        rest = written.is_in(list(found)[MISREAD_SHOWN:])
        column.add_problems("character_lost", rest, shown=False)


def _split_private(column: Column, written: pl.Series, cleaned: pl.Series) -> tuple[pl.Series, pl.Series | None]:
    """Return names without the words of health or family behind a dash or blank, and those words; they go to the note."""
    words = _private_words(column)
    private = cleaned.str.contains_any(words).fill_null(False) if column.field.name in PUBLIC_NAMES else column.no_lines
    if not private.any():
        return cleaned, None
    column.add_problems("name_private", private, shown=False)
    parts = pl.DataFrame({"name": written}).select(
        own=pl.col("name").str.extract(BEFORE_DASH, 1), behind=pl.col("name").str.replace(BEFORE_DASH, "")
    )
    keep = private & parts["own"].is_not_null()
    own = pl.select(
        pl.when(pl.lit(keep)).then(pl.lit(parts["own"])).when(pl.lit(private)).then(None).otherwise(pl.lit(cleaned))
    ).to_series()
    behind = pl.select(
        pl.when(pl.lit(keep)).then(pl.lit(parts["behind"])).when(pl.lit(private)).then(pl.lit(cleaned))
    ).to_series()
    return own, behind


def _without_private(column: Column, values: pl.Series) -> pl.Series:
    """Return usual names; one that is longer than a name and speaks of health or family is no name."""
    if column.field.name not in PUBLIC_NAMES:
        return values
    long = column.shared("is_long", lambda cells: cells.str.len_bytes() > LONG_NAME_BYTES).fill_null(False)
    if not long.any():
        return values
    private = long & values.str.contains_any(_private_words(column)).fill_null(False)
    column.add_problems("name_private", private, shown=False)
    return values.set(private, None) if private.any() else values


def _private_words(column: Column) -> list[str]:
    return [word for words in column.file_facts.catalogue.words_of("private").values() for word in words]


def _text(column: Column) -> dict[str, pl.Series]:
    name = column.field.name
    stripped = column.values.str.strip_chars()  # every kind of blank, U+3000 too: several times faster than a list
    stripped = stripped.set(stripped == "", None)
    if column.field.choices:
        unknown = stripped.is_not_null() & ~stripped.is_in(list(column.field.choices))
        column.add_problems("not_in_choices", unknown, expected="、".join(column.field.choices))
    if column.field.type == "village":
        unified = characters.unify(stripped)
        column.notes.add_repairs(
            "character_unified", stripped.ne_missing(unified), column.rows, column.label, stripped, unified
        )
        stripped = unified
    if name == "group_name":
        stripped = _group(column, stripped)
    return {name: stripped.alias(name)}


def _group(column: Column, written: pl.Series) -> pl.Series:
    """Return names of groups; what is none is kept with the sender's cells only, for the staff, and asked about."""
    units = column.file_facts.catalogue.words_of("group").get("unit", ())
    private = _private_words(column)
    spellings = written.unique().drop_nulls()
    tidied = spellings.str.normalize("NFKC").str.replace_all(r"\s", "")
    ends = "|".join(sorted(units, key=len, reverse=True))
    is_group = tidied.str.contains(GROUP_NUMBER) | tidied.str.contains(
        rf"^[\p{{Han}}A-Za-z0-9()·、-]{{0,{GROUP_LONGEST}}}({ends})([(][\p{{Han}}]{{1,4}}[)]|[上下东南西北中]|[0-9一二三四五六七八九十]+)?$"
    )
    odd = spellings.filter(~is_group | tidied.str.contains(r"[0-9]{4}") | tidied.str.contains_any(private))
    if not len(odd):
        return written
    asked = written.is_in(odd.implode()).fill_null(False)
    column.add_problems("group_odd", asked, shown=False)
    return written.set(asked, None)


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
        year = plain.dt.year()
        usual = plain.is_not_null() & column.values.str.contains(r"^\d{4}-\d{2}-\d{2}$") & year.is_between(1901, 2098)
        if bool((usual | column.values.is_null()).all()):
            return {column.field.name: plain.alias(column.field.name)}
    spellings = [text for text in column.values.unique().to_list() if text is not None]
    found = [_read_date(text, reader, column) for text in spellings]
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
    column.add_problems("date_required_unreadable" if column.field.filled else "date_unreadable", unreadable)
    _note_no_dates(column, joined["problem"] == NO_DATE)
    column.add_problems("month_guessed", joined["guessed"], expected=column.file_facts.year or 0)
    if "n" in column.letters:
        column.add_problems("date_ambiguous", column.typed("n") & column.values.str.contains(r"^\d{4}\.1$"))
    if last is None:
        return {column.field.name: joined["first"].alias(column.field.name)}
    return {first: joined["first"].alias(first), last: joined["last"].alias(last)}


def _read_date(text: str, reader: Callable[[str], dates.DateSpan], column: Column) -> dates.DateSpan:
    """Read one spelling; 1900-01-01 and 9999-12-31 mean no date, where a line may be without one."""
    if not column.field.filled and dates.means_none(text, _no_date_words(column.file_facts.catalogue)):
        return dates.DateSpan(problem=NO_DATE)
    return reader(text)


def _no_date_words(catalogue: Catalogue) -> frozenset[str]:
    return frozenset(word for words in catalogue.words_of("no_date").values() for word in words)


def _note_no_dates(column: Column, mask: pl.Series) -> None:
    """Record once per column that some dates mean none."""
    count = int(mask.fill_null(False).sum())
    if count:
        written = column.values.filter(mask.fill_null(False)).unique().sort().head(3).to_list()
        column.notes.add_problem("date_means_none", column=column.label, value="、".join(written), count=count)


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
