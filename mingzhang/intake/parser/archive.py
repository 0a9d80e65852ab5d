"""Checks a workbook's zip archive before any reader opens it. Standard library only; reads no cell values."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from typing import BinaryIO
from xml.etree import ElementTree as ET  # DOCTYPE and entities are refused before this sees a byte

from mingzhang.intake.parser.refusal import RefusedError

PIECE = 1 << 20
MAX_ENTRIES = 200
MAX_TOTAL = 1 << 30
MAX_RATIO = 100
SMALL_PART = 1 << 20  # a few highly repetitive kilobytes are no bomb
MAX_CELLS = 20_000_000
MAX_COLUMNS = 256
NESTED = (".zip", ".rar", ".7z", ".gz", ".xlsx", ".xls", ".xlsm", ".jar", ".tar")

REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,9})([0-9]{1,9})[\"']")
HIDDEN_ROW = re.compile(rb"<row\b[^>]*\bhidden\s*=\s*[\"'](?:1|true)[\"'][^>]*>")
ROW_NUMBER = re.compile(rb"\br\s*=\s*[\"']([0-9]+)[\"']")
CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
FORMULA = re.compile(rb"<f\b")
CACHED = re.compile(rb"<v\s*>[^<]|<t\b[^>]*>[^<]")


class SheetFacts:
    """What a sheet's XML holds and python_calamine does not return: formulas, hidden rows, the rectangle it spans.

    Attributes:
        formulas: row → {column: whether a calculated value is stored}.
    """

    # Plain classes: importing dataclasses would cost the parser process a quarter of its start.
    def __init__(self) -> None:
        self.formulas: dict[int, dict[int, bool]] = {}
        self.hidden_rows: list[int] = []
        self.last_row = 0
        self.last_column = 0


class ArchiveFacts:
    """Facts per sheet, in the workbook's own order, and what concerns the whole workbook."""

    def __init__(self, sheets: list[SheetFacts], comments: bool, date1904: bool) -> None:
        self.sheets = sheets
        self.comments = comments
        self.date1904 = date1904


