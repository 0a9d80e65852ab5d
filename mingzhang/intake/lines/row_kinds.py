"""Classifies rows as lines, totals, signatures, repeated headers or notes, and checks totals. Reads no field but money."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from mingzhang.catalog.formats import amount
from mingzhang.catalog.models import Layout
from mingzhang.intake.columns import mapping
from mingzhang.intake.columns.mapping import Header
from mingzhang.intake.notes import Notes
from mingzhang.intake.parser_process import Sheet
from mingzhang.intake.values import money

TOTAL = r"^.{0,14}?(小计|合计|总计|累计|共计)(金额|人民币|户数|人数|[（(][^（）()]{0,10}[)）])*([:：]?[0-9]+[户人笔条行])*[:：]?$"
PAGE = r"^(第[0-9]+页|共[0-9]+页|第[0-9]+页[,，/]?共[0-9]+页|[0-9]+/[0-9]+页)$"
# 总人数：3人, 总金额：901.50元: the sums below a list, one per cell.
SUMMED = r"^总(户数|人数|金额|额|计人数|计户数)[:：]?([0-9.,，]+[户人元]?)?$"
SPLIT_TOTAL = r"^[小合总共累]\x1f计([:：]?\x1f|$)"  # 合 and 计 in two cells, as one spreads a word over a line
# 1024人, 共1,024户, 3户5人: how many stand above, where a line has a name or a number.
COUNTED = r"^(共|计|合计)?[0-9,，]+[户人名笔条]([、,，]?[0-9,，]+[户人名笔条])?$"
SUBTOTAL = r"小计|本页"
# A row of one cell that begins a part of the list: 一、农村低保, (二)城市低保, 第三部分.
SECTION = r"^[(（]?第?[一二三四五六七八九十]{1,3}(部分)?[)）、.．:：]\s*\p{Han}{2,}"
LONG_NUMBER = r"^[0-9]{14}"  # no count of people has so many digits
# The usual number below a heading of numbers: six digits, and no word for households, people, lines or a sum.
USUAL_NUMBER = r"^[^户人笔条计]*[0-9０-９]{6}[^户人笔条计]*$"
SIGNATURE = r"制表|审核人|复核|签字|签章|盖章|填表人|填报单位|负责人[:：]|经办人?[:：]|^注[:：]|^备注[:：]|^说明[:：]|以下空白|审批人"
PAID = {"payment_lines", "bank_lines"}
PERSON = r"^[\p{Han}·•．.\-－—()（）]{2,}$|^[A-Za-z·. ]{3,}$"
SEARCHED_FOR_SUM = 2  # the word for a sum stands in the first columns
HEADING_WORDS = 3  # so many known headings in one row make it a heading
NOTHING = r"^[￥¥]?[0.\s—–-]*元?$"  # what a formula makes of an empty line
EXAMPLE = "【示例】"


@dataclass(frozen=True)
class ClassifiedRows:
    """The lines of a sheet, and its totals.

    Attributes:
        lines: `row`, `types`, `c0`… of real lines.
        totals: `row`, `label`, `amount` (text), `type` of total rows.
        sections: `row`, `text` of rows of one cell that stand above a part of the list.
        notes: what other rows that are no lines say, joined.
    """

    lines: pl.DataFrame
    totals: pl.DataFrame
    sections: pl.DataFrame
    notes: tuple[str, ...] = ()


def subject_of(layout: Layout, header: Header | None = None) -> str:
    """Return the field without which a row is no line: the identity, else the account, else the first required one.

    A bank's reply without a column of identity numbers (`header`) is known by its accounts.
    """
    required = [field for field in layout.fields if field.required]
    if header and layout.slug == "bank_reply" and header.column_of("payee_idno") is None:
        return "account_no"
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
    odd = _suspect_rows(frame, header, layout)
    if not odd.any():
        return ClassifiedRows(frame, _no_totals(), _no_sections())
    is_blank = _is_blank(header, layout, amount_column)
    is_line = _is_line(header, layout, amount_column)
    classified = _classify(frame.filter(odd), cells, _header_texts(sheet, header, cells), is_blank, is_line)
    classified = _second_headings(classified, header, layout, notes)
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
    return ClassifiedRows(frame.filter(~pl.col("row").is_in(dropped.implode())), totals, *_sections(classified, cells))


def _sections(classified: pl.DataFrame, cells: list[str]) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return the rows of one cell that begin a part of the list, and the text of the other rows that are no lines."""
    ignored = classified.filter(pl.col("what") == "row_ignored").select(
        "row", "filled", text=pl.concat_str(cells, separator=" ", ignore_nulls=True)
    )
    sections = ignored.filter((pl.col("filled") == 1) | pl.col("text").str.contains(SECTION)).select("row", "text")
    return sections, tuple(ignored["text"].head(40))


def _second_headings(classified: pl.DataFrame, header: Header, layout: Layout, notes: Notes) -> pl.DataFrame:
    """Mark rows that are headings: the same columns again are passed over, other columns are a question."""
    words = list(mapping.words_of(layout))
    known = {f"c{n}": mapping.key(name) for n, name in enumerate(header.names)}
    cells = [name for name in known if name in classified.columns]
    tidied = [_as_heading(pl.col(name), words) for name in cells]
    named = pl.sum_horizontal([cell.is_in(words).fill_null(False).cast(pl.Int32) for cell in tidied])
    own = [name for name in cells if known[name]]
    moved = pl.sum_horizontal(
        [
            (cell.is_in(words) & (cell != known[name])).fill_null(False).cast(pl.Int32)
            for name, cell in zip(cells, tidied, strict=True)
        ]
    )
    if not own:
        return classified
    is_heading = (named >= HEADING_WORDS) & ~pl.col("what").is_in(["repeated_header", "blank"])
    seen = classified.select("row", is_heading=is_heading, moved=is_heading & (moved >= 2))
    if not seen["is_heading"].any():
        return classified
    for row in seen.filter("moved")["row"].head(3):
        notes.add_problem("second_heading", row=row, count=row)
    what = pl.when(pl.lit(seen["is_heading"])).then(pl.lit("repeated_header")).otherwise(pl.col("what"))
    return classified.with_columns(what=what)


