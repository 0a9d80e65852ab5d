"""Planted cases that set assistance against what a family owns and earns: D01 to D04."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sample_data.facts import insured
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District, Line, Person, add_months

LONG_AGO = dt.date(2016, 4, 18)


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group. Vehicles and property come from two counties, the housing fund from one."""
    repeat(district, "D01", [_vehicle, _vehicle_of_member, _two_vehicles], counties=2)
    repeat(district, "D01", [_harmless_vehicle], counties=2)
    repeat(district, "D02", [_second_home, _shop, _second_home_of_member], counties=2)
    repeat(district, "D02", [_harmless_property], counties=2)
    repeat(district, "D03", [_business, _business_of_member])
    repeat(district, "D03", [_harmless_business])
    repeat(district, "D04", [_steady_wage, _wage_of_member])
    repeat(district, "D04", [_no_wage])


def _drawing(planting: Planting, size: int = 3, months: int = 3) -> tuple[list[Line], Person, Person]:
    household = planting.family(size)
    return planting.dibao(household, planting.last(months)), household.members[0], household.members[1]


def vehicle(planting: Planting, person: Person, **values: object) -> None:
    """Register a car; `values` say otherwise."""
    plate = f"桂Y{planting.district.serial():05d}"
    values = {"vehicle_type": "小型轿车", "registered_on": LONG_AGO, "use": "非营运", "vehicle_state": "正常",
              "value_fen": 6_800_000} | values  # fmt: skip
    planting.district.about(planting.county, "vehicles", person, plate=plate, **values)


def _vehicle(planting: Planting) -> None:
    lines, head, _ = _drawing(planting)
    vehicle(planting, head, value_fen=6_800_000 if planting.number % 2 else 12_500_000)
    planting.district.plant("D01", lines, "低保户主名下有小轿车")


def _vehicle_of_member(planting: Planting) -> None:
    lines, _, spouse = _drawing(planting)
    vehicle(planting, spouse, vehicle_type="轻型厢式货车")
    planting.district.plant("D01", lines, "低保家庭成员名下有货车")


def _two_vehicles(planting: Planting) -> None:
    lines, head, _ = _drawing(planting)
    vehicle(planting, head)
    vehicle(planting, head, vehicle_type="小型面包车", value_fen=3_600_000)
    planting.district.plant("D01", lines, "低保户主名下有两辆车")


def _harmless_vehicle(planting: Planting) -> None:
    lines, head, spouse = _drawing(planting)
    before = planting.last(3)[0] - dt.timedelta(days=20)
    choices: list[tuple[dict[str, Any], str]] = [
        ({"vehicle_type": "残疾人机动轮椅车"}, "残疾人代步车"),
        ({"vehicle_type": "普通二轮摩托车"}, "摩托车"),
        ({"vehicle_type": "正三轮载货摩托车"}, "农用三轮车"),
        ({"vehicle_type": "轮式拖拉机"}, "拖拉机"),
        ({"vehicle_state": "报废", "transferred_on": before}, "已报废"),
        ({"transferred_on": before}, "领取前已过户"),
        ({"vehicle_state": "注销", "transferred_on": before}, "已注销"),
        ({"value_fen": 1_200_000}, "价值1.2万元"),
        ({"registered_on": add_months(planting.months[-1], 1)}, "停领之后才登记"),
    ]
    values, why = choices[planting.number % 9]
    vehicle(planting, spouse if planting.number % 2 else head, **values)
    planting.district.near_miss("D01", lines, why)


def dwelling(planting: Planting, person: Person, **values: object) -> None:
    """Register a bought flat; `values` say otherwise."""
    number = planting.district.serial()
    values = {"certificate_no": f"云房权证字第{number:06d}号", "location": "城关镇城南小区", "property_type": "住宅",
              "area_m2": 92.0, "share_percent": 100, "origin": "购买", "registered_on": LONG_AGO} | values  # fmt: skip
    planting.district.about(planting.county, "property", person, **values)


def _second_home(planting: Planting) -> None:
    lines, head, _ = _drawing(planting)
    dwelling(planting, head)
    dwelling(planting, head, location="城关镇江北花园", area_m2=117.3)
    planting.district.plant("D02", lines, "低保户主名下有两套住宅")


def _shop(planting: Planting) -> None:
    lines, head, _ = _drawing(planting)
    dwelling(planting, head, property_type="商业", area_m2=45.0)
    planting.district.plant("D02", lines, "低保户主名下有商铺")


