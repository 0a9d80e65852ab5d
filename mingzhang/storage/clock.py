"""Which day it is where our users are. The time is passed in; nothing here reads it."""

from __future__ import annotations

import datetime as dt

SHANGHAI = dt.timedelta(hours=8)


def today(now: dt.datetime) -> dt.date:
    """Return the date in Asia/Shanghai at a time in UTC."""
    return (now + SHANGHAI).date()
