"""Planted cases about families and lists: G01, G03, G04, L04, L08."""

from __future__ import annotations

import datetime as dt

from sample_data.facts import enrolled, kin, monitored, official
from sample_data.money import pay, yearly_month
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District, Household, Line, Person, add_months

FILED = dt.date(2024, 11, 5)


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group."""
    repeat(district, "G01", [_not_filed, _not_visited])
    repeat(district, "G01", [_filed, _not_near, _left_office, _other_money])
    repeat(district, "G03", [_part_of_family])
    repeat(district, "G03", [_rest_not_counted, _single_case, _all_of_them])
    repeat(district, "G04", [_two_cases])
    repeat(district, "G04", [_one_case_single, _two_houses])
    repeat(district, "L04", [_not_listed])
    repeat(district, "L04", [_parent_listed, _struck_off_later])
    repeat(district, "L08", [_dear_machine])
    repeat(district, "L08", [_just_below, _per_household])


def _relative(planting: Planting, relation: str, **values: object) -> tuple[Person, Household]:
    """An official, and the dibao household of a relative who lives apart."""
    person = planting.worker()
    official(planting.district, person, ("村委会主任", "村委会委员", "民政经办人员")[planting.number % 3])
    household = planting.family(2)
    kin(planting.district, person, household.head, relation, **values)
    return person, household


def _not_filed(planting: Planting) -> None:
    relation = ("父亲", "儿子", "哥哥", "妹妹", "母亲")[planting.number % 5]
    _, household = _relative(planting, relation)
    planting.district.plant("G01", planting.dibao(household, planting.last(2)), "村干部近亲属享受低保，没有备案")


def _not_visited(planting: Planting) -> None:
    _, household = _relative(planting, "弟弟", filed_on=FILED)
    planting.district.plant("G01", planting.dibao(household, planting.last(3)), "已备案，没有县级入户记录")


def _filed(planting: Planting) -> None:
    _, household = _relative(planting, "姐姐", filed_on=FILED, visited_on=FILED + dt.timedelta(days=16))
    planting.district.near_miss("G01", planting.dibao(household, planting.last(2)), "已备案，县级已入户")


def _not_near(planting: Planting) -> None:
    _, household = _relative(planting, "朋友")
    planting.district.near_miss("G01", planting.dibao(household, planting.last(2)), "不是近亲属")


def _left_office(planting: Planting) -> None:
    person = planting.worker()
    household = planting.family(2)
    lines = planting.dibao(household, planting.last(2))
    planting.district.about(planting.county, "officials", person, position="村委会委员", office=person.household.village.name,
                         serves_from=dt.date(2018, 1, 1), serves_to=lines[0].month - dt.timedelta(days=1))  # fmt: skip
    kin(planting.district, person, household.head, "儿子")
    planting.district.near_miss("G01", lines, "村干部已离任")


def _other_money(planting: Planting) -> None:
    _, household = _relative(planting, "儿子")
    planting.district.near_miss("G01", planting.post(household.head, planting.last(2)), "领的不是低保")


def _insure(planting: Planting, household: Household, insured: int, months: int, others: str | None) -> list[Line]:
    """Put only the first members on the roll; the rest stand there as not counted, or not at all."""
    for number, person in enumerate(household.members):
        if number < insured or others:
            planting.roll(person, "低保", single_case="否", is_counted="是" if number < insured else others)
    return planting.dibao_lines(household, planting.last(months), size=insured)


def _part_of_family(planting: Planting) -> None:
    household = planting.family(3 + planting.number % 3)
    lines = _insure(planting, household, 1 + planting.number % 2, 2, None)
    planting.district.plant("G03", lines, "家里几口人只保其中一部分")


def _rest_not_counted(planting: Planting) -> None:
    lines = _insure(planting, planting.family(4), 2, 2, "否")
    planting.district.near_miss("G03", lines, "其余家人依规定不计入")


def _single_case(planting: Planting) -> None:
    household = planting.family(3)
    planting.roll(household.head, "低保", single_case="是")
    lines = planting.dibao_lines(household, planting.last(2), size=1)
    planting.district.near_miss("G03", lines, "单人保")


def _all_of_them(planting: Planting) -> None:
    """A baby born within the month is not yet counted."""
    household = planting.family(3)
    lines = planting.dibao(household, planting.last(1))
    born = planting.months[-1].replace(day=12)
    planting.district.person(household, "女", 0, False, born=born)
    planting.district.near_miss("G03", lines, "当月出生的孩子次月才计入")


def _two_cases(planting: Planting) -> None:
    """Both spouses hold a dibao book for the same two people; the roll does not say who is counted."""
    household = planting.family(2)
    lines = []
    for number, person in enumerate(household.members, 1):
        book = f"{planting.county}{int(household.number[6:]):05d}-{number}"
        planting.roll(person, "低保", single_case="否", is_counted=None, case_no=book)
        lines += planting.dibao_of(person, planting.last(2), size=2)
    planting.district.plant("G04", lines, "同一户有两份低保")


def _one_case_single(planting: Planting) -> None:
    household = planting.family(2)
    planting.roll(household.members[0], "低保", single_case="是")
    planting.roll(household.members[1], "低保", single_case="是")
    lines = [line for person in household.members for line in planting.dibao_of(person, planting.last(2), size=1)]
    planting.district.near_miss("G04", lines, "两人都是单人保")


def _two_houses(planting: Planting) -> None:
    first = planting.family(2)
    second = planting.district.household(planting.county, first.village)
    planting.district.person(second, "户主", 33, True, surname=first.head.name[0])
    lines = planting.dibao(first, planting.last(2)) + planting.dibao(second, planting.last(2))
    planting.district.near_miss("G04", lines, "同村两户，户口已分开")


def _student(planting: Planting) -> tuple[Person, Line]:
    household = planting.family(2)
    student = planting.district.person(household, "子", 16.6, True)
    enrolled(planting.district, student)
    return student, pay(
        planting.district, "yulu", student, yearly_month(planting.district, "person"), payee=household.head
    )


def _not_listed(planting: Planting) -> None:
    _, line = _student(planting)
    planting.district.plant("L04", [line], "家中无人在脱贫或监测名单")


def _parent_listed(planting: Planting) -> None:
    student, line = _student(planting)
    planting.district.about(planting.county, "monitoring", student.household.head, household_no=student.household.number,
                         list_kind="监测对象", valid_from=dt.date(2023, 5, 1))  # fmt: skip
    planting.district.near_miss("L04", [line], "名单上登记的是家长")


def _struck_off_later(planting: Planting) -> None:
    student, line = _student(planting)
    first = len(planting.district.records)
    monitored(planting.district, student.household, "监测对象")
    for record in planting.district.records[first:]:
        record.values["valid_to"] = add_months(line.month, 1)
    planting.district.near_miss("L04", [line], "发放之后才消除风险退出名单")


def _machine(planting: Planting, fen: int) -> Line:
    serial = f"LK{planting.district.serial():07d}"
    return pay(planting.district, "machine_purchase", planting.family(2).head, yearly_month(planting.district, "house"),
               quantity=1.0, amount_fen=fen, item_serial=serial)  # fmt: skip


def _dear_machine(planting: Planting) -> None:
    planting.district.plant("L08", [_machine(planting, 10_000_001 + planting.number * 350_000)], "一人一年超过十万元")


def _just_below(planting: Planting) -> None:
    planting.district.near_miss("L08", [_machine(planting, 10_000_000)], "一人一年正好十万元")


def _per_household(planting: Planting) -> None:
    line = pay(planting.district, "house_repair", planting.family(3).head, yearly_month(planting.district, "house"), quantity=1.0,
               amount_fen=11_000_000)  # fmt: skip
    planting.district.near_miss("L08", [line], "按户发放的不按个人计")
