"""Plants about families and lists: G01, G03, G04, L04, L08."""

from __future__ import annotations

import datetime as dt

from sample_data.facts import enrolled, kin, monitored, official
from sample_data.money import pay, yearly_month
from sample_data.planted.planting import Stage, repeat
from sample_data.world import District, Household, Line, Person, add_months

FILED = dt.date(2024, 11, 5)


def plant(district: District) -> None:
    """Plant every rule of this group."""
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


def _relative(stage: Stage, relation: str, **values: object) -> tuple[Person, Household]:
    """An official, and the dibao household of a relative who lives apart."""
    person = stage.worker()
    official(stage.district, person, ("村委会主任", "村委会委员", "民政经办人员")[stage.number % 3])
    household = stage.family(2)
    kin(stage.district, person, household.head, relation, **values)
    return person, household


def _not_filed(stage: Stage) -> None:
    relation = ("父亲", "儿子", "哥哥", "妹妹", "母亲")[stage.number % 5]
    _, household = _relative(stage, relation)
    stage.district.plant("G01", stage.dibao(household, stage.last(2)), "村干部近亲属享受低保，没有备案")


def _not_visited(stage: Stage) -> None:
    _, household = _relative(stage, "弟弟", filed_on=FILED)
    stage.district.plant("G01", stage.dibao(household, stage.last(3)), "已备案，没有县级入户记录")


def _filed(stage: Stage) -> None:
    _, household = _relative(stage, "姐姐", filed_on=FILED, visited_on=FILED + dt.timedelta(days=16))
    stage.district.spare("G01", stage.dibao(household, stage.last(2)), "已备案，县级已入户")


def _not_near(stage: Stage) -> None:
    _, household = _relative(stage, "朋友")
    stage.district.spare("G01", stage.dibao(household, stage.last(2)), "不是近亲属")


def _left_office(stage: Stage) -> None:
    person = stage.worker()
    household = stage.family(2)
    lines = stage.dibao(household, stage.last(2))
    stage.district.about(stage.county, "officials", person, position="村委会委员", office=person.household.village.name,
                         serves_from=dt.date(2018, 1, 1), serves_to=lines[0].month - dt.timedelta(days=1))  # fmt: skip
    kin(stage.district, person, household.head, "儿子")
    stage.district.spare("G01", lines, "村干部已离任")


def _other_money(stage: Stage) -> None:
    _, household = _relative(stage, "儿子")
    stage.district.spare("G01", stage.post(household.head, stage.last(2)), "领的不是低保")


def _insure(stage: Stage, household: Household, insured: int, months: int, others: str | None) -> list[Line]:
    """Put only the first members on the roll; the rest stand there as not counted, or not at all."""
    for number, person in enumerate(household.members):
        if number < insured or others:
            stage.roll(person, "低保", single_case="否", is_counted="是" if number < insured else others)
    return stage.dibao_lines(household, stage.last(months), size=insured)


def _part_of_family(stage: Stage) -> None:
    household = stage.family(3 + stage.number % 3)
    lines = _insure(stage, household, 1 + stage.number % 2, 2, None)
    stage.district.plant("G03", lines, "家里几口人只保其中一部分")


def _rest_not_counted(stage: Stage) -> None:
    lines = _insure(stage, stage.family(4), 2, 2, "否")
    stage.district.spare("G03", lines, "其余家人依规定不计入")


def _single_case(stage: Stage) -> None:
    household = stage.family(3)
    stage.roll(household.head, "低保", single_case="是")
    lines = stage.dibao_lines(household, stage.last(2), size=1)
    stage.district.spare("G03", lines, "单人保")


def _all_of_them(stage: Stage) -> None:
    """A baby born within the month is not yet counted."""
    household = stage.family(3)
    lines = stage.dibao(household, stage.last(1))
    born = stage.months[-1].replace(day=12)
    stage.district.person(household, "女", 0, False, born=born)
    stage.district.spare("G03", lines, "当月出生的孩子次月才计入")


def _two_cases(stage: Stage) -> None:
    """Both spouses hold a dibao book for the same two people; the roll does not say who is counted."""
    household = stage.family(2)
    lines = []
    for number, person in enumerate(household.members, 1):
        book = f"{stage.county}{int(household.number[6:]):05d}-{number}"
        stage.roll(person, "低保", single_case="否", is_counted=None, case_no=book)
        lines += stage.dibao_of(person, stage.last(2), size=2)
    stage.district.plant("G04", lines, "同一户有两份低保")


def _one_case_single(stage: Stage) -> None:
    household = stage.family(2)
    stage.roll(household.members[0], "低保", single_case="是")
    stage.roll(household.members[1], "低保", single_case="是")
    lines = [line for person in household.members for line in stage.dibao_of(person, stage.last(2), size=1)]
    stage.district.spare("G04", lines, "两人都是单人保")


def _two_houses(stage: Stage) -> None:
    first = stage.family(2)
    second = stage.district.household(stage.county, first.village)
    stage.district.person(second, "户主", 33, True, surname=first.head.name[0])
    lines = stage.dibao(first, stage.last(2)) + stage.dibao(second, stage.last(2))
    stage.district.spare("G04", lines, "同村两户，户口已分开")


def _student(stage: Stage) -> tuple[Person, Line]:
    household = stage.family(2)
    student = stage.district.person(household, "子", 16.6, True)
    enrolled(stage.district, student)
    return student, pay(stage.district, "yulu", student, yearly_month(stage.district, "person"), payee=household.head)


def _not_listed(stage: Stage) -> None:
    _, line = _student(stage)
    stage.district.plant("L04", [line], "家中无人在脱贫或监测名单")


def _parent_listed(stage: Stage) -> None:
    student, line = _student(stage)
    stage.district.about(stage.county, "monitoring", student.household.head, household_no=student.household.number,
                         list_kind="监测对象", valid_from=dt.date(2023, 5, 1))  # fmt: skip
    stage.district.spare("L04", [line], "名单上登记的是家长")


def _struck_off_later(stage: Stage) -> None:
    student, line = _student(stage)
    first = len(stage.district.records)
    monitored(stage.district, student.household, "监测对象")
    for record in stage.district.records[first:]:
        record.values["valid_to"] = add_months(line.month, 1)
    stage.district.spare("L04", [line], "发放之后才消除风险退出名单")


def _machine(stage: Stage, fen: int) -> Line:
    serial = f"LK{stage.district.serial():07d}"
    return pay(stage.district, "machine_purchase", stage.family(2).head, yearly_month(stage.district, "house"),
               quantity=1.0, amount_fen=fen, item_serial=serial)  # fmt: skip


def _dear_machine(stage: Stage) -> None:
    stage.district.plant("L08", [_machine(stage, 10_000_001 + stage.number * 350_000)], "一人一年超过十万元")


def _just_below(stage: Stage) -> None:
    stage.district.spare("L08", [_machine(stage, 10_000_000)], "一人一年正好十万元")


def _per_household(stage: Stage) -> None:
    line = pay(stage.district, "house_repair", stage.family(3).head, yearly_month(stage.district, "house"), quantity=1.0,
               amount_fen=11_000_000)  # fmt: skip
    stage.district.spare("L08", [line], "按户发放的不按个人计")