def _second_home_of_member(planting: Planting) -> None:
    lines, head, spouse = _drawing(planting)
    dwelling(planting, head)
    dwelling(planting, spouse, area_m2=101.0)
    planting.district.plant("D02", lines, "低保家庭共有两套住宅")


def _harmless_property(planting: Planting) -> None:
    lines, head, _ = _drawing(planting)
    before = planting.last(3)[0] - dt.timedelta(days=40)
    choices: list[tuple[dict[str, Any], str]] = [
        ({"property_type": "宅基地", "origin": "宅基地"}, "另一处是宅基地房"),
        ({"origin": "拆迁安置"}, "另一处是拆迁安置房"),
        ({"property_type": "保障性住房", "origin": "保障房"}, "另一处是保障房"),
        ({"share_percent": 20, "origin": "继承"}, "另一处只占二成份额"),
        ({"transferred_on": before}, "另一处已转让"),
        ({}, "只有一套住宅"),
        ({"registered_on": add_months(planting.months[-1], 1)}, "另一处停领之后才登记"),
    ]
    values, why = choices[planting.number % 7]
    dwelling(planting, head)
    if values:
        dwelling(planting, head, **values)
    planting.district.near_miss("D02", lines, why)


def business(planting: Planting, person: Person, **values: object) -> None:
    """Register a firm with capital and tax; `values` say otherwise."""
    number = planting.district.serial()
    values = {"credit_code": f"91{planting.county}MA{number:08d}", "business_name": f"云山市{person.name[-1]}源商贸有限公司",
              "business_type": "有限责任公司", "role": "法定代表人", "capital_fen": 50_000_000, "tax_12m_fen": 860_000,
              "founded_on": LONG_AGO, "business_state": "存续"} | values  # fmt: skip
    planting.district.about(planting.county, "business", person, **values)


def _business(planting: Planting) -> None:
    lines, head, _ = _drawing(planting)
    if planting.number % 3:
        business(planting, head)
    else:
        business(planting, head, business_type="个体工商户", role="经营者", capital_fen=8_000_000, tax_12m_fen=240_000)
    planting.district.plant("D03", lines, "低保户主名下有正常经营的主体")


def _business_of_member(planting: Planting) -> None:
    lines, _, spouse = _drawing(planting)
    business(planting, spouse, role="股东")
    planting.district.plant("D03", lines, "低保家庭成员是公司股东")


def _harmless_business(planting: Planting) -> None:
    lines, head, _ = _drawing(planting)
    before = planting.last(3)[0] - dt.timedelta(days=25)
    choices: list[tuple[dict[str, Any], str]] = [
        ({"business_type": "农民专业合作社", "role": "成员"}, "合作社成员"),
        ({"business_state": "注销", "closed_on": before}, "领取前已注销"),
        ({"business_state": "吊销", "closed_on": before}, "领取前已吊销"),
        ({"capital_fen": 0, "tax_12m_fen": 0}, "无出资、一年无税"),
        ({"founded_on": add_months(planting.months[-1], 1)}, "停领之后才成立"),
    ]
    values, why = choices[planting.number % 5]
    business(planting, head, **values)
    planting.district.near_miss("D03", lines, why)


def _wage(planting: Planting, member: int, months: int) -> list[Line]:
    household = planting.family(3)
    lines = planting.dibao(household, planting.last(1))
    last = planting.months[-1]
    insured(planting.district, household.members[member], [add_months(last, -n) for n in range(months - 1, -1, -1)])
    return lines


def _steady_wage(planting: Planting) -> None:
    planting.district.plant("D04", _wage(planting, 0, 3 + planting.number % 4), "低保户主由单位连续缴纳职工社保")


def _wage_of_member(planting: Planting) -> None:
    planting.district.plant("D04", _wage(planting, 1, 5), "低保家庭成员由单位连续缴纳职工社保")


def _no_wage(planting: Planting) -> None:
    kind = planting.number % 4
    if kind == 0:
        return planting.district.near_miss("D04", _wage(planting, 0, 2), "最近六个月只缴两个月")
    household = planting.family(3)
    lines = planting.dibao(household, planting.last(1))
    last = planting.months[-1]
    months = [add_months(last, -n) for n in range(5, -1, -1)]
    if kind == 3:
        insured(planting.district, household.head, [add_months(last, -n) for n in range(10, 6, -1)])
        return planting.district.near_miss("D04", lines, "缴费在半年以前")
    insured(planting.district, household.head, months, "灵活就业" if kind == 1 else "公益性岗位")
    return planting.district.near_miss("D04", lines, "灵活就业自缴" if kind == 1 else "公益性岗位缴费")
