"""Yuan or ten thousand yuan: what titles, headings and rows of units say of money columns. Reads no amounts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from mingzhang.catalog.models import Layout

# 单位：万元, 金额单位：人民币万元, 货币单位、计量单位, 单位：户、人、万元 — what stands behind is read as far as the next blank.
STATED = re.compile(r"单位[:为是\s]*([^:。;)\]】]{0,24})")
BRACKETED = re.compile(r"[(\[【]\s*(?:人民币)?\s*[:、]?(万元|元)\s*[)\]】]")
# An amount in words of ten thousands (共发放12.5万元) is no unit, and 万 in a name is none either.
AMOUNT = re.compile(r"[0-9一二三四五六七八九十百千余多]\s*万")
UNCLEAR = re.compile(r"单位[^。;]{0,12}万|[(\[【][^)\]】]{0,8}万[^)\]】]{0,4}[)\]】]|万元")


def stated_in(texts: Iterable[str]) -> set[str]:
    """Return the units that titles state for a whole table: `万元`, `元`."""
    found = set()
    for text in texts:
        plain = unicodedata.normalize("NFKC", text)
        for match in STATED.finditer(plain):
            if "万元" in match[1]:
                found.add("万元")
            elif re.search(r"(^|[、,/\s币])元", match[1]):
                found.add("元")
        found |= set(BRACKETED.findall(plain))
    return found


def in_wan(
    layout: Layout, fields: list[str | None], shown: list[str], unit_row: list[str], titles: tuple[str, ...]
) -> frozenset[str]:
    """Return the money fields that are written in 万元: by their own heading or unit, else by the titles.

    Args:
        layout: says which fields are money.
        fields: the field of each column.
        shown: the heading of each column.
        unit_row: the unit below each heading; empty without such a row.
        titles: text above the heading.
    """
    money = {field.name for field in layout.fields if field.type == "fen"}
    whole_table = stated_in(titles) == {"万元"}
    found = set()
    for column, name in enumerate(fields):
        if name in money:
            own = shown[column] + (unit_row[column] if unit_row else "")
            if "万元" in own or (whole_table and "元" not in own):
                found.add(name)
    return frozenset(found)


def unclear(texts: Iterable[str], headings: Iterable[str], has_wan: bool) -> str | None:
    """Return the text that speaks of ten thousands and settles nothing: a question before any amount is read.

    Args:
        texts: titles, names of sheet and file, notes below the list.
        headings: headings and units of the money columns.
        has_wan: the money columns are read as 万元 already.
    """
    units = set()
    for text in texts:
        plain = unicodedata.normalize("NFKC", text)
        rest = AMOUNT.sub("", plain)
        if UNCLEAR.search(rest) and not has_wan:
            return text
        units |= stated_in([text])
    if units == {"元", "万元"}:
        return "单位：元、单位：万元"
    return next((name for name in headings if "万" in name and not has_wan), None)
