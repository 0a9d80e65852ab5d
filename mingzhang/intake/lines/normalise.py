"""One sheet's cells to lines of typed columns, with every repair and problem recorded. No decisions about the file."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import polars as pl

from checks.linkage import idno
from checks.schemas.alike import alike
from mingzhang.catalog.models import Field, Layout
from mingzhang.intake.columns import mapping
from mingzhang.intake.columns.mapping import Header
from mingzhang.intake.lines import row_kinds
from mingzhang.intake.notes import Notes
from mingzhang.intake.parser_process import Sheet
from mingzhang.intake.values import cells as values
from mingzhang.intake.values.column import Column, FileFacts

# Where an identity is told apart by merged blocks only, a blank cell is a missing person, not the one above.
MERGED_ONLY = {"name", "idno"}
SMALL_SHEET = 20_000  # below this a second thread costs more than it saves


@dataclass(frozen=True)
class SheetLines:
    """The lines of one sheet.

    Attributes:
        lines: `sheet_no`, `sheet`, `row`, the sender's cells `c0`…, `written_fen`, and the columns of the layout's fields.
        declared_fen: what the sheet's total rows state.
        totals_agree: whether they equal the lines.
        sections: `row`, `text` of rows that stand above a part of the list.
        ignored: what other rows that are no lines say.
    """

    sheet: Sheet
    header: Header
    lines: pl.DataFrame
    notes: Notes
    declared_fen: int | None
    totals_agree: bool
    sections: pl.DataFrame
    ignored: tuple[str, ...] = ()


def amount_field(layout: Layout, header: Header) -> Field | None:
    """Return the field a line's money is read from: 发放合计 before 保障金 when a sheet has both."""
    for name in ("amount_fen", "guarantee_fen", "listed_fen"):
        field = next((field for field in layout.fields if field.name == name), None)
        if field and header.column_of(name):
            return field
    return None


def read(sheet: Sheet, header: Header, file_facts: FileFacts) -> SheetLines:
    """Return the lines below the header with their typed columns.

    Args:
        sheet: a parsed sheet.
        header: where its columns are.
        file_facts: layout, catalogue and dates of the file.
    """
    layout = file_facts.layout
    notes = Notes(sheet.number, sheet.name)
    _note_sheet(sheet, header, notes)
    money_field = amount_field(layout, header)
    amount_column = header.column_of(money_field.name) if money_field else None
    classified = row_kinds.classify_rows(sheet, header, layout, amount_column, notes)
    frame = _fill_down(classified.lines, sheet, header, layout, notes)
    cells = [name for name in frame.columns if name not in {"row", "types"}]
    lines = frame.select(
        pl.lit(sheet.number, dtype=pl.Int32).alias("sheet_no"),
        pl.lit(sheet.name).alias("sheet"),
        "row",
        *cells,
    )
    _reject_wide_rows(frame, sheet, header, notes)
    columns = _read_fields(frame, sheet, header, layout, notes, file_facts)
    if money_field and money_field.name == "guarantee_fen":
        columns["amount_fen"] = columns["guarantee_fen"].alias("amount_fen")
    written = (
        columns[money_field.name] if money_field else pl.Series("w", [None], pl.Int64).new_from_index(0, lines.height)
    )
    lines = lines.with_columns(written.alias("written_fen"), *columns.values())
    label = header.names[int(amount_column[1:])] if amount_column else ""
    declared, agree = None, True
    if money_field and classified.totals.height:
        written_lines = lines.select("row", fen="written_fen")
        in_wan = money_field.name in header.wan
        declared, agree = row_kinds.check_totals(classified.totals, written_lines, in_wan, label, notes)
    return SheetLines(sheet, header, lines, notes, declared, agree, classified.sections, classified.notes)


