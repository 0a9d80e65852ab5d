"""Reads the tables of a web page as a spreadsheet program shows them: one sheet, one table below the other.

Cells are text unless an attribute of the exporting program says number (`x:num`, `sdval`, `data-t`).
"""

from __future__ import annotations

import codecs
import re
from html.parser import HTMLParser

from mingzhang.intake.parser.refusal import RefusedError
from mingzhang.intake.parser.table import BOOLEAN, EMPTY, NUMBER, Cell, Table, boolean, formula_cell, text_cell
from mingzhang.intake.parser.workbook_facts import MAX_COLUMNS, MAX_ROWS
from mingzhang.intake.parser.xml_events import count

MAX_BYTES = 64 << 20
MAX_TABLES_DEEP = 20
MAX_SPAN = 16_384
META = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
XML_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9_-]+)")
CHINESE = re.compile("[\u4e00-\u9fff]")
BLANKS = re.compile(r"[ \t\r\n\f]+")
HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
UNSHOWN = {"script", "style", "title", "head", "select", "textarea", "template", "noscript"}
VOID = {"br", "img", "input", "hr", "meta", "link", "col", "area", "base", "wbr", "embed", "source", "track", "param"}
BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "caption", "li", "center", "body", "form", "blockquote", "hr"}
SHEET_NAME = re.compile(r"<x:Name>\s*([^<]{1,31}?)\s*</x:Name>", re.IGNORECASE)


