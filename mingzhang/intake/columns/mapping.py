"""Finds the header of a sheet and says which column is which field. Uses the first 30 rows only; reads no values."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from mingzhang.catalog.load import Catalogue
from mingzhang.catalog.models import Field, Layout
from mingzhang.intake.parser_process import Sheet

SEARCHED_ROWS = 30
# The first columns of our own correction workbook.
LEADING = ("不收原因", "原值", "应为", "更正原行")
UNITS = "元|万元|元/月|元/年|元/亩|元/人|亩|人|户|个|件|套|间|头|台|公斤|斤|平方米|㎡|m2|月|天|%"
UNIT = re.compile(rf"[(（\[【]\s*(?:单位[:：]?)?\s*({UNITS})\s*[)）\]】]")
# Instructions to whoever fills in the form are no part of the column's name.
ASIDE = re.compile(r"[(\[【](?:必填|选填|可空|\d+位|文本格式?|数字|[A-Za-z. ]+|如.*|例.*|格式.*|请.*)[)\]】]$")
WAN = re.compile(r"万元")
UNIT_ROW_CELL = re.compile(rf"^[(（]?(?:单位[:：])?({UNITS})[)）]?$")
GROUP_WORD = re.compile(r"(基本)?(信息|情况|资料)$")
PAID = {"amount_fen", "guarantee_fen"}  # either says what a line of payments came to; without both it is none
TITLE_UNIT = re.compile(r"单位[:：]\s*(万元|元)")


@dataclass(frozen=True)
class Header:
    """Where the header is and what its columns mean.

    Attributes:
        first, last: 1-based rows of the sheet the header covers (two when it has two lines), the unit row included.
        names: what is written over each column.
        fields: field name per column, None where unused.
        wan: names of money fields the header or a unit row gives in 万元.
        duplicates: headers written over two columns although the layout has only one.
        missing: labels of required fields without a column.
        titles: text above the header.
    """

    first: int
    last: int
    names: tuple[str, ...]
    fields: tuple[str | None, ...]
    wan: frozenset[str]
    duplicates: tuple[str, ...]
    missing: tuple[str, ...]
    titles: tuple[str, ...]

    @property
    def score(self) -> int:
        """Number of recognised columns."""
        return sum(name is not None for name in self.fields)

    def column_of(self, field: str) -> str | None:
        """Return the frame column of a field."""
        return f"c{self.fields.index(field)}" if field in self.fields else None


@lru_cache(maxsize=65536)
def key(header: str) -> str:
    """Return a header without blanks, line breaks, asterisks and brackets of units, in half width."""
    text = unicodedata.normalize("NFKC", header)
    text = ASIDE.sub("", UNIT.sub("", text))
    return re.sub(r"[\s*·:：'’]", "", text)


@lru_cache(maxsize=256)
def _words(layout: Layout) -> dict[str, tuple[tuple[int, Field], ...]]:
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
    single = _header(rows, at, at, [[name] for name in top], layout, confirmed)
    if at + 1 >= len(rows) or rows[at + 1][0] != number + 1:
        return [single]
    below = rows[at + 1][1]
    spread = _spread(top, below, number - 1, sheet)
    double = [[f"{a}{b}", f"{_group(a)}{b}", b, a] if b else [a] for a, b in zip(spread, below, strict=True)]
    two_lines = _header(rows, at, at + 1, double, layout, confirmed)
    # A second line counts only if it names columns the first does not, under a group title: data rows never do.
    grouped = any(name and not above for name, above in zip(spread, top, strict=True))
    return [single, two_lines] if grouped and two_lines.score > single.score >= 1 else [single]


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
    names: list[list[str]],
    layout: Layout,
    confirmed: Mapping[str, str],
) -> Header:
    fields, shown, duplicates = _assign(names, layout, confirmed)
    used = {name for name in fields if name}
    needed = {field.name for field in layout.fields if field.required}
    if layout.table == "payment_lines" and not used & PAID:
        needed.add("amount_fen")
    missing = tuple(field.label for field in layout.fields if field.name in needed - used)
    titles = tuple(cell for _, cells in rows[:first] for cell in cells if cell)
    last, unit_row = _unit_row(rows, last)
    wan = _in_wan(layout, fields, shown, unit_row, titles)
    return Header(rows[first][0], rows[last][0], tuple(shown), tuple(fields), wan, duplicates, missing, titles)


def _assign(
    names: list[list[str]], layout: Layout, confirmed: Mapping[str, str]
) -> tuple[list[str | None], list[str], tuple[str, ...]]:
    words, known = _words(layout), {field.name for field in layout.fields}
    claims: dict[str, list[tuple[int, int, int]]] = {}  # the nearer the word, the better; then the layout's own order
    shown = [next((name for name in candidates if name), "") for candidates in names]
    many: Counter[str] = Counter()
    for column, candidates in enumerate(names):
        if shown[column] in confirmed:  # a person confirmed its field, or that it has none
            if confirmed[shown[column]] in known:
                claims.setdefault(confirmed[shown[column]], []).append((-1, 0, column))
            continue
        for nearness, word in enumerate(name for name in candidates if name):
            found = words.get(key(word))
            if found:
                rank, field = found[min(many[key(word)], len(found) - 1)]
                many[key(word)] += 1 if field.many else 0
                claims.setdefault(field.name, []).append((nearness, rank, column))
                break
    fields: list[str | None] = [None] * len(names)
    duplicates, ours = [], own_columns(shown)
    for name, claimants in claims.items():
        claimants.sort()
        chosen = claimants[0][-1]
        fields[chosen] = name
        # Our workbook's own column comes first; the sender's of that name, as in our templates, is kept behind it.
        doubled = any(key(shown[column]) == key(shown[chosen]) for *_, column in claimants[1:])
        if doubled and shown[chosen] not in ours:
            duplicates.append(shown[chosen])
    return fields, shown, tuple(duplicates)


def _unit_row(rows: list[tuple[int, list[str]]], last: int) -> tuple[int, list[str]]:
    if last + 1 < len(rows):
        cells = rows[last + 1][1]
        filled = [re.sub(r"\s", "", cell) for cell in cells if cell]
        if filled and all(UNIT_ROW_CELL.match(cell) for cell in filled):
            return last + 1, cells
    return last, []


def _in_wan(
    layout: Layout, fields: list[str | None], shown: list[str], unit_row: list[str], titles: tuple[str, ...]
) -> frozenset[str]:
    money = {field.name for field in layout.fields if field.type == "fen"}
    stated = TITLE_UNIT.findall(unicodedata.normalize("NFKC", " ".join(titles)).replace(":", "："))
    whole_table = bool(stated) and stated[-1] == "万元"
    wan = set()
    for column, name in enumerate(fields):
        if name in money:
            own = shown[column] + (unit_row[column] if unit_row else "")
            has_unit = "元" in own
            if WAN.search(own) or (whole_table and not has_unit):
                wan.add(name)
    return frozenset(wan)


def guess_kind(sheets: list[Sheet], catalogue: Catalogue) -> str | None:
    """Return the kind whose header fits best, or None when none or two fit alike."""
    scores: Counter[str] = Counter()
    read: Counter[str] = Counter()
    for slug in [*catalogue.kinds, *catalogue.registers]:
        layout = catalogue.layout(slug)
        for sheet in sheets:
            header = find(sheet, layout)
            if header and not header.missing and not header.duplicates:
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
