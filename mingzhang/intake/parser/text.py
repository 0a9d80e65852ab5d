"""Decodes a delimited text strictly and writes a clean UTF-8 copy. Guesses no types, drops no line."""

from __future__ import annotations

import codecs
import csv
import mmap
import os
import re
from pathlib import Path
from typing import Any, BinaryIO

from mingzhang.intake.parser.refusal import RefusedError
from mingzhang.intake.parser.text_scan import MAX_CELL, MAX_COLUMNS, PIECE, TextFacts, scan

SAMPLE = 1 << 16
MAX_QUOTED_LINES = 5
BOM = "\ufeff"
RETURNS = re.compile(rb"\r+\n|\r")
CJK = re.compile("[\u4e00-\u9fff]")


def read(file: BinaryIO, out: Path) -> list[dict[str, Any]]:
    """Write `sheet-1.csv` and return the manifest's entry for it.

    Raises:
        RefusedError: not decodable, mixed, cut off, or a quote that never closes.
    """
    if os.fstat(file.fileno()).st_size == 0:
        raise RefusedError("no_rows")
    clean, target = out / "decoded.txt", out / "sheet-1.csv"
    clean.touch()
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        encoding, facts = _decoded(data, clean)
    if not clean.stat().st_size:
        raise RefusedError("no_rows")
    separator = _separator(clean)
    facts = facts or _scanned(clean, separator)
    if facts.returns and not facts.quoted:
        _end_lines(clean)
        facts = _scanned(clean, separator)
    entry = _plain(clean, target, separator, facts) or _quoted(clean, target, separator)
    entry |= {"plain": not facts.quoted, "encoding": encoding}
    return [{"name": "文本", "number": 1, "visible": "Visible", "hidden_rows": [], "merged": [], **entry}]


