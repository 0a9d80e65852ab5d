"""Deliveries, their sheets and lines as they came, and what intake noted about them. Declarations only."""

from __future__ import annotations

import polars as pl

from mingzhang.warehouse.declaration import Moment, Table, Texts, column

DELIVERY_STATUSES = ("accepted", "accepted_with_errors", "held", "refused", "already_received", "withdrawn")
LINE_STATUSES = ("accepted", "rejected", "held", "replaced", "withdrawn")
LEVELS = ("reject", "hold", "warn", "note")


class Deliveries(Table):
    """One received file of one kind, county, programme and month, with the verdict after reading it."""

    delivery_id: pl.String = column("id of the delivery, a hash of its key and content", nullable=False)
    sequence: pl.Int64 = column("order of arrival; differs between two histories of the same content")
    county_code: pl.String = column("county, 6 digits")
    kind: pl.String = column("kind of file: a slug of `catalog/kinds` or `catalog/registers`")
    programme: pl.String = column("programme slug; empty where the file holds several or none")
    month: pl.Date = column("month the file speaks of, as its first day")
    sha256: pl.String = column("SHA-256 of the file's bytes, in hexadecimal")
    content_hash: pl.String = column("hash of the lines, whatever their order and the file around them")
    file_name: pl.String = column("file name as the sender gave it")
    sender: pl.String = column("user who delivered it")
    received_at: Moment = column("when it was received, UTC")
    as_of: pl.Date = column("day the file's content is true for, where the file says so")
    correction_no: pl.Int32 = column("number of the correction; 0 for an original")
    corrects: pl.String = column("delivery it corrects")
    status: pl.String = column("verdict", isin=DELIVERY_STATUSES)
    reason: pl.String = column("reason code of a refusal or hold, see `intake/problems.py`")
    message: pl.String = column("the verdict as a sentence")
    lines: pl.Int64 = column("lines read", "lines", ge=0)
    accepted: pl.Int64 = column("lines accepted", "lines", ge=0)
    rejected: pl.Int64 = column("lines rejected", "lines", ge=0)
    held: pl.Int64 = column("lines held until a named person decides", "lines", ge=0)
    warnings: pl.Int64 = column("problems of level `warn`", "problems", ge=0)
    total_fen: pl.Int64 = column("sum of the accepted lines", "fen")
    rejected_fen: pl.Int64 = column("sum of the rejected lines, as far as readable", "fen")
    held_fen: pl.Int64 = column("sum of the held lines", "fen")
    declared_total_fen: pl.Int64 = column("the total the file itself states", "fen")
    catalogue: pl.String = column("hash of what the reading took from the catalogue")
    inputs_hash: pl.String = column("hash of everything besides the bytes that the reading depends on")


class Sheets(Table):
    """One sheet of a delivery and how it was understood."""

    delivery_id: pl.String = column("delivery", nullable=False)
    sheet: pl.String = column("name of the sheet")
    sheet_no: pl.Int32 = column("position of the sheet in the file, from 1")
    header_row: pl.Int32 = column("last row of the heading")
    header: Texts = column("headings as they came, in the order of the columns")
    fields: Texts = column("field of the layout each column was taken for; empty where none")
    ignored_reason: pl.String = column("why the sheet was not read")


class Lines(Table):
    """One row of a delivery that is a line, of whatever kind."""

    line_id: pl.String = column("`<delivery>/<sheet number>/<row>`", nullable=False, compression="zstd")
    delivery_id: pl.String = column("delivery", nullable=False)
    county_code: pl.String = column("county, 6 digits")
    kind: pl.String = column("kind of file")
    month: pl.Date = column("month of the delivery, as its first day")
    sheet: pl.String = column("name of the sheet")
    row: pl.Int32 = column("row in the sheet, from 1")
    status: pl.String = column("whether the line counts", isin=LINE_STATUSES)
    reason: pl.String = column("problem that rejected the line")


class LineCells(Table):
    """The sender's own text of one line."""

    line_id: pl.String = column("line", nullable=False, compression="zstd")
    delivery_id: pl.String = column("delivery", nullable=False)
    cells: pl.String = column("all cells as one text, separated by NUL", compression="zstd")


class Problems(Table):
    """Something intake found wrong or doubtful, in a line, a sheet or a whole file."""

    delivery_id: pl.String = column("delivery", nullable=False)
    line_id: pl.String = column("line; empty where the problem is the file's")
    sheet: pl.String = column("name of the sheet")
    row: pl.Int32 = column("row in the sheet, from 1")
    column_name: pl.String = column("heading of the column")
    id: pl.String = column("problem code, see `intake/problems.py`", nullable=False)
    level: pl.String = column("what the problem does to the line or file", nullable=False, isin=LEVELS)
    message: pl.String = column("sentence for the sender; may quote the cell", nullable=False)


class Repairs(Table):
    """A cell that was tidied while reading."""

    delivery_id: pl.String = column("delivery", nullable=False)
    line_id: pl.String = column("line")
    sheet: pl.String = column("name of the sheet")
    row: pl.Int32 = column("row in the sheet, from 1")
    column_name: pl.String = column("heading of the column")
    kind: pl.String = column("what was done, a key of `words.REPAIRS`", nullable=False)
    from_value: pl.String = column("the cell before; empty where it is private")
    to_value: pl.String = column("the cell after; empty where it is private")


class Batches(Table):
    """A delivery of payments (view over `deliveries`)."""

    batch_id: pl.String = column("id of the delivery")
    county_code: pl.String = column("county, 6 digits")
    kind: pl.String = column("kind of file", isin=("roster", "dibao_roll", "relief_table"))
    programme: pl.String = column("programme slug; empty where the file holds several")
    month: pl.Date = column("month, as its first day")
    file_name: pl.String = column("file name as the sender gave it")
    lines: pl.Int64 = column("lines read", "lines")
    accepted: pl.Int64 = column("lines accepted", "lines")
    rejected: pl.Int64 = column("lines rejected", "lines")
    held: pl.Int64 = column("lines held", "lines")
    total_fen: pl.Int64 = column("sum of the accepted lines", "fen")
    declared_total_fen: pl.Int64 = column("the total the file itself states", "fen")
    status: pl.String = column("verdict", isin=DELIVERY_STATUSES)
    correction_no: pl.Int32 = column("number of the correction; 0 for an original")
    corrects: pl.String = column("delivery it corrects")
