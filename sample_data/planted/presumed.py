"""Planted cases about the dead whom only a presumption finds: B01 with a wrong digit on one side, and who must not be taken for them."""

from __future__ import annotations

from sample_data.facts import dead
from sample_data.numbers import check_digit
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District, Line, Person, add_months


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group."""
    repeat(district, "B01", [_paid_under_a_wrong_number, _registered_under_a_wrong_number])
    repeat(district, "B01", [_twin_died, _namesake_died])


def _wrong(person: Person) -> str:
    """Return a person's number with one digit of the sequence copied wrong."""
    body = person.idno[:15] + str((int(person.idno[15]) + 4) % 10) + person.idno[16]
    return body + (person.idno[17] if check_digit(body) != person.idno[17] else "0")


def _slipped(planting: Planting, person: Person) -> Line:
    """Pay two months, the second under a wrong number, and return that line."""
    line = planting.post(person, planting.last(2))[-1]
    line.shown = {"recipient_idno": _wrong(person)}
    planting.district.plant("A01", [line], "校验位不符：抄错一位")
    planting.district.plant("A04", [line], "同村同名者的证号只差一位：抄错一位")
    return line


def _paid_under_a_wrong_number(planting: Planting) -> None:
    person = planting.worker()
    line = _slipped(planting, person)
    dead(planting.district, person, add_months(line.month, -1).replace(day=9))
    planting.district.plant("B01", [line], "去世后仍发放，名册上的证号错一位")


def _registered_under_a_wrong_number(planting: Planting) -> None:
    person = planting.worker()
    line = planting.post(person, planting.last(2))[-1]
    dead(planting.district, person, add_months(line.month, -1).replace(day=17), person_idno=_wrong(person))
    planting.district.plant("B01", [line], "去世后仍发放，死亡登记上的证号错一位")


def _twin_died(planting: Planting) -> None:
    """The twin's number lies two places further, the name ends in another character."""
    person = planting.worker()
    twin = planting.district.person(
        person.household, "兄弟姐妹", 0, person.male, surname=person.name[0], born=person.born
    )
    twin.name = person.name[:-1] + ("文" if person.name[-1] != "文" else "武")
    body = f"{person.idno[:14]}{(int(person.idno[14:17]) + 2) % 1000:03d}"
    twin.idno = body + check_digit(body)
    dead(planting.district, twin, add_months(planting.months[-1], -2).replace(day=3))
    planting.district.near_miss("B01", [_slipped(planting, person)], "去世的是双胞胎，证号错一位的人健在")


def _namesake_died(planting: Planting) -> None:
    person = planting.worker()
    home = planting.district.household(planting.county, person.household.village)
    namesake = planting.district.person(home, "户主", 68, person.male)
    namesake.name = person.name
    dead(planting.district, namesake, add_months(planting.months[-1], -2).replace(day=21))
    planting.district.near_miss("B01", [_slipped(planting, person)], "去世的是同村同名的人，证号错一位的人健在")
