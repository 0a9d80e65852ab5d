"""Scans a text once: is it UTF-8, how many lines, cells and quotes. Copies it meanwhile; refuses nothing."""

from __future__ import annotations

import codecs
import json
import mmap
import os
import re
from contextlib import nullcontext
from itertools import repeat
from pathlib import Path

PIECE = 1 << 16  # so small that a piece stays in the processor's cache while it is scanned several times
LARGE = 8 << 20  # from here on a second process is worth its start
MAX_CELL = 32_767
MAX_COLUMNS = 256
MAX_LINE = (MAX_COLUMNS + 1) * (MAX_CELL + 1) * 4  # bytes; a longer one has a cell too long or too many of them


class TextFacts:
    """What a scan found of a text's lines.

    Attributes:
        failed: the byte where it is no UTF-8.
        rows: lines, the last one with or without its end.
        width: cells of the widest line.
        longest: characters of the longest cell, of lines so long that one of them may be too long.
        quoted: whether it holds a quote.
        simple: whether every quote opens or closes a whole field within its line: then a record is a line.
        returns: whether a line ends with a carriage return alone.
    """

    def __init__(
        self,
        failed: int | None,
        rows: int = 0,
        width: int = 0,
        longest: int = 0,
        quoted: bool = False,
        simple: bool = True,
        returns: bool = False,
    ) -> None:
        self.failed, self.rows, self.width, self.longest = failed, rows, width, longest
        self.quoted, self.simple, self.returns = quoted, simple and not returns, returns

    def __add__(self, other: TextFacts) -> TextFacts:
        return TextFacts(
            self.failed if self.failed is not None else other.failed,
            self.rows + other.rows,
            max(self.width, other.width),
            max(self.longest, other.longest),
            self.quoted or other.quoted,
            self.simple and other.simple,
            self.returns or other.returns,
        )


def scan(data: mmap.mmap, start: int, separator: str, copy: Path | None = None) -> TextFacts:
    """Scan a text from `start` on.

    A large one (8 MiB and more) is scanned in two halves that meet at the end of a line, the second by a process forked
    for it: one core alone would be the bottleneck.

    Args:
        data: the whole file.
        start: first byte after the byte order marks.
        separator: one character between cells.
        copy: written with the text as it proves to be UTF-8; None where it is known to be UTF-8.

    Raises:
        ValueError: the forked process died without an answer.
    """
    middle = data.find(b"\n", len(data) // 2) + 1
    if len(data) < LARGE or not start < middle < len(data):
        return _scan_part(data, start, len(data), separator, copy, start)
    answers, answer = os.pipe()
    other = os.fork()
    if other == 0:
        try:
            found = _scan_part(data, middle, len(data), separator, copy, start)
            os.write(answer, json.dumps(vars(found)).encode())
        finally:
            os._exit(0)
    os.close(answer)
    facts = _scan_part(data, start, middle, separator, copy, start)
    with os.fdopen(answers, "rb") as file:
        answered = file.read()
    os.waitpid(other, 0)
    return facts + TextFacts(**json.loads(answered))  # empty when the forked process died


def _scan_part(data: mmap.mmap, start: int, end: int, separator: str, copy: Path | None, origin: int) -> TextFacts:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    facts, lines = TextFacts(None), _Lines(separator)
    with copy.open("r+b") if copy else nullcontext() as out:
        if out:
            out.seek(start - origin)
        for at in range(start, end, PIECE):
            piece = data[at : min(at + PIECE, end)]
            if out:
                held = len(decoder.getstate()[0])
                try:
                    decoder.decode(piece, final=at + PIECE >= end)
                except UnicodeDecodeError as error:
                    return TextFacts(at - held + error.start)
                out.write(piece)
            facts += lines.feed(piece)
    return facts + lines.finish()


class _Lines:
    """Counts lines piece by piece; what a piece breaks off waits for the next one."""

    def __init__(self, separator: str) -> None:
        self.mark, self.quotes, self.rest = separator.encode(), _SimpleQuotes(separator), b""

    def feed(self, piece: bytes) -> TextFacts:
        block = self.rest + piece
        cut = block.rfind(b"\n") + 1 or block.rfind(b"\r", 0, -1) + 1
        self.rest = block[cut:]
        if len(self.rest) > MAX_LINE:
            self.rest = b""
            return TextFacts(None, longest=MAX_CELL + 1)
        return self._count(block[:cut])

    def finish(self) -> TextFacts:
        return self._count(self.rest)

    def _count(self, block: bytes) -> TextFacts:
        if not block:
            return TextFacts(None)
        quoted, longest, lines = b'"' in block, 0, block.split(b"\n")
        if not lines[-1]:
            lines.pop()
        if max(map(len, lines)) > MAX_CELL:
            longest = max(
                len(cell) for line in lines for cell in line.decode("utf-8", "replace").split(self.mark.decode())
            )
        width = max(map(bytes.count, lines, repeat(self.mark))) + 1
        returns = b"\r" in block and block.count(b"\r") > block.count(b"\r\n")
        return TextFacts(None, len(lines), width, longest, quoted, not quoted or self.quotes.hold(block), returns)


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
