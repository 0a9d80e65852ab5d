"""Planted cases and near misses, one module per group of rules. Each lives in households of its own."""

from __future__ import annotations

from sample_data.plants import (
    amounts,
    identity,
    land,
    lines,
    lives,
    means,
    overlap,
    pairs,
    payees,
    people,
    refused,
    stuck,
)
from sample_data.world import District


def build(district: District) -> None:
    """Plant what stands in payment lines and registers."""
    for group in (identity, lines, overlap, people, lives, amounts, means, payees, land, pairs, refused):
        group.plant(district)


def finish(district: District) -> None:
    """Plant what stands in the money documents, once they exist."""
    for group in (stuck,):
        group.plant(district)
