"""Planted cases about people in public-welfare posts who have another job: C02, C04."""

from __future__ import annotations

from sample_data.facts import insured, payroll
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group."""
    repeat(district, "C02", [_staff_in_post])
    repeat(district, "C02", [_other_kinds, _left_before, _wife_in_post])
    repeat(district, "C04", [_employed_elsewhere])
    repeat(district, "C04", [_own_insurance, _later_job, _wife_employed])


def _staff_in_post(planting: Planting) -> None:
    """On the payroll in the last two months only; the post before that is nobody's question."""
    person = planting.worker()
    lines = planting.post(person, planting.last(3))
    months = planting.last(1 + planting.number % 2)
    payroll(planting.district, person, months)
    planting.district.plant(
        "C02", [line for line in lines if line.month in months], "在职财政供养人员领取公益性岗位补贴"
    )


def _other_kinds(planting: Planting) -> None:
    kind = ("公益性岗位", "退休", "村干部", "临聘", "遗属")[planting.number // 3 % 5]
    person = planting.worker()
    payroll(planting.district, person, planting.last(2), kind)
    planting.district.near_miss("C02", planting.post(person, planting.last(2)), f"人员类别为{kind}")


def _left_before(planting: Planting) -> None:
    person = planting.worker()
    payroll(planting.district, person, planting.months[:1])
    planting.district.near_miss("C02", planting.post(person, planting.last(1)), "离职以后才上岗")


def _wife_in_post(planting: Planting) -> None:
    household = planting.family(2)
    payroll(planting.district, household.head, planting.last(2))
    planting.district.near_miss("C02", planting.post(household.members[1], planting.last(2)), "在职的是配偶")


def _employed_elsewhere(planting: Planting) -> None:
    person = planting.worker()
    lines = planting.post(person, planting.last(3))
    months = planting.last(1 + planting.number % 3)
    insured(planting.district, person, months)
    planting.district.plant("C04", [line for line in lines if line.month in months], "公益岗人员由别的单位缴职工社保")


def _own_insurance(planting: Planting) -> None:
    kind = "灵活就业" if planting.number % 2 else "公益性岗位"
    person = planting.worker()
    insured(planting.district, person, planting.last(2), kind)
    planting.district.near_miss("C04", planting.post(person, planting.last(2)), f"缴费身份为{kind}")


def _later_job(planting: Planting) -> None:
    person = planting.worker()
    lines = planting.post(person, planting.months[:-1])
    insured(planting.district, person, planting.last(1))
    planting.district.near_miss("C04", lines, "离岗次月才就业")


def _wife_employed(planting: Planting) -> None:
    household = planting.family(2)
    insured(planting.district, household.members[1], planting.last(2))
    planting.district.near_miss("C04", planting.post(household.head, planting.last(2)), "就业的是配偶")
