"""Plants about who ought to be helped and is not: K01, K03, K04, K05, L12."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sample_data.base import pay_old_age
from sample_data.facts import dead, declined, disability, monitored
from sample_data.money import pay, pay_months
from sample_data.planted.planting import Stage, repeat
from sample_data.world import District, Household, Person, Record, add_months


def plant(district: District) -> None:
    """Plant every rule of this group."""
    repeat(district, "K01", [_old_without])
    repeat(district, "K01", [_dead, _refused, _seventy_nine, _just_turned, _moved, _paid_to_the_old])
    repeat(district, "K03", [_disabled_without])
    repeat(district, "K03", [_lighter, _on_tekun, _new_certificate, _expired, _cares_for_himself])
    repeat(district, "K04", [_marginal_disabled])
    repeat(district, "K04", [_marginal_lighter, _marginal_just_listed, _marginal_declined, _marginal_on_dibao])
    for rule, listed in (("L12", _listed), ("K05", _low_income)):
        repeat(district, rule, [_gets_nothing(rule, listed)])
        repeat(
            district,
            rule,
            [_gets_something(rule, listed), _no_longer(rule, listed), _wants_none(rule, listed), _new(rule, listed)],
        )


def _in_census(stage: Stage, person: Person, why: str, found: bool = False) -> None:
    """Plant a row of the population register, which is written after all people are known."""

    def note() -> None:
        if person.record is None:
            raise AssertionError("the census comes first")
        (stage.district.plant if found else stage.district.spare)("K01", [person.record], why)

    stage.district.later.append(note)


def _certificate(stage: Stage, person: Person, level: str = "一级", kind: str = "肢体", **dates: dt.date) -> Record:
    disability(stage.district, person, level, kind)
    record = stage.district.records[-1]
    record.values.update(dates)
    return record


def _old_without(stage: Stage) -> None:
    _in_census(stage, stage.single(82, 89), "年满80周岁未领高龄津贴", found=True)


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


def _refused(stage: Stage) -> None:
    person = stage.single(83, 88)
    declined(stage.district, person, *(("高龄津贴",) if stage.number % 2 else ("", "在外地领取")))
    _in_census(stage, person, "登记为本人不愿申请或在外地领取")


def _paid_to_the_old(stage: Stage) -> None:
    person = stage.single(83, 88)
    pay_old_age(stage.district, person)
    _in_census(stage, person, "已在领高龄津贴")


def _disabled_without(stage: Stage) -> None:
    record = _certificate(stage, stage.worker(), "一级" if stage.number % 4 else "二级")
    stage.district.plant("K03", [record], "重度残疾未领护理补贴")


def _lighter(stage: Stage) -> None:
    stage.district.spare("K03", [_certificate(stage, stage.worker(), "三级")], "残疾等级不是一、二级")


def _on_tekun(stage: Stage) -> None:
    person = stage.single()
    record = _certificate(stage, person)
    stage.tekun(person, stage.last(3))
    stage.district.spare("K03", [record], "已享受特困供养")


def _new_certificate(stage: Stage) -> None:
    record = _certificate(stage, stage.worker(), valid_from=add_months(stage.months[-1], -2))
    stage.district.spare("K03", [record], "发证不满三个月")


def _expired(stage: Stage) -> None:
    record = _certificate(stage, stage.worker(), valid_to=stage.months[-1].replace(day=14))
    stage.district.spare("K03", [record], "残疾证已过期")


def _cares_for_himself(stage: Stage) -> None:
    person = stage.worker()
    record = _certificate(stage, person, "二级")
    declined(stage.district, person, "重度残疾人护理补贴")
    stage.district.spare("K03", [record], "本人不愿申请护理补贴")


def _marginal(stage: Stage, level: str = "二级", kind: str = "肢体", **dates: dt.date) -> tuple[Person, list[Record]]:
    """Somebody disabled on the roll of marginal families; a severe disability draws its care allowance."""
    person = stage.worker()
    stage.roll(person, "低保边缘", is_counted=None, **dates)
    rows = [stage.district.records[-1], _certificate(stage, person, level, kind)]
    if level != "三级":
        pay_months(stage.district, "disabled_care", person, stage.months)
    else:
        # the home is not without any help: another rule's question
        pay(stage.district, "temporary_aid", person, stage.months[-1], amount_fen=60_000)
    return person, rows


def _marginal_disabled(stage: Stage) -> None:
    _, rows = _marginal(stage, *(("二级",) if stage.number % 2 else ("三级", "精神")))
    stage.district.plant("K04", rows, "低保边缘家庭的重度残疾人没有单人保")


def _marginal_lighter(stage: Stage) -> None:
    stage.district.spare("K04", _marginal(stage, "三级", "听力")[1], "三级听力残疾不在单人保范围")


def _marginal_just_listed(stage: Stage) -> None:
    _, rows = _marginal(stage, valid_from=add_months(stage.months[-1], -2))
    stage.district.spare("K04", rows, "列入边缘家庭不满三个月")


def _marginal_declined(stage: Stage) -> None:
    person, rows = _marginal(stage)
    declined(stage.district, person, "农村居民最低生活保障金")
    stage.district.spare("K04", rows, "本人不愿申请低保")


def _marginal_on_dibao(stage: Stage) -> None:
    person, rows = _marginal(stage)
    stage.roll(person, "低保", single_case="是")
    stage.dibao_of(person, stage.last(2), size=1)
    stage.district.spare("K04", rows, "已按单人户享受低保")


Lister = Callable[..., list[Record]]


def _listed(stage: Stage, household: Household, **dates: dt.date) -> list[Record]:
    first = len(stage.district.records)
    monitored(stage.district, household, "监测对象" if stage.number % 3 else "脱贫户")
    return _dated(stage.district.records[first:], dates)


def _low_income(stage: Stage, household: Household, **dates: dt.date) -> list[Record]:
    first = len(stage.district.records)
    for person in household.members:
        stage.roll(person, "低保边缘" if stage.number % 2 else "刚性支出困难", is_counted=None)
    return _dated(stage.district.records[first:], dates)


def _dated(records: list[Record], dates: dict[str, dt.date]) -> list[Record]:
    for record in records:
        record.values.update(dates)
    return records


def _gets_nothing(rule: str, listed: Lister) -> Callable[[Stage], None]:
    def nothing(stage: Stage) -> None:
        stage.district.plant(rule, listed(stage, stage.family(1 + stage.number % 3)), "在册一年没有任何到户资金")

    return nothing


def _gets_something(rule: str, listed: Lister) -> Callable[[Stage], None]:
    def something(stage: Stage) -> None:
        household = stage.family(2)
        pay(stage.district, "temporary_aid", household.members[1], stage.months[-1], amount_fen=80_000)
        stage.district.spare(rule, listed(stage, household), "家里有人领了临时救助")

    return something


def _no_longer(rule: str, listed: Lister) -> Callable[[Stage], None]:
    def no_longer(stage: Stage) -> None:
        rows = listed(stage, stage.family(2), valid_to=stage.months[-1].replace(day=9))
        stage.district.spare(rule, rows, "当月已退出名单")

    return no_longer


def _wants_none(rule: str, listed: Lister) -> Callable[[Stage], None]:
    def wants_none(stage: Stage) -> None:
        household = stage.family(2)
        declined(stage.district, household.head)
        stage.district.spare(rule, listed(stage, household), "家人登记不需要帮助")

    return wants_none


def _new(rule: str, listed: Lister) -> Callable[[Stage], None]:
    def new(stage: Stage) -> None:
        rows = listed(stage, stage.family(1), valid_from=add_months(stage.months[-1], -2))
        stage.district.spare(rule, rows, "纳入不满三个月")

    return new
