"""The clean district: households of every kind, enrolled and paid as the rules allow. Nothing planted here."""

from __future__ import annotations

import random

from sample_data.facts import disability, enrolled, guardianship, monitored, plot, roll
from sample_data.money import dibao, pay, pay_months, yearly_month
from sample_data.world import District, Household, Person, Village

# Households of each kind in one county at full size.
KINDS = {
    "dibao_rural": 165,
    "dibao_urban": 45,
    "tekun": 45,
    "elder": 90,
    "disabled": 45,
    "orphan": 12,
    "unattended": 12,
    "monitored": 60,
    "farm": 90,
}


def build(district: District) -> None:
    """Fill every county with households and their payments."""
    makers = {
        "dibao_rural": _dibao,
        "dibao_urban": _dibao,
        "tekun": _tekun,
        "elder": _elder,
        "disabled": _disabled,
        "orphan": _child,
        "unattended": _child,
        "monitored": _monitored,
        "farm": _farm,
    }
    for county, _ in district.counties:
        rng = district.rng(f"base:{county}")
        for kind, count in KINDS.items():
            for _ in range(max(2, round(count * district.size.scale))):
                makers[kind](district, county, kind, rng)
        _once(district, county, rng)


def family(district: District, county: str, rng: random.Random, size: int, rural: bool = True) -> Household:
    """Add a household of a couple or single adult with children under fifteen."""
    village = village_of(district, county, rng, rural)
    household = district.household(county, village)
    male = rng.random() < 0.7
    head = district.person(household, "户主", rng.uniform(30, 48), male)
    if size > 1:
        district.person(household, "妻" if male else "夫", rng.uniform(30, 46), not male)
    for _ in range(size - 2):
        boy = rng.random() < 0.5
        district.person(household, "子" if boy else "女", rng.uniform(2, 13), boy, surname=head.name[0])
    return household


def village_of(district: District, county: str, rng: random.Random, rural: bool = True) -> Village:
    """Return a village, or a neighbourhood when not rural."""
    return rng.choice([v for v in district.villages[county] if v.is_neighbourhood != rural])


def single(
    district: District, county: str, rng: random.Random, age: float, *, male: bool | None = None, rural: bool = True
) -> Person:
    """Add a household of one."""
    household = district.household(county, village_of(district, county, rng, rural))
    return district.person(household, "户主", age, rng.random() < 0.5 if male is None else male)


def _dibao(district: District, county: str, kind: str, rng: random.Random) -> None:
    household = family(district, county, rng, rng.choice((1, 2, 2, 3, 3, 4)), rural=kind == "dibao_rural")
    alone = len(household.members) == 1
    dibao(district, kind, household.head, district.months)
    for person in household.members:
        roll(district, person, "低保", single_case="是" if alone else "否")
    if rng.random() < 0.3:
        disability(district, household.head, "二级" if rng.random() < 0.7 else "三级")
        pay_months(district, "disabled_living", household.head, district.months)
        if district.records[-1].values["disability_level"] == "二级":
            pay_months(district, "disabled_care", household.head, district.months)


def _tekun(district: District, county: str, kind: str, rng: random.Random) -> None:
    person = single(district, county, rng, rng.uniform(63, 76))
    roll(district, person, "特困", placement="分散")
    pay_months(district, "tekun_rural", person, district.months)


def _elder(district: District, county: str, kind: str, rng: random.Random) -> None:
    household = family(district, county, rng, rng.choice((2, 3)))
    age = rng.choice((*[rng.uniform(81.5, 88)] * 8, rng.uniform(91.5, 97), rng.uniform(101.5, 104)))
    male = rng.random() < 0.4
    elder = district.person(household, "祖父" if male else "祖母", age, male)
    pay_old_age(district, elder)


def pay_old_age(district: District, elder: Person) -> None:
    """Pay the allowance monthly, or by quarters in the county that does so."""
    if elder.household.village.county == "452923":
        for month in district.months:
            if month.month % 3 == 0:
                pay(district, "old_age", elder, month, covers=3)
    else:
        pay_months(district, "old_age", elder, district.months)


