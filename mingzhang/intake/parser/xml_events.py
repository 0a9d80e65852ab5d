"""Reads XML with expat under limits: no DOCTYPE, no entities, bounded depth. Knows no document type."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.parsers import expat

from mingzhang.intake.parser.refusal import RefusedError

MAX_DEPTH = 100
PIECE = 1 << 20

Start = Callable[[str, dict[str, str]], None]


class XmlReader:
    """Feeds a handler with elements; an attribute's and an element's name comes without its prefix.

    Spreadsheet programs choose prefixes freely, and python_calamine does not look at them either.
    """

    def __init__(self, start: Start, end: Callable[[str], None] | None, text: Callable[[str], None] | None) -> None:
        self.start, self.end, self.depth = start, end, 0
        self.parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        if text:
            parser.CharacterDataHandler = text

    def read(self, pieces: Iterable[bytes]) -> None:
        """Parse a document given in pieces.

        Raises:
            RefusedError: no XML, cut off, nested too deep, or with a DOCTYPE.
        """
        try:
            for piece in pieces:
                self.parser.Parse(piece, False)
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise RefusedError("upload_incomplete") from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise RefusedError("nested_too_deep")
        self.start(name.rpartition(":")[2], {key.rpartition(":")[2]: value for key, value in attributes.items()})

    def _end(self, name: str) -> None:
        self.depth -= 1
        if self.end:
            self.end(name.rpartition(":")[2])

    def _refuse(self, *_: object) -> None:
        raise RefusedError("doctype_found")


def pieces_of(data: bytes) -> Iterable[bytes]:
    """Yield bytes in pieces, so that a refusal comes before the whole is parsed."""
    return (data[at : at + PIECE] for at in range(0, len(data), PIECE))


def count(value: str | None, default: int = 1) -> int:
    """Return a repeat count or position as written in an attribute; what is no number or absurd is bounded."""
    if not value or not value.isdecimal():
        return default
    return int(value) if len(value) < 10 else 10**9
