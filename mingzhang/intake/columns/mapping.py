"""Finds the header of a sheet and says which column is which field. Uses the first 30 rows only; reads no values."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mingzhang.catalog.load import Catalogue
from mingzhang.catalog.models import Field, Layout
from mingzhang.intake.columns import headings, units
from mingzhang.intake.parser_process import Sheet
from mingzhang.intake.values import characters

SEARCHED_ROWS = 30
BETWEEN = "·"  # between the title of a group and the word below it
# The first columns of our own correction workbook.
LEADING = ("不收原因", "原值", "应为", "更正原行")
UNITS = "元|万元|万|元/月|元/年|元/亩|元/人|亩|人|户|个|件|套|间|头|台|公斤|斤|平方米|㎡|m2|月|天|%"
UNIT = re.compile(rf"[(（\[【]\s*(?:单位[:：]?)?\s*(?:人民币[:：]?)?\s*({UNITS})\s*[)）\]】]|(?:人民币)?万元$")
# Instructions to whoever fills in the form are no part of the column's name.
ASIDE = re.compile(r"[(\[【](?:必填|选填|可空|\d+位|文本格式?|数字|[A-Za-z. ]+|如.*|例.*|格式.*|请.*)[)\]】]$")
UNIT_ROW_CELL = re.compile(rf"^[(（]?(?:单位[:：])?(?:人民币)?({UNITS})[)）]?$")
GROUP_WORD = re.compile(r"(基本)?(信息|情况|资料)$")
# A bank's reply without a column of identity numbers is known by these, if it says what came of the payment.
KNOWN_WITHOUT_NUMBER = {"account_no", "payee_name", "amount_fen"}
ANSWERS = {"result", "failure"}
PAID = {"amount_fen", "guarantee_fen"}  # either says what a line of payments came to; without both it is none


@dataclass(frozen=True)
class ColumnQuestion:
    """A question about columns: its code, what the columns are called, and the field they could be (None: unknown)."""

    code: str
    columns: tuple[str, ...]
    field: str | None = None


@dataclass(frozen=True)
class Header:
    """Where the header is and what its columns mean.

    Attributes:
        first, last: 1-based rows of the sheet the header covers (two when it has two lines), the unit row included.
        names: what is written over each column.
        fields: field name per column, None where unused.
        wan: names of money fields the header or a unit row gives in 万元.
        claims: every field with all columns that could be it, the likeliest first; `settle.py` decides.
        groups: the title that stands over each column in a heading of two lines, else ''.
        confirmed: columns whose field, or lack of one, a person confirmed.
        unit_row: the cells of a row of units below the heading; empty without one.
        questions: what `settle.py` could not decide.
        missing: labels of required fields without a column.
        titles: text above the header.
    """

    first: int
    last: int
    names: tuple[str, ...]
    fields: tuple[str | None, ...]
    wan: frozenset[str]
    missing: tuple[str, ...]
    titles: tuple[str, ...]
    claims: Mapping[str, tuple[int, ...]] = dataclasses.field(default_factory=dict)
    groups: tuple[str, ...] = ()
    confirmed: frozenset[int] = frozenset()
    unit_row: tuple[str, ...] = ()
    questions: tuple[ColumnQuestion, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """What each column is called where a person chooses between columns: its name, numbered where it stands twice."""
        return addresses(self.names)

    @property
    def score(self) -> int:
        """Number of recognised columns."""
        return sum(name is not None for name in self.fields)

    def column_of(self, field: str) -> str | None:
        """Return the frame column of a field."""
        return f"c{self.fields.index(field)}" if field in self.fields else None


def addresses(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of columns, each after the first of a name with its number: 身份证号, 身份证号（第2个）."""
    seen: Counter[str] = Counter()
    numbered = []
    for name in names:
        seen[name] += 1
        numbered.append(name if not name or seen[name] == 1 else f"{name}（第{seen[name]}个）")
    return tuple(numbered)


@lru_cache(maxsize=65536)
def key(header: str) -> str:
    """Return a header without blanks, line breaks, asterisks and brackets of units, in half width."""
    text = unicodedata.normalize("NFKC", characters.unified(header))
    text = ASIDE.sub("", UNIT.sub("", text))
    return re.sub(r"[\s*·:：'’]", "", text)


@lru_cache(maxsize=256)
def words_of(layout: Layout) -> dict[str, tuple[tuple[int, Field], ...]]:
    """Every header a layout knows, with the fields it may mean, the label before the synonyms."""
    words: dict[str, list[tuple[int, Field]]] = {}
    for field in layout.fields:
        for rank, word in enumerate((field.label, *field.synonyms)):
            candidates = words.setdefault(key(word), [])
            if field not in [known for _, known in candidates]:
                candidates.append((rank, field))
    return {word: tuple(found) for word, found in words.items()}


