"""Classifies rows as lines, totals, signatures, repeated headers or notes, and checks totals. Reads no field but money."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from mingzhang.catalog.formats import amount
from mingzhang.catalog.models import Layout
from mingzhang.intake.columns.mapping import Header
from mingzhang.intake.notes import Notes
from mingzhang.intake.parser_process import Sheet
from mingzhang.intake.values import money

TOTAL = r"^.{0,14}?(小计|合计|总计|累计|共计)(金额|人民币|户数|人数|[（(][^（）()]{0,10}[)）])*([:：]?[0-9]+[户人笔条行])*[:：]?$"
PAGE = r"^(第[0-9]+页|共[0-9]+页|第[0-9]+页[,，/]?共[0-9]+页|[0-9]+/[0-9]+页)$"
# 总人数：3人, 总金额：901.50元: the sums below a list, one per cell.
SUMMED = r"^总(户数|人数|金额|额|计人数|计户数)[:：]?([0-9.,，]+[户人元]?)?$"
SPLIT_TOTAL = r"^[小合总共累]\x1f计([:：]?\x1f|$)"  # 合 and 计 in two cells, as one spreads a word over a line
SUBTOTAL = r"小计|本页"
SIGNATURE = r"制表|审核人|复核|签字|签章|盖章|填表人|填报单位|负责人[:：]|经办人?[:：]|^注[:：]|^备注[:：]|^说明[:：]|以下空白|审批人"
PAID = {"payment_lines", "bank_lines"}
NOTHING = r"^[￥¥]?[0.\s—–-]*元?$"  # what a formula makes of an empty line
EXAMPLE = "【示例】"


@dataclass(frozen=True)
class ClassifiedRows:
    """The lines of a sheet, and its totals.

    Attributes:
        lines: `row`, `types`, `c0`… of real lines.
        totals: `row`, `label`, `amount` (text), `type` of total rows.
    """

    lines: pl.DataFrame
    totals: pl.DataFrame


def subject_of(layout: Layout) -> str:
    """Return the field without which a row is no line: the identity, else the account, else the first required one."""
    required = [field for field in layout.fields if field.required]
    for kind in ("idno", "account"):
        for field in required:
            if field.type == kind:
                return field.name
    return required[0].name


def classify_rows(
    sheet: Sheet, header: Header, layout: Layout, amount_column: str | None, notes: Notes
) -> ClassifiedRows:
    """Return the rows below the header as lines and totals; other rows are recorded as problems of level note.

    Args:
        sheet: a parsed sheet.
        header: where its columns are.
        layout: the kind of file.
        amount_column: frame column of the money, `c<n>`; None without one.
        notes: where rows that are no lines are recorded.
    """
    cells = [name for name in sheet.frame.columns if name not in {"row", "types"}]
    frame = sheet.frame.filter(pl.col("row") > header.last)
    frame = _drop_examples(frame, cells, notes)
    subject = header.column_of(subject_of(layout))
    title = header.names[int(subject[1:])] if subject else ""
    odd = _suspect_rows(frame, subject, title, layout)
    if not odd.any():
        return ClassifiedRows(frame, _no_totals())
    is_blank = _is_blank(header, layout, amount_column)
    classified = _classify(frame.filter(odd), cells, _header_texts(sheet, header, cells), is_blank)
    amount = pl.col(amount_column) if amount_column else pl.lit(None, dtype=pl.String)
    totals = classified.filter(pl.col("what") == "total_line").select(
        "row",
        label="lead",
        amount=amount,
        type=pl.col("types").str.slice(int(amount_column[1:]), 1) if sheet.typed and amount_column else pl.lit("s"),
    )
    for code in ("repeated_header", "total_line", "row_ignored"):
        chosen = classified["what"] == code
        notes.add_problems(code, chosen, classified["row"], None)
    dropped = classified.filter(pl.col("what") != "line")["row"]
    return ClassifiedRows(frame.filter(~pl.col("row").is_in(dropped.implode())), totals)


def _suspect_rows(frame: pl.DataFrame, subject: str | None, title: str, layout: Layout) -> pl.Series:
    """Return where a row may be anything but a line: no subject, the header's own word, or hardly a digit in a number."""
    if subject is None:
        return frame["row"].is_not_null()
    cells = frame[subject]
    odd = cells.is_null() | (cells == title)
    if layout.field(subject_of(layout)).type in {"idno", "account"}:
        odd = odd | ~cells.str.contains("[0-9０-９]{4}")
    else:
        odd = odd | cells.str.replace_all(r"\s", "").str.contains(TOTAL)  # the word for a total is in the first column
    return odd.fill_null(True)


