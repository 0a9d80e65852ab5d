"""Planted cases about land, machines and houses: H01, H02, H06, E06."""

from __future__ import annotations

import datetime as dt

from sample_data.facts import plot
from sample_data.money import pay, yearly_month
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District, Line, Person


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group."""
    repeat(district, "H01", [_too_much, _transferred_away])
    repeat(district, "H01", [_within_tolerance, _with_tenancy, _exact])
    repeat(district, "H02", [_two_claims])
    repeat(district, "H02", [_two_programmes, _two_plots])
    repeat(district, "H06", [_same_serial])
    repeat(district, "H06", [_near_serial, _two_machines])
    repeat(district, "E06", [_two_housing])
    repeat(district, "E06", [_other_house, _repaired_only])


def _claim(planting: Planting, person: Person, area: float, code: str, programme: str = "farmland_protection") -> Line:
    month = yearly_month(planting.district, "land")
    return pay(planting.district, programme, person, month, quantity=area, plot_code=code)


def _too_much(planting: Planting) -> None:
    head = planting.family(2).head
    code = plot(planting.district, head, 3.0)
    line = _claim(planting, head, 3.4 if planting.number % 4 else 5.1, code)
    planting.district.plant("H01", [line], "申报面积大于确权面积")


def transfer(planting: Planting, code: str, holder: Person, tenant: Person, area: float) -> None:
    """Register that a plot is let."""
    year = yearly_month(planting.district, "land").year
    planting.district.record(planting.county, "land_transfers", plot_code=code, holder_name=holder.name, holder_idno=holder.idno,
                          tenant_name=tenant.name, tenant_idno=tenant.idno, area_mu=area,
                          valid_from=dt.date(year - 2, 1, 1), valid_to=dt.date(year + 3, 12, 31))  # fmt: skip


def _transferred_away(planting: Planting) -> None:
    head, tenant = planting.family(2).head, planting.family(2).head
    code = plot(planting.district, head, 4.0)
    _claim(planting, head, 4.0, code)  # the holder's own subsidy, let or not
    transfer(planting, code, head, tenant, 4.0)
    line = _claim(planting, head, 4.0, code, "actual_grain")
    planting.district.plant("H01", [line], "整块流转给别人后仍申报实际种粮")


def _within_tolerance(planting: Planting) -> None:
    head = planting.family(2).head
    line = _claim(planting, head, 3.05, plot(planting.district, head, 3.0))
    planting.district.near_miss("H01", [line], "只多0.05亩，在误差内")


def _with_tenancy(planting: Planting) -> None:
    holder, tenant = planting.family(2).head, planting.family(2).head
    code = plot(planting.district, holder, 4.0)
    _claim(planting, holder, 4.0, code)
    transfer(planting, code, holder, tenant, 4.0)
    line = _claim(planting, tenant, 4.0, code, "actual_grain")
    planting.district.near_miss("H01", [line], "种的是流转来的地")


def _exact(planting: Planting) -> None:
    head = planting.family(2).head
    lines = [_claim(planting, head, area, plot(planting.district, head, area)) for area in (2.2, 1.7)]
    planting.district.near_miss("H01", lines, "两块地合计等于确权面积")


def _two_claims(planting: Planting) -> None:
    head, other = planting.family(2).head, planting.family(2).head
    code = plot(planting.district, head, 3.0)
    plot(planting.district, other, 3.0)  # the other claimant's own land, so that only the plot is at issue
    lines = [_claim(planting, person, 3.0, code) for person in (head, other)]
    planting.district.plant("H02", lines, "同一地块两户申报")


def _two_programmes(planting: Planting) -> None:
    head = planting.family(2).head
    code = plot(planting.district, head, 3.0)
    lines = [_claim(planting, head, 3.0, code), _claim(planting, head, 3.0, code, "actual_grain")]
    planting.district.near_miss("H02", lines, "同一地块两个不同项目")


def _two_plots(planting: Planting) -> None:
    head = planting.family(2).head
    lines = [_claim(planting, head, 2.0, plot(planting.district, head, 2.0)) for _ in range(2)]
    planting.district.near_miss("H02", lines, "面积相同的两个地块")


def machine(planting: Planting, person: Person, serial: str) -> Line:
    """Pay for one machine."""
    month = yearly_month(planting.district, "house")
    return pay(
        planting.district, "machine_purchase", person, month, quantity=1.0, amount_fen=160_000, item_serial=serial
    )


def _same_serial(planting: Planting) -> None:
    serial = f"DF{planting.county}{planting.number:05d}"
    lines = [machine(planting, planting.family(2).head, serial) for _ in range(2)]
    planting.district.plant("H06", lines, "同一台机具两人申领")


def _near_serial(planting: Planting) -> None:
    lines = [
        machine(planting, planting.family(2).head, f"DG{planting.county}{planting.number:04d}{end}") for end in "12"
    ]
    planting.district.near_miss("H06", lines, "机号只差一位")


def _two_machines(planting: Planting) -> None:
    head = planting.family(2).head
    lines = [machine(planting, head, f"DH{planting.county}{planting.number:04d}{end}") for end in "12"]
    planting.district.near_miss("H06", lines, "一人两台不同机具")


def _house(planting: Planting, person: Person, programme: str) -> Line:
    month = yearly_month(planting.district, "house")
    return pay(planting.district, programme, person, month, quantity=1.0, amount_fen=2_800_000)


def _two_housing(planting: Planting) -> None:
    household = planting.family(3)
    who = household.members[1] if planting.number % 2 else household.head
    lines = [_house(planting, household.head, "house_repair"), _house(planting, who, "disaster_rebuild")]
    planting.district.plant("E06", lines, "同一户又领危房改造又领灾后重建")


def _other_house(planting: Planting) -> None:
    lines = [
        _house(planting, planting.family(3).head, "house_repair"),
        _house(planting, planting.family(3).head, "disaster_rebuild"),
    ]
    planting.district.near_miss("E06", lines, "两户各领一项")


def _repaired_only(planting: Planting) -> None:
    planting.district.near_miss("E06", [_house(planting, planting.family(3).head, "house_repair")], "只领危房改造")