def find(sheet: Sheet, layout: Layout, confirmed: Mapping[str, str] | None = None) -> Header | None:
    """Return the best header of a sheet for a layout, or None when no row resembles one.

    Args:
        sheet: a parsed sheet.
        layout: the kind of file.
        confirmed: {header as written: field name} a person confirmed for this county and kind.
    """
    rows = _top(sheet)
    best: Header | None = None
    for at in range(len(rows)):
        if best and not best.missing and rows[at][0] > best.last:
            break  # rows below a complete header are lines
        if sum(cell != "" for cell in rows[at][1]) < 2:
            continue
        for header in _candidates(rows, at, layout, confirmed or {}, sheet):
            if header.score >= 2 and (best is None or _better(header, best)):
                best = header
    return best


def _better(header: Header, best: Header) -> bool:
    return (len(header.missing) == 0, header.score) > (len(best.missing) == 0, best.score)


def _top(sheet: Sheet) -> list[tuple[int, list[str]]]:
    cells = sheet.frame.drop("types", strict=False).head(SEARCHED_ROWS).fill_null("")
    return [(row[0], [str(cell) for cell in row[1:]]) for row in cells.iter_rows()]


def _candidates(
    rows: list[tuple[int, list[str]]], at: int, layout: Layout, confirmed: Mapping[str, str], sheet: Sheet
) -> list[Header]:
    number, top = rows[at]
    single = _header(rows, at, at, [Heading.of(name) for name in top], layout, confirmed)
    if at + 1 >= len(rows) or rows[at + 1][0] != number + 1:
        return [single]
    below = rows[at + 1][1]
    spread = _spread(top, below, number - 1, sheet)
    double = [Heading(b, a) if b else Heading(a) for a, b in zip(spread, below, strict=True)]
    two_lines = _header(rows, at, at + 1, double, layout, confirmed)
    # A second line counts only if it names columns the first does not, under a group title: data rows never do.
    grouped = any(name and not above for name, above in zip(spread, top, strict=True))
    return [single, two_lines] if grouped and two_lines.score > single.score >= 1 else [single]


@dataclass(frozen=True)
class Heading:
    """What stands over one column: its own word, and the title of its group in a heading of two lines."""

    word: str
    group: str = ""

    @classmethod
    def of(cls, name: str) -> Heading:
        """Return the heading of a full name, as our own forms write a heading of two lines in one."""
        group, _, word = name.rpartition(BETWEEN)
        return cls(word, group) if word else cls(name)

    @property
    def name(self) -> str:
        """The full name: 监护人信息·姓名."""
        return f"{self.group}{BETWEEN}{self.word}" if self.group else self.word

    def spellings(self) -> list[tuple[int, str]]:
        """Return what the heading may be looked up by, with how near each is to what is written.

        A word without its group, or without its month, is less near than the whole.
        """
        if not self.group:
            bare = headings.without_month(key(self.word))
            return [(0, self.word), *([(1, bare)] if bare != key(self.word) else [])]
        whole = [(0, f"{self.group}{self.word}"), (1, f"{_group(self.group)}{self.word}")]
        return [*whole, (2, self.word), (2, headings.without_month(key(self.word))), (3, self.group)]


def _group(title: str) -> str:
    """Return whom or what a group title names: 户主信息 over 姓名 is 户主姓名."""
    return GROUP_WORD.sub("", re.sub(r"\s", "", title))


def _spread(top: list[str], below: list[str], row: int, sheet: Sheet) -> list[str]:
    """Repeat a merged group title over the columns it spans."""
    spread, last = [], ""
    covered = {c for r0, c0, r1, c1 in sheet.merged if r0 <= row <= r1 and c1 > c0 for c in range(c0 + 1, c1 + 1)}
    for column, (name, under) in enumerate(zip(top, below, strict=True)):
        last = name or (last if under and (not sheet.merged or column in covered) else "")
        spread.append(last)
    return spread


