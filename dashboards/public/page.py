"""The result type of page functions and the errors they may raise. No page here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Page:
    """A page to render.

    Attributes:
        template: file in `templates/`.
        context: values of the template, beside the site's wording.
        nav: which entry of the navigation is this one.
        named: shows names: never stored, never indexed.
        until: last day the rendered page holds; None means the day it was made.
        status: HTTP status; only 200 is kept.
    """

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    nav: str = ""
    named: bool = False
    until: dt.date | None = None
    status: int = 200


class NoSuchPageError(Exception):
    """There is no such place, programme, notice or file."""
