"""Reads the SQL texts in `sql/`. No query runs here."""

from __future__ import annotations

from pathlib import Path


def sql_file(name: str) -> str:
    """Return the text of `sql/<name>.sql`, a SELECT."""
    return (Path(__file__).with_name("sql") / f"{name}.sql").read_text(encoding="utf-8")
