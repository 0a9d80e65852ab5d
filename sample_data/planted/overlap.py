"""Planted cases that set payments against the payroll or another programme: C01, E01."""

from __future__ import annotations

import datetime as dt

from sample_data.facts import payroll
from sample_data.money import pay_months, yearly_month
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group."""
    repeat(district, "C01", [_staff_on_dibao, _staff_spouse, _staff_on_aid, _retired_on_tekun])
    repeat(district, "C01", [_allowed_kinds] * 4 + [_before_joining, _care_allowed, _relative_elsewhere, _land_allowed])
    repeat(district, "E01", [_both, _both, _counted_member])
    repeat(district, "E01", [_next_month, _handover, _other_member, _stopped_one, _gap])


def _staff_on_dibao(planting: Planting) -> None:
    """On the payroll for the last three months only; dibao before that is due."""
    household = planting.family(2)
    lines = planting.dibao(household, planting.last(6))
    months = planting.last(3)
    payroll(planting.district, household.head, months, "在职" if planting.number % 2 else "退休")
    planting.district.plant("C01", [line for line in lines if line.month in months], "财政供养人员领取低保")


def _staff_spouse(planting: Planting) -> None:
    household = planting.family(3)
    lines = planting.dibao(household, planting.last(3))
    payroll(planting.district, household.members[1], planting.last(3))
    planting.district.plant("C01", lines, "低保家庭成员为财政供养人员")


def _staff_on_aid(planting: Planting) -> None:
    head = planting.family(2).head
    lines = pay_months(planting.district, "temporary_aid", head, planting.last(1), amount_fen=150_000)
    payroll(planting.district, head, planting.months)
    planting.district.plant("C01", lines, "财政供养人员领取临时救助")


def _retired_on_tekun(planting: Planting) -> None:
    person = planting.single()
    lines = planting.tekun(person, planting.last(4))
    payroll(planting.district, person, planting.last(4), "退休")
    planting.district.plant("C01", lines, "退休财政供养人员领取特困供养金")


def _allowed_kinds(planting: Planting) -> None:
    kind = ("公益性岗位", "遗属", "村干部", "临聘")[planting.number % 4]
    household = planting.family(2)
    lines = planting.dibao(household, planting.last(2))
    payroll(planting.district, household.head, planting.last(2), kind)
    planting.district.near_miss("C01", lines, f"人员类别为{kind}")


def _before_joining(planting: Planting) -> None:
    """Dibao ended the month before the first salary."""
    household = planting.family(2)
    first = len(planting.district.records)
    lines = planting.dibao(household, planting.months[:-1])
    for record in planting.district.records[first:]:
        record.values["valid_to"] = planting.months[-1] - dt.timedelta(days=1)
    payroll(planting.district, household.head, planting.last(1))
    planting.district.near_miss("C01", lines, "停保次月才入职")


def _care_allowed(planting: Planting) -> None:
    person = planting.worker()
    lines = planting.care(person, planting.last(2))
    payroll(planting.district, person, planting.last(2))
    planting.district.near_miss("C01", lines, "在职重度残疾人可领护理补贴")


def _relative_elsewhere(planting: Planting) -> None:
    lines = planting.dibao(planting.family(2), planting.last(2))
    other = planting.family(2)
    other.head.name = lines[0].recipient.name
    payroll(planting.district, other.head, planting.last(2))
    planting.district.near_miss("C01", lines, "同名的财政供养人员另有其人")


def _land_allowed(planting: Planting) -> None:
    head = planting.family(2).head
    month = yearly_month(planting.district, "land")
    lines = pay_months(planting.district, "public_forest", head, [month], quantity=8.0)
    payroll(planting.district, head, [month])
    planting.district.near_miss("C01", lines, "财政供养人员依法领取公益林补偿")


def _both(planting: Planting) -> None:
    person = planting.single()
    dibao_lines = planting.dibao(person.household, planting.last(5))
    months = planting.last(2 + planting.number % 3)
    tekun_lines = planting.tekun(person, months)
    rows = [line for line in dibao_lines if line.month in months] + tekun_lines
    planting.district.plant("E01", rows, "同月既领低保又领特困供养金")


def _counted_member(planting: Planting) -> None:
    """The dibao household still counts somebody who has become a tekun person."""
    household = planting.family(2)
    elder = planting.district.person(household, "叔父", 68, True)
    dibao_lines = planting.dibao(household, planting.last(3))
    tekun_lines = planting.tekun(elder, planting.last(2))
    rows = [line for line in dibao_lines if line.month in planting.last(2)] + tekun_lines
    planting.district.plant("E01", rows, "低保户仍把特困人员计入保障人口")


def _handover(planting: Planting) -> None:
    person = planting.single()
    lines = planting.dibao(person.household, planting.last(3)) + planting.tekun(person, planting.last(1))
    planting.district.near_miss("E01", lines, "转换当月两项都发，次月只剩特困")


def _next_month(planting: Planting) -> None:
    person = planting.single()
    lines = planting.dibao(person.household, planting.months[:-1]) + planting.tekun(person, planting.last(1))
    planting.district.near_miss("E01", lines, "低保停发次月转特困")


def _other_member(planting: Planting) -> None:
    """The tekun person lives in a dibao household and is not counted in it."""
    household = planting.family(2)
    elder = planting.district.person(household, "叔父", 68, True)
    lines = planting.tekun(elder, planting.last(2))
    for person in household.members[:2]:
        planting.roll(person, "低保", single_case="否")
    planting.roll(elder, "低保", is_counted="否", single_case="否")
    lines += planting.dibao_lines(household, planting.last(2), size=2)
    planting.district.near_miss("E01", lines, "同户另一人享受低保，未计入本人")


def _stopped_one(planting: Planting) -> None:
    person = planting.single()
    lines = planting.dibao(person.household, planting.last(2))
    # The dibao sheet has no state column: clerks write the word where the amount would stand.
    lines[-1].state, lines[-1].amount_fen, lines[-1].extra_fen = "停发", 0, 0
    lines[-1].shown = {"amount_fen": "停发", "guarantee_fen": None}
    lines += planting.tekun(person, planting.last(1))
    planting.district.near_miss("E01", lines, "转特困当月低保已停发")


def _gap(planting: Planting) -> None:
    person = planting.single()
    lines = planting.tekun(person, planting.months[:1]) + planting.dibao(person.household, planting.last(1))
    planting.district.near_miss("E01", lines, "先后享受，相隔数月")
