"""Legal deadlines in working or calendar days, by the national calendar and a local table. No clock is read here."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

DayKind = Literal["working", "calendar"]


@dataclass(frozen=True)
class Deadline:
    """The last day of a period.

    Attributes:
        day: the last day.
        estimated: the holidays of a year in the period are not known yet.
    """

    day: dt.date
    estimated: bool = False


@functools.cache
def local_holidays() -> frozenset[dt.date]:
    """Return Guangxi's own holidays (三月三) from `holidays.yml`."""
    table = yaml.safe_load(Path(__file__).with_name("holidays.yml").read_text(encoding="utf-8"))
    return frozenset(table["days"])


@functools.lru_cache(maxsize=4096)
def is_working_day(day: dt.date) -> tuple[bool, bool]:
    """Return whether a day is worked, and whether that is only an estimate (weekdays) for want of a calendar."""
    import chinese_calendar  # its table of two decades is loaded only where days are counted

    try:
        return bool(chinese_calendar.is_workday(day)) and day not in local_holidays(), False
    except NotImplementedError:
        return day.isoweekday() < 6 and day not in local_holidays(), True


def deadline(start: dt.date, days: int, kind: DayKind) -> Deadline:
    """Return the last day of a period that begins on `start`.

    The first day does not count, and a period that would end on a day off ends on the next working day
    (民法典第二百零一条、第二百零三条).

    Args:
        start: the day the period begins, not counted.
        days: length of the period.
        kind: working days or calendar days.
    """
    day, estimated, left = start, False, days
    while left > 0:
        day += dt.timedelta(days=1)
        works, unsure = is_working_day(day)
        estimated |= unsure
        left -= works or kind == "calendar"
    while not (answer := is_working_day(day))[0]:
        day += dt.timedelta(days=1)
        estimated |= answer[1]
    return Deadline(day, estimated or is_working_day(day)[1])
