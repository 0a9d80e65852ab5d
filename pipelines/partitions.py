"""Deliveries are partitioned by month only; county and programme are columns. No data logic here."""

from __future__ import annotations

import dagster as dg

# One run costs seconds of overhead, so finer partitions would cost hours; end_offset=1: the current month is loadable.
MONTHS = dg.MonthlyPartitionsDefinition(start_date="2024-01-01", timezone="Asia/Shanghai", end_offset=1)


def month_key(month: str) -> str:
    """Return the partition key of a month given as `YYYY-MM`."""
    return f"{month}-01"
