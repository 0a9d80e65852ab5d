"""Checks a workbook's zip archive (.xlsx, .xlsm, .xlsb, .ods) before any reader opens it. Reads no cell values."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from mingzhang.intake.parser import xlsb_records
from mingzhang.intake.parser.refusal import RefusedError
from mingzhang.intake.parser.sheet_xml import SheetScan, SheetSearch
from mingzhang.intake.parser.workbook_facts import SheetFacts, WorkbookFacts
from mingzhang.intake.parser.xml_events import XmlReader, pieces_of

PIECE = 1 << 20
MAX_ENTRIES = 200
MAX_PICTURES = 20_000  # a signature per person
MAX_TOTAL = 1 << 30
MAX_RATIO = 100
SMALL_PART = 1 << 20  # a few highly repetitive kilobytes are no bomb
MAX_INDEX = 16 << 20  # workbook.xml and the like are held in memory
NESTED = (".zip", ".rar", ".7z", ".gz", ".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".jar", ".tar")
# Signatures, seals and what printers leave: no reader of ours opens them, so their number says nothing against a workbook.
PICTURE = re.compile(
    r"(xl/media|pictures|thumbnails)/.*\.(png|jpe?g|gif|bmp|emf|wmf|tiff?|svg|webp)"
    r"|xl/printersettings/.*|xl/drawings/.*\.(xml|vml|rels)|xl/ctrlprops/.*\.xml|xl/worksheets/_rels/.*"
)
INDEXES = {"xl/workbook.xml", "xl/workbook.bin", "xl/_rels/workbook.xml.rels", "xl/_rels/workbook.bin.rels"}


def parts_of(file: BinaryIO) -> tuple[str, set[str]]:
    """Return which kind of workbook an archive is (xlsx, xlsb, ods) and its parts' names in lower case.

    Raises:
        RefusedError: a rule of the pre-check is broken, or it is no workbook.
    """
    with _opened(file) as archive:
        entries = archive.infolist()
        _check_entries(entries)
        names = {_name(entry) for entry in entries}
        for part, kind in (("xl/workbook.xml", "xlsx"), ("xl/workbook.bin", "xlsb")):
            if part in names:
                return kind, names
        if "content.xml" in names and _is_spreadsheet(archive, entries):
            return "ods", names
        raise RefusedError("wrong_file_type", found=_other_archive(names))


def inspect(file: BinaryIO) -> WorkbookFacts:
    """Check every part of a .xlsx or .xlsb and collect what readers do not show.

    Raises:
        RefusedError: a limit or a rule of the pre-check is broken.
    """
    with _opened(file) as archive:
        return _inspect_parts(archive, archive.infolist())


def content_of(file: BinaryIO) -> bytes:
    """Check every part of an .ods and return `content.xml`.

    Raises:
        RefusedError: a limit or a rule of the pre-check is broken, or it is encrypted.
    """
    with _opened(file) as archive:
        content, budget = b"", MAX_TOTAL
        for entry in archive.infolist():
            held: list[bytes] = []
            wanted = _name(entry) in {"content.xml", "meta-inf/manifest.xml"}
            for piece in _inflated(archive, entry, budget):
                budget -= len(piece)
                if wanted:
                    held.append(piece)
            if _name(entry) == "content.xml":
                content = b"".join(held)
            elif b"encryption-data" in b"".join(held):
                raise RefusedError("password_protected")
        return content


class _opened:  # noqa: N801 - used as a function
    """Opens an archive and turns what zipfile says of damage into a refusal."""

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        self.file = file

    def __enter__(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self.file)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError) as error:
            raise RefusedError("upload_incomplete") from error

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError)):
            raise RefusedError("upload_incomplete") from error
        if type(error) is RuntimeError:  # zipfile's word for an encrypted entry
            raise RefusedError("password_protected") from error


def _name(entry: zipfile.ZipInfo) -> str:
    return entry.filename.replace("\\", "/").lower()


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    names = [_name(entry) for entry in entries]
    pictures = sum(PICTURE.fullmatch(name) is not None for name in names)
    if len(entries) - pictures > MAX_ENTRIES or pictures > MAX_PICTURES:
        raise RefusedError("archive_too_many_entries", entries=len(entries))
    if sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise RefusedError("archive_too_large")
    for entry in entries:
        _check_entry(entry)
    if len(set(names)) < len(names):  # one reader would take the first, the other the last
        raise RefusedError("archive_unsafe_entry")
    if any(name.startswith("xl/externallinks/") for name in names):
        raise RefusedError("external_link")


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.replace("\\", "/")
    is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
    if name.startswith("/") or ".." in name.split("/") or is_link:
        raise RefusedError("archive_unsafe_entry")
    if name.lower().endswith(NESTED):
        raise RefusedError("archive_nested")
    if entry.file_size > SMALL_PART and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise RefusedError("archive_ratio")


def _is_spreadsheet(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> bool:
    kind = next((entry for entry in entries if _name(entry) == "mimetype"), None)
    return kind is not None and b"spreadsheet" in archive.open(kind).read(200)


def _other_archive(names: set[str]) -> str:
    if "mimetype" in names or "content.xml" in names:
        return "OpenDocument 文字或演示文稿"
    if any(name.startswith("word/") for name in names):
        return "Word 文档"
    if any(name.startswith("ppt/") for name in names):
        return "演示文稿"
    return "压缩包"


def _inspect_parts(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> WorkbookFacts:
    index = {_name(entry): _index(archive, entry) for entry in entries if _name(entry) in INDEXES}
    parts, date1904 = _sheet_parts(index)
    facts: dict[str, SheetFacts] = {}
    budget = MAX_TOTAL
    for entry in entries:
        if (name := _name(entry)) in parts:
            facts[name], budget = _sheet(archive, entry, budget)
        else:
            budget -= sum(map(len, _inflated(archive, entry, budget)))
    if any(part not in facts for part in parts):
        raise RefusedError("upload_incomplete")
    names = [_name(entry) for entry in entries]
    return WorkbookFacts(
        sheets=[facts[part] for part in parts],
        comments=any("comments" in name and name.startswith("xl/") for name in names),
        date1904=date1904,
        macros=any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names),
    )


def _sheet(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: int) -> tuple[SheetFacts, int]:
    """Return what a sheet's part holds, and what it leaves of the budget."""
    if _name(entry).endswith(".bin"):
        data = b"".join(_inflated(archive, entry, budget))
        return xlsb_records.sheet_facts(data), budget - len(data)
    search, size = SheetSearch(), 0
    for piece in _inflated(archive, entry, budget):
        search.feed(piece)
        size += len(piece)
    if not search.needs_parser:
        return search.facts, budget - size
    scan = SheetScan()
    for piece in _inflated(archive, entry, budget):
        scan.feed(piece)
    return scan.finish(), budget - size