def _is_blank(header: Header, layout: Layout, amount_column: str | None) -> pl.Expr:
    """Return where a payment's row is an unfilled form: numbered, perhaps placed, but no person and no money."""
    people = [header.column_of(field.name) for field in layout.fields if field.type in {"name", "idno", "account"}]
    if layout.table not in PAID or amount_column is None or not any(people):
        return pl.lit(False)
    amount = pl.col(amount_column)
    nobody = pl.all_horizontal([pl.col(name).is_null() for name in people if name])
    return nobody & (amount.is_null() | amount.str.contains(NOTHING))


def _drop_examples(frame: pl.DataFrame, cells: list[str], notes: Notes) -> pl.DataFrame:
    first = frame.head(1).select(pl.any_horizontal(pl.col(cells).str.starts_with(EXAMPLE).fill_null(False)))
    if first.height and first.item():
        notes.add_problem("example_line", row=frame["row"][0])
        return frame.slice(1)
    return frame


def _no_totals() -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.Int32, "label": pl.String, "amount": pl.String, "type": pl.String})


def _header_texts(sheet: Sheet, header: Header, cells: list[str]) -> list[str]:
    lines = sheet.frame.filter(pl.col("row").is_between(header.first, header.last))
    return lines.select(pl.concat_str(cells, separator="\x1f", ignore_nulls=True)).to_series().to_list()


def _classify(odd: pl.DataFrame, cells: list[str], headers: list[str], is_blank: pl.Expr) -> pl.DataFrame:
    """Add `what` (line, blank, repeated_header, total_line, row_ignored) and `lead`, the label of a total."""
    squeezed = [pl.col(name).str.replace_all(r"\s", "") for name in cells]
    front = squeezed[:8]
    is_total = pl.any_horizontal([cell.str.contains(f"{TOTAL}|{SUMMED}").fill_null(False) for cell in front])
    front_text = pl.concat_str(front, separator="\x1f", ignore_nulls=True)
    is_total = is_total | front_text.str.contains(SPLIT_TOTAL)
    is_signature = pl.any_horizontal([cell.str.contains(f"{SIGNATURE}|{PAGE}").fill_null(False) for cell in squeezed])
    filled = pl.sum_horizontal([pl.col(name).is_not_null().cast(pl.Int32) for name in cells])
    whole = pl.concat_str(cells, separator="\x1f", ignore_nulls=True)
    words = [pl.when(cell.str.contains(f"{TOTAL}|{SUMMED}")).then(cell) for cell in front]
    total_label = pl.coalesce([*words, pl.when(front_text.str.contains(SPLIT_TOTAL)).then(front_text.str.slice(0, 3))])
    what = (
        pl.when(filled == 0)
        .then(pl.lit("blank"))
        .when(whole.is_in(headers))
        .then(pl.lit("repeated_header"))
        .when(is_total)
        .then(pl.lit("total_line"))
        .when(is_signature | (filled == 1) | is_blank)
        .then(pl.lit("row_ignored"))
        .otherwise(pl.lit("line"))
    )
    return odd.with_columns(what=what, lead=total_label)


def check_totals(
    totals: pl.DataFrame, lines: pl.DataFrame, in_wan: bool, column: str, notes: Notes
) -> tuple[int | None, bool]:
    """Compare total rows with the lines.

    Args:
        totals: as `Rows.totals`.
        lines: `row` and `fen` (as written, rejected lines included).
        in_wan: the amount column is in 万元.
        column: label of the amount column.

    Returns:
        The declared total in fen (None when the sheet states none) and whether every total row agrees.
    """
    read = money.parse(totals["amount"], totals["type"], in_wan)
    stated = totals.with_columns(fen=read["fen"]).filter(pl.col("fen").is_not_null()).sort("row")
    whole = int(lines["fen"].sum() or 0)
    previous, agree = 0, True
    declared: int | None = None
    parts = 0
    for row, label, fen in stated.select("row", "label", "fen").iter_rows():
        above = int(lines.filter(pl.col("row") < row)["fen"].sum() or 0)
        since = int(lines.filter(pl.col("row").is_between(previous, row))["fen"].sum() or 0)
        is_part = pl.Series([label]).str.contains(SUBTOTAL).item()
        if fen not in ({since} if is_part else {above, since, whole}):
            agree = False
            expected = since if is_part else whole
            notes.add_problem(
                "total_mismatch",
                row=row,
                column=column,
                expected=amount(fen),
                value=amount(expected),
                difference=amount(fen - expected),
            )
        if is_part:
            parts += fen
        else:
            declared = fen
        previous = row
    if declared is None and stated.height:
        declared = parts
    return declared, agree
