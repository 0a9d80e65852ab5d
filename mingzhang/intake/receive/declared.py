"""What a sender says a file is: county, kind, programme, month. From options or folders; the file itself comes last."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from mingzhang.catalog.load import Catalogue
from mingzhang.intake.values import dates


class DeclaredError(ValueError):
    """An option has no meaning in the catalogue; the text is one Chinese sentence."""


@dataclass(frozen=True)
class Declared:
    """The declared key of a file; None where nothing was declared.

    Attributes:
        county: six digits.
        kind: slug of a kind or register.
        programme: slug.
        month: first day of the month.
    """

    county: str | None = None
    kind: str | None = None
    programme: str | None = None
    month: dt.date | None = None

    def completed_by(self, other: Declared) -> Declared:
        """Return this key, its missing parts taken from the other."""
        return Declared(
            self.county or other.county,
            self.kind or other.kind,
            self.programme or other.programme,
            self.month or other.month,
        )


def from_options(
    catalogue: Catalogue,
    county: str | None = None,
    kind: str | None = None,
    programme: str | None = None,
    month: str | None = None,
) -> Declared:
    """Return the key that command-line options or form fields declare.

    Args:
        catalogue: counties, kinds and programmes.
        county: six digits, or a county's name today or earlier.
        kind: slug of a kind or register.
        programme: slug, code, Chinese name or alias.
        month: any way of writing a month.

    Raises:
        DeclaredError: a word that means nothing in the catalogue, or a month that is none.
    """
    code = catalogue.county_code(county.strip()) if county else None
    if county and code is None:
        raise DeclaredError(f"县代码“{county}”不是六位数字；请填写六位行政区划代码。")
    if kind and kind not in catalogue.kinds and kind not in catalogue.registers:
        raise DeclaredError(f"没有“{kind}”这种表；可用：{'、'.join([*catalogue.kinds, *catalogue.registers])}。")
    slug = catalogue.programme_slug(programme) if programme else None
    if programme and slug is None:
        raise DeclaredError(f"补贴项目“{programme}”不在目录中；请用目录中的名称、代码或别名。")
    first = None
    if month:
        first = dates.month(month).first
        if first is None:
            raise DeclaredError(f"月份“{month}”无法识别；请写成 2026-10。")
        first = first.replace(day=1)
    return Declared(code, kind or None, slug, first)


def from_folder(inbox: Path, path: Path, catalogue: Catalogue) -> Declared:
    """Read `inbox/<county>/<month>/<kind>/[<programme>/]file`; a folder name without a meaning is ignored."""
    try:
        parts = path.relative_to(inbox).parts[:-1]
    except ValueError:
        return Declared()
    county = month = kind = programme = None
    for part in parts:
        if county is None and (code := catalogue.county_code(part)) is not None and dates.month(part).first is None:
            county = code
        elif month is None and (first := dates.month(part).first) is not None:
            month = first.replace(day=1)
        elif kind is None and (part in catalogue.kinds or part in catalogue.registers):
            kind = part
        elif programme is None:
            programme = catalogue.programme_slug(part)
    return Declared(county, kind, programme, month)
