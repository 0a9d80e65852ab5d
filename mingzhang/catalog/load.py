"""Reads the catalogue's YAML and CSV into models, found by file name. No data of any delivery here."""

from __future__ import annotations

import csv
import functools
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml

from mingzhang.catalog.models import (
    AccountShape,
    CountyAlias,
    ExclusivePair,
    Layout,
    Model,
    Office,
    Place,
    Programme,
    Register,
    Setting,
    Vocabulary,
)

HERE = Path(__file__).parent
LINKAGE_PARAMETERS = HERE / "linkage"  # trained parameters of record linkage, one JSON per version
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Catalogue:
    """All catalogue entries by slug.

    Attributes:
        version: SHA-256 over every file of the catalogue, part of what the warehouse is a function of.
    """

    programmes: dict[str, Programme]
    registers: dict[str, Register]
    kinds: dict[str, Layout]
    settings: tuple[Setting, ...]
    pairs: tuple[ExclusivePair, ...]
    offices: dict[str, Office]
    disclosure: dict[str, Any]
    places: tuple[Place, ...]
    county_aliases: tuple[CountyAlias, ...]
    accounts: tuple[AccountShape, ...]
    vocabularies: tuple[Vocabulary, ...]
    version: str

    def layout(self, kind: str) -> Layout:
        """Return the layout of a kind or register.

        Raises:
            KeyError: no such kind.
        """
        return self.kinds.get(kind) or self.registers[kind]

    def county_code(self, word: str) -> str | None:
        """Return the six digits a county's code or name means today, old codes and names included, or None."""
        for alias in self.county_aliases:
            if word in {alias.was_code, alias.was_name}:
                return alias.code
        named = next((place.code for place in self.places if place.level == "county" and place.name == word), None)
        return named or (word if len(word) == 6 and word.isascii() and word.isdigit() else None)

    def words_of(self, field: str) -> dict[str, tuple[str, ...]]:
        """Return meaning → words for a column whose words are open, such as `payment_state`; the later meaning wins."""
        return {entry.meaning: entry.words for entry in self.vocabularies if entry.field == field}

    def programme_slug(self, word: str) -> str | None:
        """Return the slug a code, slug, Chinese name or alias means, or None."""
        return self.programme_words().get(word.strip())

    def programme_words(self) -> dict[str, str]:
        """Return every word that means a programme, with its slug."""
        words: dict[str, str] = {}
        for slug, programme in self.programmes.items():
            for word in (slug, programme.code, programme.name, *programme.aliases):
                if word:
                    words[word] = slug
        return words


def _yaml(path: Path) -> Any:
    # libyaml reads the catalogue ten times faster than the pure reader; the wheel of every platform carries it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - both are safe loaders


def _by_slug(model: type[M], folder: str, root: Path) -> dict[str, M]:
    def entries() -> Iterator[tuple[str, M]]:
        for path in sorted((root / folder).glob("*.yml")):
            entry = model.model_validate({"slug": path.stem, **_yaml(path)})
            yield path.stem, entry

    return dict(entries())


def _rows(model: type[M], name: str, root: Path) -> tuple[M, ...]:
    return tuple(model.model_validate(row) for row in _yaml(root / name) or [])


def _places(root: Path) -> tuple[Place, ...]:
    def rows() -> Iterator[Place]:
        for path in sorted(root.glob("places_*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                yield from (Place.model_validate(row) for row in csv.DictReader(file))

    return tuple(rows())


def _version(root: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.suffix in {".yml", ".csv"}):
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def read(root: Path = HERE) -> Catalogue:
    """Read a catalogue folder.

    Raises:
        pydantic.ValidationError: a file has an unknown key or a wrong value.
    """
    return Catalogue(
        programmes=_by_slug(Programme, "programmes", root),
        registers=_by_slug(Register, "registers", root),
        kinds=_by_slug(Layout, "kinds", root),
        settings=_rows(Setting, "settings.yml", root),
        pairs=_rows(ExclusivePair, "pairs.yml", root),
        accounts=_rows(AccountShape, "account_shapes.yml", root),
        vocabularies=_rows(Vocabulary, "vocabularies.yml", root),
        offices={office.county_code: office for office in _rows(Office, "offices.yml", root)},
        disclosure=_yaml(root / "disclosure.yml"),
        places=_places(root),
        county_aliases=_rows(CountyAlias, "county_aliases.yml", root),
        version=_version(root),
    )


@functools.cache
def catalogue() -> Catalogue:
    """Return the catalogue that ships with this program, read once."""
    return read()
