"""Plants about money owed to people: J05, K09, K10, K11, K12."""

from __future__ import annotations

import datetime as dt

from sample_data.base import single
from sample_data.facts import roll
from sample_data.money import pay, pay_months
from sample_data.planted.planting import Stage, repeat
from sample_data.world import District, Line, Person, Record, add_months


def plant(district: District) -> None:
    """Plant every rule of this group."""
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


def _enrolled(stage: Stage, **values: object) -> tuple[Person, Record]:
    """Somebody on the tekun roll and paid up to the last month but one; a neighbour is paid on."""
    person = stage.single()
    neighbour = single(stage.district, stage.county, stage.rng, stage.rng.uniform(63, 76))
    neighbour.household.village = person.household.village
    stage.tekun(neighbour, stage.last(2))
    roll(stage.district, person, "特困", placement="分散", **values)
    record = stage.district.records[-1]
    pay_months(stage.district, "tekun_rural", person, stage.months[-3:-1])
    return person, record


def _roll_unpaid(stage: Stage) -> None:
    stage.district.plant("K09", [_enrolled(stage)[1]], "特困名册在册，本月没有发放")


def _roll_ended(stage: Stage) -> None:
    _, record = _enrolled(stage, valid_to=stage.months[-1].replace(day=20))
    stage.district.spare("K09", [record], "本月已终止")


def _roll_stopped(stage: Stage) -> None:
    person, record = _enrolled(stage)
    pay(stage.district, "tekun_rural", person, stage.months[-1], state="停发")
    stage.district.spare("K09", [record], "名册上写明停发")


def _on_dibao_now(stage: Stage) -> None:
    person, record = _enrolled(stage)
    roll(stage.district, person, "低保", single_case="是", valid_from=stage.months[-1] - dt.timedelta(days=9))
    stage.dibao_of(person, stage.last(1), size=1)
    stage.district.spare("K09", [record], "本月改领低保，名册还没有更新")


def _spouse_paid(stage: Stage) -> None:
    household = stage.family(2)
    for person in household.members:
        stage.roll(person, "低保", single_case="否")
    record = stage.district.records[-2]
    stage.dibao_of(household.members[1], stage.last(2), size=2)
    stage.district.spare("K09", [record], "低保金发在妻子名下")


def _confirmed_now(stage: Stage) -> None:
    person = stage.single()
    roll(stage.district, person, "特困", placement="分散", valid_from=stage.months[-1].replace(day=8))
    stage.district.spare("K09", [stage.district.records[-1]], "本月才确认，次月起发放")


def _with_hole(stage: Stage, programme: str = "disabled_living") -> tuple[Person, list[Line]]:
    """Paid for the month before the last but one, and for the last; the neighbour was paid in between as well.

    A short district has no third month of its own: the earlier line stands in the roster of the skipped month.
    """
    person = stage.worker()
    stage.roll(person, "低保边缘", is_counted=None)
    pay_months(stage.district, programme, stage.neighbour(person).head, stage.last(2))
    skipped = stage.months[-2]
    before = add_months(skipped, -1)
    first = pay(stage.district, programme, person, stage.months[-3] if len(stage.months) > 2 else skipped,
                period_from=before, period_to=before)  # fmt: skip
    return person, [first, pay(stage.district, programme, person, stage.months[-1])]


def _skipped(stage: Stage) -> None:
    _, lines = _with_hole(stage)
    stage.district.plant("K10", lines, "前后月份都发了，中间一个月没有他")


def _skip_stopped(stage: Stage) -> None:
    person, lines = _with_hole(stage)
    pay(stage.district, "disabled_living", person, stage.months[-2], state="停发")
    stage.district.spare("K10", lines, "那个月写明停发")


def _skip_returned(stage: Stage) -> None:
    person, lines = _with_hole(stage)
    pay(stage.district, "disabled_living", person, stage.months[-2], state="退回")
    stage.district.spare("K10", lines, "那个月退回，另有规则问")


