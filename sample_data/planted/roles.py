"""Planted cases about being in school, in a home for the aged, in office: E08, L09, L14."""

from __future__ import annotations

import datetime as dt

from sample_data.facts import enrolled, monitored, official
from sample_data.money import pay, pay_months, yearly_month
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District, Line, Person, add_months


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group."""
    repeat(district, "E08", [_no_school, _two_schools, _left_school])
    repeat(district, "E08", [_in_school, _changed_school])
    repeat(district, "L09", [_home_and_institution])
    repeat(district, "L09", [_moved_in, _roommates])
    repeat(district, "L14", [_official_in_post])
    repeat(district, "L14", [_official_elsewhere, _former_official, _official_wife])


def _student(planting: Planting) -> tuple[Person, Line]:
    household = planting.family(2)
    student = planting.district.person(household, "女", 16.5, False)
    monitored(planting.district, household, "脱贫户")
    return student, pay(
        planting.district, "yulu", student, yearly_month(planting.district, "person"), payee=household.head
    )


def _schooling(planting: Planting, student: Person, first: dt.date, last: dt.date, school: str) -> None:
    planting.district.about(
        planting.county, "enrolment", student, school=school, stage="中职", valid_from=first, valid_to=last
    )


def _no_school(planting: Planting) -> None:
    _, line = _student(planting)
    planting.district.plant("E08", [line], "当学期没有学籍")


def _two_schools(planting: Planting) -> None:
    student, line = _student(planting)
    enrolled(planting.district, student)
    month = line.month
    _schooling(planting, student, add_months(month, -8), add_months(month, 20), "沐河县中等专业学校")
    planting.district.plant("E08", [line], "同时有两个学校的学籍")


def _left_school(planting: Planting) -> None:
    student, line = _student(planting)
    _schooling(planting, student, add_months(line.month, -20), line.month - dt.timedelta(days=1), "云山市职业技术学校")
    planting.district.plant("E08", [line], "上月已离校")


def _in_school(planting: Planting) -> None:
    student, line = _student(planting)
    _schooling(planting, student, line.month.replace(day=20), add_months(line.month, 30), "云山市职业技术学校")
    planting.district.near_miss("E08", [line], "当月刚入学")


def _changed_school(planting: Planting) -> None:
    student, line = _student(planting)
    _schooling(planting, student, add_months(line.month, -8), line.month.replace(day=10), "云山市职业技术学校")
    _schooling(planting, student, line.month.replace(day=11), add_months(line.month, 20), "沐河县中等专业学校")
    planting.district.near_miss("E08", [line], "当月转学，学籍先后相接")


def institution(planting: Planting, person: Person, months: list[dt.date]) -> list[Line]:
    """Pay a person's support to the home for the aged."""
    home = f"{dict(planting.district.counties)[planting.county]}中心敬老院"
    account = planting.district.homes.setdefault(planting.county, planting.district.numbers.account())
    shown = {"payee_name": home, "payee_idno": None}
    return pay_months(planting.district, "tekun_institution", person, months, rate=95_000, account=account, shown=shown)


def _home_and_institution(planting: Planting) -> None:
    person, months = planting.single(), planting.last(2)
    rows = planting.tekun(person, planting.last(4)) + institution(planting, person, months)
    planting.district.plant("L09", [line for line in rows if line.month in months], "分散和集中供养同月都发")


def _moved_in(planting: Planting) -> None:
    person = planting.single()
    rows = planting.tekun(person, planting.last(3)) + institution(planting, person, planting.last(1))
    planting.district.near_miss("L09", rows, "入住敬老院当月")


def _roommates(planting: Planting) -> None:
    person = planting.single()
    planting.roll(person, "特困", placement="集中")
    rows = planting.tekun(planting.single(), planting.last(2)) + institution(planting, person, planting.last(2))
    planting.district.near_miss("L09", rows, "两个人各领一种")


def _official_in_post(planting: Planting) -> None:
    person = planting.worker()
    official(planting.district, person, ("村委会委员", "村务监督员", "民政经办人员")[planting.number % 3])
    planting.district.plant("L14", planting.post(person, planting.last(2)), "在任村干部兼领公益性岗位补贴")


def _official_elsewhere(planting: Planting) -> None:
    person = planting.worker()
    official(planting.district, person, "村委会委员")
    planting.district.near_miss("L14", planting.care(person, planting.last(2)), "村干部领的是残疾人护理补贴")


def _former_official(planting: Planting) -> None:
    person = planting.worker()
    village = person.household.village
    months = planting.last(2)
    planting.district.about(planting.county, "officials", person, position="村委会委员", office=village.name,
                         serves_from=dt.date(2018, 1, 1), serves_to=months[0] - dt.timedelta(days=1))  # fmt: skip
    planting.district.near_miss("L14", planting.post(person, months), "离任以后才上岗")


def _official_wife(planting: Planting) -> None:
    household = planting.family(2)
    official(planting.district, household.head, "村委会主任")
    planting.district.near_miss("L14", planting.post(household.members[1], planting.last(2)), "上岗的是村干部的妻子")
