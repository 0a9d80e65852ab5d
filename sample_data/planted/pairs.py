"""Planted cases of two kinds of money that may not be drawn together: E02 to E05, E07."""

from __future__ import annotations

import datetime as dt

from sample_data.facts import disability, guardianship
from sample_data.money import dibao, pay, pay_months
from sample_data.planted.people import register
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District, Line, Person, add_months


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group."""
    repeat(district, "E02", [_tekun_and_living, _tekun_and_care])
    repeat(district, "E02", [_converted, _care_only, _relative_disabled])
    repeat(district, "E03", [_child_and_living])
    repeat(district, "E03", [_child_and_care, _topped_up, _before_the_roll])
    repeat(district, "E04", [_town_and_country, _town_and_country, _two_households])
    repeat(district, "E04", [_moved_to_town, _married_out])
    repeat(district, "E05", [_two_places])
    repeat(district, "E05", [_moved_on, _handed_over, _sent_back])
    repeat(district, "E07", [_old_and_disabled])
    repeat(district, "E07", [_old_and_cared_for, _grown_old, _couple])


def _living(planting: Planting, person: Person, months: list[dt.date], **more: object) -> list[Line]:
    disability(planting.district, person, "三级")
    return pay_months(planting.district, "disabled_living", person, months, **more)


def _tekun_and_living(planting: Planting) -> None:
    person, months = planting.single(), planting.last(2)
    planting.district.plant(
        "E02", planting.tekun(person, months) + _living(planting, person, months), "特困人员同月领困难残疾人生活补贴"
    )


def _tekun_and_care(planting: Planting) -> None:
    person, months = planting.single(), planting.last(2)
    care = planting.care(person, planting.last(4))
    rows = planting.tekun(person, months) + [line for line in care if line.month in months]
    planting.district.plant("E02", rows, "特困人员同月领重度残疾人护理补贴")


def _converted(planting: Planting) -> None:
    person = planting.single()
    rows = _living(planting, person, planting.last(2)) + planting.tekun(person, planting.last(1))
    planting.district.near_miss("E02", rows, "转为特困的当月两项都发")


def _care_only(planting: Planting) -> None:
    person = planting.single()
    rows = _living(planting, person, planting.months[:-1]) + planting.tekun(person, planting.last(1))
    planting.district.near_miss("E02", rows, "停发残疾补贴后次月转特困")


def _relative_disabled(planting: Planting) -> None:
    household = planting.family(2)
    elder = planting.district.person(household, "叔父", 66, True)
    rows = planting.tekun(elder, planting.last(2)) + planting.care(household.head, planting.last(2))
    planting.district.near_miss("E02", rows, "领残疾补贴的是同户另一人")


def _child(planting: Planting) -> Person:
    household = planting.single(60, 70).household
    child = planting.district.person(household, "孙子", 9, True)
    guardianship(planting.district, child, household.head)
    return child


def _child_lines(planting: Planting, child: Person, months: list[dt.date], **more: object) -> list[Line]:
    programme = "orphan" if planting.number % 2 else "unattended_child"
    planting.roll(child, "孤儿" if planting.number % 2 else "事实无人抚养儿童")
    return pay_months(planting.district, programme, child, months, **more)


def _child_and_living(planting: Planting) -> None:
    child, months = _child(planting), planting.last(2)
    rows = _child_lines(planting, child, months) + _living(planting, child, months)
    planting.district.plant("E03", rows, "全额儿童津贴与困难残疾人生活补贴同月")


def _child_and_care(planting: Planting) -> None:
    child, months = _child(planting), planting.last(2)
    planting.district.near_miss(
        "E03", _child_lines(planting, child, months) + planting.care(child, months), "儿童可以领护理补贴"
    )


def _topped_up(planting: Planting) -> None:
    child, months = _child(planting), planting.last(2)
    planting.roll(child, "事实无人抚养儿童")
    rows = pay_months(planting.district, "unattended_child", child, months, amount_fen=87_000)
    planting.district.near_miss("E03", rows + _living(planting, child, months), "儿童津贴已扣除生活补贴，只发差额")


def _before_the_roll(planting: Planting) -> None:
    child = _child(planting)
    rows = _living(planting, child, planting.months[:-1]) + _child_lines(planting, child, planting.last(1))
    planting.district.near_miss("E03", rows, "纳入儿童津贴前领的生活补贴")


def _town_and_country(planting: Planting) -> None:
    household = planting.family(2)
    rows = planting.dibao(household, planting.last(2))
    rows += dibao(planting.district, "dibao_urban", household.head, planting.last(2))
    planting.district.plant("E04", rows, "同一人同月在城市和农村低保")


def _two_households(planting: Planting) -> None:
    """One person is counted in the household of the mother and in that of the spouse."""
    first, second = planting.family(2), planting.family(2)
    son = planting.district.person(first, "子", 27, True)
    rows = planting.dibao(first, planting.last(2)) + planting.dibao(second, planting.last(2), size=3)
    register(planting, son, planting.county, household_no=second.number, relation="夫", village=second.village.code)
    planting.district.plant("E04", rows, "同一人同时计入两个低保家庭")


def _moved_to_town(planting: Planting) -> None:
    household = planting.family(2)
    rows = planting.dibao(household, planting.months[:-1])
    rows += dibao(planting.district, "dibao_urban", household.head, planting.last(1))
    planting.district.near_miss("E04", rows, "农村低保停发次月转城市低保")


def _married_out(planting: Planting) -> None:
    """Counted where the person lives now; the former household counts them no longer."""
    first, second = planting.family(2), planting.family(2)
    daughter = planting.district.person(first, "女", 24, False)
    moved = add_months(planting.months[0], -6)
    daughter.registered = {"valid_to": moved}
    register(planting, daughter, planting.county, household_no=second.number, relation="妻", village=second.village.code,
             valid_from=moved + dt.timedelta(days=1))  # fmt: skip
    rows = planting.dibao(first, planting.last(2), size=2) + planting.dibao(second, planting.last(2), size=3)
    book = f"{planting.county}{int(second.number[6:]):05d}"
    for record in planting.district.records:
        if record.kind == "civil_affairs_rolls" and record.values["person_idno"] == daughter.idno:
            record.values["case_no"] = book
    planting.district.near_miss("E04", rows, "出嫁后只计入夫家")


def _elsewhere(planting: Planting, person: Person) -> dict[str, object]:
    """A village of the next county, or of another town where there is one county only."""
    district, counties = planting.district, [code for code, _ in planting.district.counties]
    county = counties[(counties.index(planting.county) + 1) % len(counties)]
    town = person.household.village.town
    villages = [v for v in district.villages[county] if not v.is_neighbourhood and v.town != town]
    return {"village": villages[planting.number % len(villages)]}


def _two_places(planting: Planting) -> None:
    person, months = planting.worker(), planting.last(1 + planting.number % 3)
    rows = planting.post(person, months) + planting.post(person, months, **_elsewhere(planting, person))
    planting.district.plant("E05", rows, "同一人同月在两地领同一项目")


def _moved_on(planting: Planting) -> None:
    person = planting.worker()
    rows = planting.post(person, planting.months[:-1]) + planting.post(
        person, planting.last(1), **_elsewhere(planting, person)
    )
    planting.district.near_miss("E05", rows, "迁居后换一地领取")


def _handed_over(planting: Planting) -> None:
    if len(planting.district.counties) == 1:
        return _moved_on(planting)
    person = planting.worker()
    rows = planting.post(person, planting.months[-4:-1]) + planting.post(
        person, planting.last(2), **_elsewhere(planting, person)
    )
    planting.district.near_miss("E05", rows, "交接当月两地都发")
    return None


def _sent_back(planting: Planting) -> None:
    person = planting.worker()
    rows = planting.post(person, planting.last(1)) + planting.post(
        person, planting.last(1), state="停发", **_elsewhere(planting, person)
    )
    planting.district.near_miss("E05", rows, "另一地的一行已停发")


def _elder(planting: Planting) -> Person:
    return planting.single(82, 87)


def _old_and_disabled(planting: Planting) -> None:
    person, months = _elder(planting), planting.last(2)
    rows = pay_months(planting.district, "old_age", person, months) + _living(planting, person, months)
    planting.district.plant("E07", rows, "择高的两项补贴都发")


def _old_and_cared_for(planting: Planting) -> None:
    person, months = _elder(planting), planting.last(2)
    rows = pay_months(planting.district, "old_age", person, months) + planting.care(person, months)
    planting.district.near_miss("E07", rows, "高龄津贴和护理补贴可以同领")


def _grown_old(planting: Planting) -> None:
    """The living allowance stops where the old-age allowance begins."""
    last = planting.months[-1]
    household = planting.family(2)
    born = dt.date(last.year - 80, last.month, 9)
    elder = planting.district.person(household, "祖父", 0, True, born=born)
    rows = [*_living(planting, elder, planting.months[:-1]), pay(planting.district, "old_age", elder, last, rate=5_000)]
    planting.district.near_miss("E07", rows, "满80周岁改领高龄津贴")


def _couple(planting: Planting) -> None:
    person = _elder(planting)
    wife = planting.district.person(person.household, "妻" if person.male else "夫", 75, not person.male)
    months = planting.last(2)
    rows = pay_months(planting.district, "old_age", person, months) + _living(planting, wife, months)
    planting.district.near_miss("E07", rows, "夫妻各领一项")
