"""Planted cases about who ought to be helped and is not: K01, K03, K04, K05, L12."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sample_data.base import pay_old_age
from sample_data.facts import dead, declined, disability, monitored
from sample_data.money import pay, pay_months
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District, Household, Person, Record, add_months


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group."""
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


def _in_census(planting: Planting, person: Person, why: str, found: bool = False) -> None:
    """Plant a row of the population register, which is written after all people are known."""

    def note() -> None:
        if person.record is None:
            raise AssertionError("the census comes first")
        (planting.district.plant if found else planting.district.near_miss)("K01", [person.record], why)

    planting.district.later.append(note)


def _certificate(
    planting: Planting, person: Person, level: str = "一级", kind: str = "肢体", **dates: dt.date
) -> Record:
    disability(planting.district, person, level, kind)
    record = planting.district.records[-1]
    record.values.update(dates)
    return record


def _old_without(planting: Planting) -> None:
    _in_census(planting, planting.single(82, 89), "年满80周岁未领高龄津贴", found=True)


def _seventy_nine(planting: Planting) -> None:
    _in_census(planting, planting.single(77.5, 78), "未满80周岁")


def _just_turned(planting: Planting) -> None:
    last = add_months(planting.months[-1], -1)
    household = planting.family(2)
    born = last.replace(year=last.year - 80, day=4)
    _in_census(planting, planting.district.person(household, "祖父", 0, True, born=born), "满80周岁不到三个月")


def _dead(planting: Planting) -> None:
    person = planting.single(83, 88)
    dead(planting.district, person, add_months(planting.months[0], -2))
    _in_census(planting, person, "已去世")


def _moved(planting: Planting) -> None:
    person = planting.single(83, 88)
    person.registered = {"valid_to": add_months(planting.months[0], -2)}
    _in_census(planting, person, "户籍已迁出")


def _refused(planting: Planting) -> None:
    person = planting.single(83, 88)
    declined(planting.district, person, *(("高龄津贴",) if planting.number % 2 else ("", "在外地领取")))
    _in_census(planting, person, "登记为本人不愿申请或在外地领取")


def _paid_to_the_old(planting: Planting) -> None:
    person = planting.single(83, 88)
    pay_old_age(planting.district, person)
    _in_census(planting, person, "已在领高龄津贴")


def _disabled_without(planting: Planting) -> None:
    record = _certificate(planting, planting.worker(), "一级" if planting.number % 4 else "二级")
    planting.district.plant("K03", [record], "重度残疾未领护理补贴")


def _lighter(planting: Planting) -> None:
    planting.district.near_miss("K03", [_certificate(planting, planting.worker(), "三级")], "残疾等级不是一、二级")


def _on_tekun(planting: Planting) -> None:
    person = planting.single()
    record = _certificate(planting, person)
    planting.tekun(person, planting.last(3))
    planting.district.near_miss("K03", [record], "已享受特困供养")


def _new_certificate(planting: Planting) -> None:
    record = _certificate(planting, planting.worker(), valid_from=add_months(planting.months[-1], -2))
    planting.district.near_miss("K03", [record], "发证不满三个月")


def _expired(planting: Planting) -> None:
    record = _certificate(planting, planting.worker(), valid_to=planting.months[-1].replace(day=14))
    planting.district.near_miss("K03", [record], "残疾证已过期")


def _cares_for_himself(planting: Planting) -> None:
    person = planting.worker()
    record = _certificate(planting, person, "二级")
    declined(planting.district, person, "重度残疾人护理补贴")
    planting.district.near_miss("K03", [record], "本人不愿申请护理补贴")


