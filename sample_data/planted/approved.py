"""Planted cases about money paid before help was approved: J09."""

from __future__ import annotations

import datetime as dt

from sample_data.base import single
from sample_data.money import pay, pay_months
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District, Line, Person, Record, add_months


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group."""
    repeat(district, "J09", [_family_early, _single_early])
    repeat(
        district,
        "J09",
        [_next_month, _converted, _spouse_before, _back_pay, _roster_starts, _listed_before, _urgent_aid],
    )


def _first(planting: Planting) -> tuple[dt.date, dt.date]:
    """The first paid month, another in each county and programme, and a day of confirmation at most two months on."""
    ago = planting.number % 4 if len(planting.months) > 4 else 0
    first = planting.months[-1 - ago]
    return first, add_months(first, min(ago, planting.number % 3)).replace(day=7 + planting.number)


def _paid_from(planting: Planting, first: dt.date) -> list[dt.date]:
    return [month for month in planting.months if month >= first]


def _newcomer(planting: Planting, confirmed_on: dt.date) -> tuple[Person, Record]:
    """Somebody on the tekun roll since that day; a neighbour has been paid all along, so the roster is known."""
    person = planting.single()
    neighbour = single(planting.district, planting.county, planting.rng, planting.rng.uniform(63, 76))
    neighbour.household.village = person.household.village
    planting.tekun(neighbour, planting.months)
    planting.roll(person, "特困", placement="分散", valid_from=confirmed_on)
    return person, planting.district.records[-1]


def _tekun(planting: Planting, person: Person, first: dt.date, **more: object) -> list[Line]:
    return pay_months(planting.district, "tekun_rural", person, _paid_from(planting, first), **more)


def _book(planting: Planting, confirmed_on: dt.date, size: int = 3) -> tuple[list[Person], list[Record]]:
    """A family on one book confirmed on that day, beside a neighbour paid all along."""
    household = planting.family(size)
    planting.dibao(planting.neighbour(household.head), planting.months)
    for person in household.members:
        planting.roll(person, "低保", single_case="否" if size > 1 else "是", valid_from=confirmed_on)
    return household.members, planting.district.records[-size:]


def _early(lines: list[Line], confirmed_on: dt.date) -> list[Line]:
    return [line for line in lines if line.month <= confirmed_on]


def _family_early(planting: Planting) -> None:
    first, confirmed_on = _first(planting)
    members, _ = _book(planting, confirmed_on, 1 + planting.number // 2 % 3)
    lines = planting.dibao_lines(members[0].household, _paid_from(planting, first))
    planting.district.plant("J09", _early(lines, confirmed_on), "低保先发放，后确认")


def _single_early(planting: Planting) -> None:
    first, confirmed_on = _first(planting)
    person, _ = _newcomer(planting, confirmed_on)
    lines = _tekun(planting, person, first)
    planting.district.plant("J09", _early(lines, confirmed_on), "特困先发放，后确认")


def _next_month(planting: Planting) -> None:
    person, record = _newcomer(planting, planting.months[-1] - dt.timedelta(days=1 + planting.number))
    lines = _tekun(planting, person, planting.months[-1])
    planting.district.near_miss("J09", [*lines, record], "上月确认，次月起发放")


def _converted(planting: Planting) -> None:
    person, record = _newcomer(planting, planting.months[-1].replace(day=9))
    before = planting.dibao_of(person, planting.months[-3:-1], size=1)
    planting.district.near_miss(
        "J09", [*before, *_tekun(planting, person, planting.months[-1]), record], "低保转特困，名册只留了新的"
    )


def _spouse_before(planting: Planting) -> None:
    members, rows = _book(planting, planting.months[-1].replace(day=11), 2)
    before = planting.dibao_of(members[0], planting.months[-3:-1], size=2)
    lines = planting.dibao_of(members[1], planting.last(1), size=2)
    planting.district.near_miss("J09", [*before, *lines, *rows], "换了领款的家人，证重新确认")


def _back_pay(planting: Planting) -> None:
    person, record = _newcomer(planting, planting.months[-1].replace(day=6))
    lines = _tekun(planting, person, planting.months[-1], note="由邻县转入，接着发")
    planting.district.near_miss("J09", [*lines, record], "写明从外地转入")


def _roster_starts(planting: Planting) -> None:
    person, record = _newcomer(planting, planting.months[0].replace(day=18))
    lines = _tekun(planting, person, planting.months[0])
    planting.district.near_miss("J09", [lines[0], record], "名册从这个月才有，不知道以前在不在册")


def _listed_before(planting: Planting) -> None:
    last = planting.months[-1]
    person, record = _newcomer(planting, last.replace(day=13))
    planting.roll(person, "特困", placement="分散", valid_to=add_months(last, -4))
    older = planting.district.records[-1]
    planting.district.near_miss("J09", [*_tekun(planting, person, last), older, record], "以前确认过，名册上还有")


def _urgent_aid(planting: Planting) -> None:
    members, rows = _book(planting, planting.months[-1].replace(day=16), 1)
    line = pay(planting.district, "temporary_aid", members[0], planting.months[-1], amount_fen=70_000)
    planting.district.near_miss("J09", [line, rows[0]], "急难先给临时救助，当月才确认低保")