def _reject_wide_rows(frame: pl.DataFrame, sheet: Sheet, header: Header, notes: Notes) -> None:
    """Send back rows of a text file that are wider than its heading: an amount with a comma moves all behind it."""
    named = max((column for column, name in enumerate(header.names) if name), default=0)
    behind = [f"c{column}" for column in range(named + 1, sheet.width)]
    if sheet.typed or not behind:
        return
    wide = frame.select(pl.any_horizontal([pl.col(name).str.contains(r"\S").fill_null(False) for name in behind]))
    notes.add_problems("row_wider_than_heading", wide.to_series(), frame["row"], None)


def _note_sheet(sheet: Sheet, header: Header, notes: Notes) -> None:
    for name in mapping.ignored_columns(header):
        notes.add_problem("column_ignored", column=name, value=name)
    hidden = [str(row) for row in sheet.hidden_rows if row > header.last]
    if hidden:
        shown = "、".join(hidden[:20]) + (f" 等 {len(hidden)}" if len(hidden) > 20 else "")
        notes.add_problem("hidden_rows", row=int(hidden[0]), value=shown)


def _fill_down(frame: pl.DataFrame, sheet: Sheet, header: Header, layout: Layout, notes: Notes) -> pl.DataFrame:
    for field in layout.fields:
        name = header.column_of(field.name) if field.fill_down else None
        if name is None or not frame[name].has_nulls():
            continue
        number = int(name[1:])
        blank = frame[name].is_null()
        if field.type in MERGED_ONLY or sheet.merged:
            spans = [(r0, r1) for r0, c0, r1, c1 in sheet.merged if c0 <= number <= c1 and r1 > r0]
            covered = [row + 1 for r0, r1 in spans for row in range(r0 + 1, r1 + 1)]
            blank = blank & frame["row"].is_in(pl.Series(covered, dtype=pl.Int32).implode())
        if not blank.any():
            continue
        filled = pl.select(
            pl.when(blank).then(frame[name].forward_fill()).otherwise(frame[name]).alias(name)
        ).to_series()
        changed = blank & filled.is_not_null()
        notes.add_repairs(
            "fill_down", changed, frame["row"], header.names[number], frame[name], filled, field.type == "idno"
        )
        frame = frame.with_columns(filled)
        if "types" in frame.columns:
            types = pl.col("types").str.slice(0, number) + "s" + pl.col("types").str.slice(number + 1)
            frame = frame.with_columns(pl.when(pl.lit(changed)).then(types).otherwise(pl.col("types")).alias("types"))
    return frame


def _read_fields(
    frame: pl.DataFrame, sheet: Sheet, header: Header, layout: Layout, notes: Notes, file_facts: FileFacts
) -> dict[str, pl.Series]:
    def read_field(number: int, cells: pl.Series, shared_results: dict[str, Any]) -> tuple[dict[str, pl.Series], Notes]:
        """Read one column; its notes are its own until all columns are read, so that their order is the sheet's."""
        name = header.fields[number] or ""
        field, own = layout.field(name), Notes(notes.sheet_no, notes.sheet)
        label = header.names[number] or field.label
        types = frame["types"].str.slice(number, 1) if sheet.typed else None
        column = Column(field, label, frame["row"], cells, types, name in header.wan, own, file_facts, shared_results)
        found = values.read(column)
        if field.filled or (field.type == "idno" and name == row_kinds.subject_of(layout, header)):
            _check_filled(column, layout)
        return found, own

    def read_alike(numbers: list[int]) -> dict[int, tuple[dict[str, pl.Series], Notes]]:
        cells, shared_results = frame[f"c{numbers[0]}"], dict[str, Any]()
        return {number: read_field(number, cells, shared_results) for number in numbers}

    columns: dict[str, pl.Series] = {}
    # Polars works through one column on one core and lets go of Python's lock meanwhile.
    with ThreadPoolExecutor(2 if frame.height > SMALL_SHEET else 1) as pool:
        read = {
            number: found
            for part in pool.map(read_alike, _alike(frame, header, layout))
            for number, found in part.items()
        }
    for _, (found, own) in sorted(read.items()):
        columns |= found
        notes.extend(own)
    if "head_name" in columns:
        _check_head(columns["head_name"], frame, header, notes)
    if layout.table in {"payment_lines", "bank_lines"}:
        _check_amount(columns, frame, sheet, header, notes, file_facts)
    return columns


