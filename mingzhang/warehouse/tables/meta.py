"""The warehouse itself: the version of its tables. A declaration only."""

from __future__ import annotations

import polars as pl

from mingzhang.warehouse.declaration import Table, column


class WarehouseMeta(Table):
    """The warehouse; one row."""

    schema_version: pl.Int32 = column(
        "version of all tables; another version is rebuilt or refused", nullable=False, ge=1
    )
