"""Which sheets of a file are read, with which header, and why the others are not. Reads no lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from mingzhang.catalog.models import Layout
from mingzhang.intake.columns import mapping
from mingzhang.intake.columns.mapping import Header
from mingzhang.intake.notes import Notes
from mingzhang.intake.parser_process import ParsedFile, Sheet
from mingzhang.intake.problems import RefusedFileError

GUIDE = re.compile("字典|说明|须知|填表|示例|样表")  # sheets that explain the form, not data
HEADS_ONLY = "；按户发放、户主就是享受人的，把户主两列的列名改作享受人"
# Sheets of our own forms that explain and hold no lines.
DICTIONARY, IMPORTANT_SHEET, SUMMARY_SHEET = "字典", "重点问题", "问题汇总"
OWN_SHEETS = {DICTIONARY, IMPORTANT_SHEET, SUMMARY_SHEET}


@dataclass(frozen=True)
class SheetSummary:
    """How a sheet was understood; `ignored_reason` says why it was not read, `wan` which fields are in 万元."""

    name: str
    number: int
    header_row: int | None = None
    header: tuple[str, ...] = ()
    fields: tuple[str | None, ...] = ()
    ignored_reason: str | None = None
    wan: frozenset[str] = frozenset()
    questions: tuple[mapping.ColumnQuestion, ...] = ()


def sheets_to_read(
    parsed: ParsedFile, layout: Layout, confirmed: Mapping[str, str], notes: Notes, summaries: list[SheetSummary]
) -> list[tuple[Sheet, Header]]:
    """Return the sheets to read with their headers.

    Args:
        parsed: the parsed file.
        layout: the kind of file.
        confirmed: {header as written: field name} a person confirmed for this county and kind.
        notes: where sheets that are not read are recorded.
        summaries: filled with one entry per sheet, also when the file is refused.

    Raises:
        RefusedFileError: no sheet has a header with every required column, or all are empty.
    """
    found: list[tuple[Sheet, Header]] = []
    unread: list[tuple[int, Header]] = []
    for sheet in parsed.sheets:
        header, reason = _understood(sheet, parsed, layout, confirmed)
        if header and reason is None:
            summaries.append(
                SheetSummary(sheet.name, sheet.number, header.first, header.names, header.fields, wan=header.wan)
            )
            found.append((sheet, header))
            continue
        unread += [(len(summaries), header)] if header else []
        summaries.append(SheetSummary(sheet.name, sheet.number, ignored_reason=reason))
    if not found:
        # What was read of them is shown, so that a person can say which column is the missing one.
        for at, header in unread:
            summaries[at] = replace(summaries[at], header_row=header.first, header=header.names, fields=header.fields)
        _refuse_headless(parsed, layout, max((header for _, header in unread), key=lambda h: h.score, default=None))
    for summary, sheet in zip(summaries, parsed.sheets, strict=True):
        if summary.ignored_reason and sheet.frame.height and summary.name not in OWN_SHEETS:
            _note_sheet(notes, summary.number, summary.name, summary.ignored_reason)
    return found


def _understood(
    sheet: Sheet, parsed: ParsedFile, layout: Layout, confirmed: Mapping[str, str]
) -> tuple[Header | None, str | None]:
    """Return a sheet's header, and why it is not read if it is not."""
    if not sheet.visible:
        return None, "hidden_sheet"
    guide = (GUIDE.search(sheet.name) or sheet.name in OWN_SHEETS) and len(parsed.sheets) > 1
    header = mapping.find(sheet, layout, confirmed) if sheet.frame.height and not guide else None
    return header, None if header and not header.missing else "sheet_ignored"


def _note_sheet(notes: Notes, number: int, name: str, code: str) -> None:
    own = Notes(number, name)
    own.add_problem(code)
    notes.problems += own.problems


def _refuse_headless(parsed: ParsedFile, layout: Layout, nearest: Header | None) -> None:
    cells = (cell for sheet in parsed.sheets for cell in sheet.frame.drop("row", "types", strict=False))
    if all(cell.is_null().all() for cell in cells):
        raise RefusedFileError("no_rows")
    if nearest is None:
        raise RefusedFileError("header_not_recognised", title=layout.title)
    # A roster paid by household may name nobody but its heads; who the money is for is the sender's to say.
    hint = HEADS_ONLY if "head_name" in nearest.fields and "recipient_name" not in nearest.fields else ""
    raise RefusedFileError("missing_column", columns="、".join(nearest.missing), example=nearest.missing[0], hint=hint)
