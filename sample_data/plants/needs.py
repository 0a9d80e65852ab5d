"""Plants about who ought to be helped and is not: K01."""

from __future__ import annotations

import datetime as dt

from sample_data.facts import dead, disability
from sample_data.plants.scene import Stage, repeat
from sample_data.world import District, Person, Record, add_months


def plant(district: District) -> None:
    """Plant every rule of this group."""
    repeat(district, "K01", [_old_without, _disabled_without])
    repeat(
        district,
        "K01",
        [_seventy_nine, _just_turned, _dead, _moved, _lighter, _on_tekun, _new_certificate, _expired],
    )


def _in_census(stage: Stage, person: Person, why: str, found: bool = False) -> None:
    """Plant a row of the population register, which is written after all people are known."""

    def note() -> None:
        if person.record is None:
            raise AssertionError("the census comes first")
        (stage.district.plant if found else stage.district.spare)("K01", [person.record], why)

    stage.district.later.append(note)


def _certificate(stage: Stage, person: Person, level: str = "一级", **dates: dt.date) -> Record:
    disability(stage.district, person, level)
    record = stage.district.records[-1]
    record.values.update(dates)
    return record


def _old_without(stage: Stage) -> None:
    _in_census(stage, stage.single(82, 89), "年满80周岁未领高龄津贴", found=True)


def _disabled_without(stage: Stage) -> None:
    record = _certificate(stage, stage.worker(), "一级" if stage.number % 4 else "二级")
    stage.district.plant("K01", [record], "重度残疾未领护理补贴")


def _seventy_nine(stage: Stage) -> None:
    _in_census(stage, stage.single(77.5, 78), "未满80周岁")


def _just_turned(stage: Stage) -> None:
    last = add_months(stage.months[-1], -1)
    household = stage.family(2)
    born = last.replace(year=last.year - 80, day=4)
    _in_census(stage, stage.district.person(household, "祖父", 0, True, born=born), "满80周岁不到三个月")


def _dead(stage: Stage) -> None:
    person = stage.single(83, 88)
    dead(stage.district, person, add_months(stage.months[0], -2))
    _in_census(stage, person, "已去世")


def _moved(stage: Stage) -> None:
    person = stage.single(83, 88)
    person.registered = {"valid_to": add_months(stage.months[0], -2)}
    _in_census(stage, person, "户籍已迁出")


def _lighter(stage: Stage) -> None:
    stage.district.spare("K01", [_certificate(stage, stage.worker(), "三级")], "残疾等级不是一、二级")


def _on_tekun(stage: Stage) -> None:
    person = stage.single()
    record = _certificate(stage, person)
    stage.tekun(person, stage.last(3))
    stage.district.spare("K01", [record], "已享受特困供养")


def _new_certificate(stage: Stage) -> None:
    record = _certificate(stage, stage.worker(), valid_from=add_months(stage.months[-1], -2))
    stage.district.spare("K01", [record], "发证不满三个月")


def _expired(stage: Stage) -> None:
    record = _certificate(stage, stage.worker(), valid_to=stage.months[-1].replace(day=14))
    stage.district.spare("K01", [record], "残疾证已过期")