def _disabled(district: District, county: str, kind: str, rng: random.Random) -> None:
    household = family(district, county, rng, 3)
    person = household.members[rng.randrange(2)]
    disability(district, person, rng.choice(("一级", "二级")), rng.choice(("肢体", "视力", "精神")))
    pay_months(district, "disabled_care", person, district.months)


def _child(district: District, county: str, kind: str, rng: random.Random) -> None:
    household = district.household(county, village_of(district, county, rng))
    guardian = district.person(household, "户主", rng.uniform(58, 72), rng.random() < 0.5)
    boy = rng.random() < 0.5
    child = district.person(household, "孙子" if boy else "孙女", rng.uniform(5, 15), boy)
    guardianship(district, child, guardian)
    roll(district, child, "孤儿" if kind == "orphan" else "事实无人抚养儿童")
    pay_months(district, "orphan" if kind == "orphan" else "unattended_child", child, district.months)


def _monitored(district: District, county: str, kind: str, rng: random.Random) -> None:
    household = family(district, county, rng, 2)
    student = district.person(household, "子" if (boy := rng.random() < 0.5) else "女", rng.uniform(16.3, 18.6), boy)
    monitored(district, household, "脱贫户" if rng.random() < 0.7 else "监测对象")
    if rng.random() < 0.6:
        enrolled(district, student)
        pay(district, "yulu", student, yearly_month(district, "person"), payee=household.head)
    if rng.random() < 0.7:
        pay_months(district, "public_post", household.head, district.months)
        for month in district.months:
            district.about(
                county,
                "social_insurance",
                household.head,
                employer=f"{household.village.town}人民政府",
                insurance="企业职工基本养老保险",
                payer_kind="公益性岗位",
                base_fen=360_000,
                paid_month=month,
            )
    else:
        pay(
            district,
            "temporary_aid",
            household.head,
            rng.choice(district.months),
            amount_fen=rng.randrange(5, 30) * 10_000,
        )


def _farm(district: District, county: str, kind: str, rng: random.Random) -> None:
    household = family(district, county, rng, rng.choice((2, 3, 4)))
    month = yearly_month(district, "land")
    for _ in range(rng.choice((1, 2, 2, 3))):
        area = rng.randrange(40, 420) / 100
        code = plot(district, household.head, area)
        pay(district, "farmland_protection", household.head, month, quantity=area, plot_code=code)
        if rng.random() < 0.5:
            pay(district, "actual_grain", household.head, month, quantity=area, plot_code=code)
    if rng.random() < 0.4:
        pay(district, "public_forest", household.head, month, quantity=rng.randrange(100, 2600) / 100)


def _once(district: District, county: str, rng: random.Random) -> None:
    """Pay the one-off programmes to households drawn from those already there."""
    people = [h for h in district.households[county] if not h.village.is_neighbourhood]
    rng.shuffle(people)
    share = max(2, round(24 * district.size.scale))
    month = yearly_month(district, "person")
    for household in people[: share * 4]:
        for person in household.members:
            if person.relation not in {"子", "女"}:
                pay(district, "reservoir_migrant", person, month, quantity=1.0)
    heads = [h.head for h in people[share * 4 :]]
    month = yearly_month(district, "house")
    for number, head in enumerate(heads[:share]):
        pay(
            district,
            "machine_purchase",
            head,
            month,
            quantity=1.0,
            amount_fen=rng.randrange(8, 90) * 10_000,
            item_serial=f"TC{month.year}{county[-1]}{number + 1:05d}",
        )
    on_dibao = {line.recipient for line in district.lines if line.programme == "dibao_rural"}
    for head in [h for h in heads[share:] if h in on_dibao][:share]:
        pay(district, "house_repair", head, month, quantity=1.0, amount_fen=2_800_000)
    month = yearly_month(district, "relief")
    for head in heads[-share * 3 :]:
        pay(district, "winter_spring", head, month, amount_fen=rng.randrange(10, 40) * 1_000)
