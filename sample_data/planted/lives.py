"""Planted cases about what happened to somebody: B02 to B05."""

from __future__ import annotations

import datetime as dt

from sample_data.facts import dead, plot
from sample_data.money import pay, yearly_month
from sample_data.planted.people import register
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District, Line, Person, add_months


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group."""
    repeat(district, "B02", [_dead_head_paid])
    repeat(district, "B02", [_heirs_in_time, _wife_died, _revived])
    repeat(district, "B03", [_entered_dead])
    repeat(district, "B03", [_entered_alive, _entered_before])
    repeat(district, "B04", [_tekun_in_prison, _member_in_prison])
    repeat(district, "B04", [_not_inside, _not_inside, _not_inside, _part_of_month, _not_counted])
    repeat(district, "B05", [_gone])
    repeat(district, "B05", [_left_this_month, _returned, _other_money])


def _land(planting: Planting, person: Person) -> list[Line]:
    month = yearly_month(planting.district, "land")
    if planting.number % 2:
        return [pay(planting.district, "public_forest", person, month, quantity=12.0)]
    code = plot(planting.district, person, 2.6)
    return [pay(planting.district, "farmland_protection", person, month, quantity=2.6, plot_code=code)]


def _dead_head_paid(planting: Planting) -> None:
    household = planting.family(3)
    lines = _land(planting, household.head)
    dead(planting.district, household.head, add_months(lines[0].month, -13 - planting.number).replace(day=17))
    planting.district.plant("B02", lines, "户主去世一年以上，仍打进他的卡")


def _heirs_in_time(planting: Planting) -> None:
    household = planting.family(3)
    lines = _land(planting, household.head)
    dead(planting.district, household.head, add_months(lines[0].month, -12 + planting.number % 3).replace(day=2))
    planting.district.near_miss("B02", lines, "户主去世不满继承办理期")


def _wife_died(planting: Planting) -> None:
    household = planting.family(3)
    dead(planting.district, household.members[1], add_months(planting.months[-1], -30))
    planting.district.near_miss("B02", _land(planting, household.head), "去世的是家人，收款的户主健在")


def _revived(planting: Planting) -> None:
    household = planting.family(3)
    died = add_months(planting.months[-1], -28)
    dead(planting.district, household.head, died, cancelled_on=died.replace(day=26))
    planting.district.near_miss("B02", _land(planting, household.head), "死亡登记已撤销")


def _entered_dead(planting: Planting) -> None:
    person = planting.single()
    lines = planting.tekun(person, planting.last(1 + planting.number % 2 if len(planting.months) > 2 else 1))
    dead(planting.district, person, add_months(lines[0].month, -2).replace(day=13))
    for rule in ("B03", "B01"):  # whoever enters after death is also paid after death
        planting.district.plant(rule, lines, "去世后才第一次出现在名册上")


def _entered_alive(planting: Planting) -> None:
    person = planting.single()
    lines = planting.tekun(person, planting.last(1))
    dead(planting.district, person, lines[0].month.replace(day=16))
    planting.district.near_miss("B03", lines, "当月入册，当月去世")


def _entered_before(planting: Planting) -> None:
    person = planting.single()
    lines = planting.tekun(person, planting.months[:1])
    dead(planting.district, person, planting.months[0].replace(day=25))
    planting.district.near_miss("B03", lines, "早在名册上，去世后停发")


def _custody(planting: Planting, person: Person, first: dt.date, last: dt.date | None, kind: str = "服刑") -> None:
    planting.district.about(planting.county, "custody", person, custody_kind=kind, from_on=first, to_on=last)


def _tekun_in_prison(planting: Planting) -> None:
    person = planting.single()
    lines = planting.tekun(person, planting.last(4))
    months = planting.last(2)
    first = months[0] if planting.number % 4 else months[0] - dt.timedelta(days=9)
    _custody(planting, person, first, None, "服刑" if planting.number % 3 else "强制戒毒")
    planting.district.plant("B04", [line for line in lines if line.month in months], "服刑或强戒期间领取特困供养金")


def _member_in_prison(planting: Planting) -> None:
    household = planting.family(3)
    lines = planting.dibao(household, planting.last(2))
    _custody(planting, household.members[1], dt.date(2024, 3, 5), dt.date(2029, 3, 4))
    planting.district.plant("B04", lines, "服刑人员仍计入低保家庭人口")


def _not_inside(planting: Planting) -> None:
    kind = ("社区矫正", "缓刑", "取保候审")[planting.number % 3]
    person = planting.single()
    lines = planting.tekun(person, planting.last(2))
    _custody(planting, person, dt.date(2025, 1, 6), None, kind)
    planting.district.near_miss("B04", lines, f"{kind}，不在监所")


def _part_of_month(planting: Planting) -> None:
    person = planting.single()
    lines = planting.tekun(person, planting.last(2))
    first, last = lines[0].month, lines[-1].month
    _custody(planting, person, first.replace(day=2), add_months(last, 1) - dt.timedelta(days=2))
    planting.district.near_miss("B04", lines, "收押和释放当月都不是整月")


def _not_counted(planting: Planting) -> None:
    household = planting.family(2)
    son = planting.district.person(household, "弟弟", 33, True)
    for person in household.members:
        planting.roll(person, "低保", single_case="否", is_counted="否" if person is son else "是")
    lines = planting.dibao_lines(household, planting.last(2), size=2)
    _custody(planting, son, dt.date(2024, 3, 5), None)
    planting.district.near_miss("B04", lines, "服刑人员没有计入保障人口")


def _gone(planting: Planting) -> None:
    person = planting.single()
    months = planting.last(1 + planting.number % 3)
    lines = planting.tekun(person, planting.last(5))
    person.registered = {"valid_to": months[0] - dt.timedelta(days=1 + 5 * (planting.number % 2))}
    planting.district.plant("B05", [line for line in lines if line.month in months], "户籍迁出次月起仍发放")


def _left_this_month(planting: Planting) -> None:
    person = planting.single()
    lines = planting.tekun(person, planting.last(2))
    person.registered = {"valid_to": planting.months[-1].replace(day=1 + planting.number)}
    planting.district.near_miss("B05", lines, "迁出当月照发")


def _returned(planting: Planting) -> None:
    person = planting.single()
    lines = planting.tekun(person, planting.last(2))
    person.registered = {"valid_to": add_months(planting.months[-1], -4)}
    register(planting, person, planting.county, household_no=person.household.number,
             valid_from=add_months(planting.months[-1], -4) + dt.timedelta(days=1))  # fmt: skip
    planting.district.near_miss("B05", lines, "迁出后又迁回")


def _other_money(planting: Planting) -> None:
    person = planting.worker()
    person.registered = {"valid_to": add_months(planting.months[-1], -3)}
    planting.district.near_miss("B05", planting.post(person, planting.last(1)), "公益性岗位不看户籍")