def _scanned(clean: Path, separator: str) -> TextFacts:
    with clean.open("rb") as copy, mmap.mmap(copy.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return scan(data, 0, separator)


def _end_lines(clean: Path) -> None:
    """Write a line feed for every carriage return that ends a line alone, as old Mac programs and some exports do."""
    ended = clean.with_suffix(".ended")
    with clean.open("rb") as source, ended.open("wb") as out:
        rest = b""
        while piece := source.read(PIECE):
            block = rest + piece
            kept = len(block.rstrip(b"\r"))  # a return at the end may belong to a line feed that follows
            rest = block[kept:]
            out.write(RETURNS.sub(b"\n", block[:kept]))
        out.write(RETURNS.sub(b"\n", rest))
    ended.rename(clean)


def _decoded(data: mmap.mmap, clean: Path) -> tuple[str, TextFacts | None]:
    """Write the text as UTF-8 without byte order marks; return its encoding and, where it was UTF-8, the facts of its scan."""
    if data[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        encoding = "utf-16"
        if (failed := _first_failure(data, encoding)) is not None:
            raise _broken(data, failed)
    else:
        _check_bytes(data)
        start = 0
        while data[start : start + 3] == codecs.BOM_UTF8:
            start += 3
        facts = scan(data, start, _separator_in(data[start : start + SAMPLE]), clean)
        if facts.failed is None:
            return "utf-8", facts
        if start:
            raise _broken(data, facts.failed)
        encoding = _not_utf8(data, facts.failed)
    _transcode(data, encoding, clean)
    return encoding, None


def _check_bytes(data: mmap.mmap) -> None:
    sample = data[:SAMPLE]
    if sample.count(0) * 10 > len(sample):
        raise RefusedError("encoding_unknown")
    if (at := data.find(b"\0")) >= 0:
        raise RefusedError("nul_character", line=data[:at].count(b"\n") + 1)


def _broken(data: mmap.mmap, failed: int) -> RefusedError:
    reason = "upload_incomplete" if failed >= len(data) - 4 else "encoding_mixed"
    return RefusedError(reason, line=data[:failed].count(b"\n") + 1)


def _not_utf8(data: mmap.mmap, failed: int) -> str:
    """Tell GB18030 from a mixture; GB18030 accepts almost any bytes, so plain UTF-8 lines are searched for first."""
    if len(CJK.findall(data[:failed].decode("utf-8", "ignore"))) > 1:
        # A character broken off at the very end is a cut file, not a mixed one.
        reason = "upload_incomplete" if failed >= len(data) - 3 else "encoding_mixed"
        raise RefusedError(reason, line=data[:failed].count(b"\n") + 1)
    if stranger := _utf8_line(data):
        raise RefusedError("encoding_mixed", line=stranger)
    if _first_failure(data, "gb18030") is not None:
        raise RefusedError("encoding_unknown")
    return "gb18030"


def _first_failure(data: mmap.mmap, encoding: str) -> int | None:
    """Return the byte where strict decoding fails, or None."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    for start in range(0, len(data), PIECE):
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(data[start : start + PIECE], final=start + PIECE >= len(data))
        except UnicodeDecodeError as error:
            return start - held + error.start
    return None


def _utf8_line(data: mmap.mmap) -> int | None:
    """Return the number of a line that is plainly UTF-8 in a file that as a whole is not."""
    for number, line in enumerate(data[:].split(b"\n"), 1):
        if line.isascii():
            continue
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            continue
        if len(CJK.findall(text)) >= 4 and all(c.isascii() or "\u3000" <= c <= "\uffef" for c in text):
            return number
    return None


def _transcode(data: mmap.mmap, encoding: str, path: Path) -> None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("wb") as out:
        for at in range(0, len(data), PIECE):
            text = decoder.decode(data[at : at + PIECE], final=at + PIECE >= len(data))
            out.write((text if at else text.lstrip(BOM)).encode("utf-8"))
    _check_nul(path, encoding)


def _check_nul(path: Path, encoding: str) -> None:
    if encoding == "utf-16" and path.stat().st_size:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            at = data.find(b"\0")
            if at >= 0:
                raise RefusedError("nul_character", line=data[:at].count(b"\n") + 1)


def _separator(path: Path) -> str:
    with path.open("rb") as file:
        return _separator_in(file.read(SAMPLE))


def _separator_in(sample: bytes) -> str:
    lines = sample.splitlines()[:50]
    return max([",", "\t", ";", "|"], key=lambda mark: sum(line.count(mark.encode()) for line in lines))


def _plain(clean: Path, target: Path, separator: str, facts: TextFacts) -> dict[str, Any] | None:
    """Return the entry of a file whose records are its lines: the copy is the result. None where quotes span lines.

    Separators inside quotes only widen it.
    """
    if not facts.simple:
        return None
    if facts.longest > MAX_CELL:
        raise RefusedError("cell_too_long")
    _check_width(facts.width)
    with clean.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        last = data[data.rfind(b"\n") + 1 :]
    if last.strip() and last.count(separator.encode()) + 1 < facts.width and facts.rows > 1:
        raise RefusedError("upload_incomplete")
    clean.rename(target)
    return {"rows": facts.rows, "width": facts.width, "separator": separator, "numbered": False, "typed": False}


def _quoted(clean: Path, target: Path, separator: str) -> dict[str, Any]:
    """Parse records with quotes; a record's number is the line it begins on."""
    csv.field_size_limit(1 << 30)
    width, rows, begins, short = 0, 0, 1, False
    with clean.open(encoding="utf-8", newline="") as source, target.open("w", encoding="utf-8", newline="") as out:
        reader = csv.reader(source, delimiter=separator, strict=True)
        writer = csv.writer(out)
        try:
            for cells in reader:
                if reader.line_num - begins + 1 > MAX_QUOTED_LINES:
                    raise RefusedError("unbalanced_quote", line=begins)
                if any(len(cell) > MAX_CELL for cell in cells):
                    raise RefusedError("cell_too_long")
                if cells:
                    writer.writerow([begins, *cells])
                    rows += 1
                    short = len(cells) < width
                    width = max(width, len(cells))
                begins = reader.line_num + 1
        except csv.Error as error:
            raise RefusedError("unbalanced_quote", line=begins) from error
    _check_width(width)
    if short and rows > 1 and not _ends_with_newline(clean):
        raise RefusedError("upload_incomplete")
    clean.unlink()
    return {"rows": rows, "width": width, "separator": ",", "numbered": True, "typed": False}


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) in b"\r\n"


def _check_width(width: int) -> None:
    if width > MAX_COLUMNS:
        raise RefusedError("too_many_columns", columns=width)