def _skip_in_custody(stage: Stage) -> None:
    person, lines = _with_hole(stage)
    month = stage.months[-2]
    stage.district.about(stage.county, "custody", person, custody_kind="强制隔离戒毒", from_on=month.replace(day=2),
                         to_on=month.replace(day=26))  # fmt: skip
    stage.district.spare("K10", lines, "那个月在强制戒毒")


def _no_skip(stage: Stage) -> None:
    person, lines = _with_hole(stage)
    lines.append(pay(stage.district, "disabled_living", person, stage.months[-2]))
    stage.district.spare("K10", lines, "每个月都有")


def _aid(stage: Stage, person: Person, month: dt.date, fen: int, **more: object) -> Line:
    """Temporary aid decided two months before the district's end, listed in some month's roster."""
    period = add_months(stage.months[-1], -2)
    return pay(
        stage.district, "temporary_aid", person, month, amount_fen=fen, period_from=period, period_to=period, **more
    )


def _planned(stage: Stage) -> tuple[Person, Line]:
    person = stage.worker()
    return person, _aid(stage, person, stage.months[-2], 90_000, state="待发放")


def _never_paid(stage: Stage) -> None:
    stage.district.plant("K11", [_planned(stage)[1]], "名册上待发放，再没有发")


def _paid_in_part(stage: Stage) -> None:
    person, line = _planned(stage)
    later = _aid(stage, person, stage.months[-1], 60_000)
    stage.district.plant("K11", [line, later], "发的比批准的少三百元")


def _paid_after_all(stage: Stage) -> None:
    person, line = _planned(stage)
    later = _aid(stage, person, stage.months[-1], 90_000)
    stage.district.spare("K11", [line, later], "次月已发足")


def _planned_lately(stage: Stage) -> None:
    line = pay(stage.district, "temporary_aid", stage.worker(), stage.months[-1], amount_fen=90_000, state="待发放")
    stage.district.spare("K11", [line], "本月的，还在期限内")


def _planned_then_stopped(stage: Stage) -> None:
    person, line = _planned(stage)
    later = _aid(stage, person, stage.months[-1], 90_000, state="停发")
    stage.district.spare("K11", [line, later], "后来停发，有记录")


def _small(stage: Stage, fen: int, **more: object) -> Line:
    """A month of the living allowance; the roster states no rate, so that only the sum is at issue."""
    return pay(
        stage.district, "disabled_living", stage.worker(), stage.months[-1], amount_fen=fen, standard_fen=None, **more
    )


def _short(stage: Stage) -> None:
    stage.district.plant("K12", [_small(stage, 5_000 + stage.number * 100)], "发的不到最低一档标准")


def _netted_off(stage: Stage) -> None:
    stage.district.spare("K12", [_small(stage, 5_000, note="扣回上月多发30元")], "写明扣回")


def _exact(stage: Stage) -> None:
    stage.district.spare("K12", [_small(stage, 8_000)], "正好等于标准")


def _stopped_small(stage: Stage) -> None:
    stage.district.spare("K12", [_small(stage, 3_000, state="停发")], "停发的行没有钱")


def _post(stage: Stage, late_days: int, **more: object) -> Line:
    """A post's money for the month before the last but one, paid so many days after that month's end."""
    month = add_months(stage.months[-1], -2)
    paid_on = add_months(month, 1) + dt.timedelta(days=late_days - 1)
    listed = stage.months[-3] if len(stage.months) > 2 else stage.months[-2]
    return stage.post(stage.worker(), [listed], period_from=month, period_to=month, shown={"paid_on": paid_on}, **more)[
        0
    ]


def _late(stage: Stage) -> None:
    # another day each, so that every case is a batch of its own
    stage.district.plant("J05", [_post(stage, 31 + stage.number)], "所属月份过去一个多月才发")


def _day_thirty(stage: Stage) -> None:
    stage.district.spare("J05", [_post(stage, 30)], "第三十天发放")


def _back_pay(stage: Stage) -> None:
    stage.district.spare("J05", [_post(stage, 45, note="补发新批准月份")], "补发的行")


def _sent_again(stage: Stage) -> None:
    stage.district.spare("J05", [_post(stage, 50, note="退回后重发")], "退回后重发")
