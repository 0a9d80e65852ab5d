"""What each programme pays and how a payment line is made. No people are chosen here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sample_data.world import District, Line, Person, add_months

# Fen per unit and month (year for land and migrants, term for 雨露计划); a test compares them with the catalogue.
RATES = {
    "tekun_rural": 86_000,
    "disabled_living": 8_000,
    "disabled_care": 8_000,
    "public_post": 100_000,
    "orphan": 95_000,
    "unattended_child": 95_000,
    "farmland_protection": 9_000,
    "actual_grain": 1_500,
    "public_forest": 1_600,
    "reservoir_migrant": 60_000,
    "yulu": 150_000,
}
OLD_AGE = ((100, 30_000), (90, 10_000), (80, 5_000))
DIBAO_STANDARD = {"dibao_rural": 62_000, "dibao_urban": 81_000}
DIBAO = tuple(DIBAO_STANDARD)
NAMES = {
    "dibao_urban": "城市居民最低生活保障金",
    "dibao_rural": "农村居民最低生活保障金",
    "tekun_rural": "农村分散供养特困人员供养金",
    "tekun_institution": "特困人员集中供养金",
    "temporary_aid": "临时救助金",
    "orphan": "孤儿基本生活费",
    "unattended_child": "事实无人抚养儿童基本生活补贴",
    "disabled_living": "困难残疾人生活补贴",
    "disabled_care": "重度残疾人护理补贴",
    "old_age": "高龄津贴",
    "house_repair": "农村危房改造补助",
    "disaster_rebuild": "因灾倒损住房恢复重建补助",
    "winter_spring": "冬春临时生活困难救助",
    "farmland_protection": "耕地地力保护补贴",
    "actual_grain": "实际种粮农民一次性补贴",
    "machine_purchase": "农机购置与应用补贴",
    "public_forest": "公益林生态补偿",
    "reservoir_migrant": "大中型水库移民后期扶持补助",
    "yulu": "雨露计划",
    "public_post": "乡村公益性岗位补贴",
}
CHANNELS = {
    "dibao": DIBAO,
    "mixed": (
        "tekun_rural",
        "tekun_institution",
        "temporary_aid",
        "orphan",
        "unattended_child",
        "disabled_living",
        "disabled_care",
        "old_age",
        "public_post",
        "reservoir_migrant",
        "yulu",
    ),
    "land": ("farmland_protection", "actual_grain", "public_forest"),
    "house": ("house_repair", "disaster_rebuild", "machine_purchase"),
    "relief": ("winter_spring",),
}
CHANNEL_OF = {programme: channel for channel, group in CHANNELS.items() for programme in group}
# The month of the year in which yearly money is paid.
PAID_IN = {"relief": 1, "person": 4, "land": 6, "house": 9}


def age_at(person: Person, day: dt.date) -> int:
    """Return full years of age on that day."""
    return day.year - person.born.year - ((day.month, day.day) < (person.born.month, person.born.day))


def old_age_rate(person: Person, month: dt.date) -> int:
    """Return the monthly old-age allowance in fen for the age reached by that month; 0 below 80."""
    return next((fen for age, fen in OLD_AGE if age_at(person, month) >= age), 0)


def yearly_month(district: District, kind: str) -> dt.date:
    """Return the month of the district's year in which that kind of yearly money is paid."""
    last = district.months[-1]
    return next((month for month in district.months if month.month == PAID_IN[kind]), last)


def pay_day(month: dt.date, programme: str) -> dt.date:
    """Return the day of the month on which a programme is paid out."""
    return month.replace(day=22 if programme in DIBAO else 25)


def pay(
    district: District,
    programme: str,
    person: Person,
    month: dt.date,
    *,
    covers: int = 1,
    quantity: float | None = None,
    amount_fen: int | None = None,
    rate: int | None = None,
    **more: Any,
) -> Line:
    """Add a payment line paid in `month` for the `covers` months that end with it.

    The amount is rate × quantity × months unless it is given. The payee is the person, or the head for a child.
    """
    if rate is None:
        rate = old_age_rate(person, month) if programme == "old_age" else RATES.get(programme)
    if amount_fen is None:
        amount_fen = round((rate or 0) * (quantity or 1) * covers)
    child = person.relation in ("子", "女", "孙子", "孙女") and age_at(person, month) < 18
    payee = more.pop("payee", None) or (person.household.head if child else person)
    values: dict[str, Any] = {
        "county": (more.get("village") or person.household.village).county,
        "programme": programme,
        "month": month,
        "period_from": add_months(month, 1 - covers),
        "period_to": month,
        "recipient": person,
        "amount_fen": amount_fen,
        "standard_fen": rate,
        "quantity": quantity,
        "payee": payee,
        "account": payee.account,
    } | more
    line = Line(**values)
    district.lines.append(line)
    return line


def pay_months(district: District, programme: str, person: Person, months: list[dt.date], **more: Any) -> list[Line]:
    """Add one line for each month."""
    return [pay(district, programme, person, month, **more) for month in months]


def dibao(district: District, programme: str, person: Person, months: list[dt.date], **more: Any) -> list[Line]:
    """Add the household's dibao lines: the gap between standard and income for every member, plus extra for some."""
    size = more.pop("size", len(person.household.members))
    income = int(person.idno[14:17]) % 37 * 1_000
    extra = 6_000 if int(person.idno[14:17]) % 5 == 0 else 0
    amount = (DIBAO_STANDARD[programme] - income) * size + extra
    more = {"quantity": float(size), "rate": DIBAO_STANDARD[programme], "extra_fen": extra, "amount_fen": amount} | more
    return pay_months(district, programme, person, months, **more)
