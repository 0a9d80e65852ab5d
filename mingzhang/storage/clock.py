"""Days of the county's calendar. The time is passed in; nothing here reads a clock."""

from __future__ import annotations

import calendar
import datetime as dt
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


def beijing_time(now: dt.datetime) -> dt.datetime:
    """Return a time as Beijing's clocks show it; a time without zone is taken as UTC."""
    return (now if now.tzinfo else now.replace(tzinfo=dt.UTC)).astimezone(BEIJING)


def beijing_day(now: dt.datetime) -> dt.date:
    """Return the date in Beijing at a time in UTC."""
    return beijing_time(now).date()


def last_day_of_month(day: dt.date) -> dt.date:
    """Return the last day of the month a day lies in."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
