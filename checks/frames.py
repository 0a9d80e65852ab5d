"""Lends a Polars frame to DuckDB for a few statements. No table of ours here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import polars as pl


@contextmanager
def registered(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> Iterator[None]:
    """Make a frame readable under a name for a block.

    Args:
        connection: whose statements may read it.
        name: what SQL calls it.
        frame: the rows.
    """
    connection.register(name, frame.to_arrow())
    try:
        yield
    finally:
        connection.unregister(name)
