"""Reads identity numbers and accounts. No digit is ever changed: what cannot be trusted is refused by its cell's type."""

from __future__ import annotations

import polars as pl

from checks.linkage import idno
from mingzhang.intake.values.column import Column

ACCOUNT_LENGTHS = (15, 23)


def read_idno(column: Column) -> dict[str, pl.Series]:
    """Return the numbers that are sound, every number as text, and what is wrong with each."""
    name = column.field.name
    cells = _identity_cells(column, "id_in_scientific_notation")
    current = cells if column.is_current else _current(column, cells)
    if column.is_current and current is column.values:
        problem = column.shared("problems", lambda cells: idno.problems(cells, column.file_facts.born_by, True))
    else:
        problem = idno.problems(current, column.file_facts.born_by)
    for code in ("id_malformed", "id_checksum", "birth_date_in_future"):
        found = problem == code
        if code == "id_malformed" and found.any():
            _malformed(column, current, found.fill_null(False))
        else:
            column.add_problems(code, found, shown=False)
    return {
        name: current.set(problem.is_not_null(), None).alias(name),
        f"{name}_text": current.alias(f"{name}_text"),
        f"{name}_problem": problem.alias(f"{name}_problem"),
    }


def _current(column: Column, cells: pl.Series) -> pl.Series:
    """Return numbers cleaned and in eighteen places, with what was changed noted."""
    cleaned = idno.clean(cells)
    current = idno.upgrade(cleaned)
    column.notes.add_repairs(
        "id_format", cleaned.ne_missing(cells), column.rows, column.label, cells, cleaned, private=True
    )
    column.notes.add_repairs(
        "id_15_to_18", current.ne_missing(cleaned), column.rows, column.label, cleaned, current, True
    )
    return current


def _malformed(column: Column, cleaned: pl.Series, found: pl.Series) -> None:
    spellings = cleaned.filter(found).unique()
    fixable = [text for text in spellings.head(1000) if text and idno.suggest(text)]
    hinted = found & cleaned.is_in(fixable)
    column.add_problems(
        "id_malformed", hinted, shown=False, hint="其中的字母疑为数字误写(如 O 应为 0)，改正后校验位相符。"
    )
    column.add_problems("id_malformed", found & ~hinted, shown=False)


def _identity_cells(column: Column, scientific: str) -> pl.Series:
    """Return the cells that may be read as an identifier; numbers, formulas and lost digits are rejected."""
    number = column.typed("n")
    formula = column.typed("SNDBF")
    lost = column.no_lines
    if not column.is_plain:
        lost = idno.is_scientific(idno.clean(column.values)).fill_null(False) & ~number & ~formula
    column.add_problems("id_is_number", number, shown=False)
    column.add_problems("formula_in_identity", formula, shown=False)
    column.add_problems(scientific, lost, shown=False)
    refused = number | formula | lost
    return column.values.set(refused, None) if refused.any() else column.values


def read_account(column: Column) -> dict[str, pl.Series]:
    """Return account numbers without blanks and dashes; doubtful ones are kept and reported."""
    name = column.field.name
    cells = _identity_cells(column, "account_in_scientific_notation")
    cleaned = cells if column.is_plain else idno.clean(cells).str.replace_all("-", "", literal=True)
    column.notes.add_repairs(
        "account_format", cleaned.ne_missing(cells), column.rows, column.label, cells, cleaned, True
    )
    worded = column.no_lines if column.is_plain else cleaned.str.contains(r"[^0-9A-Z]").fill_null(False)
    column.add_problems("account_malformed", worded, shown=False)
    length = cleaned.str.len_chars().set(worded, None)
    odd = (length < ACCOUNT_LENGTHS[0]) | (length > ACCOUNT_LENGTHS[1])
    for count in length.filter(odd.fill_null(False)).unique().sort().to_list():
        column.add_problems(
            "account_wrong_length",
            length == count,
            shown=False,
            length=count,
            expected="{} 至 {}".format(*ACCOUNT_LENGTHS),
        )
    return {name: cleaned.alias(name)}
