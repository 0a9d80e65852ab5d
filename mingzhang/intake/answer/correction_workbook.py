"""The correction workbook: the lines in question, in the sender's own columns, ready to be fixed and sent again.

A kind of file that is always sent whole, as a register is, gets its other lines below them.

It is written from the content of the file; what comes back is an ordinary file of the same kind whose title names the original.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from mingzhang.catalog.load import catalogue
from mingzhang.catalog.models import Layout
from mingzhang.intake.columns.mapping import LEADING
from mingzhang.intake.columns.sheets import IMPORTANT_SHEET, SUMMARY_SHEET, SheetSummary
from mingzhang.intake.columns.titles import CORRECTS_TITLE, PROGRAMME_TITLE
from mingzhang.intake.compare import earlier_months
from mingzhang.intake.context import Context
from mingzhang.intake.lines import read_file
from mingzhang.intake.lines.file_content import FileContent, waived
from mingzhang.intake.load import incoming
from mingzhang.intake.notes import PROBLEM_SCHEMA
from mingzhang.intake.receive import receipts
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.publication_reader import opened_current

MOST_IMPORTANT = 100
INSTRUCTION_FOR_PART = "改好标色的单元格后整份上传；不需要更正的行可以删去，列不要增减。"
INSTRUCTION_FOR_WHOLE = (
    "有问题的行排在最前。改好标色的单元格后连同其余各行整份上传；它将替换原来的文件，行和列都不要增减。"
)
DATA_ERRORS = """
    select distinct split_part(l.line_id, '/', 2)::integer, l.sheet, l.row, r.id, r.title, r.ask
    from finding_lines l join findings f using (finding_id) join rules r on r.id = f.rule
    where l.delivery_id = $delivery and l.role = 'payment' and f.kind = 'data_error' order by all"""
LEVEL_WORDS = {"reject": "须更正", "warn": "请核对"}
IDENTIFIERS = {"id_is_number", "id_in_scientific_notation", "account_in_scientific_notation", "formula_in_identity"}
EXPECTED = {
    "id_is_number": "从原始资料取回的完整号码，文本格式",
    "id_in_scientific_notation": "完整的 18 位证号，文本格式",
    "account_in_scientific_notation": "完整的账号，文本格式",
    "formula_in_identity": "号码本身，文本格式",
    "formula_without_value": "金额数字",
    "missing_value": "不能空白",
    "amount_unreadable": "数字，停发请写“停发”",
    "amount_not_in_fen": "最多两位小数",
    "amount_too_large": "以元为单位的金额",
    "negative_amount": "正数；退款请在备注注明",
    "date_impossible": "2026-10-01 的写法",
    "date_order": "结束不早于开始",
    "unknown_place": "村(居)规范名称或 12 位代码",
    "ambiguous_place": "写明村委会或居委会",
    "id_malformed": "17 位数字加校验位",
    "id_checksum": "与身份证一致的号码",
    "name_odd": "与身份证一致的姓名",
    "birth_date_in_future": "与身份证一致的号码",
}


def for_delivery(folder: DataFolder, delivery_id: str, context: Context, path: Path) -> int:
    """Write the correction workbook of a received delivery.

    Args:
        folder: the data folder that holds the received file.
        delivery_id: 16 hex digits.
        context: the current snapshot, for proposals from earlier months.
        path: the .xlsx to write.

    Returns:
        The number of lines in it; 0 means there is nothing to correct, and no file.

    Raises:
        KeyError: no such delivery.
    """
    receipt = next((r for r in receipts.receipts(folder) if r.delivery_id == delivery_id), None)
    if receipt is None:
        raise KeyError(delivery_id)
    original = receipts.original_of(folder, receipt)
    content = read_file.read(original, receipt.file_name, receipt.declared, context, None, bool(receipt.corrects))
    content = waived(content, context.facts.waived(content.declared, receipt.received_at.date()))
    found = _data_errors(folder, delivery_id)
    content = replace(content, problems=pl.concat([content.problems, found]))
    return write(content, path, delivery_id, earlier_months.advise(content, context))


def _data_errors(folder: DataFolder, delivery_id: str) -> pl.DataFrame:
    """Return the data errors that rules found on a delivery's lines, as problems: its sender can correct them.

    Once the corrected line is in, the rule no longer finds the error, and the finding closes.
    """
    with opened_current(folder.staff_snapshots, "findings.duckdb") as snapshot:
        if snapshot is None:
            return pl.DataFrame(schema=PROBLEM_SCHEMA)
        rows = snapshot.connection.execute(DATA_ERRORS, {"delivery": delivery_id}).fetchall()
    problems = [(*row[:3], None, row[3], "warn", f"{row[3]} {row[4]}：{row[5]}") for row in rows]
    return pl.DataFrame(problems, schema=PROBLEM_SCHEMA, orient="row")


def write(content: FileContent, path: Path, delivery_id: str, advice: pl.DataFrame | None = None) -> int:
    """Write the lines of a file that a person must correct or check.

    Args:
        content: what was read of the original.
        path: the .xlsx to write.
        delivery_id: the original, named in the title so that the answer finds it.
        advice: problems from earlier months; proposals among them fill the column 应为.

    Returns:
        The number of lines in question; 0 writes no file.
    """
    problems = content.problems.filter(pl.col("row").is_not_null() & pl.col("level").is_in(["reject", "warn"]))
    if content.refused or content.layout is None or not content.lines.height:
        return 0
    asked = problems.select("sheet_no", "row").unique()
    lines = content.lines.join(asked, on=["sheet_no", "row"], how="semi", maintain_order="left")
    count = lines.height
    if not count:
        return 0
    if _replaces_whole(content.layout):
        rest = content.lines.join(asked, on=["sheet_no", "row"], how="anti", maintain_order="left")
        lines = pl.concat([lines, rest])
    named = _programmes(lines)
    lines = lines.select("sheet_no", "sheet", "row", incoming.cells(lines))
    proposals = _proposals(advice)
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        _write_important(book, problems)
        for summary in content.sheets:
            own = lines.filter(pl.col("sheet_no") == summary.number)
            if own.height:
                found = problems.filter(pl.col("sheet_no") == summary.number)
                _write_sheet(
                    book, summary, own, found, delivery_id, proposals, named.get(summary.number), _instruction(content)
                )
        _write_summary(book, problems)
    return count


def _instruction(content: FileContent) -> str:
    if content.layout is None or not _replaces_whole(content.layout):
        return INSTRUCTION_FOR_PART
    return INSTRUCTION_FOR_WHOLE + (f"原件截至 {content.as_of}。" if content.as_of else "")


def _replaces_whole(layout: Layout) -> bool:
    """Tell whether a kind's lines cannot name the line they correct: such a file is sent again as a whole."""
    return all(field.name != "corrects" for field in layout.fields)


