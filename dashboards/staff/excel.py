"""Writes tables as XLSX in which a text is always a text, never a formula. No table's own columns here."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter

# Nothing a cell holds may be taken for a formula, a link or a number it is not.
INERT = {
    "in_memory": True,
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
LONGEST_CELL = 32_767


def workbook(title: str, header: Sequence[str], rows: Iterable[Sequence[Any]], note: str = "") -> bytes:
    """Return a one-sheet workbook: bold header, frozen, widths that fit.

    Args:
        title: name of the sheet.
        header: column names.
        rows: values; int and float become numbers, everything else text.
        note: a line below the table, for example which filters were used.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, INERT)
    sheet = book.add_worksheet(title[:31])
    head = book.add_format({"bold": True, "bg_color": "#E6EEF0", "border": 1, "text_wrap": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for column, name in enumerate(header):
        sheet.set_column(column, column, min(44, max(12, len(name) * 2 + 4)))
        sheet.write_string(0, column, name, head)
    sheet.freeze_panes(1, 1)
    last = 0
    for last, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, int | float) and not isinstance(value, bool):
                sheet.write_number(last, column, value)
            elif value is not None:
                sheet.write_string(last, column, str(value)[:LONGEST_CELL], wrapped)
    if note:
        sheet.write_string(last + 2, 0, note)
    book.close()
    return buffer.getvalue()