def decoded(data: bytes, declared: str | None = None) -> str:
    """Return a page's or document's text.

    Args:
        data: its bytes.
        declared: the encoding a mail header names; otherwise the document's own meta tag or XML declaration counts.

    Raises:
        RefusedError: too large, or in no encoding that fits.
    """
    if len(data) > MAX_BYTES:
        raise RefusedError("file_too_large", megabytes=len(data) >> 20)
    if data[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        return _strictly(data, "utf-16")
    data = data.removeprefix(codecs.BOM_UTF8)
    found = META.search(data[:8192]) or XML_ENCODING.match(data[:200])
    name = (declared or (found[1].decode("ascii") if found else "gb18030")).lower()
    name = "gb18030" if name.startswith(("gb", "cp936", "x-gbk", "utf-8", "utf8")) else name
    try:
        text = data.decode("utf-8")
        if data.isascii() or CHINESE.search(text):  # what says GBK and reads as Chinese in UTF-8 is UTF-8
            return text
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3 and CHINESE.search(data[: error.start].decode("utf-8")):
            raise RefusedError("upload_incomplete") from error  # cut within a character
    return _strictly(data, name)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise RefusedError("encoding_unknown") from error


def read(text: str, name: str | None = None, visible: bool = True) -> tuple[Table, set[str]]:
    """Return the sheet a page makes, and what could not be looked at.

    Args:
        text: the page.
        name: the sheet's name; the page's own otherwise.
        visible: False for a hidden sheet of a workbook saved as a page.

    Raises:
        RefusedError: no table, a table that never ends, or a limit is reached.
    """
    named = SHEET_NAME.search(text)
    page = _Page(Table(name or (named[1] if named else "网页"), visible))
    page.feed(text)
    page.close()
    page.finish()
    return page.table, page.not_checked


class _Open:
    """A table that is being read: where its rows' spans reach, and how many rows begin in it."""

    def __init__(self, hidden: bool) -> None:
        self.spans: dict[int, int] = {}  # column → last row that a cell above covers
        self.hidden = hidden
        self.columns = 0  # that <col> elements have described


class _Page(HTMLParser):
    """Turns tags into rows. A table inside a cell is written below what stands before it."""

    def __init__(self, table: Table) -> None:
        super().__init__(convert_charrefs=True)
        self.table = table
        self.open: list[_Open] = []
        self.number = 0  # of the row that is being read
        self.row: dict[int, Cell] | None = None
        self.cell: dict[str, str | None] | None = None  # attributes of the cell that is being read
        self.column = 0
        self.text: list[str] = []
        self.unshown: list[str] = []  # elements whose text no browser shows, outermost first
        self.tables = 0
        self.not_checked = {"style_sheets", "comments"}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.unshown:
            if tag == self.unshown[0]:
                self.unshown.append(tag)
            return
        given = dict(attrs)
        hidden = HIDDEN.search(given.get("style") or "") is not None or "hidden" in given
        if tag in UNSHOWN or (hidden and tag not in {"table", "tr", "td", "th", "col", *VOID}):
            self._skip(tag)
        elif self.open and tag in {"tr", "td", "th", "col"}:
            self._begin_part(tag, given, hidden)
        elif tag == "table":
            self._begin_table(hidden)
        elif tag == "br" or tag in BLOCKS:
            self._break(tag)

    def _begin_part(self, tag: str, given: dict[str, str | None], hidden: bool) -> None:
        if tag == "col":
            self._columns(given, hidden)
        elif tag == "tr":
            self._begin_row(hidden)
        else:
            self._begin_cell(given, hidden)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.unshown:
            if tag == self.unshown[0]:
                self.unshown.pop()
            return
        if tag == "table" and self.open:
            self._end_row()
            self.open.pop()
        elif tag == "tr":
            self._end_row()
        elif tag in {"td", "th"}:
            self._end_cell()
        elif tag in BLOCKS:
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self.unshown:
            self.text.append(BLANKS.sub(" ", data))

    def finish(self) -> None:
        """Write what is still open.

        Raises:
            RefusedError: there was no table, or one never ended.
        """
        if not self.tables:
            raise RefusedError("wrong_file_type", found="没有表格的网页(HTML)")
        if self.open:
            raise RefusedError("upload_incomplete")
        self._loose()

    def _skip(self, tag: str) -> None:
        self.unshown.append(tag)
        if tag not in UNSHOWN:
            self.not_checked.add("hidden_text")

    def _begin_table(self, hidden: bool) -> None:
        self._end_row()
        self._loose()
        self.tables += 1
        if len(self.open) >= MAX_TABLES_DEEP:
            raise RefusedError("nested_too_deep")
        self.open.append(_Open(hidden or any(outer.hidden for outer in self.open)))

    def _columns(self, given: dict[str, str | None], hidden: bool) -> None:
        number = min(count(given.get("span")), MAX_COLUMNS)
        first, self.open[-1].columns = self.open[-1].columns, self.open[-1].columns + number
        if hidden:
            self.table.hidden_columns.update(range(first + 1, min(first + number, MAX_COLUMNS) + 1))

    def _begin_row(self, hidden: bool) -> None:
        self._end_row()
        self._loose()
        self.number, self.row, self.column = self.number + 1, {}, 0
        if self.number > MAX_ROWS:
            raise RefusedError("sheet_too_large", rows=self.number, columns=self.table.width)
        if hidden or self.open[-1].hidden:
            self.table.hidden_rows.append(self.number)

    def _begin_cell(self, given: dict[str, str | None], hidden: bool) -> None:
        self._end_cell()
        if self.row is None:
            self._begin_row(False)
        else:
            self._loose_in_row()
        spans = self.open[-1].spans
        while spans.get(self.column, 0) >= self.number:
            self.column += 1
        if hidden:
            self.table.hidden_columns.add(self.column + 1)
        self.cell = given

    def _loose_in_row(self) -> None:
        """Text between cells is misplaced; the browser shows it before the table, and so do we."""
        if "".join(self.text).strip():
            kept, number = self.row, self.number
            self.row, self.number = None, number - 1
            self._loose()
            self.row, self.number = kept, self.number + 1

    def _end_cell(self) -> None:
        given, self.cell = self.cell, None
        if given is None or self.row is None:
            return
        cell = _cell(given, self._taken(), self.number)
        if cell != EMPTY:
            self.row[self.column] = cell
        across, down = min(max(count(given.get("colspan")), 1), MAX_SPAN), count(given.get("rowspan"))
        last = MAX_ROWS if down == 0 else self.number + down - 1
        if last > self.number:
            self.open[-1].spans.update(dict.fromkeys(range(self.column, min(self.column + across, MAX_COLUMNS)), last))
        if across > 1 or last > self.number:
            self.table.merged.append([self.number - 1, self.column, last - 1, self.column + across - 1])
        self.column += across

    def _end_row(self) -> None:
        self._end_cell()
        row, self.row = self.row, None
        if row:
            widest = max(row) + 1
            if widest > MAX_COLUMNS:
                raise RefusedError("too_many_columns", columns=widest)
            self.table.add(self.number, [row.get(column, EMPTY) for column in range(widest)])

    def _break(self, tag: str) -> None:
        if self.cell is not None:
            self.text.append("\n")
        elif tag != "br":
            self._loose()

    def _loose(self) -> None:
        """Write text that stands in no table, such as a title, as a row of its own."""
        text = self._taken()
        if text and self.row is None:
            self.number += 1
            self.table.add(self.number, [text_cell(text, self.number)])

    def _taken(self) -> str:
        text = "".join(self.text)
        self.text.clear()
        return "\n".join(line for line in (part.strip(" \xa0") for part in text.split("\n")) if line)


def _cell(given: dict[str, str | None], text: str, row: int) -> Cell:
    cell = text_cell(text, row)
    kind = given.get("data-t")
    number = next((name for name in ("x:num", "sdval") if name in given), "data-v" if kind == "n" else None)
    if number:
        cell = (NUMBER, _value(given.get(number), text))
    elif "x:bool" in given or kind == "b":
        cell = (BOOLEAN, boolean(given.get("x:bool") or given.get("data-v") or text))
    if cell[1] == "":
        cell = EMPTY
    return formula_cell(cell) if given.get("x:fmla") else cell


def _value(value: str | None, text: str) -> str:
    """Return a number as the program keeps it; where only the shown one is given, without thousands commas."""
    return (value or text.replace(",", "")).strip()[:64]
