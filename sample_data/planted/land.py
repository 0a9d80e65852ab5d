"""Plants about land, machines and houses: H01, H02, H06, E06."""

from __future__ import annotations

import datetime as dt

from sample_data.facts import plot
from sample_data.money import pay, yearly_month
from sample_data.planted.planting import Stage, repeat
from sample_data.world import District, Line, Person


def plant(district: District) -> None:
    """Plant every rule of this group."""
    repeat(district, "H01", [_too_much, _transferred_away])
    repeat(district, "H01", [_within_tolerance, _with_tenancy, _exact])
    repeat(district, "H02", [_two_claims])
    repeat(district, "H02", [_two_programmes, _two_plots])
    repeat(district, "H06", [_same_serial])
    repeat(district, "H06", [_near_serial, _two_machines])
    repeat(district, "E06", [_two_housing])
    repeat(district, "E06", [_other_house, _repaired_only])


def _claim(stage: Stage, person: Person, area: float, code: str, programme: str = "farmland_protection") -> Line:
    month = yearly_month(stage.district, "land")
    return pay(stage.district, programme, person, month, quantity=area, plot_code=code)


def _too_much(stage: Stage) -> None:
    head = stage.family(2).head
    code = plot(stage.district, head, 3.0)
    line = _claim(stage, head, 3.4 if stage.number % 4 else 5.1, code)
    stage.district.plant("H01", [line], "申报面积大于确权面积")


def transfer(stage: Stage, code: str, holder: Person, tenant: Person, area: float) -> None:
    """Register that a plot is let."""
    year = yearly_month(stage.district, "land").year
    stage.district.record(stage.county, "land_transfers", plot_code=code, holder_name=holder.name, holder_idno=holder.idno,
                          tenant_name=tenant.name, tenant_idno=tenant.idno, area_mu=area,
                          valid_from=dt.date(year - 2, 1, 1), valid_to=dt.date(year + 3, 12, 31))  # fmt: skip


def _transferred_away(stage: Stage) -> None:
    head, tenant = stage.family(2).head, stage.family(2).head
    code = plot(stage.district, head, 4.0)
    _claim(stage, head, 4.0, code)  # the holder's own subsidy, let or not
    transfer(stage, code, head, tenant, 4.0)
    line = _claim(stage, head, 4.0, code, "actual_grain")
    stage.district.plant("H01", [line], "整块流转给别人后仍申报实际种粮")


def _within_tolerance(stage: Stage) -> None:
    head = stage.family(2).head
    line = _claim(stage, head, 3.05, plot(stage.district, head, 3.0))
    stage.district.spare("H01", [line], "只多0.05亩，在误差内")


def _with_tenancy(stage: Stage) -> None:
    holder, tenant = stage.family(2).head, stage.family(2).head
    code = plot(stage.district, holder, 4.0)
    _claim(stage, holder, 4.0, code)
    transfer(stage, code, holder, tenant, 4.0)
    line = _claim(stage, tenant, 4.0, code, "actual_grain")
    stage.district.spare("H01", [line], "种的是流转来的地")


def _exact(stage: Stage) -> None:
    head = stage.family(2).head
    lines = [_claim(stage, head, area, plot(stage.district, head, area)) for area in (2.2, 1.7)]
    stage.district.spare("H01", lines, "两块地合计等于确权面积")


def _two_claims(stage: Stage) -> None:
    head, other = stage.family(2).head, stage.family(2).head
    code = plot(stage.district, head, 3.0)
    plot(stage.district, other, 3.0)  # the other claimant's own land, so that only the plot is at issue
    lines = [_claim(stage, person, 3.0, code) for person in (head, other)]
    stage.district.plant("H02", lines, "同一地块两户申报")


def _two_programmes(stage: Stage) -> None:
    head = stage.family(2).head
    code = plot(stage.district, head, 3.0)
    lines = [_claim(stage, head, 3.0, code), _claim(stage, head, 3.0, code, "actual_grain")]
    stage.district.spare("H02", lines, "同一地块两个不同项目")


def _two_plots(stage: Stage) -> None:
    head = stage.family(2).head
    lines = [_claim(stage, head, 2.0, plot(stage.district, head, 2.0)) for _ in range(2)]
    stage.district.spare("H02", lines, "面积相同的两个地块")


def machine(stage: Stage, person: Person, serial: str) -> Line:
    """Pay for one machine."""
    month = yearly_month(stage.district, "house")
    return pay(stage.district, "machine_purchase", person, month, quantity=1.0, amount_fen=160_000, item_serial=serial)


def _same_serial(stage: Stage) -> None:
    serial = f"DF{stage.county}{stage.number:05d}"
    lines = [machine(stage, stage.family(2).head, serial) for _ in range(2)]
    stage.district.plant("H06", lines, "同一台机具两人申领")


def _near_serial(stage: Stage) -> None:
    lines = [machine(stage, stage.family(2).head, f"DG{stage.county}{stage.number:04d}{end}") for end in "12"]
    stage.district.spare("H06", lines, "机号只差一位")


def _two_machines(stage: Stage) -> None:
    head = stage.family(2).head
    lines = [machine(stage, head, f"DH{stage.county}{stage.number:04d}{end}") for end in "12"]
    stage.district.spare("H06", lines, "一人两台不同机具")


def _house(stage: Stage, person: Person, programme: str) -> Line:
    month = yearly_month(stage.district, "house")
    return pay(stage.district, programme, person, month, quantity=1.0, amount_fen=2_800_000)


def _two_housing(stage: Stage) -> None:
    household = stage.family(3)
    who = household.members[1] if stage.number % 2 else household.head
    lines = [_house(stage, household.head, "house_repair"), _house(stage, who, "disaster_rebuild")]
    stage.district.plant("E06", lines, "同一户又领危房改造又领灾后重建")


def _other_house(stage: Stage) -> None:
    lines = [
        _house(stage, stage.family(3).head, "house_repair"),
        _house(stage, stage.family(3).head, "disaster_rebuild"),
    ]
    stage.district.spare("E06", lines, "两户各领一项")


def _repaired_only(stage: Stage) -> None:
    stage.district.spare("E06", [_house(stage, stage.family(3).head, "house_repair")], "只领危房改造")
