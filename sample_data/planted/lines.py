"""Plants that stand in the payment lines alone: A06, A08, F01."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from sample_data.facts import plot
from sample_data.money import pay, pay_months, yearly_month
from sample_data.planted.planting import Stage, repeat
from sample_data.world import District, Line, Person, add_months


def plant(district: District) -> None:
    """Plant every rule of this group."""
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


def _twice_in_file(stage: Stage) -> None:
    kind = stage.number // 2 % 3
    if kind == 0:
        line = stage.post(stage.worker(), stage.last(2))[-1]
    elif kind == 1:
        line = stage.care(stage.single(35, 60), stage.last(2))[-1]
    else:
        line = stage.dibao(stage.family(2), stage.last(2))[-1]
    stage.district.plant("A06", [line, again(stage.district, line)], "同一花名册内同一人同月两行")


def _twice_across(stage: Stage) -> None:
    lines = stage.post(stage.worker(), stage.last(2))
    repeated = again(stage.district, lines[0], month=lines[1].month)
    stage.district.plant("A06", [lines[0], repeated], "次月花名册又列入上月所属期")


def _two_plots(stage: Stage) -> None:
    district, head = stage.district, stage.family().head
    month = yearly_month(district, "land")
    lines = [
        pay(district, "farmland_protection", head, month, quantity=2.5, plot_code=plot(district, head, 2.5))
        for _ in range(2)
    ]
    district.spare("A06", lines, "同一人两个地块，面积相同")


def _two_machines(stage: Stage) -> None:
    district, head = stage.district, stage.family().head
    month = yearly_month(district, "house")
    lines = [
        pay(district, "machine_purchase", head, month, quantity=1.0, amount_fen=90_000,
            item_serial=f"WG{stage.county}{stage.number:03d}{number}")
        for number in range(2)
    ]  # fmt: skip
    district.spare("A06", lines, "同一人两台机具，编号不同")


def _aid_again(stage: Stage) -> None:
    head = stage.family().head
    lines = pay_months(stage.district, "temporary_aid", head, stage.last(2), amount_fen=120_000)
    stage.district.spare("A06", lines, "两个月各救助一次")


def _sent_again(stage: Stage) -> None:
    """Came back from the bank and was sent again, naming the first line."""
    person = stage.worker()
    first = stage.post(person, [stage.months[-2]], state="退回")[0]
    second = again(
        stage.district, first, month=stage.months[-1], state="", corrects=f"{stage.months[-2]:%Y-%m}", note="退回重发"
    )
    stage.district.spare("A06", [first, second], "退回后更正重发")


def _arrears(stage: Stage) -> None:
    person, month = stage.worker(), stage.months[-1]
    lines = stage.post(person, [month])
    before = add_months(month, -1)
    lines += stage.post(person, [month], period_from=before, period_to=before, note="补发")
    stage.district.spare("A06", lines, "当月一行，另补发上月一行")


def _two_members(stage: Stage) -> None:
    household = stage.family()
    lines = [stage.post(person, stage.last(1))[0] for person in household.members[:2]]
    stage.district.spare("A06", lines, "同户两人各领各的")


def _two_programmes(stage: Stage) -> None:
    person = stage.single(40, 58)
    lines = stage.care(person, stage.last(1)) + stage.dibao(person.household, stage.last(1))
    lines += pay_months(stage.district, "disabled_living", person, stage.last(1))
    stage.district.spare("A06", lines, "同一人三个项目")


def _namesakes(stage: Stage) -> None:
    people = [stage.worker(), stage.worker()]
    people[1].name = people[0].name
    lines = [stage.post(person, stage.last(1))[0] for person in people]
    stage.district.spare("A06", lines, "同名不同证号")


def _off_by(stage: Stage) -> None:
    cases = ((6_000, "多60元"), (-3_000, "少30元"), (101, "多1.01元"), (-101, "少1.01元"))
    extra, why = cases[stage.number % 4]
    if stage.number < 4:
        line = stage.post(stage.worker(), stage.last(1))[0]
    else:
        line = stage.tekun(stage.single(), stage.last(1))[0]
    line.amount_fen += extra
    stage.district.plant("A08", [line], f"金额比标准×数量{why}")
    if "少" in why:
        # what the roster's own rate calls wrong, the standard calls owed
        stage.district.plant("K12", [line], f"比标准{why}")


def _wrong_area(stage: Stage) -> None:
    district, head = stage.district, stage.family().head
    code = plot(district, head, 3.2)
    line = pay(district, "farmland_protection", head, yearly_month(district, "land"), quantity=3.2, plot_code=code)
    line.amount_fen += 9_000
    district.plant("A08", [line], "按3.2亩发了4.2亩的钱")


def _two_months_money(stage: Stage) -> None:
    line = stage.care(stage.single(40, 58), stage.last(1))[0]
    line.amount_fen *= 2
    stage.district.plant("A08", [line], "所属期一个月，发了两个月的钱")


def _within_a_yuan(stage: Stage) -> None:
    line = stage.post(stage.worker(), stage.last(1))[0]
    line.amount_fen += 100 if stage.number % 2 else -100
    stage.district.spare("A08", [line], "相差正好1.00元")


def _three_months(stage: Stage) -> None:
    line = pay(stage.district, "public_post", stage.worker(), stage.months[-1], covers=3)
    stage.district.spare("A08", [line], "一行补发三个月")


def _birthday(stage: Stage) -> None:
    """Turns ninety in the last month: the higher band from then on."""
    last = stage.months[-1]
    household = stage.family(2)
    born = dt.date(last.year - 90, last.month, 1)
    elder = stage.district.person(household, "祖母", 0, False, born=born)
    lines = pay_months(stage.district, "old_age", elder, stage.last(3))
    stage.district.spare("A08", lines, "满90岁当月改按高一档")


def _fraction(stage: Stage) -> None:
    district, head = stage.district, stage.family().head
    line = pay(district, "public_forest", head, yearly_month(district, "land"), quantity=13.37)
    district.spare("A08", [line], "面积带小数")


def _no_standard(stage: Stage) -> None:
    line = stage.post(stage.worker(), stage.last(1), shown={"standard_fen": None})[0]
    stage.district.spare("A08", [line], "花名册未写标准，金额与标准相符")


def _by_case(stage: Stage) -> None:
    lines = pay_months(stage.district, "temporary_aid", stage.family().head, stage.last(1), amount_fen=123_456)
    stage.district.spare("A08", lines, "一事一议，无固定标准")


def _shared(stage: Stage, people: list[Person], account: str, months: int) -> list[Line]:
    return [line for person in people for line in stage.post(person, stage.last(months), account=account)]


def _many_on_one(stage: Stage) -> None:
    count = 3 + stage.number % 3
    people = [stage.worker() for _ in range(count)]
    lines = _shared(stage, people, people[0].account, 1 + stage.number % 3)
    stage.district.plant("F01", lines, f"{count}户{count}人共用一个账号")


def _one_family(stage: Stage) -> None:
    household = stage.family(4)
    months = stage.last(2)
    lines = [
        line
        for person in household.members
        for line in stage.care(person, months, account=household.head.account, payee=household.head)
    ]
    stage.district.spare("F01", lines, "一家四口进户主的卡")


def _two_people(stage: Stage) -> None:
    people = [stage.worker(), stage.worker()]
    stage.district.spare("F01", _shared(stage, people, people[0].account, 3), "只有两人")


def _institution(stage: Stage) -> None:
    _filed(stage, "供养机构", f"{stage.county}敬老院", "敬老院账户，已备案")


def _entrusted(stage: Stage) -> None:
    _filed(stage, "委托代领", "", "委托代领协议已备案")


def _filed(stage: Stage, kind: str, name: str, why: str) -> None:
    people = [stage.worker() for _ in range(4)]
    account = stage.district.numbers.account() if name else people[0].account
    for person in people:
        stage.district.about(
            stage.county,
            "agreements",
            person,
            payee_name=name or people[0].name,
            payee_idno=None if name else people[0].idno,
            account_no=account,
            agreement_kind=kind,
            valid_from=dt.date(2022, 1, 1),
        )
    stage.district.spare("F01", _shared(stage, people, account, 2), why)
