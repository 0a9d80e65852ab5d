"""Writes the facts a finding rests on for an auditor: the labels are its rule's, the writing of a value follows its column."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any

from mingzhang.catalog import formats, words

# Columns that hold a month and whose names do not end in `month`: renaming them would reopen what was cleared.
MONTHS = {"paid_until", "skipped_from"}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def shown(finding: Mapping[str, Any], programmes: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return label and value of each fact its rule labels.

    Args:
        finding: with `facts` and its rule's `fact_labels` and `value_labels`, each a JSON object or None.
        programmes: names by slug.
    """
    labels, values = _object(finding["fact_labels"]), _object(finding["value_labels"])
    codes = {**programmes, **words.OWED, **values}
    return [
        (labels[name], _written(name, value, codes))
        for name, value in _object(finding["facts"]).items()
        if name in labels and value not in (None, "")
    ]


def _object(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _written(name: str, value: Any, codes: Mapping[str, str]) -> str:
    if (name.endswith("month") or name in MONTHS) and DAY.fullmatch(str(value)):
        return formats.month(dt.date.fromisoformat(str(value)))
    if name.endswith("_fen") and isinstance(value, int):
        return formats.yuan(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_written("", item, codes) for item in value)
    return "、".join(codes.get(part, part) for part in str(value).split("、"))
