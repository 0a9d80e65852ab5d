"""Village words to village codes, inside the town, full name first. Knows no file and no warehouse."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field

import polars as pl

SUFFIX = re.compile(r"(村民委员会|居民委员会|村委会|居委会|社区居委会|社区|村)$")
TOWN_SUFFIX = re.compile(r"(街道办事处|街道|民族乡|镇|乡)$")


def tidy(text: str) -> str:
    """Return a place name in half width and without blanks."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def full_forms(name: str) -> set[str]:
    """Return the ways of writing one village in full: 青桐村, 青桐村委会, 青桐村民委员会; 社区 and 居委会 alike."""
    name = tidy(name)
    stem = bare(name)
    if name.endswith(("居民委员会", "居委会", "社区")):
        return {name, f"{stem}社区", f"{stem}居委会", f"{stem}社区居委会", f"{stem}居民委员会", f"{stem}社区居民委员会"}
    return {name, f"{stem}村", f"{stem}村委会", f"{stem}村民委员会", f"{stem}行政村"}


def bare(name: str) -> str:
    """Return the name without its suffix: 青桐."""
    previous = ""
    while previous != name:
        previous, name = name, SUFFIX.sub("", name) or name
    return name


@dataclass
class Gazetteer:
    """The villages of one county, by town and by every way of writing them."""

    towns: dict[str, str] = field(default_factory=dict)
    full: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    bare: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    codes: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, places: pl.DataFrame, county: str | None) -> Gazetteer:
        """Build it from `place_code, place_name, short_names, parent_code, level, county_code`."""
        gazetteer = cls()
        if county is None:
            return gazetteer
        own = places.filter(pl.col("county_code") == county)
        for row in own.filter(pl.col("level") == "town").iter_rows(named=True):
            for name in _names(row):
                gazetteer.towns[name] = row["place_code"]
                gazetteer.towns.setdefault(TOWN_SUFFIX.sub("", name) or name, row["place_code"])
        for row in own.filter(pl.col("level") == "village").iter_rows(named=True):
            code, town = row["place_code"], row["parent_code"]
            gazetteer.codes.add(code)
            for name in _names(row):
                for scope in (town, ""):
                    for form in full_forms(name):
                        gazetteer.full[scope, form].add(code)
                    gazetteer.bare[scope, bare(name)].add(code)
        return gazetteer

    @property
    def is_empty(self) -> bool:
        """Whether no village of the county is known."""
        return not self.codes

    def resolve(self, village: str, town: str | None) -> tuple[str | None, str | None]:
        """Return (code, None), or (None, `unknown_place` or `ambiguous_place`)."""
        word = tidy(village)
        if word in self.codes:
            return word, None
        scope = self.towns.get(tidy(town), tidy(town) if tidy(town) in self.towns.values() else "") if town else ""
        if not scope:
            scope, word = self._split_town(word)
        for table, key in ((self.full, word), (self.bare, bare(word))):
            found = table.get((scope, key), set())
            if len(found) == 1:
                return next(iter(found)), None
            if found:
                return None, "ambiguous_place"
        return None, "unknown_place"

    def town_named(self, *texts: str) -> str | None:
        """Return the one town a sheet's name or titles name, if they name exactly one."""
        words = " ".join(tidy(text) for text in texts)
        found = {code for name, code in self.towns.items() if TOWN_SUFFIX.search(name) and name in words}
        return found.pop() if len(found) == 1 else None

    def _split_town(self, word: str) -> tuple[str, str]:
        """Return (town code, rest) when the word begins with a town of the county, as in 青岚镇青桐村."""
        for name in sorted(self.towns, key=len, reverse=True):
            rest = word.removeprefix(name)
            if rest and rest != word and len(name) > 1 and not SUFFIX.fullmatch(rest) and TOWN_SUFFIX.search(name):
                return self.towns[name], rest
        return "", word


def _names(row: dict[str, str | None]) -> set[str]:
    words = [row["place_name"] or "", *re.split(r"[、,，;；]", row["short_names"] or "")]
    return {tidy(word) for word in words if word and word.strip()}
