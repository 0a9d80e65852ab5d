"""Plants of two kinds of money that may not be drawn together: E02 to E05, E07."""

from __future__ import annotations

import datetime as dt

from sample_data.facts import disability, guardianship
from sample_data.money import dibao, pay, pay_months
from sample_data.planted.people import register
from sample_data.planted.planting import Stage, repeat
from sample_data.world import District, Line, Person, add_months


def plant(district: District) -> None:
    """Plant every rule of this group."""
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


def _living(stage: Stage, person: Person, months: list[dt.date], **more: object) -> list[Line]:
    disability(stage.district, person, "三级")
    return pay_months(stage.district, "disabled_living", person, months, **more)


def _tekun_and_living(stage: Stage) -> None:
    person, months = stage.single(), stage.last(2)
    stage.district.plant(
        "E02", stage.tekun(person, months) + _living(stage, person, months), "特困人员同月领困难残疾人生活补贴"
    )


def _tekun_and_care(stage: Stage) -> None:
    person, months = stage.single(), stage.last(2)
    care = stage.care(person, stage.last(4))
    rows = stage.tekun(person, months) + [line for line in care if line.month in months]
    stage.district.plant("E02", rows, "特困人员同月领重度残疾人护理补贴")


def _converted(stage: Stage) -> None:
    person = stage.single()
    rows = _living(stage, person, stage.last(2)) + stage.tekun(person, stage.last(1))
    stage.district.spare("E02", rows, "转为特困的当月两项都发")


def _care_only(stage: Stage) -> None:
    person = stage.single()
    rows = _living(stage, person, stage.months[:-1]) + stage.tekun(person, stage.last(1))
    stage.district.spare("E02", rows, "停发残疾补贴后次月转特困")


def _relative_disabled(stage: Stage) -> None:
    household = stage.family(2)
    elder = stage.district.person(household, "叔父", 66, True)
    rows = stage.tekun(elder, stage.last(2)) + stage.care(household.head, stage.last(2))
    stage.district.spare("E02", rows, "领残疾补贴的是同户另一人")


def _child(stage: Stage) -> Person:
    household = stage.single(60, 70).household
    child = stage.district.person(household, "孙子", 9, True)
    guardianship(stage.district, child, household.head)
    return child


def _child_lines(stage: Stage, child: Person, months: list[dt.date], **more: object) -> list[Line]:
    programme = "orphan" if stage.number % 2 else "unattended_child"
    stage.roll(child, "孤儿" if stage.number % 2 else "事实无人抚养儿童")
    return pay_months(stage.district, programme, child, months, **more)


def _child_and_living(stage: Stage) -> None:
    child, months = _child(stage), stage.last(2)
    rows = _child_lines(stage, child, months) + _living(stage, child, months)
    stage.district.plant("E03", rows, "全额儿童津贴与困难残疾人生活补贴同月")


def _child_and_care(stage: Stage) -> None:
    child, months = _child(stage), stage.last(2)
    stage.district.spare("E03", _child_lines(stage, child, months) + stage.care(child, months), "儿童可以领护理补贴")


def _topped_up(stage: Stage) -> None:
    child, months = _child(stage), stage.last(2)
    stage.roll(child, "事实无人抚养儿童")
    rows = pay_months(stage.district, "unattended_child", child, months, amount_fen=87_000)
    stage.district.spare("E03", rows + _living(stage, child, months), "儿童津贴已扣除生活补贴，只发差额")


def _before_the_roll(stage: Stage) -> None:
    child = _child(stage)
    rows = _living(stage, child, stage.months[:-1]) + _child_lines(stage, child, stage.last(1))
    stage.district.spare("E03", rows, "纳入儿童津贴前领的生活补贴")


def _town_and_country(stage: Stage) -> None:
    household = stage.family(2)
    rows = stage.dibao(household, stage.last(2))
    rows += dibao(stage.district, "dibao_urban", household.head, stage.last(2))
    stage.district.plant("E04", rows, "同一人同月在城市和农村低保")


def _two_households(stage: Stage) -> None:
    """One man is counted in his mother's household and in his wife's."""
    first, second = stage.family(2), stage.family(2)
    son = stage.district.person(first, "子", 27, True)
    rows = stage.dibao(first, stage.last(2)) + stage.dibao(second, stage.last(2), size=3)
    register(stage, son, stage.county, household_no=second.number, relation="夫", village=second.village.code)
    stage.district.plant("E04", rows, "同一人同时计入两个低保家庭")