def column_number(letters: bytes) -> int:
    """Return the 1-based number of a column such as `AB`."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def inspect(file: BinaryIO) -> ArchiveFacts:
    """Check the archive of an .xlsx and collect what readers do not show.

    Raises:
        RefusedError: a limit or a rule of the pre-check is broken.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            return _inspect_parts(archive, entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise RefusedError("upload_incomplete") from error
    except RuntimeError as error:  # zipfile's word for an encrypted entry
        raise RefusedError("password_protected") from error


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise RefusedError("archive_too_many_entries", entries=len(entries))
    if sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise RefusedError("archive_too_large")
    for entry in entries:
        _check_entry(entry)
    names = {entry.filename.replace("\\", "/").lower() for entry in entries}
    if any(name.endswith("vbaproject.bin") for name in names):
        raise RefusedError("macro_file")
    if any(name.startswith("xl/externallinks/") for name in names):
        raise RefusedError("external_link")
    if "xl/workbook.xml" not in names:
        raise RefusedError("wrong_file_type", found=_other_archive(names))


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.replace("\\", "/")
    is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
    if name.startswith("/") or ".." in name.split("/") or is_link:
        raise RefusedError("archive_unsafe_entry")
    if name.lower().endswith(NESTED):
        raise RefusedError("archive_nested")
    if entry.file_size > SMALL_PART and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise RefusedError("archive_ratio")


def _other_archive(names: set[str]) -> str:
    if "mimetype" in names or "content.xml" in names:
        return "OpenDocument 表格"
    if any(name.startswith("word/") for name in names):
        return "Word 文档"
    if "xl/workbook.bin" in names:
        return "二进制工作簿(.xlsb)"
    return "压缩包"


def _inspect_parts(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> ArchiveFacts:
    facts: dict[str, SheetFacts] = {}
    budget = MAX_TOTAL
    for entry in entries:
        is_sheet = entry.filename.lower().startswith("xl/worksheets/") and entry.filename.lower().endswith(".xml")
        scan = _SheetScan() if is_sheet else None
        budget = _read_part(archive, entry, scan, budget)
        if scan is not None:
            facts[entry.filename] = scan.finish()
    workbook = archive.read(next(e.filename for e in entries if e.filename.lower() == "xl/workbook.xml"))
    order = _sheet_parts(archive, workbook)
    return ArchiveFacts(
        sheets=[facts.get(part, SheetFacts()) for part in order],
        comments=any(re.match(r"xl/(threaded)?comments", entry.filename.lower()) for entry in entries),
        date1904=re.search(rb"date1904\s*=\s*[\"'](1|true)", workbook) is not None,
    )


def _read_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, scan: _SheetScan | None, budget: int) -> int:
    """Inflate one part piece by piece, because declared sizes lie; return what is left of the budget."""
    is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    inflated, tail = 0, b""
    with archive.open(entry) as part:
        while piece := part.read(PIECE):
            inflated += len(piece)
            if inflated > budget:
                raise RefusedError("archive_too_large")
            if inflated > SMALL_PART and inflated > MAX_RATIO * max(entry.compress_size, 1):
                raise RefusedError("archive_ratio")
            if inflated == len(piece):
                _check_start(piece, is_xml)
            if is_xml:
                _check_xml(tail + piece)
                tail = piece[-16:]
            if scan is not None:
                scan.feed(piece)
    return budget - inflated


def _check_start(piece: bytes, is_xml: bool) -> None:
    if piece.startswith((b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b\x08")):
        raise RefusedError("archive_nested")
    if not is_xml:
        return
    declared = re.match(rb"\s*<\?xml[^>]*encoding\s*=\s*[\"']([^\"']+)", piece.removeprefix(b"\xef\xbb\xbf"))
    foreign = piece.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00"))
    if foreign or (declared and declared[1].upper() not in {b"UTF-8", b"UTF8", b"US-ASCII"}):
        raise RefusedError("xml_not_utf8")


def _check_xml(piece: bytes) -> None:
    if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece or b"<!doctype" in piece.lower():
        raise RefusedError("doctype_found")


class _SheetScan:
    """Reads a sheet's XML as whole rows, so that no cell is cut by a piece's border."""

    def __init__(self) -> None:
        self.facts = SheetFacts()
        self.rest = b""

    def feed(self, piece: bytes) -> None:
        block = self.rest + piece
        cut = block.rfind(b"</row>")
        if cut < 0 and len(block) < 8 * PIECE:
            self.rest = block
            return
        cut = len(block) if cut < 0 else cut + 6
        self._block(block[:cut])
        self.rest = block[cut:]

    def finish(self) -> SheetFacts:
        self._block(self.rest)
        return self.facts

    def _block(self, block: bytes) -> None:
        references = REFERENCE.findall(block)
        if references:
            rows = max(int(number) for _, number in references)
            columns = max(column_number(letters) for letters in {letters for letters, _ in references})
            self.facts.last_row = max(self.facts.last_row, rows)
            self.facts.last_column = max(self.facts.last_column, columns)
            if self.facts.last_row * self.facts.last_column > MAX_CELLS or self.facts.last_row > 1_048_576:
                raise RefusedError("sheet_too_large", rows=self.facts.last_row, columns=self.facts.last_column)
            if self.facts.last_column > MAX_COLUMNS:
                raise RefusedError("too_many_columns", columns=self.facts.last_column)
        if b"hidden" in block:
            for tag in HIDDEN_ROW.findall(block):
                number = ROW_NUMBER.search(tag)
                if number:
                    self.facts.hidden_rows.append(int(number[1]))
        if FORMULA.search(block):
            self._formulas(block)

    def _formulas(self, block: bytes) -> None:
        for attributes, content in CELL.findall(block):
            reference = REFERENCE.search(attributes)
            if reference and FORMULA.search(content):
                row, column = int(reference[2]), column_number(reference[1])
                self.facts.formulas.setdefault(row, {})[column] = CACHED.search(content) is not None


def _sheet_parts(archive: zipfile.ZipFile, workbook: bytes) -> list[str]:
    try:
        relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
        sheets = ET.fromstring(workbook)  # noqa: S314
    except (KeyError, ET.ParseError) as error:
        raise RefusedError("upload_incomplete") from error
    targets = {node.get("Id"): node.get("Target", "") for node in relations}
    parts = []
    for node in sheets.iter():
        if node.tag.endswith("}sheet"):
            identifier = next((value for key, value in node.attrib.items() if key.endswith("}id")), "")
            target = targets.get(identifier) or ""
            parts.append(target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target))
    return parts
