"""Planted cases that stand in the payment lines alone: A06, A08, F01."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from sample_data.facts import plot
from sample_data.money import pay, pay_months, yearly_month
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District, Line, Person, add_months


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group."""
    repeat(district, "A06", [_twice_in_file, _twice_across])
    repeat(
        district,
        "A06",
        [_two_plots, _two_machines, _aid_again, _sent_again, _arrears, _two_members, _two_programmes, _namesakes],
    )
    repeat(district, "A08", [_off_by] * 8 + [_wrong_area, _two_months_money])
    repeat(
        district,
        "A08",
        [_within_a_yuan, _three_months, _birthday, _fraction, _no_standard, _by_case],
    )
    repeat(district, "F01", [_many_on_one])
    repeat(district, "F01", [_one_family, _two_people, _institution, _entrusted])


def again(district: District, line: Line, **changes: Any) -> Line:
    """Add the same line once more, with changes."""
    copy = dataclasses.replace(line, **changes)
    district.lines.append(copy)
    return copy


def _twice_in_file(planting: Planting) -> None:
    kind = planting.number // 2 % 3
    if kind == 0:
        line = planting.post(planting.worker(), planting.last(2))[-1]
    elif kind == 1:
        line = planting.care(planting.single(35, 60), planting.last(2))[-1]
    else:
        line = planting.dibao(planting.family(2), planting.last(2))[-1]
    planting.district.plant("A06", [line, again(planting.district, line)], "同一花名册内同一人同月两行")


def _twice_across(planting: Planting) -> None:
    lines = planting.post(planting.worker(), planting.last(2))
    repeated = again(planting.district, lines[0], month=lines[1].month)
    planting.district.plant("A06", [lines[0], repeated], "次月花名册又列入上月所属期")


def _two_plots(planting: Planting) -> None:
    district, head = planting.district, planting.family().head
    month = yearly_month(district, "land")
    lines = [
        pay(district, "farmland_protection", head, month, quantity=2.5, plot_code=plot(district, head, 2.5))
        for _ in range(2)
    ]
    district.near_miss("A06", lines, "同一人两个地块，面积相同")


def _two_machines(planting: Planting) -> None:
    district, head = planting.district, planting.family().head
    month = yearly_month(district, "house")
    lines = [
        pay(district, "machine_purchase", head, month, quantity=1.0, amount_fen=90_000,
            item_serial=f"WG{planting.county}{planting.number:03d}{number}")
        for number in range(2)
    ]  # fmt: skip
    district.near_miss("A06", lines, "同一人两台机具，编号不同")


def _aid_again(planting: Planting) -> None:
    head = planting.family().head
    lines = pay_months(planting.district, "temporary_aid", head, planting.last(2), amount_fen=120_000)
    planting.district.near_miss("A06", lines, "两个月各救助一次")


def _sent_again(planting: Planting) -> None:
    """Came back from the bank and was sent again, naming the first line."""
    person = planting.worker()
    first = planting.post(person, [planting.months[-2]], state="退回")[0]
    second = again(
        planting.district,
        first,
        month=planting.months[-1],
        state="",
        corrects=f"{planting.months[-2]:%Y-%m}",
        note="退回重发",
    )
    planting.district.near_miss("A06", [first, second], "退回后更正重发")


def _arrears(planting: Planting) -> None:
    person, month = planting.worker(), planting.months[-1]
    lines = planting.post(person, [month])
    before = add_months(month, -1)
    lines += planting.post(person, [month], period_from=before, period_to=before, note="补发")
    planting.district.near_miss("A06", lines, "当月一行，另补发上月一行")


def _two_members(planting: Planting) -> None:
    household = planting.family()
    lines = [planting.post(person, planting.last(1))[0] for person in household.members[:2]]
    planting.district.near_miss("A06", lines, "同户两人各领各的")


def _two_programmes(planting: Planting) -> None:
    person = planting.single(40, 58)
    lines = planting.care(person, planting.last(1)) + planting.dibao(person.household, planting.last(1))
    lines += pay_months(planting.district, "disabled_living", person, planting.last(1))
    planting.district.near_miss("A06", lines, "同一人三个项目")


def _namesakes(planting: Planting) -> None:
    people = [planting.worker(), planting.worker()]
    people[1].name = people[0].name
    lines = [planting.post(person, planting.last(1))[0] for person in people]
    planting.district.near_miss("A06", lines, "同名不同证号")