def _moved_to_town(stage: Stage) -> None:
    household = stage.family(2)
    rows = stage.dibao(household, stage.months[:-1])
    rows += dibao(stage.district, "dibao_urban", household.head, stage.last(1))
    stage.district.spare("E04", rows, "农村低保停发次月转城市低保")


def _married_out(stage: Stage) -> None:
    """Counted where she lives now; her former household counts her no longer."""
    first, second = stage.family(2), stage.family(2)
    daughter = stage.district.person(first, "女", 24, False)
    moved = add_months(stage.months[0], -6)
    daughter.registered = {"valid_to": moved}
    register(stage, daughter, stage.county, household_no=second.number, relation="妻", village=second.village.code,
             valid_from=moved + dt.timedelta(days=1))  # fmt: skip
    rows = stage.dibao(first, stage.last(2), size=2) + stage.dibao(second, stage.last(2), size=3)
    book = f"{stage.county}{int(second.number[6:]):05d}"
    for record in stage.district.records:
        if record.kind == "civil_affairs_rolls" and record.values["person_idno"] == daughter.idno:
            record.values["case_no"] = book
    stage.district.spare("E04", rows, "出嫁后只计入夫家")


def _elsewhere(stage: Stage, person: Person) -> dict[str, object]:
    """A village of the next county, or of another town where there is one county only."""
    district, counties = stage.district, [code for code, _ in stage.district.counties]
    county = counties[(counties.index(stage.county) + 1) % len(counties)]
    town = person.household.village.town
    villages = [v for v in district.villages[county] if not v.is_neighbourhood and v.town != town]
    return {"village": villages[stage.number % len(villages)]}


def _two_places(stage: Stage) -> None:
    person, months = stage.worker(), stage.last(1 + stage.number % 3)
    rows = stage.post(person, months) + stage.post(person, months, **_elsewhere(stage, person))
    stage.district.plant("E05", rows, "同一人同月在两地领同一项目")


def _moved_on(stage: Stage) -> None:
    person = stage.worker()
    rows = stage.post(person, stage.months[:-1]) + stage.post(person, stage.last(1), **_elsewhere(stage, person))
    stage.district.spare("E05", rows, "迁居后换一地领取")


def _handed_over(stage: Stage) -> None:
    if len(stage.district.counties) == 1:
        return _moved_on(stage)
    person = stage.worker()
    rows = stage.post(person, stage.months[-4:-1]) + stage.post(person, stage.last(2), **_elsewhere(stage, person))
    stage.district.spare("E05", rows, "交接当月两地都发")
    return None


def _sent_back(stage: Stage) -> None:
    person = stage.worker()
    rows = stage.post(person, stage.last(1)) + stage.post(
        person, stage.last(1), state="停发", **_elsewhere(stage, person)
    )
    stage.district.spare("E05", rows, "另一地的一行已停发")


def _elder(stage: Stage) -> Person:
    return stage.single(82, 87)


def _old_and_disabled(stage: Stage) -> None:
    person, months = _elder(stage), stage.last(2)
    rows = pay_months(stage.district, "old_age", person, months) + _living(stage, person, months)
    stage.district.plant("E07", rows, "择高的两项补贴都发")


def _old_and_cared_for(stage: Stage) -> None:
    person, months = _elder(stage), stage.last(2)
    rows = pay_months(stage.district, "old_age", person, months) + stage.care(person, months)
    stage.district.spare("E07", rows, "高龄津贴和护理补贴可以同领")


def _grown_old(stage: Stage) -> None:
    """The living allowance stops where the old-age allowance begins."""
    last = stage.months[-1]
    household = stage.family(2)
    born = dt.date(last.year - 80, last.month, 9)
    elder = stage.district.person(household, "祖父", 0, True, born=born)
    rows = [*_living(stage, elder, stage.months[:-1]), pay(stage.district, "old_age", elder, last, rate=5_000)]
    stage.district.spare("E07", rows, "满80周岁改领高龄津贴")


def _couple(stage: Stage) -> None:
    person = _elder(stage)
    wife = stage.district.person(person.household, "妻" if person.male else "夫", 75, not person.male)
    months = stage.last(2)
    rows = pay_months(stage.district, "old_age", person, months) + _living(stage, wife, months)
    stage.district.spare("E07", rows, "夫妻各领一项")
