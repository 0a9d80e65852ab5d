"""Planted cases and near misses, one module per group of rules. Each lives in households of its own."""

from __future__ import annotations

from sample_data.planted import (
    amounts,
    approved,
    arrears,
    cards,
    documents,
    identity,
    kinship,
    land,
    left_out,
    lines,
    lives,
    means,
    needs,
    overlap,
    pairs,
    payees,
    people,
    posted,
    posts,
    presumed,
    refused,
    roles,
    stuck,
)
from sample_data.world import District


def build(district: District) -> None:
    """Plant what stands in payment lines and registers."""
    for group in (
        identity,
        lines,
        overlap,
        people,
        lives,
        amounts,
        means,
        payees,
        land,
        pairs,
        kinship,
        needs,
        left_out,
        arrears,
        roles,
        posts,
        presumed,
        cards,
        refused,
        approved,
    ):
        group.plant(district)
    documents.prepare(district)


def finish(district: District) -> None:
    """Plant what stands in the money documents, notices, bank files and the census, once they exist."""
    for group in (stuck, documents, posted):
        group.plant(district)
    for plant_it in district.later:
        plant_it()
