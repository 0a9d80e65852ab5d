"""What titles, sheet names and file names state about a file: months, programme, as-of day, original. Reads no lines."""

from __future__ import annotations

import datetime as dt
import re

from mingzhang.catalog.load import Catalogue
from mingzhang.catalog.models import Layout
from mingzhang.intake.columns.mapping import Header
from mingzhang.intake.parser_process import Sheet
from mingzhang.intake.receive.declared import Declared
from mingzhang.intake.values import characters, dates
from mingzhang.storage.clock import last_day_of_month

CORRECTS_TITLE = "更正原件："
CORRECTS = re.compile(rf"{CORRECTS_TITLE}([0-9a-f]{{16}})")
PROGRAMME_TITLE = "补贴项目："
PROGRAMME = re.compile(r"补贴项目[:：]\s*(.+)")
AS_OF = re.compile(r"(?:截至|截止|提取日期|数据日期)[:：]?\s*(\d{4}[年./-]\d{1,2}[月./-]\d{1,2})")
Headed = list[tuple[Sheet, Header]]


def programme(sheet: Sheet, header: Header, layout: Layout, catalogue: Catalogue) -> str | None:
    """Return the programme a sheet's title or name names, the longest name first; two different ones name none.

    A title cell that consists of 补贴项目：… alone comes before everything else.

    Args:
        sheet: its name is read.
        header: its titles are read.
        layout: its title is read last: some kinds of file belong to one programme.
        catalogue: the words that mean a programme.

    Returns:
        The programme's slug, or None.
    """
    stated = {catalogue.programme_slug(match[1]) for cell in header.titles if (match := PROGRAMME.fullmatch(cell))}
    if len(stated) == 1 and (slug := stated.pop()):
        return slug
    for text in (" ".join(header.titles), sheet.name, layout.title):
        found = programmes_in(text, catalogue)
        if len(found) == 1:
            return found.pop()
    return None


def programmes_in(text: str, catalogue: Catalogue) -> set[str]:
    """Return the programmes a text names, the longest name first: 城市低保金 does not also name a shorter one."""
    rest, found = characters.unified(text), set()
    for word, slug in sorted(catalogue.programme_words().items(), key=lambda item: -len(item[0])):
        if len(word) >= 3 and not word.isascii() and word in rest:
            found.add(slug)
            rest = rest.replace(word, " ")
    return found


def as_of(headed: Headed, declared: Declared) -> dt.date | None:
    """Return the day a register describes: as a title states, else the end of the declared month."""
    for _, header in headed:
        for title in header.titles:
            found = AS_OF.search(title)
            if found and (read := dates.day(found[1])).first:
                return read.first
    if declared.month is None:
        return None
    return last_day_of_month(declared.month)


def corrects(headed: Headed) -> str | None:
    """Return the delivery a correction workbook answers, if its titles name exactly one."""
    found = {match[1] for _, header in headed for title in header.titles if (match := CORRECTS.search(title))}
    return found.pop() if len(found) == 1 else None