def _off_by(planting: Planting) -> None:
    cases = ((6_000, "多60元"), (-3_000, "少30元"), (101, "多1.01元"), (-101, "少1.01元"))
    extra, why = cases[planting.number % 4]
    if planting.number < 4:
        line = planting.post(planting.worker(), planting.last(1))[0]
    else:
        line = planting.tekun(planting.single(), planting.last(1))[0]
    line.amount_fen += extra
    planting.district.plant("A08", [line], f"金额比标准×数量{why}")
    if "少" in why:
        # what the roster's own rate calls wrong, the standard calls owed
        planting.district.plant("K12", [line], f"比标准{why}")


def _wrong_area(planting: Planting) -> None:
    district, head = planting.district, planting.family().head
    code = plot(district, head, 3.2)
    line = pay(district, "farmland_protection", head, yearly_month(district, "land"), quantity=3.2, plot_code=code)
    line.amount_fen += 9_000
    district.plant("A08", [line], "按3.2亩发了4.2亩的钱")


def _two_months_money(planting: Planting) -> None:
    line = planting.care(planting.single(40, 58), planting.last(1))[0]
    line.amount_fen *= 2
    planting.district.plant("A08", [line], "所属期一个月，发了两个月的钱")


def _within_a_yuan(planting: Planting) -> None:
    line = planting.post(planting.worker(), planting.last(1))[0]
    line.amount_fen += 100 if planting.number % 2 else -100
    planting.district.near_miss("A08", [line], "相差正好1.00元")


def _three_months(planting: Planting) -> None:
    line = pay(planting.district, "public_post", planting.worker(), planting.months[-1], covers=3)
    planting.district.near_miss("A08", [line], "一行补发三个月")


def _birthday(planting: Planting) -> None:
    """Turns ninety in the last month: the higher band from then on."""
    last = planting.months[-1]
    household = planting.family(2)
    born = dt.date(last.year - 90, last.month, 1)
    elder = planting.district.person(household, "祖母", 0, False, born=born)
    lines = pay_months(planting.district, "old_age", elder, planting.last(3))
    planting.district.near_miss("A08", lines, "满90岁当月改按高一档")


def _fraction(planting: Planting) -> None:
    district, head = planting.district, planting.family().head
    line = pay(district, "public_forest", head, yearly_month(district, "land"), quantity=13.37)
    district.near_miss("A08", [line], "面积带小数")


def _no_standard(planting: Planting) -> None:
    line = planting.post(planting.worker(), planting.last(1), shown={"standard_fen": None})[0]
    planting.district.near_miss("A08", [line], "花名册未写标准，金额与标准相符")


def _by_case(planting: Planting) -> None:
    lines = pay_months(planting.district, "temporary_aid", planting.family().head, planting.last(1), amount_fen=123_456)
    planting.district.near_miss("A08", lines, "一事一议，无固定标准")


def _shared(planting: Planting, people: list[Person], account: str, months: int) -> list[Line]:
    return [line for person in people for line in planting.post(person, planting.last(months), account=account)]


def _many_on_one(planting: Planting) -> None:
    count = 3 + planting.number % 3
    people = [planting.worker() for _ in range(count)]
    lines = _shared(planting, people, people[0].account, 1 + planting.number % 3)
    planting.district.plant("F01", lines, f"{count}户{count}人共用一个账号")


def _one_family(planting: Planting) -> None:
    household = planting.family(4)
    months = planting.last(2)
    lines = [
        line
        for person in household.members
        for line in planting.care(person, months, account=household.head.account, payee=household.head)
    ]
    planting.district.near_miss("F01", lines, "一家四口进户主的卡")


def _two_people(planting: Planting) -> None:
    people = [planting.worker(), planting.worker()]
    planting.district.near_miss("F01", _shared(planting, people, people[0].account, 3), "只有两人")


def _institution(planting: Planting) -> None:
    _filed(planting, "供养机构", f"{planting.county}敬老院", "敬老院账户，已备案")


def _entrusted(planting: Planting) -> None:
    _filed(planting, "委托代领", "", "委托代领协议已备案")


def _filed(planting: Planting, kind: str, name: str, why: str) -> None:
    people = [planting.worker() for _ in range(4)]
    account = planting.district.numbers.account() if name else people[0].account
    for person in people:
        planting.district.about(
            planting.county,
            "agreements",
            person,
            payee_name=name or people[0].name,
            payee_idno=None if name else people[0].idno,
            account_no=account,
            agreement_kind=kind,
            valid_from=dt.date(2022, 1, 1),
        )
    planting.district.near_miss("F01", _shared(planting, people, account, 2), why)
