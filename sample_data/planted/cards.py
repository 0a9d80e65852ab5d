"""Plants about the way a batch was paid: F05."""

from __future__ import annotations

from sample_data.planted.planting import Stage, repeat
from sample_data.world import District, Line


def plant(district: District) -> None:
    """Plant every rule of this group."""
    repeat(district, "F05", [_no_card])
    repeat(district, "F05", [_signed_for])


def _without_card(stage: Stage, note: str = "") -> list[Line]:
    """Pay somebody without an account; no two in one county share programme and month."""
    month = stage.months[-1 if stage.number < 6 else -3]
    pay = stage.post if stage.number % 2 else stage.care
    return pay(stage.worker(), [month], account="", note=note)


def _no_card(stage: Stage) -> None:
    stage.district.plant("F05", _without_card(stage), "同批别人有卡号，这一行没有")


def _signed_for(stage: Stage) -> None:
    stage.district.spare("F05", _without_card(stage, "现金签收"), "现金发放，有签收表")
