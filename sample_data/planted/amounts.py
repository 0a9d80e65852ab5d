"""Planted cases about amounts and rates: A07, A09."""

from __future__ import annotations

from sample_data.money import pay, yearly_month
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group."""
    repeat(district, "A07", [_wrong_unit, _nothing, _over_cap])
    repeat(district, "A07", [_large_aid, _small_aid, _house])
    repeat(district, "A09", [_old_rate, _invented_rate])
    repeat(district, "A09", [_band, _top_up, _no_rate])


def _wrong_unit(planting: Planting) -> None:
    """Somebody wrote the figure in 万元 into a sheet that counts in yuan."""
    line = planting.dibao(planting.family(2), planting.last(1), amount_fen=11, extra_fen=0)[0]
    planting.district.plant("A07", [line], "把万元的数填进了元的表")


def _nothing(planting: Planting) -> None:
    line = pay(planting.district, "temporary_aid", planting.family(2).head, planting.months[-1], amount_fen=0)
    planting.district.plant("A07", [line], "金额为零")


def _over_cap(planting: Planting) -> None:
    month = yearly_month(planting.district, "house")
    line = pay(planting.district, "house_repair", planting.family(3).head, month, quantity=1.0, amount_fen=280_000_000)
    planting.district.plant("A07", [line], "一户280万元，多写了两个零")


def _large_aid(planting: Planting) -> None:
    line = pay(planting.district, "temporary_aid", planting.family(2).head, planting.months[-1], amount_fen=6_000_000)
    planting.district.near_miss("A07", [line], "重大困难，一次六万元")


def _small_aid(planting: Planting) -> None:
    line = pay(planting.district, "temporary_aid", planting.family(2).head, planting.months[-1], amount_fen=5_000)
    planting.district.near_miss("A07", [line], "小额救助五十元")


def _house(planting: Planting) -> None:
    month = yearly_month(planting.district, "house")
    line = pay(planting.district, "house_repair", planting.family(3).head, month, quantity=1.0, amount_fen=3_600_000)
    planting.district.near_miss("A07", [line], "危房改造三万六千元")


def _old_rate(planting: Planting) -> None:
    lines = planting.tekun(planting.single(), planting.last(2), rate=82_000)
    planting.district.plant("A09", lines, "仍按旧标准820元发放")
    planting.district.plant("K12", lines, "按旧标准发，每月少四十元")


def _invented_rate(planting: Planting) -> None:
    lines = planting.care(planting.single(40, 58), planting.last(1), rate=9_000)
    planting.district.plant("A09", lines, "标准90元不在目录内")


def _band(planting: Planting) -> None:
    line = pay(planting.district, "old_age", planting.single(92, 96), planting.months[-1])
    planting.district.near_miss("A09", [line], "90岁以上按高一档")


def _top_up(planting: Planting) -> None:
    lines = planting.tekun(planting.single(), planting.last(1), rate=82_000, note="补发，按当时标准")
    planting.district.near_miss("A09", lines, "补发用的是旧标准")


def _no_rate(planting: Planting) -> None:
    lines = planting.post(planting.worker(), planting.last(1), shown={"standard_fen": None})
    planting.district.near_miss("A09", lines, "花名册未写标准")
