"""Decodes a delimited text strictly and writes a clean UTF-8 copy. Guesses no types, drops no line."""

from __future__ import annotations

import codecs
import csv
import mmap
import os
import re
from itertools import repeat
from pathlib import Path
from typing import Any, BinaryIO

from assets.intake.child.refusal import RefusedError

PIECE = 1 << 18  # so small that a piece stays in the processor's cache while it is looked at again and again
MAX_CELL = 32_767
MAX_COLUMNS = 256
MAX_QUOTED_LINES = 5
BOM = "\ufeff"
CJK = re.compile("[\u4e00-\u9fff]")


def read(file: BinaryIO, out: Path) -> list[dict[str, Any]]:
    """Write `sheet-1.csv` and return the manifest's entry for it.

    Raises:
        RefusedError: not decodable, mixed, cut off, or a quote that never closes.
    """
    if os.fstat(file.fileno()).st_size == 0:
        raise RefusedError("no_rows")
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        encoding = _encoding(data)
        clean = out / "decoded.txt"
        quoted = _transcode(data, encoding, clean)
    separator = _separator(clean)
    target = out / "sheet-1.csv"
    entry = _plain(clean, target, separator, quoted) or _quoted(clean, target, separator)
    entry["plain"] = not quoted
    name = "文本"
    return [
        {
            "name": name,
            "number": 1,
            "visible": "Visible",
            "hidden_rows": [],
            "merged": [],
            "encoding": encoding,
            **entry,
        }
    ]


def _encoding(data: mmap.mmap) -> str:
    if data[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        return _strict(data, "utf-16")
    sample = data[:65536]
    if sample.count(0) * 10 > len(sample):
        raise RefusedError("encoding_unknown")
    if (at := data.find(b"\0")) >= 0:
        raise RefusedError("nul_character", line=data[:at].count(b"\n") + 1)
    if data[:3] == codecs.BOM_UTF8:
        return _strict(data, "utf-8")
    failed = _first_failure(data, "utf-8")
    return "utf-8" if failed is None else _not_utf8(data, failed)


def _not_utf8(data: mmap.mmap, failed: int) -> str:
    """Tell GB18030 from a mixture; GB18030 accepts almost any bytes, so plain UTF-8 lines are looked for first."""
    if len(CJK.findall(data[:failed].decode("utf-8", "ignore"))) > 1:
        # A character broken off at the very end is a cut file, not a mixed one.
        reason = "upload_incomplete" if failed >= len(data) - 3 else "encoding_mixed"
        raise RefusedError(reason, line=data[:failed].count(b"\n") + 1)
    if stranger := _utf8_line(data):
        raise RefusedError("encoding_mixed", line=stranger)
    if _first_failure(data, "gb18030") is not None:
        raise RefusedError("encoding_unknown")
    return "gb18030"


def _strict(data: mmap.mmap, encoding: str) -> str:
    failed = _first_failure(data, encoding)
    if failed is not None:
        line = data[:failed].count(b"\n") + 1
        raise RefusedError("upload_incomplete" if failed >= len(data) - 4 else "encoding_mixed", line=line)
    return encoding


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


def _transcode(data: mmap.mmap, encoding: str, path: Path) -> bool:
    """Write UTF-8 without byte order marks; return whether it holds a quote."""
    with path.open("wb") as out:
        if encoding == "utf-8":  # proven already: the bytes go over as they are
            start = 0
            while data[start : start + 3] == codecs.BOM_UTF8:
                start += 3
            for at in range(start, len(data), PIECE):
                out.write(data[at : at + PIECE])
            return data.find(b'"') >= 0
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        quoted = False
        for at in range(0, len(data), PIECE):
            text = decoder.decode(data[at : at + PIECE], final=at + PIECE >= len(data))
            out.write((text if at else text.lstrip(BOM)).encode("utf-8"))
            quoted = quoted or '"' in text
    _check_nul(path, encoding)
    return quoted


def _check_nul(path: Path, encoding: str) -> None:
    if encoding == "utf-16" and path.stat().st_size:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            at = data.find(b"\0")
            if at >= 0:
                raise RefusedError("nul_character", line=data[:at].count(b"\n") + 1)


def _separator(path: Path) -> str:
    with path.open("rb") as file:
        sample = file.read(65536)
    lines = sample.splitlines()[:50]
    return max([",", "\t", ";", "|"], key=lambda mark: sum(line.count(mark.encode()) for line in lines))


class _SimpleQuotes:
    """Tells whether every quote opens or closes a whole field within its line: then a record is a line."""

    def __init__(self, separator: str) -> None:
        mark = re.escape(separator.encode())
        field = rb'"[^"\r\n]*"(?=' + mark + rb"|\r?\n|\Z)"
        # Two patterns that begin with plain bytes: one with a choice in front would be ten times slower.
        self.inside, self.first = re.compile(mark + field), re.compile(rb"\n" + field)

    def hold(self, piece: bytes) -> bool:
        quotes = piece.count(b'"')
        fields = len(self.inside.findall(piece))
        return fields * 2 == quotes or (fields + len(self.first.findall(b"\n" + piece))) * 2 == quotes


def _plain(clean: Path, target: Path, separator: str, quoted: bool) -> dict[str, Any] | None:
    """Return the entry of a file whose records are its lines: the copy is the result. None where quotes span lines.

    Separators inside quotes only widen it.
    """
    mark, simple = separator.encode(), _SimpleQuotes(separator)
    width, rows, last = 0, 0, b""
    with clean.open("rb") as file:
        while piece := file.read(PIECE) + file.readline():  # whole lines
            if quoted and not simple.hold(piece):
                return None
            lines = piece.split(b"\n")
            last = lines.pop()  # empty, or the file's last line without its end
            rows += len(lines) + (last != b"")
            lines.append(last)
            width = max(width, max(map(bytes.count, lines, repeat(mark))) + 1)
            if max(map(len, lines)) > MAX_CELL:
                _check_cells(lines, separator)
    _check_width(width)
    if last.strip() and last.count(mark) + 1 < width and rows > 1:
        raise RefusedError("upload_incomplete")
    clean.rename(target)
    return {"rows": rows, "width": width, "separator": separator, "numbered": False, "typed": False}


def _check_cells(lines: list[bytes], separator: str) -> None:
    if any(len(cell) > MAX_CELL for line in lines for cell in line.decode().split(separator)):
        raise RefusedError("cell_too_long")


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
