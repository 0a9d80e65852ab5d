"""Planted cases about the way a batch was paid: F05."""

from __future__ import annotations

from sample_data.planted.planting import Planting, repeat
from sample_data.world import District, Line


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group."""
    repeat(district, "F05", [_no_card])
    repeat(district, "F05", [_signed_for])


def _without_card(planting: Planting, note: str = "") -> list[Line]:
    """Pay somebody without an account; no two in one county share programme and month."""
    month = planting.months[-1 if planting.number < 6 else -3]
    pay = planting.post if planting.number % 2 else planting.care
    return pay(planting.worker(), [month], account="", note=note)


def _no_card(planting: Planting) -> None:
    planting.district.plant("F05", _without_card(planting), "同批别人有卡号，这一行没有")


def _signed_for(planting: Planting) -> None:
    planting.district.near_miss("F05", _without_card(planting, "现金签收"), "现金发放，有签收表")