def _programmes(lines: pl.DataFrame) -> dict[int, str]:
    """Return the programme of each sheet that has only one: a title may have been the only place that named it."""
    if "programme" not in lines.columns:
        return {}
    of_sheet = lines.select("sheet_no", "programme").unique().filter(pl.len().over("sheet_no") == 1).drop_nulls()
    known = catalogue().programmes
    return {number: known[slug].name for number, slug in of_sheet.iter_rows() if slug in known}


def _proposals(advice: pl.DataFrame | None) -> dict[tuple[int, int], str]:
    if advice is None or not advice.height:
        return {}
    rows = advice.filter(pl.col("id") == "id_suggested").select("sheet_no", "row", "message").iter_rows()
    return {(sheet, row): message for sheet, row, message in rows}


def _write_important(book: xlsxwriter.Workbook, problems: pl.DataFrame) -> None:
    sheet = book.add_worksheet(IMPORTANT_SHEET)
    bold = book.add_format({"bold": True})
    for column, (word, width) in enumerate((("程度", 10), ("问题", 60), ("工作表", 14), ("原行号", 8), ("列", 16))):
        sheet.write_string(0, column, word, bold)
        sheet.set_column(column, column, width)
    order = {"reject": 0, "warn": 1}
    worst = problems.with_columns(rank=pl.col("level").replace_strict(order, return_dtype=pl.Int8)).sort("rank", "row")
    chosen = worst.head(MOST_IMPORTANT).select("level", "message", "sheet", "row", "column")
    for number, (level, message, name, row, column) in enumerate(chosen.iter_rows(), 1):
        for at, word in enumerate((LEVEL_WORDS[level], message, name, str(row), _flat(column))):
            sheet.write_string(number, at, word)