def _marginal(
    planting: Planting, level: str = "二级", kind: str = "肢体", **dates: dt.date
) -> tuple[Person, list[Record]]:
    """Somebody disabled on the roll of marginal families; a severe disability draws its care allowance."""
    person = planting.worker()
    planting.roll(person, "低保边缘", is_counted=None, **dates)
    rows = [planting.district.records[-1], _certificate(planting, person, level, kind)]
    if level != "三级":
        pay_months(planting.district, "disabled_care", person, planting.months)
    else:
        # the home is not without any help: another rule's question
        pay(planting.district, "temporary_aid", person, planting.months[-1], amount_fen=60_000)
    return person, rows


def _marginal_disabled(planting: Planting) -> None:
    _, rows = _marginal(planting, *(("二级",) if planting.number % 2 else ("三级", "精神")))
    planting.district.plant("K04", rows, "低保边缘家庭的重度残疾人没有单人保")


def _marginal_lighter(planting: Planting) -> None:
    planting.district.near_miss("K04", _marginal(planting, "三级", "听力")[1], "三级听力残疾不在单人保范围")


def _marginal_just_listed(planting: Planting) -> None:
    _, rows = _marginal(planting, valid_from=add_months(planting.months[-1], -2))
    planting.district.near_miss("K04", rows, "列入边缘家庭不满三个月")


def _marginal_declined(planting: Planting) -> None:
    person, rows = _marginal(planting)
    declined(planting.district, person, "农村居民最低生活保障金")
    planting.district.near_miss("K04", rows, "本人不愿申请低保")


def _marginal_on_dibao(planting: Planting) -> None:
    person, rows = _marginal(planting)
    planting.roll(person, "低保", single_case="是")
    planting.dibao_of(person, planting.last(2), size=1)
    planting.district.near_miss("K04", rows, "已按单人户享受低保")


Lister = Callable[..., list[Record]]


def _listed(planting: Planting, household: Household, **dates: dt.date) -> list[Record]:
    first = len(planting.district.records)
    monitored(planting.district, household, "监测对象" if planting.number % 3 else "脱贫户")
    return _dated(planting.district.records[first:], dates)


def _low_income(planting: Planting, household: Household, **dates: dt.date) -> list[Record]:
    first = len(planting.district.records)
    for person in household.members:
        planting.roll(person, "低保边缘" if planting.number % 2 else "刚性支出困难", is_counted=None)
    return _dated(planting.district.records[first:], dates)


def _dated(records: list[Record], dates: dict[str, dt.date]) -> list[Record]:
    for record in records:
        record.values.update(dates)
    return records


def _gets_nothing(rule: str, listed: Lister) -> Callable[[Planting], None]:
    def nothing(planting: Planting) -> None:
        planting.district.plant(
            rule, listed(planting, planting.family(1 + planting.number % 3)), "在册一年没有任何到户资金"
        )

    return nothing


def _gets_something(rule: str, listed: Lister) -> Callable[[Planting], None]:
    def something(planting: Planting) -> None:
        household = planting.family(2)
        pay(planting.district, "temporary_aid", household.members[1], planting.months[-1], amount_fen=80_000)
        planting.district.near_miss(rule, listed(planting, household), "家里有人领了临时救助")

    return something


def _no_longer(rule: str, listed: Lister) -> Callable[[Planting], None]:
    def no_longer(planting: Planting) -> None:
        rows = listed(planting, planting.family(2), valid_to=planting.months[-1].replace(day=9))
        planting.district.near_miss(rule, rows, "当月已退出名单")

    return no_longer


def _wants_none(rule: str, listed: Lister) -> Callable[[Planting], None]:
    def wants_none(planting: Planting) -> None:
        household = planting.family(2)
        declined(planting.district, household.head)
        planting.district.near_miss(rule, listed(planting, household), "家人登记不需要帮助")

    return wants_none


def _new(rule: str, listed: Lister) -> Callable[[Planting], None]:
    def new(planting: Planting) -> None:
        rows = listed(planting, planting.family(1), valid_from=add_months(planting.months[-1], -2))
        planting.district.near_miss(rule, rows, "纳入不满三个月")

    return new
