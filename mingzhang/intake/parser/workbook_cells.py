"""Reads the cells of a workbook with their types and writes one CSV per sheet. Formats nothing, judges nothing."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any, BinaryIO

import python_calamine

from mingzhang.intake.parser.refusal import RefusedError
from mingzhang.intake.parser.table import MAX_CELL
from mingzhang.intake.parser.workbook_facts import MAX_COLUMNS, SheetFacts, WorkbookFacts


def read(file: BinaryIO, facts: WorkbookFacts, out: Path) -> list[dict[str, Any]]:
    """Write `sheet-<n>.csv` per sheet and return what the manifest says of each.

    Args:
        file: the workbook.
        facts: what the pre-check found; of no sheet where an old workbook's records could not be followed.
        out: folder to write to.

    Raises:
        RefusedError: encrypted, damaged or over a limit.
    """
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(file)
    except python_calamine.PasswordError as error:
        raise RefusedError("password_protected") from error
    except (python_calamine.CalamineError, python_calamine.ZipError, python_calamine.XmlError) as error:
        raise RefusedError("password_protected" if "assword" in str(error) else "upload_incomplete") from error
    sheets = []
    for number, metadata in enumerate(workbook.sheets_metadata, 1):
        found = facts.sheets[number - 1] if number <= len(facts.sheets) else SheetFacts()
        visible = str(metadata.visible).rpartition(".")[2]
        entry: dict[str, Any] = {"name": metadata.name, "number": number, "visible": visible, "rows": 0, "width": 0}
        if str(metadata.typ).rpartition(".")[2] == "WorkSheet":
            sheet = workbook.get_sheet_by_index(number - 1)
            entry |= _write(sheet, found, out / f"sheet-{number}.csv")
            entry["merged"] = [[*start, *end] for start, end in (sheet.merged_cell_ranges or [])]
        entry["hidden_rows"] = found.hidden_rows
        entry["hidden_columns"] = [column for column in found.hidden_columns if column <= entry["width"]]
        sheets.append(entry)
    return sheets


def _write(sheet: Any, facts: SheetFacts, path: Path) -> dict[str, Any]:
    height, width = (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)
    if width > MAX_COLUMNS:
        raise RefusedError("too_many_columns", columns=width)
    rows = 0
    if height:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            for number, cells in enumerate(sheet.iter_rows(), 1):
                formulas = facts.formulas.get(number)
                types, texts = _line(cells, formulas)
                if formulas or types.strip("-"):
                    writer.writerow([number, types, *texts])
                    rows += 1
    return {"rows": rows, "width": width, "typed": True}


def _line(cells: list[Any], formulas: dict[int, bool] | None) -> tuple[str, list[str]]:
    types, texts = [], []
    for cell in cells:
        if cell == "":
            types.append("-")
            texts.append("")
        elif type(cell) is str:
            if len(cell) > MAX_CELL:
                raise RefusedError("cell_too_long")
            if "\0" in cell:
                raise RefusedError("nul_character")
            types.append("s")
            texts.append(cell)
        else:
            letter, text = _value(cell)
            types.append(letter)
            texts.append(text)
    for column, cached in (formulas or {}).items():
        while len(types) < column:
            types.append("-")
            texts.append("")
        # Upper case: the value is what Excel last calculated; F: it calculated nothing.
        types[column - 1] = types[column - 1].upper() if cached and types[column - 1] != "-" else "F"
    return "".join(types), texts


def _value(cell: Any) -> tuple[str, str]:
    if isinstance(cell, bool):
        return "b", "是" if cell else "否"
    if isinstance(cell, float):
        return "n", _number(cell)
    if isinstance(cell, int):
        return "n", str(cell)
    if isinstance(cell, dt.datetime):
        return "d", cell.date().isoformat()
    if isinstance(cell, dt.date):
        return "d", cell.isoformat()
    return "d", str(cell)


def _number(cell: float) -> str:
    """Write a number as the sender saw it: Excel shows fifteen digits, a double holds more that mean nothing."""
    if not cell.is_integer() or abs(cell) >= 1e22:
        return repr(cell)
    if abs(cell) < 2**53:
        return str(int(cell))
    digits, _, exponent = f"{cell:.14e}".partition("e")
    return digits.replace(".", "") + "0" * (int(exponent) - 14)
