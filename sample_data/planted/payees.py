"""Planted cases about who receives the money: B02, F02, F03, F04."""

from __future__ import annotations

from sample_data.facts import guardianship, official
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District, Line, Person, add_months


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group."""
    repeat(district, "F02", [_two_cards])
    repeat(district, "F02", [_one_card_two_programmes, _two_people_two_cards])
    repeat(district, "F03", [_stranger])
    repeat(district, "F03", [_head_receives, _guardian, _own_card])
    repeat(district, "F04", [_official_receives])
    repeat(district, "F04", [_official_own, _official_family, _official_entrusted])


def _two_cards(planting: Planting) -> None:
    person = planting.worker()
    lines = planting.post(person, planting.last(4))
    other = planting.district.numbers.account()
    half = max(1, len(lines) // 2)
    for line in lines[half:]:
        line.account = other
    planting.district.plant("F02", lines, "同一项目先后发到两张卡")


def _one_card_two_programmes(planting: Planting) -> None:
    person = planting.single(40, 58)
    lines = planting.care(person, planting.last(2)) + planting.post(
        person, planting.last(2), account=planting.district.numbers.account()
    )
    planting.district.near_miss("F02", lines, "两个项目各用一张卡")


def _two_people_two_cards(planting: Planting) -> None:
    household = planting.family(2)
    lines = [line for person in household.members for line in planting.post(person, planting.last(2))]
    planting.district.near_miss("F02", lines, "同户两人各用各的卡")


def _to(planting: Planting, person: Person, payee: Person, months: int) -> list[Line]:
    return planting.post(person, planting.last(months), payee=payee, account=payee.account)


def _stranger(planting: Planting) -> None:
    lines = _to(planting, planting.worker(), planting.worker(), 1 + planting.number % 3)
    planting.district.plant("F03", lines, "收款人既不是本人也不是户主")


def _head_receives(planting: Planting) -> None:
    household = planting.family(2)
    planting.district.near_miss("F03", _to(planting, household.members[1], household.head, 2), "收款人是户主")


def _guardian(planting: Planting) -> None:
    person, guardian = planting.worker(), planting.worker()
    guardianship(planting.district, person, guardian)
    planting.district.near_miss("F03", _to(planting, person, guardian, 2), "收款人是备案的监护人")


def _own_card(planting: Planting) -> None:
    lines = planting.post(planting.worker(), planting.last(2))
    planting.district.near_miss("F03", lines, "收款人是本人")


def _official(planting: Planting) -> Person:
    person = planting.worker()
    official(planting.district, person, ("村党组织书记", "村委会主任", "民政经办人员")[planting.number % 3])
    return person


def _official_receives(planting: Planting) -> None:
    lines = _to(planting, planting.worker(), _official(planting), 2)
    for rule in ("F04", "F03"):  # the payee is neither the person nor the head either
        planting.district.plant(rule, lines, "村干部代领别人家的补贴，没有备案")


def _official_own(planting: Planting) -> None:
    lines = planting.care(_official(planting), planting.last(2))
    planting.district.near_miss("F04", lines, "村干部领取本人的补贴")


def _official_family(planting: Planting) -> None:
    household = planting.family(2)
    official(planting.district, household.head, "村委会委员")
    planting.district.near_miss("F04", _to(planting, household.members[1], household.head, 2), "村干部收同户家人的补贴")


def _official_entrusted(planting: Planting) -> None:
    person, holder = planting.worker(), _official(planting)
    planting.district.about(
        planting.county,
        "agreements",
        person,
        payee_name=holder.name,
        payee_idno=holder.idno,
        account_no=holder.account,
        agreement_kind="委托代领",
        valid_from=add_months(planting.months[0], -3),
    )
    planting.district.near_miss("F04", _to(planting, person, holder, 2), "书面委托已备案")
