"""Plants about money paid before help was approved: J09."""

from __future__ import annotations

import datetime as dt

from sample_data.base import single
from sample_data.money import pay, pay_months
from sample_data.planted.planting import Stage, repeat
from sample_data.world import District, Line, Person, Record, add_months


def plant(district: District) -> None:
    """Plant every rule of this group."""
    repeat(district, "J09", [_family_early, _single_early])
    repeat(
        district,
        "J09",
        [_next_month, _converted, _spouse_before, _back_pay, _roster_starts, _listed_before, _urgent_aid],
    )


def _first(stage: Stage) -> tuple[dt.date, dt.date]:
    """The first paid month, another in each county and programme, and a day of confirmation at most two months on."""
    ago = stage.number % 4 if len(stage.months) > 4 else 0
    first = stage.months[-1 - ago]
    return first, add_months(first, min(ago, stage.number % 3)).replace(day=7 + stage.number)


def _paid_from(stage: Stage, first: dt.date) -> list[dt.date]:
    return [month for month in stage.months if month >= first]


def _newcomer(stage: Stage, confirmed_on: dt.date) -> tuple[Person, Record]:
    """Somebody on the tekun roll since that day; a neighbour has been paid all along, so the roster is known."""
    person = stage.single()
    neighbour = single(stage.district, stage.county, stage.rng, stage.rng.uniform(63, 76))
    neighbour.household.village = person.household.village
    stage.tekun(neighbour, stage.months)
    stage.roll(person, "特困", placement="分散", valid_from=confirmed_on)
    return person, stage.district.records[-1]


def _tekun(stage: Stage, person: Person, first: dt.date, **more: object) -> list[Line]:
    return pay_months(stage.district, "tekun_rural", person, _paid_from(stage, first), **more)


def _book(stage: Stage, confirmed_on: dt.date, size: int = 3) -> tuple[list[Person], list[Record]]:
    """A family on one book confirmed on that day, beside a neighbour paid all along."""
    household = stage.family(size)
    stage.dibao(stage.neighbour(household.head), stage.months)
    for person in household.members:
        stage.roll(person, "低保", single_case="否" if size > 1 else "是", valid_from=confirmed_on)
    return household.members, stage.district.records[-size:]


def _early(lines: list[Line], confirmed_on: dt.date) -> list[Line]:
    return [line for line in lines if line.month <= confirmed_on]


def _family_early(stage: Stage) -> None:
    first, confirmed_on = _first(stage)
    members, _ = _book(stage, confirmed_on, 1 + stage.number // 2 % 3)
    lines = stage.dibao_lines(members[0].household, _paid_from(stage, first))
    stage.district.plant("J09", _early(lines, confirmed_on), "低保先发放，后确认")


def _single_early(stage: Stage) -> None:
    first, confirmed_on = _first(stage)
    person, _ = _newcomer(stage, confirmed_on)
    lines = _tekun(stage, person, first)
    stage.district.plant("J09", _early(lines, confirmed_on), "特困先发放，后确认")


def _next_month(stage: Stage) -> None:
    person, record = _newcomer(stage, stage.months[-1] - dt.timedelta(days=1 + stage.number))
    lines = _tekun(stage, person, stage.months[-1])
    stage.district.spare("J09", [*lines, record], "上月确认，次月起发放")


def _converted(stage: Stage) -> None:
    person, record = _newcomer(stage, stage.months[-1].replace(day=9))
    before = stage.dibao_of(person, stage.months[-3:-1], size=1)
    stage.district.spare(
        "J09", [*before, *_tekun(stage, person, stage.months[-1]), record], "低保转特困，名册只留了新的"
    )


def _spouse_before(stage: Stage) -> None:
    members, rows = _book(stage, stage.months[-1].replace(day=11), 2)
    before = stage.dibao_of(members[0], stage.months[-3:-1], size=2)
    lines = stage.dibao_of(members[1], stage.last(1), size=2)
    stage.district.spare("J09", [*before, *lines, *rows], "换了领款的家人，证重新确认")


def _back_pay(stage: Stage) -> None:
    person, record = _newcomer(stage, stage.months[-1].replace(day=6))
    lines = _tekun(stage, person, stage.months[-1], note="由邻县转入，接着发")
    stage.district.spare("J09", [*lines, record], "写明从外地转入")


def _roster_starts(stage: Stage) -> None:
    person, record = _newcomer(stage, stage.months[0].replace(day=18))
    lines = _tekun(stage, person, stage.months[0])
    stage.district.spare("J09", [lines[0], record], "名册从这个月才有，不知道以前在不在册")


def _listed_before(stage: Stage) -> None:
    last = stage.months[-1]
    person, record = _newcomer(stage, last.replace(day=13))
    stage.roll(person, "特困", placement="分散", valid_to=add_months(last, -4))
    older = stage.district.records[-1]
    stage.district.spare("J09", [*_tekun(stage, person, last), older, record], "以前确认过，名册上还有")


def _urgent_aid(stage: Stage) -> None:
    members, rows = _book(stage, stage.months[-1].replace(day=16), 1)
    line = pay(stage.district, "temporary_aid", members[0], stage.months[-1], amount_fen=70_000)
    stage.district.spare("J09", [line, rows[0]], "急难先给临时救助，当月才确认低保")