def _write_sheet(
    book: xlsxwriter.Workbook,
    summary: SheetSummary,
    lines: pl.DataFrame,
    problems: pl.DataFrame,
    delivery_id: str,
    proposals: dict[tuple[int, int], str],
    programme: str | None,
    instruction: str,
) -> None:
    sheet = book.add_worksheet(f"待更正{summary.number}")
    bold = book.add_format({"bold": True, "text_wrap": True, "border": 1, "bg_color": "#E8EEF4"})
    text = book.add_format({"num_format": "@"})
    marked = book.add_format({"num_format": "@", "bg_color": "#FFE3C2"})
    sheet.write_string(0, 0, f"{CORRECTS_TITLE}{delivery_id}")
    if programme and "programme" not in summary.fields:
        sheet.write_string(0, len(LEADING), f"{PROGRAMME_TITLE}{programme}")
    # The sheet's own name may be what names the town its villages lie in.
    sheet.write_string(1, 0, f"原工作表“{summary.name}”。{instruction}")
    for column, word in enumerate((*LEADING, *summary.header)):
        sheet.write_string(2, column, word, bold)
    first = 3 + _unit_row(sheet, summary, bold)
    sheet.set_column(0, 2, 28, text)
    sheet.set_column(3, 3 + len(summary.header), 18, text)
    by_row = _by_row(problems)
    for at, (row, cells) in enumerate(lines.select("row", "cells").iter_rows(), first):
        found = by_row.get(row, [])
        wrong = {column for _, column, _ in found}
        values = dict(zip(summary.header, cells, strict=False))
        expected = [proposals.get((summary.number, row), "")] + [EXPECTED.get(code, "") for code, _, _ in found]
        leading = (
            "；".join(message.rstrip("。") for _, _, message in found),
            "；".join(values.get(column) or "（空）" for column in wrong if column),
            "；".join(dict.fromkeys(part for part in expected if part)),
            f"{summary.number}/{row}",
        )
        for column, word in enumerate(leading):
            sheet.write_string(at, column, word, text)
        damaged = {column for code, column, _ in found if code in IDENTIFIERS}
        for column, (name, cell) in enumerate(zip(summary.header, cells, strict=False), len(LEADING)):
            # A damaged number must be typed anew: repeated as text it would look complete.
            shown, cell_format = "" if name in damaged else cell, marked if name in wrong else text
            if shown:
                sheet.write_string(at, column, shown, cell_format)
            else:
                sheet.write_blank(at, column, None, cell_format)
    sheet.freeze_panes(first, len(LEADING))


def _unit_row(
    sheet: xlsxwriter.worksheet.Worksheet, summary: SheetSummary, cell_format: xlsxwriter.format.Format
) -> int:
    """Write 万元 under the amounts whose header does not say it itself; return the number of rows written."""
    fields = zip(summary.header, summary.fields, strict=True)
    columns = [
        at for at, (name, field) in enumerate(fields, len(LEADING)) if field in summary.wan and "万元" not in name
    ]
    for column in columns:
        sheet.write_string(3, column, "万元", cell_format)
    return int(bool(columns))


def _by_row(problems: pl.DataFrame) -> dict[int, list[tuple[str, str, str]]]:
    found: dict[int, list[tuple[str, str, str]]] = {}
    for row, code, column, message in problems.select("row", "id", "column", "message").iter_rows():
        found.setdefault(row, []).append((code, column or "", message))
    return found


def _write_summary(book: xlsxwriter.Workbook, problems: pl.DataFrame) -> None:
    sheet = book.add_worksheet(SUMMARY_SHEET)
    bold = book.add_format({"bold": True})
    for column, (word, width) in enumerate((("程度", 10), ("问题", 60), ("行数", 8), ("原行号", 60))):
        sheet.write_string(0, column, word, bold)
        sheet.set_column(column, column, width)
    kinds = (
        problems.group_by("level", "id")
        .agg(pl.col("message").first(), pl.len().alias("n"), pl.col("row").sort().head(30))
        .sort(["level", "n"], descending=[False, True])
    )
    for number, (level, _, message, count, rows) in enumerate(kinds.iter_rows(), 1):
        words: tuple[Any, ...] = (LEVEL_WORDS[level], message, str(count), "、".join(str(row) for row in rows))
        for column, word in enumerate(words):
            sheet.write_string(number, column, word)


def _flat(text: str | None) -> str:
    return (text or "").replace("\n", "")
