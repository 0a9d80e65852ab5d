"""Finds formulas, hidden rows and columns in a sheet's XML (.xlsx), as python_calamine counts its cells. Reads no values."""

from __future__ import annotations

import re
from xml.parsers import expat

from mingzhang.intake.parser.refusal import RefusedError
from mingzhang.intake.parser.workbook_facts import SheetFacts

TRUE = {"1", "true"}
OVERLAP = 256  # bytes of a piece looked at again with the next one, so that no border cuts what is searched for
# What a sheet must contain to hold a formula, a hidden row or column, or a reference spelled by entities. XML allows entities
# in values only, so the names themselves are always these bytes.
# Several patterns that begin with plain bytes: one with a choice in front would be ten times slower.
NOUGHT = rb"\s*=\s*[\"'][\s0.]"
MARKS = tuple(
    re.compile(mark)
    for mark in (
        *(rb"hidden", rb"<f[\s/>]", rb":f[\s/>]", rb"&#", rb"width" + NOUGHT),
        *(rb"%bht" % blank + NOUGHT for blank in (b" ", b"\n", b"\r", b"\t")),
    )
)
REFERENCE = re.compile(rb"r\s*=\s*[\"']([A-Za-z]{1,9})([0-9]{1,9})[\"']")
DIGITS = "0123456789"


def column_number(letters: str) -> int:
    """Return the 1-based number of a column such as `AB`."""
    number = 0
    for letter in letters.upper()[:9]:
        number = number * 26 + ord(letter) - 64
    return number


class SheetSearch:
    """Searches a sheet's bytes for marks; most sheets have none, and need no parser to tell that they hide nothing.

    Attributes:
        facts: the rectangle; nothing else is known without a parser.
    """

    def __init__(self) -> None:
        self.facts = SheetFacts()
        self.tail = b""
        self.marked = self.referenced = False

    def feed(self, piece: bytes) -> None:
        """Take the next piece.

        Raises:
            RefusedError: a reference leads outside of what a sheet of people can be.
        """
        block = self.tail + piece
        self.tail = piece[-OVERLAP:]
        self.marked = self.marked or any(mark.search(block) for mark in MARKS)
        references = REFERENCE.findall(block)
        if references:
            self.referenced = True
            columns = {letters for letters, _ in references}
            self.facts.reach(
                max(int(number) for _, number in references),
                max(column_number(letters.decode("ascii")) for letters in columns),
            )

    @property
    def needs_parser(self) -> bool:
        """Whether the marks, or cells without references, must be looked at one by one."""
        return self.marked or not self.referenced


class SheetScan:
    """Takes a sheet's XML piece by piece; `facts` is complete after `finish`.

    A workbook of 80,000 lines has a million elements: `_start` sees each of them, so it decides by few comparisons.
    """

    def __init__(self) -> None:
        self.facts = SheetFacts()
        self.row = self.column = 0
        self.row_text = ""  # the row's number as written
        self.in_formula = False
        self.element = ""  # the local name of the element last begun
        self.local: dict[str, str] = {}
        self.letters: dict[str, int] = {}
        self.parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._refuse

    def feed(self, piece: bytes) -> None:
        """Take the next piece.

        Raises:
            RefusedError: no XML, a DOCTYPE, or a sheet that is too large.
        """
        self._parse(piece, False)

    def finish(self) -> SheetFacts:
        """Return what was found.

        Raises:
            RefusedError: the XML is cut off.
        """
        self._parse(b"", True)
        return self.facts

    def _parse(self, piece: bytes, last: bool) -> None:
        try:
            self.parser.Parse(piece, last)
        except expat.ExpatError as error:
            raise RefusedError("upload_incomplete") from error

    def _refuse(self, *_: object) -> None:
        raise RefusedError("doctype_found")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = self.local.get(name)
        if local is None:
            local = self.local[name] = name.rpartition(":")[2]
        self.element = local
        if local == "c":
            self._cell(attributes.get("r"))
        elif local != "v":
            self._other(local, attributes)

    def _other(self, local: str, attributes: dict[str, str]) -> None:
        if local == "f":
            self._formula()
        elif local == "row":
            self._row(attributes)
        elif local == "col":
            self._columns(attributes)

    def _cell(self, reference: str | None) -> None:
        if self.in_formula:
            self.in_formula, self.parser.CharacterDataHandler = False, None
        if reference is None:
            self.column += 1
        else:
            letters = reference.rstrip(DIGITS)
            column = self.letters.get(letters)
            if column is None:
                column = self.letters[letters] = column_number(letters)
            self.column = column
            number = reference[len(letters) :]
            if number != self.row_text:  # cells of another row than the one they stand in are read there
                self.row, self.row_text = int(number[:9] or self.row), number
        if self.row > self.facts.last_row or self.column > self.facts.last_column:
            self.facts.reach(self.row, self.column)

    def _formula(self) -> None:
        self.facts.formulas.setdefault(self.row, {}).setdefault(self.column, False)
        self.in_formula = True
        self.parser.CharacterDataHandler = self._text

    def _text(self, text: str) -> None:
        if self.element in {"v", "t"} and text.strip():
            self.facts.formulas[self.row][self.column] = True

    def _row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        self.row = int(number) if number.isdecimal() and len(number) < 10 else self.row + 1
        self.column, self.row_text = 0, number
        if attributes.get("hidden") in TRUE or _is_nought(attributes.get("ht")):
            self.facts.hidden_rows.append(self.row)

    def _columns(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in TRUE or _is_nought(attributes.get("width")):
            first, last = attributes.get("min", ""), attributes.get("max", "")
            if first.isdecimal() and last.isdecimal():
                self.facts.hide_columns(int(first[:9]), int(last[:9]))


def _is_nought(size: str | None) -> bool:
    """Whether a height or width is given as nought, which hides as well."""
    return size is not None and bool(size.strip("0. ") == "" and size.strip())