def _alike(frame: pl.DataFrame, header: Header, layout: Layout) -> list[list[int]]:
    """Return the columns to read, those of names or of numbers together that hold the same in every line."""
    numbers = [number for number, name in enumerate(header.fields) if name is not None]
    kinds = [layout.field(header.fields[number] or "").type for number in numbers]
    columns = (
        (kind if kind in MERGED_ONLY else f"{n}", frame[f"c{n}"]) for n, kind in zip(numbers, kinds, strict=True)
    )
    return [[numbers[at] for at in group] for group in alike(columns)]


def _check_head(heads: pl.Series, frame: pl.DataFrame, header: Header, notes: Notes) -> None:
    """A sheet with a head column should name every head; one without is complete as it is."""
    label = header.names[header.fields.index("head_name")]
    notes.add_problems("head_missing", heads.is_null(), frame["row"], label)


def _check_filled(column: Column, layout: Layout) -> None:
    blank = column.values if column.is_plain else idno.clean(column.values)
    empty = blank.is_null() & ~column.typed("F")  # a cell of blanks is an empty cell
    if column.field.filled or layout.table == "payment_lines":
        column.add_problems("missing_value", empty, value=column.label)
    elif layout.table.startswith("register_"):
        column.add_problems("id_missing", empty, shown=False)


def _check_amount(
    columns: dict[str, pl.Series],
    frame: pl.DataFrame,
    sheet: Sheet,
    header: Header,
    notes: Notes,
    file_facts: FileFacts,
) -> None:
    layout = file_facts.layout
    field = amount_field(layout, header)
    if field is None:
        return
    column = header.column_of(field.name) or ""
    label = header.names[int(column[1:])]
    fen, raw = columns[field.name], frame[column]
    if layout.slug != "bank_reply":
        missing = raw.is_null()
        if "types" in frame.columns:
            missing = _without_household_members(missing, columns, field.name, frame, sheet, header, notes)
            missing = missing & (frame["types"].str.slice(int(column[1:]), 1) != "F").fill_null(True)
        notes.add_problems("missing_value", missing, frame["row"], label, value=label)
    words = file_facts.catalogue.words_of("negative_amount")["refunded"]
    refund = _names_refund(columns, frame.height, words)
    negative = (fen < 0).fill_null(False)
    notes.add_problems("negative_amount", negative & ~refund, frame["row"], label, raw)
    columns["is_refund"] = (negative & refund).alias("is_refund")


def _without_household_members(
    missing: pl.Series,
    columns: dict[str, pl.Series],
    name: str,
    frame: pl.DataFrame,
    sheet: Sheet,
    header: Header,
    notes: Notes,
) -> pl.Series:
    """Return where an amount is missing, members of a household aside whose one amount is merged over all its lines.

    The amount is counted once, on the first line; the others are read as 0 yuan.
    """
    number = header.fields.index(name)
    spans = [(r0, r1) for r0, c0, r1, c1 in sheet.merged if c0 <= number <= c1 and r1 > r0]
    covered = pl.Series([row + 1 for r0, r1 in spans for row in range(r0 + 1, r1 + 1)], dtype=pl.Int32)
    members = missing & frame["row"].is_in(covered.implode())
    if not members.any():
        return missing
    nothing = pl.Series(["0"]).new_from_index(0, frame.height)
    notes.add_problem("household_amount", column=header.names[number])
    notes.add_repairs("household_amount", members, frame["row"], header.names[number], frame[f"c{number}"], nothing)
    columns[name] = columns[name].set(members, 0)
    return missing & ~members


def _names_refund(columns: dict[str, pl.Series], height: int, words: Sequence[str]) -> pl.Series:
    is_refund = pl.repeat(False, height, eager=True)
    for name in ("state", "note"):
        if name in columns:
            is_refund = is_refund | columns[name].str.contains_any(list(words)).fill_null(False)
    return is_refund
