"""Tells which columns of a file hold the same in every line, so that they are looked at once. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl


def alike(columns: Iterable[tuple[str, pl.Series]]) -> list[list[int]]:
    """Return the positions of columns, those of a kind together that hold the same values in every line.

    What is paid by household names one person as head, payee and recipient.

    Args:
        columns: kind and values; columns of different kinds are never alike.
    """
    groups: list[tuple[str, pl.Series, list[int]]] = []
    for position, (kind, column) in enumerate(columns):
        same = next(
            (group for other, first, group in groups if other == kind and first.equals(column, check_dtypes=True)), None
        )
        if same is None:
            groups.append((kind, column, [position]))
        else:
            same.append(position)
    return [group for _, _, group in groups]