def _index(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    return b"".join(_inflated(archive, entry, MAX_INDEX))


def _inflated(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: int) -> Iterator[bytes]:
    """Inflate one part piece by piece, because declared sizes lie, and check each.

    Raises:
        RefusedError: over the budget or the ratio, an archive inside, a DOCTYPE, another encoding than UTF-8.
    """
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
            yield piece


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


def _sheet_parts(index: dict[str, bytes]) -> tuple[list[str], bool]:
    """Return the parts of the sheets in the workbook's order, and whether dates count from 1904."""
    binary = "xl/workbook.xml" not in index
    relations = index.get(f"xl/_rels/workbook.{'bin' if binary else 'xml'}.rels")
    if relations is None:
        raise RefusedError("upload_incomplete")
    targets: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    XmlReader(relation, None, None).read(pieces_of(relations))
    if binary:
        ids, date1904 = xlsb_records.workbook(index["xl/workbook.bin"])
    else:
        ids, date1904 = _workbook(index["xl/workbook.xml"])
    return [_part(targets.get(identifier, "")) for identifier in ids], date1904


def _workbook(data: bytes) -> tuple[list[str], bool]:
    ids: list[str] = []
    dates: list[bool] = []

    def element(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            ids.append(attributes.get("id", ""))
        elif name == "workbookPr":
            dates.append(attributes.get("date1904") in {"1", "true"})

    XmlReader(element, None, None).read(pieces_of(data))
    return ids, any(dates)


def _part(target: str) -> str:
    """Return the part a relation names, as python_calamine resolves it."""
    target = target.replace("\\", "/").lower()
    if target.startswith("/"):
        return target.lstrip("/")
    return target if target.startswith("xl/") else posixpath.normpath(posixpath.join("xl", target))
