"""Plants about people in public-welfare posts who have another job: C02, C04."""

from __future__ import annotations

from sample_data.facts import insured, payroll
from sample_data.planted.planting import Stage, repeat
from sample_data.world import District


def plant(district: District) -> None:
    """Plant every rule of this group."""
    repeat(district, "C02", [_staff_in_post])
    repeat(district, "C02", [_other_kinds, _left_before, _wife_in_post])
    repeat(district, "C04", [_employed_elsewhere])
    repeat(district, "C04", [_own_insurance, _later_job, _wife_employed])


def _staff_in_post(stage: Stage) -> None:
    """On the payroll in the last two months only; the post before that is nobody's question."""
    person = stage.worker()
    lines = stage.post(person, stage.last(3))
    months = stage.last(1 + stage.number % 2)
    payroll(stage.district, person, months)
    stage.district.plant("C02", [line for line in lines if line.month in months], "在职财政供养人员领取公益性岗位补贴")


def _other_kinds(stage: Stage) -> None:
    kind = ("公益性岗位", "退休", "村干部", "临聘", "遗属")[stage.number // 3 % 5]
    person = stage.worker()
    payroll(stage.district, person, stage.last(2), kind)
    stage.district.spare("C02", stage.post(person, stage.last(2)), f"人员类别为{kind}")


def _left_before(stage: Stage) -> None:
    person = stage.worker()
    payroll(stage.district, person, stage.months[:1])
    stage.district.spare("C02", stage.post(person, stage.last(1)), "离职以后才上岗")


def _wife_in_post(stage: Stage) -> None:
    household = stage.family(2)
    payroll(stage.district, household.head, stage.last(2))
    stage.district.spare("C02", stage.post(household.members[1], stage.last(2)), "在职的是配偶")


def _employed_elsewhere(stage: Stage) -> None:
    person = stage.worker()
    lines = stage.post(person, stage.last(3))
    months = stage.last(1 + stage.number % 3)
    insured(stage.district, person, months)
    stage.district.plant("C04", [line for line in lines if line.month in months], "公益岗人员由别的单位缴职工社保")


def _own_insurance(stage: Stage) -> None:
    kind = "灵活就业" if stage.number % 2 else "公益性岗位"
    person = stage.worker()
    insured(stage.district, person, stage.last(2), kind)
    stage.district.spare("C04", stage.post(person, stage.last(2)), f"缴费身份为{kind}")


def _later_job(stage: Stage) -> None:
    person = stage.worker()
    lines = stage.post(person, stage.months[:-1])
    insured(stage.district, person, stage.last(1))
    stage.district.spare("C04", lines, "离岗次月才就业")


def _wife_employed(stage: Stage) -> None:
    household = stage.family(2)
    insured(stage.district, household.members[1], stage.last(2))
    stage.district.spare("C04", stage.post(household.head, stage.last(2)), "就业的是配偶")
