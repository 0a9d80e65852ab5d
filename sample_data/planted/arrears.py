"""Planted cases about money owed to people: J05, K09, K10, K11, K12."""

from __future__ import annotations

import datetime as dt

from sample_data.base import single
from sample_data.facts import roll
from sample_data.money import pay, pay_months
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District, Line, Person, Record, add_months


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group."""
    repeat(district, "K09", [_roll_unpaid])
    repeat(district, "K09", [_roll_ended, _roll_stopped, _on_dibao_now, _spouse_paid, _confirmed_now])
    repeat(district, "K10", [_skipped])
    repeat(district, "K10", [_skip_stopped, _skip_returned, _skip_in_custody, _no_skip])
    repeat(district, "K11", [_never_paid, _paid_in_part])
    repeat(district, "K11", [_paid_after_all, _planned_lately, _planned_then_stopped])
    repeat(district, "K12", [_short])
    repeat(district, "K12", [_netted_off, _exact, _stopped_small])
    repeat(district, "J05", [_late])
    repeat(district, "J05", [_day_thirty, _back_pay, _sent_again])


def _enrolled(planting: Planting, **values: object) -> tuple[Person, Record]:
    """Somebody on the tekun roll and paid up to the last month but one; a neighbour is paid on."""
    person = planting.single()
    neighbour = single(planting.district, planting.county, planting.rng, planting.rng.uniform(63, 76))
    neighbour.household.village = person.household.village
    planting.tekun(neighbour, planting.last(2))
    roll(planting.district, person, "特困", placement="分散", **values)
    record = planting.district.records[-1]
    pay_months(planting.district, "tekun_rural", person, planting.months[-3:-1])
    return person, record


def _roll_unpaid(planting: Planting) -> None:
    planting.district.plant("K09", [_enrolled(planting)[1]], "特困名册在册，本月没有发放")


def _roll_ended(planting: Planting) -> None:
    _, record = _enrolled(planting, valid_to=planting.months[-1].replace(day=20))
    planting.district.near_miss("K09", [record], "本月已终止")


def _roll_stopped(planting: Planting) -> None:
    person, record = _enrolled(planting)
    pay(planting.district, "tekun_rural", person, planting.months[-1], state="停发")
    planting.district.near_miss("K09", [record], "名册上写明停发")


def _on_dibao_now(planting: Planting) -> None:
    person, record = _enrolled(planting)
    roll(planting.district, person, "低保", single_case="是", valid_from=planting.months[-1] - dt.timedelta(days=9))
    planting.dibao_of(person, planting.last(1), size=1)
    planting.district.near_miss("K09", [record], "本月改领低保，名册还没有更新")


def _spouse_paid(planting: Planting) -> None:
    household = planting.family(2)
    for person in household.members:
        planting.roll(person, "低保", single_case="否")
    record = planting.district.records[-2]
    planting.dibao_of(household.members[1], planting.last(2), size=2)
    planting.district.near_miss("K09", [record], "低保金发在妻子名下")


def _confirmed_now(planting: Planting) -> None:
    person = planting.single()
    roll(planting.district, person, "特困", placement="分散", valid_from=planting.months[-1].replace(day=8))
    planting.district.near_miss("K09", [planting.district.records[-1]], "本月才确认，次月起发放")


def _with_hole(planting: Planting, programme: str = "disabled_living") -> tuple[Person, list[Line]]:
    """Paid for the month before the last but one, and for the last; the neighbour was paid in between as well.

    A short district has no third month of its own: the earlier line stands in the roster of the skipped month.
    """
    person = planting.worker()
    planting.roll(person, "低保边缘", is_counted=None)
    pay_months(planting.district, programme, planting.neighbour(person).head, planting.last(2))
    skipped = planting.months[-2]
    before = add_months(skipped, -1)
    first = pay(planting.district, programme, person, planting.months[-3] if len(planting.months) > 2 else skipped,
                period_from=before, period_to=before)  # fmt: skip
    return person, [first, pay(planting.district, programme, person, planting.months[-1])]


def _skipped(planting: Planting) -> None:
    _, lines = _with_hole(planting)
    planting.district.plant("K10", lines, "前后月份都发了，中间一个月没有他")


def _skip_stopped(planting: Planting) -> None:
    person, lines = _with_hole(planting)
    pay(planting.district, "disabled_living", person, planting.months[-2], state="停发")
    planting.district.near_miss("K10", lines, "那个月写明停发")


def _skip_returned(planting: Planting) -> None:
    person, lines = _with_hole(planting)
    pay(planting.district, "disabled_living", person, planting.months[-2], state="退回")
    planting.district.near_miss("K10", lines, "那个月退回，另有规则问")


def _skip_in_custody(planting: Planting) -> None:
    person, lines = _with_hole(planting)
    month = planting.months[-2]
    planting.district.about(planting.county, "custody", person, custody_kind="强制隔离戒毒", from_on=month.replace(day=2),
                         to_on=month.replace(day=26))  # fmt: skip
    planting.district.near_miss("K10", lines, "那个月在强制戒毒")


def _no_skip(planting: Planting) -> None:
    person, lines = _with_hole(planting)
    lines.append(pay(planting.district, "disabled_living", person, planting.months[-2]))
    planting.district.near_miss("K10", lines, "每个月都有")


def _aid(planting: Planting, person: Person, month: dt.date, fen: int, **more: object) -> Line:
    """Temporary aid decided two months before the district's end, listed in some month's roster."""
    period = add_months(planting.months[-1], -2)
    return pay(
        planting.district, "temporary_aid", person, month, amount_fen=fen, period_from=period, period_to=period, **more
    )


def _planned(planting: Planting) -> tuple[Person, Line]:
    person = planting.worker()
    return person, _aid(planting, person, planting.months[-2], 90_000, state="待发放")


def _never_paid(planting: Planting) -> None:
    planting.district.plant("K11", [_planned(planting)[1]], "名册上待发放，再没有发")


def _paid_in_part(planting: Planting) -> None:
    person, line = _planned(planting)
    later = _aid(planting, person, planting.months[-1], 60_000)
    planting.district.plant("K11", [line, later], "发的比批准的少三百元")


def _paid_after_all(planting: Planting) -> None:
    person, line = _planned(planting)
    later = _aid(planting, person, planting.months[-1], 90_000)
    planting.district.near_miss("K11", [line, later], "次月已发足")


def _planned_lately(planting: Planting) -> None:
    line = pay(
        planting.district, "temporary_aid", planting.worker(), planting.months[-1], amount_fen=90_000, state="待发放"
    )
    planting.district.near_miss("K11", [line], "本月的，还在期限内")


def _planned_then_stopped(planting: Planting) -> None:
    person, line = _planned(planting)
    later = _aid(planting, person, planting.months[-1], 90_000, state="停发")
    planting.district.near_miss("K11", [line, later], "后来停发，有记录")


def _small(planting: Planting, fen: int, **more: object) -> Line:
    """A month of the living allowance; the roster states no rate, so that only the sum is at issue."""
    return pay(
        planting.district,
        "disabled_living",
        planting.worker(),
        planting.months[-1],
        amount_fen=fen,
        standard_fen=None,
        **more,
    )


def _short(planting: Planting) -> None:
    planting.district.plant("K12", [_small(planting, 5_000 + planting.number * 100)], "发的不到最低一档标准")


def _netted_off(planting: Planting) -> None:
    planting.district.near_miss("K12", [_small(planting, 5_000, note="扣回上月多发30元")], "写明扣回")


def _exact(planting: Planting) -> None:
    planting.district.near_miss("K12", [_small(planting, 8_000)], "正好等于标准")


def _stopped_small(planting: Planting) -> None:
    planting.district.near_miss("K12", [_small(planting, 3_000, state="停发")], "停发的行没有钱")


def _post(planting: Planting, late_days: int, **more: object) -> Line:
    """A post's money for the month before the last but one, paid so many days after that month's end."""
    month = add_months(planting.months[-1], -2)
    paid_on = add_months(month, 1) + dt.timedelta(days=late_days - 1)
    listed = planting.months[-3] if len(planting.months) > 2 else planting.months[-2]
    return planting.post(
        planting.worker(), [listed], period_from=month, period_to=month, shown={"paid_on": paid_on}, **more
    )[0]


def _late(planting: Planting) -> None:
    # another day each, so that every case is a batch of its own
    planting.district.plant("J05", [_post(planting, 31 + planting.number)], "所属月份过去一个多月才发")


def _day_thirty(planting: Planting) -> None:
    planting.district.near_miss("J05", [_post(planting, 30)], "第三十天发放")


def _back_pay(planting: Planting) -> None:
    planting.district.near_miss("J05", [_post(planting, 45, note="补发新批准月份")], "补发的行")


def _sent_again(planting: Planting) -> None:
    planting.district.near_miss("J05", [_post(planting, 50, note="退回后重发")], "退回后重发")