def _as_heading(cell: pl.Expr, words: list[str]) -> pl.Expr:
    """Return cells as the layout's words are kept: without blanks, and without what stands in brackets unless a word has it."""
    tidied = cell.str.replace_all(r"[\s*:：]", "").str.replace_all("（", "(").str.replace_all("）", ")")
    bare = tidied.str.replace_all(r"[(\[【][^)\]】]*[)\]】]", "")
    return pl.when(tidied.is_in(words)).then(tidied).otherwise(bare)


def _suspect_rows(frame: pl.DataFrame, header: Header, layout: Layout) -> pl.Series:
    """Return where a row may be anything but a line: no usual number in it, the header's own word, a word for a sum."""
    name = subject_of(layout, header)
    subject = header.column_of(name)
    if subject is None:
        return frame["row"].is_not_null()
    cells = frame[subject]
    if layout.field(name).type in {"idno", "account"}:
        odd = ~cells.str.contains(LONG_NUMBER)
        if 0 < int(odd.sum()) < frame.height:  # the slower test is for the few that the faster one leaves
            odd = odd & ~cells.set(~odd, None).str.contains(USUAL_NUMBER).fill_null(False)
        elif odd.any():
            odd = ~cells.str.contains(USUAL_NUMBER)
        for before in range(min(int(subject[1:]), SEARCHED_FOR_SUM)):
            odd = odd | frame[f"c{before}"].str.contains("计", literal=True).fill_null(False)
    else:
        title = header.names[int(subject[1:])]
        odd = (cells == title) | cells.str.replace_all(r"\s", "").str.contains(
            TOTAL
        )  # the word for a total comes first
    return odd.fill_null(True)


def _is_line(header: Header, layout: Layout, amount_column: str | None) -> pl.Expr:
    """Return where a row of payments has a person's name and an amount: a line, whatever its remark says."""
    fields = ("recipient_name", "payee_name") if layout.table in PAID else ()
    names = [column for field in fields if (column := header.column_of(field))]
    if not names or amount_column is None:
        return pl.lit(False)
    name: pl.Expr = pl.coalesce(names).str.replace_all(r"\s", "")
    is_name = name.str.contains(PERSON) & ~name.str.contains(f"{TOTAL}|{SUMMED}|{COUNTED}|{SIGNATURE}|{PAGE}")
    return (is_name & pl.col(amount_column).str.contains(r"[0-9０-９]")).fill_null(False)


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


def _no_sections() -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.Int32, "text": pl.String})


def _no_totals() -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.Int32, "label": pl.String, "amount": pl.String, "type": pl.String})


def _header_texts(sheet: Sheet, header: Header, cells: list[str]) -> list[str]:
    lines = sheet.frame.filter(pl.col("row").is_between(header.first, header.last))
    return lines.select(pl.concat_str(cells, separator="\x1f", ignore_nulls=True)).to_series().to_list()


def _classify(
    odd: pl.DataFrame, cells: list[str], headers: list[str], is_blank: pl.Expr, is_line: pl.Expr
) -> pl.DataFrame:
    """Add `what` (line, blank, repeated_header, total_line, row_ignored), `filled` and `lead`, the label of a total."""
    squeezed = [pl.col(name).str.replace_all(r"\s", "") for name in cells]
    front = squeezed[:8]
    is_total = pl.any_horizontal([cell.str.contains(f"{TOTAL}|{SUMMED}").fill_null(False) for cell in front])
    front_text = pl.concat_str(front, separator="\x1f", ignore_nulls=True)
    is_total = is_total | front_text.str.contains(SPLIT_TOTAL)
    counted = [cell.str.contains(COUNTED).fill_null(False) for cell in front]
    numbered = pl.any_horizontal([cell.str.contains("[0-9]{15}").fill_null(False) for cell in front])
    is_total = is_total | (pl.any_horizontal(counted) & ~numbered)
    is_signature = pl.any_horizontal([cell.str.contains(f"{SIGNATURE}|{PAGE}").fill_null(False) for cell in squeezed])
    is_section = pl.coalesce(cells).str.contains(SECTION).fill_null(False) & ~numbered
    filled = pl.sum_horizontal([pl.col(name).is_not_null().cast(pl.Int32) for name in cells])
    whole = pl.concat_str(cells, separator="\x1f", ignore_nulls=True)
    words = [pl.when(cell.str.contains(f"{TOTAL}|{SUMMED}|{COUNTED}")).then(cell) for cell in front]
    total_label = pl.coalesce([*words, pl.when(front_text.str.contains(SPLIT_TOTAL)).then(front_text.str.slice(0, 3))])
    what = (
        pl.when(filled == 0)
        .then(pl.lit("blank"))
        .when(whole.is_in(headers))
        .then(pl.lit("repeated_header"))
        .when(is_line)
        .then(pl.lit("line"))
        .when(is_total)
        .then(pl.lit("total_line"))
        .when(is_signature | (filled == 1) | is_blank | is_section)
        .then(pl.lit("row_ignored"))
        .otherwise(pl.lit("line"))
    )
    return odd.with_columns(what=what, lead=total_label, filled=filled)


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
