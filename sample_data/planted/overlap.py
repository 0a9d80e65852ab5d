"""Plants that set payments against the payroll or another programme: C01, E01."""

from __future__ import annotations

import datetime as dt

from sample_data.facts import payroll
from sample_data.money import pay_months, yearly_month
from sample_data.planted.planting import Stage, repeat
from sample_data.world import District


def plant(district: District) -> None:
    """Plant every rule of this group."""
    repeat(district, "C01", [_staff_on_dibao, _staff_spouse, _staff_on_aid, _retired_on_tekun])
    repeat(district, "C01", [_allowed_kinds] * 4 + [_before_joining, _care_allowed, _relative_elsewhere, _land_allowed])
    repeat(district, "E01", [_both, _both, _counted_member])
    repeat(district, "E01", [_next_month, _handover, _other_member, _stopped_one, _gap])


def _staff_on_dibao(stage: Stage) -> None:
    """On the payroll for the last three months only; dibao before that is due."""
    household = stage.family(2)
    lines = stage.dibao(household, stage.last(6))
    months = stage.last(3)
    payroll(stage.district, household.head, months, "在职" if stage.number % 2 else "退休")
    stage.district.plant("C01", [line for line in lines if line.month in months], "财政供养人员领取低保")


def _staff_spouse(stage: Stage) -> None:
    household = stage.family(3)
    lines = stage.dibao(household, stage.last(3))
    payroll(stage.district, household.members[1], stage.last(3))
    stage.district.plant("C01", lines, "低保家庭成员为财政供养人员")


def _staff_on_aid(stage: Stage) -> None:
    head = stage.family(2).head
    lines = pay_months(stage.district, "temporary_aid", head, stage.last(1), amount_fen=150_000)
    payroll(stage.district, head, stage.months)
    stage.district.plant("C01", lines, "财政供养人员领取临时救助")


def _retired_on_tekun(stage: Stage) -> None:
    person = stage.single()
    lines = stage.tekun(person, stage.last(4))
    payroll(stage.district, person, stage.last(4), "退休")
    stage.district.plant("C01", lines, "退休财政供养人员领取特困供养金")


def _allowed_kinds(stage: Stage) -> None:
    kind = ("公益性岗位", "遗属", "村干部", "临聘")[stage.number % 4]
    household = stage.family(2)
    lines = stage.dibao(household, stage.last(2))
    payroll(stage.district, household.head, stage.last(2), kind)
    stage.district.spare("C01", lines, f"人员类别为{kind}")


def _before_joining(stage: Stage) -> None:
    """Dibao ended the month before the first salary."""
    household = stage.family(2)
    first = len(stage.district.records)
    lines = stage.dibao(household, stage.months[:-1])
    for record in stage.district.records[first:]:
        record.values["valid_to"] = stage.months[-1] - dt.timedelta(days=1)
    payroll(stage.district, household.head, stage.last(1))
    stage.district.spare("C01", lines, "停保次月才入职")


def _care_allowed(stage: Stage) -> None:
    person = stage.worker()
    lines = stage.care(person, stage.last(2))
    payroll(stage.district, person, stage.last(2))
    stage.district.spare("C01", lines, "在职重度残疾人可领护理补贴")


def _relative_elsewhere(stage: Stage) -> None:
    lines = stage.dibao(stage.family(2), stage.last(2))
    other = stage.family(2)
    other.head.name = lines[0].recipient.name
    payroll(stage.district, other.head, stage.last(2))
    stage.district.spare("C01", lines, "同名的财政供养人员另有其人")


def _land_allowed(stage: Stage) -> None:
    head = stage.family(2).head
    month = yearly_month(stage.district, "land")
    lines = pay_months(stage.district, "public_forest", head, [month], quantity=8.0)
    payroll(stage.district, head, [month])
    stage.district.spare("C01", lines, "财政供养人员依法领取公益林补偿")


def _both(stage: Stage) -> None:
    person = stage.single()
    dibao_lines = stage.dibao(person.household, stage.last(5))
    months = stage.last(2 + stage.number % 3)
    tekun_lines = stage.tekun(person, months)
    rows = [line for line in dibao_lines if line.month in months] + tekun_lines
    stage.district.plant("E01", rows, "同月既领低保又领特困供养金")


def _counted_member(stage: Stage) -> None:
    """The dibao household still counts somebody who has become a tekun person."""
    household = stage.family(2)
    elder = stage.district.person(household, "叔父", 68, True)
    dibao_lines = stage.dibao(household, stage.last(3))
    tekun_lines = stage.tekun(elder, stage.last(2))
    rows = [line for line in dibao_lines if line.month in stage.last(2)] + tekun_lines
    stage.district.plant("E01", rows, "低保户仍把特困人员计入保障人口")


def _handover(stage: Stage) -> None:
    person = stage.single()
    lines = stage.dibao(person.household, stage.last(3)) + stage.tekun(person, stage.last(1))
    stage.district.spare("E01", lines, "转换当月两项都发，次月只剩特困")


def _next_month(stage: Stage) -> None:
    person = stage.single()
    lines = stage.dibao(person.household, stage.months[:-1]) + stage.tekun(person, stage.last(1))
    stage.district.spare("E01", lines, "低保停发次月转特困")


def _other_member(stage: Stage) -> None:
    """The tekun person lives in a dibao household and is not counted in it."""
    household = stage.family(2)
    elder = stage.district.person(household, "叔父", 68, True)
    lines = stage.tekun(elder, stage.last(2))
    for person in household.members[:2]:
        stage.roll(person, "低保", single_case="否")
    stage.roll(elder, "低保", is_counted="否", single_case="否")
    lines += stage.dibao_lines(household, stage.last(2), size=2)
    stage.district.spare("E01", lines, "同户另一人享受低保，未计入本人")


def _stopped_one(stage: Stage) -> None:
    person = stage.single()
    lines = stage.dibao(person.household, stage.last(2))
    # The dibao sheet has no state column: clerks write the word where the amount would stand.
    lines[-1].state, lines[-1].amount_fen, lines[-1].extra_fen = "停发", 0, 0
    lines[-1].shown = {"amount_fen": "停发", "guarantee_fen": None}
    lines += stage.tekun(person, stage.last(1))
    stage.district.spare("E01", lines, "转特困当月低保已停发")


def _gap(stage: Stage) -> None:
    person = stage.single()
    lines = stage.tekun(person, stage.months[:1]) + stage.dibao(person.household, stage.last(1))
    stage.district.spare("E01", lines, "先后享受，相隔数月")
