"""Plants about being in school, in a home for the aged, in office: E08, L09, L14."""

from __future__ import annotations

import datetime as dt

from sample_data.facts import enrolled, monitored, official
from sample_data.money import pay, pay_months, yearly_month
from sample_data.planted.planting import Stage, repeat
from sample_data.world import District, Line, Person, add_months


def plant(district: District) -> None:
    """Plant every rule of this group."""
    repeat(district, "E08", [_no_school, _two_schools, _left_school])
    repeat(district, "E08", [_in_school, _changed_school])
    repeat(district, "L09", [_home_and_institution])
    repeat(district, "L09", [_moved_in, _roommates])
    repeat(district, "L14", [_official_in_post])
    repeat(district, "L14", [_official_elsewhere, _former_official, _official_wife])


def _student(stage: Stage) -> tuple[Person, Line]:
    household = stage.family(2)
    student = stage.district.person(household, "女", 16.5, False)
    monitored(stage.district, household, "脱贫户")
    return student, pay(stage.district, "yulu", student, yearly_month(stage.district, "person"), payee=household.head)


def _schooling(stage: Stage, student: Person, first: dt.date, last: dt.date, school: str) -> None:
    stage.district.about(
        stage.county, "enrolment", student, school=school, stage="中职", valid_from=first, valid_to=last
    )


def _no_school(stage: Stage) -> None:
    _, line = _student(stage)
    stage.district.plant("E08", [line], "当学期没有学籍")


def _two_schools(stage: Stage) -> None:
    student, line = _student(stage)
    enrolled(stage.district, student)
    month = line.month
    _schooling(stage, student, add_months(month, -8), add_months(month, 20), "沐河县中等专业学校")
    stage.district.plant("E08", [line], "同时有两个学校的学籍")


def _left_school(stage: Stage) -> None:
    student, line = _student(stage)
    _schooling(stage, student, add_months(line.month, -20), line.month - dt.timedelta(days=1), "云山市职业技术学校")
    stage.district.plant("E08", [line], "上月已离校")


def _in_school(stage: Stage) -> None:
    student, line = _student(stage)
    _schooling(stage, student, line.month.replace(day=20), add_months(line.month, 30), "云山市职业技术学校")
    stage.district.spare("E08", [line], "当月刚入学")


def _changed_school(stage: Stage) -> None:
    student, line = _student(stage)
    _schooling(stage, student, add_months(line.month, -8), line.month.replace(day=10), "云山市职业技术学校")
    _schooling(stage, student, line.month.replace(day=11), add_months(line.month, 20), "沐河县中等专业学校")
    stage.district.spare("E08", [line], "当月转学，学籍先后相接")


def institution(stage: Stage, person: Person, months: list[dt.date]) -> list[Line]:
    """Pay a person's support to the home for the aged."""
    home = f"{dict(stage.district.counties)[stage.county]}中心敬老院"
    account = stage.district.homes.setdefault(stage.county, stage.district.numbers.account())
    shown = {"payee_name": home, "payee_idno": None}
    return pay_months(stage.district, "tekun_institution", person, months, rate=95_000, account=account, shown=shown)


def _home_and_institution(stage: Stage) -> None:
    person, months = stage.single(), stage.last(2)
    rows = stage.tekun(person, stage.last(4)) + institution(stage, person, months)
    stage.district.plant("L09", [line for line in rows if line.month in months], "分散和集中供养同月都发")


def _moved_in(stage: Stage) -> None:
    person = stage.single()
    rows = stage.tekun(person, stage.last(3)) + institution(stage, person, stage.last(1))
    stage.district.spare("L09", rows, "入住敬老院当月")


def _roommates(stage: Stage) -> None:
    person = stage.single()
    stage.roll(person, "特困", placement="集中")
    rows = stage.tekun(stage.single(), stage.last(2)) + institution(stage, person, stage.last(2))
    stage.district.spare("L09", rows, "两个人各领一种")


def _official_in_post(stage: Stage) -> None:
    person = stage.worker()
    official(stage.district, person, ("村委会委员", "村务监督员", "民政经办人员")[stage.number % 3])
    stage.district.plant("L14", stage.post(person, stage.last(2)), "在任村干部兼领公益性岗位补贴")


def _official_elsewhere(stage: Stage) -> None:
    person = stage.worker()
    official(stage.district, person, "村委会委员")
    stage.district.spare("L14", stage.care(person, stage.last(2)), "村干部领的是残疾人护理补贴")


def _former_official(stage: Stage) -> None:
    person = stage.worker()
    village = person.household.village
    months = stage.last(2)
    stage.district.about(stage.county, "officials", person, position="村委会委员", office=village.name,
                         serves_from=dt.date(2018, 1, 1), serves_to=months[0] - dt.timedelta(days=1))  # fmt: skip
    stage.district.spare("L14", stage.post(person, months), "离任以后才上岗")


def _official_wife(stage: Stage) -> None:
    household = stage.family(2)
    official(stage.district, household.head, "村委会主任")
    stage.district.spare("L14", stage.post(household.members[1], stage.last(2)), "上岗的是村干部的妻子")
