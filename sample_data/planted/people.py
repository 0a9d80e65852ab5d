"""Planted cases about who somebody is: A03, L01, L07, L13."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sample_data.facts import guardianship
from sample_data.money import pay, pay_months
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District, Person, add_months


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group."""
    repeat(district, "A03", [_other_name])
    repeat(district, "A03", [_same_name_written_otherwise])
    repeat(district, "L01", [_unknown])
    repeat(district, "L01", [_newborn, _known_elsewhere, _moved_out])
    repeat(district, "L07", [_too_young, _too_young, _grown_orphan])
    repeat(district, "L07", [_just_eighty, _still_a_child, _no_limit])
    repeat(district, "L13", [_two_numbers])
    repeat(district, "L13", [_two_villages, _other_sex, _twins, _other_birthday])


def _other_name(planting: Planting) -> None:
    person = planting.worker()
    lines = planting.post(person, planting.last(3))
    lines[-1].shown = {"recipient_name": person.name[0] + ("志远", "春燕", "桂芳")[planting.number % 3]}
    planting.district.plant("A03", lines, "同一证号在两个月写成两个姓名")


def _same_name_written_otherwise(planting: Planting) -> None:
    person = planting.worker()
    kind = planting.number % 4
    person.name = ("阿迪·木沙", "韦秀", "黄婻英", "努尔·买买提")[kind]
    written = ("阿迪•木沙", "韦　秀", "黄?英", "努尔买买提")[kind]
    lines = planting.post(person, planting.last(2))
    lines[-1].shown = {"recipient_name": written}
    why = ("间隔号写法不同", "姓名中间有空格", "生僻字丢失", "漏写间隔号")[kind]
    planting.district.near_miss("A03", lines, why)


def _unknown(planting: Planting) -> None:
    person = planting.worker()
    person.registered = {"missing": True}
    lines = planting.post(person, planting.last(1 + planting.number % 3))
    planting.district.plant("L01", lines, "证号正确，人口登记中没有这个人")


def _newborn(planting: Planting) -> None:
    household = planting.family()
    born = add_months(planting.months[-1], -3).replace(day=11)
    child = planting.district.person(household, "子", 0, True, born=born)
    child.registered = {"missing": True}
    planting.district.near_miss("L01", planting.care(child, planting.last(1)), "出生不满六个月，尚未登记")


def _known_elsewhere(planting: Planting) -> None:
    """Registered in the next county of the city."""
    person = planting.worker()
    lines = planting.post(person, planting.last(1))
    district, counties = planting.district, [code for code, _ in planting.district.counties]
    if len(counties) > 1:
        person.registered = {"missing": True}
        county = counties[(counties.index(planting.county) + 1) % len(counties)]
        register(planting, person, county, household_no=f"{county}9{district.serial():05d}")
    district.near_miss("L01", lines, "户籍登记在邻县" if len(counties) > 1 else "已登记的本县居民")


def register(planting: Planting, person: Person, county: str, **values: object) -> None:
    """Add a record of the population register by hand."""
    village = planting.district.villages[county][2]
    values = {"sex": "男" if person.male else "女", "relation": "户主", "village": village.code,
              "valid_from": dt.date(2015, 6, 1)} | values  # fmt: skip
    planting.district.about(county, "population", person, **values)


def _moved_out(planting: Planting) -> None:
    person = planting.worker()
    person.registered = {"valid_to": add_months(planting.months[-1], -2).replace(day=20)}
    planting.district.near_miss("L01", planting.post(person, planting.last(1)), "户籍已迁出，但登记过")


def _too_young(planting: Planting) -> None:
    person = planting.single(74, 77)
    lines = pay_months(planting.district, "old_age", person, planting.last(2), rate=5_000)
    planting.district.plant("L07", lines, "不满80周岁领取高龄津贴")


def _grown_orphan(planting: Planting) -> None:
    household = planting.family(2)
    person = planting.district.person(household, "孙子", 20, True)
    planting.roll(person, "孤儿")
    lines = pay_months(planting.district, "orphan", person, planting.last(2))
    planting.district.plant("L07", lines, "已满18周岁仍领取孤儿基本生活费")


def _just_eighty(planting: Planting) -> None:
    """Eighty on the last day of the first month paid."""
    household = planting.family(2)
    last = planting.months[-1]
    born = add_months(last.replace(year=last.year - 80), 1) - dt.timedelta(days=1)
    elder = planting.district.person(household, "祖母", 0, False, born=born)
    planting.district.near_miss(
        "L07", [pay(planting.district, "old_age", elder, last, rate=5_000)], "当月最后一天满80周岁"
    )


def _still_a_child(planting: Planting) -> None:
    """Eighteen on the first day after the last month paid."""
    household = planting.family(1)
    last = planting.months[-1]
    following = add_months(last, 1)
    child = planting.district.person(household, "孙女", 0, False, born=following.replace(year=following.year - 18))
    guardianship(planting.district, child, household.head)
    planting.roll(child, "孤儿")
    lines = pay_months(planting.district, "orphan", child, planting.last(2), payee=household.head)
    planting.district.near_miss("L07", lines, "下月才满18周岁")


def _no_limit(planting: Planting) -> None:
    planting.district.near_miss("L07", planting.care(planting.single(50, 70), planting.last(1)), "护理补贴不限年龄")


def _two_numbers(planting: Planting) -> None:
    district = planting.district
    first = planting.worker()
    village = first.household.village
    second = district.person(district.household(planting.county, village), "户主", 0, first.male, born=first.born)
    second.name = first.name
    lines = planting.post(first, planting.last(2)) + planting.post(second, planting.last(1 + planting.number % 2))
    district.plant("L13", lines, "同村同名同日出生，两个证号都在领钱")


def _namesake(planting: Planting, why: str, **changes: Any) -> None:
    district, first = planting.district, planting.worker()
    villages = [v for v in district.villages[planting.county] if v is not first.household.village]
    village = changes.pop("village", first.household.village) or villages[0]
    male = not first.male if "male" in changes else first.male
    born = changes.get("born", first.born)
    second = district.person(district.household(planting.county, village), "户主", 0, male, born=born)
    second.name = str(changes.get("name", first.name))
    district.near_miss("L13", planting.post(first, planting.last(1)) + planting.post(second, planting.last(1)), why)


def _two_villages(planting: Planting) -> None:
    _namesake(planting, "同名同日出生，住在两个村", village=None)


def _other_sex(planting: Planting) -> None:
    _namesake(planting, "同名同日出生，一男一女", male=None)


def _twins(planting: Planting) -> None:
    _namesake(planting, "同日出生，名字不同", name="黄福海" if planting.number % 2 else "黄福江")


def _other_birthday(planting: Planting) -> None:
    _namesake(planting, "同名，生日差一天", born=dt.date(1986, 3, 1 + planting.number))