def _header(
    rows: list[tuple[int, list[str]]],
    first: int,
    last: int,
    over: list[Heading],
    layout: Layout,
    confirmed: Mapping[str, str],
) -> Header:
    shown = [heading.name for heading in over]
    claims, settled = _claims(over, layout, confirmed)
    fields: list[str | None] = [None] * len(over)
    for name, columns in claims.items():
        fields[columns[0]] = name
    used = set(claims)
    needed = {field.name for field in layout.fields if field.required}
    if layout.table == "payment_lines" and not used & PAID:
        needed.add("amount_fen")
    if used >= KNOWN_WITHOUT_NUMBER and used & ANSWERS:
        needed.discard("payee_idno")
    missing = tuple(field.label for field in layout.fields if field.name in needed - used)
    titles = tuple(cell for _, cells in rows[:first] for cell in cells if cell)
    last, unit_row = _unit_row(rows, last)
    wan = units.in_wan(layout, fields, shown, unit_row, titles)
    return Header(
        rows[first][0], rows[last][0], tuple(shown), tuple(fields), wan, missing, titles, claims,
        tuple(heading.group for heading in over), settled, tuple(unit_row),
    )  # fmt: skip


def _claims(
    over: list[Heading], layout: Layout, confirmed: Mapping[str, str]
) -> tuple[dict[str, tuple[int, ...]], frozenset[int]]:
    """Return field → columns that could be it, the nearest word first, then the layout's own order; and what is confirmed."""
    words, known = words_of(layout), {field.name for field in layout.fields}
    found: dict[str, list[tuple[int, int, int]]] = {}
    settled: set[int] = set()
    many: Counter[str] = Counter()
    for column, (heading, address) in enumerate(zip(over, addresses([h.name for h in over]), strict=True)):
        answer = confirmed.get(address, confirmed.get(f"{heading.group}{heading.word}"))
        if address and answer is not None:  # a person confirmed its field, or that it has none
            settled.add(column)
            if answer in known:
                found.setdefault(answer, []).append((-1, 0, column))
            continue
        if claim := _claim(heading, words, known, many):
            found.setdefault(claim[0], []).append((*claim[1:], column))
    return {name: tuple(column for *_, column in sorted(claimants)) for name, claimants in found.items()}, frozenset(
        settled
    )


def _claim(
    heading: Heading, words: Mapping[str, tuple[tuple[int, Field], ...]], known: set[str], many: Counter[str]
) -> tuple[str, int, int] | None:
    """Return the field a heading names, how near its word is and the word's rank; None where it names none."""
    person = headings.person_of(key(heading.group), key(heading.word))
    for nearness, word in heading.spellings():
        if nearness >= (2 if heading.group else 1) and person:
            break  # whose name or number it is, is written in the group's title or in the heading itself
        found = words.get(key(word))
        if word and found:
            rank, chosen = found[min(many[key(word)], len(found) - 1)]
            many[key(word)] += 1 if chosen.many else 0
            return chosen.name, nearness, rank
    if person is None:
        return None
    chosen_field = next((name for name in person.fields if name in known), None)
    if chosen_field is None and person.role == "recipient" and (own := words.get(person.kind_word)):
        return own[0][1].name, 2, own[0][0]
    return (chosen_field, 2, 0) if chosen_field else None


def _unit_row(rows: list[tuple[int, list[str]]], last: int) -> tuple[int, list[str]]:
    if last + 1 < len(rows):
        cells = rows[last + 1][1]
        filled = [re.sub(r"\s", "", cell) for cell in cells if cell]
        if filled and all(UNIT_ROW_CELL.match(cell) for cell in filled):
            return last + 1, cells
    return last, []


def guess_kind(sheets: list[Sheet], catalogue: Catalogue) -> str | None:
    """Return the kind whose header fits best, or None when none or two fit alike."""
    scores: Counter[str] = Counter()
    read: Counter[str] = Counter()
    for slug in [*catalogue.kinds, *catalogue.registers]:
        layout = catalogue.layout(slug)
        for sheet in sheets:
            header = find(sheet, layout)
            if header and not header.missing:
                # Half a point against every field the layout has and the sheet has not: the closest layout wins.
                scores[slug] = max(scores[slug], 200 * header.score - len(layout.fields))
                read[slug] = max(read[slug], header.score)
    best = scores.most_common(2)
    if not best or (len(best) == 2 and best[0][1] == best[1][1]):
        return None
    # One bank's file goes out and comes back under the same header; whether money moved is not guessed.
    if {"bank_batch", "bank_reply"} <= scores.keys() and read["bank_batch"] == read["bank_reply"] == max(read.values()):
        return None
    return best[0][0]


def ignored_columns(header: Header) -> list[str]:
    """Return the headers that are used by no field; the columns of our own correction workbook are left out."""
    ours = own_columns(header.names)
    columns = zip(header.names, header.fields, strict=True)
    return [name for name, field in columns if name and field is None and name not in ours]


def own_columns(names: Collection[str]) -> frozenset[str]:
    """Return the headers that our correction workbook put there: all of them, or none."""
    return frozenset(LEADING) if set(LEADING) <= set(names) else frozenset()
