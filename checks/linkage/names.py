"""Names of persons: cleaning, lost characters, and the key by which two spellings count as one. No identity numbers."""

from __future__ import annotations

import polars as pl

BLANKS = r"[\s\p{Cc}\p{Cf}\u00a0\u3000]"
# NFKC does not unify these; the national standard's middle dot is U+00B7.
DOTS = r"[•．‧∙・⋅●]"
REMARK = r"[（(]([^（）()]*)[)）]?$"
# A replacement mark, a question mark, an empty box, or a private-use code point: the sender's system lost a character.
LOST = r"[\u{FFFD}?？□\u{E000}-\u{F8FF}\u{F0000}-\u{FFFFD}\u{100000}-\u{10FFFD}]"
# Marks that are never part of a name; the publish gate refuses the same.
ODD = r"[\pN\p{Cc}<>=@]"
CHINESE = r"\p{Han}"


def is_usual(values: pl.Series) -> bool:
    """Return whether every name consists of Chinese characters alone, so that none needs cleaning, is odd or lost a character."""
    return not values.str.contains(r"[^\p{Han}&&\p{Lo}]").any()


def clean(values: pl.Series) -> pl.Series:
    """Return names with the remark in brackets cut off, dots unified to U+00B7 and, in Chinese names, blanks removed."""
    if not values.str.contains(r"[^\p{Han}]").any():
        return values
    text = values.str.replace(REMARK, "").str.replace_all(DOTS, "·")
    spaced = text.str.replace_all(BLANKS, "")
    latin = text.str.replace_all(BLANKS + "+", " ").str.strip_chars()
    dotted = spaced.str.replace_all(r"(\p{Han})\.(\p{Han})", "$1·$2")
    result = pl.select(pl.when(text.str.contains(CHINESE)).then(dotted).otherwise(latin)).to_series()
    return result.set(result == "", None).alias(values.name)


def remarks(values: pl.Series) -> pl.Series:
    """Return the remark in brackets after the name, such as 户主 or 已故, else null."""
    return values.str.extract(REMARK, 1)


def is_lost(values: pl.Series) -> pl.Series:
    """Return where a character of the name was lost or is a private-use code point."""
    return values.str.contains(LOST)


def is_odd(values: pl.Series) -> pl.Series:
    """Return where a name holds a digit or a mark that belongs to no name."""
    return values.str.contains(ODD)


def keys(values: pl.Series) -> pl.Series:
    """Return the key by which two spellings of a name are one: NFKC, no blanks, no dots, upper case."""
    return clean(values).str.normalize("NFKC").str.replace_all(r"[\s·.]", "").str.to_uppercase()
