"""Files intake must not take whole: an identity number in a number cell, a total that does not match. No rule finds these."""

from __future__ import annotations

from sample_data.money import pay
from sample_data.planted.planting import Planting
from sample_data.sheets import yuan
from sample_data.world import District, Line

NUMBER_CELL = "{month}临时救助增补花名册"
WRONG_TOTAL = "{month}临时救助第二批花名册"


def plant(district: District) -> None:
    """Plant one file of each kind, in a full district only: the tiny one has too few files."""
    if len(district.counties) < 2:
        return
    damaged = _aid(district, 0, NUMBER_CELL)[1]
    damaged.refused = True
    damaged.shown = {"recipient_idno": float(damaged.recipient.idno[:17] + "0")}
    district.apart[NUMBER_CELL] = ("accepted_with_errors", 1)
    lines = _aid(district, 1, WRONG_TOTAL)
    for line in lines:
        line.refused = True
    # The total still counts the amount that stood here before somebody changed it.
    lines[0].shown = {"amount_fen": yuan(lines[0].amount_fen - 20_000)}
    district.apart[WRONG_TOTAL] = ("held", 0)


def _aid(district: District, number: int, title: str) -> list[Line]:
    planting = Planting(district, title, number)
    return [
        pay(district, "temporary_aid", planting.family(2).head, district.months[-1], amount_fen=fen, apart=title)
        for fen in (80_000, 110_000, 95_000)
    ]
