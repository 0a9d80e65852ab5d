"""Yuan or ten thousand yuan: what titles, headings and rows of units say of money columns. Reads no amounts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from mingzhang.catalog.models import Layout

# 单位：万元, 金额单位：人民币万元, 货币单位、计量单位, 单位：户、人、万元 — but not 填报单位 or 发放单位, which are offices.
OF_MONEY = r"(?:^|[^\u4e00-\u9fff]|金额|货币|币种|计量|计价|资金|数额|金额的)单位"
STATED = re.compile(OF_MONEY + r"[:为是\s]*([^:。;)\]】]{0,24})")
BRACKETED = re.compile(r"[(\[【]\s*(?:人民币)?\s*[:、]?(万元|元)\s*[)\]】]")
# An amount in words of ten thousands (共发放12.5万元) is no unit, and 万 in a name is none either.
AMOUNT = re.compile(r"[0-9一二三四五六七八九十百千余多]\s*万")
UNCLEAR = re.compile(
    OF_MONEY + r"[^。;\u4e00-\u9fff]*(?:[人户元币民个、,/\s]*)万(?![\u4e00-\u9fff])|[(\[【][^)\]】]{0,8}万[)\]】]|万元"
)


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
    over = list(headings)
    own = {"万元" if "万元" in heading else "元" for heading in over if "元" in heading}
    is_own = bool(over) and all("元" in heading for heading in over)
    for text in texts:
        rest = AMOUNT.sub("", unicodedata.normalize("NFKC", text))
        stated = stated_in([rest])
        if len(stated) > 1 or (is_own and stated - own):
            return text
        if UNCLEAR.search(rest) and not (has_wan or is_own):
            return text
    return next((name for name in over if "万" in name.replace("万元", "")), None)
