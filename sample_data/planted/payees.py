"""Plants about who receives the money: B02, F02, F03, F04."""

from __future__ import annotations

from sample_data.facts import guardianship, official
from sample_data.planted.planting import Stage, repeat
from sample_data.world import District, Line, Person, add_months


def plant(district: District) -> None:
    """Plant every rule of this group."""
    repeat(district, "F02", [_two_cards])
    repeat(district, "F02", [_one_card_two_programmes, _two_people_two_cards])
    repeat(district, "F03", [_stranger])
    repeat(district, "F03", [_head_receives, _guardian, _own_card])
    repeat(district, "F04", [_official_receives])
    repeat(district, "F04", [_official_own, _official_family, _official_entrusted])


def _two_cards(stage: Stage) -> None:
    person = stage.worker()
    lines = stage.post(person, stage.last(4))
    other = stage.district.numbers.account()
    half = max(1, len(lines) // 2)
    for line in lines[half:]:
        line.account = other
    stage.district.plant("F02", lines, "同一项目先后发到两张卡")


def _one_card_two_programmes(stage: Stage) -> None:
    person = stage.single(40, 58)
    lines = stage.care(person, stage.last(2)) + stage.post(
        person, stage.last(2), account=stage.district.numbers.account()
    )
    stage.district.spare("F02", lines, "两个项目各用一张卡")


def _two_people_two_cards(stage: Stage) -> None:
    household = stage.family(2)
    lines = [line for person in household.members for line in stage.post(person, stage.last(2))]
    stage.district.spare("F02", lines, "同户两人各用各的卡")


def _to(stage: Stage, person: Person, payee: Person, months: int) -> list[Line]:
    return stage.post(person, stage.last(months), payee=payee, account=payee.account)


def _stranger(stage: Stage) -> None:
    lines = _to(stage, stage.worker(), stage.worker(), 1 + stage.number % 3)
    stage.district.plant("F03", lines, "收款人既不是本人也不是户主")


def _head_receives(stage: Stage) -> None:
    household = stage.family(2)
    stage.district.spare("F03", _to(stage, household.members[1], household.head, 2), "收款人是户主")


def _guardian(stage: Stage) -> None:
    person, guardian = stage.worker(), stage.worker()
    guardianship(stage.district, person, guardian)
    stage.district.spare("F03", _to(stage, person, guardian, 2), "收款人是备案的监护人")


def _own_card(stage: Stage) -> None:
    lines = stage.post(stage.worker(), stage.last(2))
    stage.district.spare("F03", lines, "收款人是本人")


def _official(stage: Stage) -> Person:
    person = stage.worker()
    official(stage.district, person, ("村党组织书记", "村委会主任", "民政经办人员")[stage.number % 3])
    return person


def _official_receives(stage: Stage) -> None:
    lines = _to(stage, stage.worker(), _official(stage), 2)
    for rule in ("F04", "F03"):  # the payee is neither the person nor the head either
        stage.district.plant(rule, lines, "村干部代领别人家的补贴，没有备案")


def _official_own(stage: Stage) -> None:
    lines = stage.care(_official(stage), stage.last(2))
    stage.district.spare("F04", lines, "村干部领取本人的补贴")


def _official_family(stage: Stage) -> None:
    household = stage.family(2)
    official(stage.district, household.head, "村委会委员")
    stage.district.spare("F04", _to(stage, household.members[1], household.head, 2), "村干部收同户家人的补贴")


def _official_entrusted(stage: Stage) -> None:
    person, holder = stage.worker(), _official(stage)
    stage.district.about(
        stage.county,
        "agreements",
        person,
        payee_name=holder.name,
        payee_idno=holder.idno,
        account_no=holder.account,
        agreement_kind="委托代领",
        valid_from=add_months(stage.months[0], -3),
    )
    stage.district.spare("F04", _to(stage, person, holder, 2), "书面委托已备案")
