"""Planted cases about people a roster, a roll or a list of damage forgot: K02, K06, K07, K08."""

from __future__ import annotations

import datetime as dt

from sample_data.facts import damaged, dead, declined, plot
from sample_data.money import pay, yearly_month
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District, Line, Person, Record, add_months


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group."""
    repeat(district, "K02", [_dropped])
    repeat(district, "K02", [_ended, _stopped, _spouse_goes_on, _turned_tekun, _moved_away, _died])
    repeat(district, "K06", [_one_forgotten])
    repeat(district, "K06", [_not_counted, _in_prison, _dead_member, _confirmed_this_month])
    repeat(district, "K07", [_no_relief])
    repeat(district, "K07", [_winter_relief, _house_repaired, _needs_none, _just_damaged, _declines])
    repeat(district, "K08", [_no_land_money])
    repeat(district, "K08", [_wife_claims, _heir_claims, _forest, _tiny_plot, _let_it_be])


def _left(planting: Planting) -> tuple[Person, list[Line]]:
    """Somebody on dibao up to the last month but one, whose roll record is gone; a neighbour is paid on."""
    person = planting.worker()
    planting.dibao(planting.neighbour(person), planting.last(2))
    return person, planting.dibao_of(person, planting.months[-3:-1], size=1)


def _dropped(planting: Planting) -> None:
    _, lines = _left(planting)
    planting.district.plant("K02", lines[-1:], "没有终止记录就不再发放")


def _ended(planting: Planting) -> None:
    person, lines = _left(planting)
    planting.roll(person, "低保", single_case="是", valid_to=planting.months[-1] - dt.timedelta(days=1))
    planting.district.near_miss("K02", lines[-1:], "民政名册上有终止日期")


def _stopped(planting: Planting) -> None:
    person, lines = _left(planting)
    last = planting.dibao_of(person, planting.last(1), size=1)[0]
    last.state, last.amount_fen, last.extra_fen = "停发", 0, 0
    last.shown = {"amount_fen": "停发", "guarantee_fen": None}
    planting.district.near_miss("K02", [lines[-1]], "名册上写明停发")


def _spouse_goes_on(planting: Planting) -> None:
    household = planting.family(2)
    lines = planting.dibao_of(household.head, planting.months[-3:-1], size=2)
    planting.dibao_of(household.members[1], planting.last(1), size=2)
    planting.district.near_miss("K02", lines[-1:], "换了户主，家人接着领")


def _turned_tekun(planting: Planting) -> None:
    person, lines = _left(planting)
    planting.roll(person, "特困", placement="分散", valid_from=planting.months[-1] - dt.timedelta(days=9))
    pay(planting.district, "tekun_rural", person, planting.months[-1])
    planting.district.near_miss("K02", lines[-1:], "转为特困供养")


def _moved_away(planting: Planting) -> None:
    person, lines = _left(planting)
    person.registered = {"valid_to": planting.months[-1] - dt.timedelta(days=3)}
    planting.district.near_miss("K02", lines[-1:], "户籍月底迁出")


def _died(planting: Planting) -> None:
    person, lines = _left(planting)
    dead(planting.district, person, planting.months[-2].replace(day=25))
    planting.district.near_miss("K02", lines[-1:], "已去世")


def _roll(planting: Planting, person: Person, **values: object) -> Record:
    planting.roll(person, "低保", single_case="否", **values)
    return planting.district.records[-1]


def _book(planting: Planting, **last: object) -> tuple[Person, list[Record], list[Line]]:
    """A family of three on one book, paid as two; `last` says otherwise of the third."""
    household = planting.family(3)
    rows = [_roll(planting, person) for person in household.members[:2]]
    rows.append(_roll(planting, household.members[2], **last))
    return household.members[2], rows, planting.dibao_lines(household, planting.last(2), size=2)


def _one_forgotten(planting: Planting) -> None:
    _, _, lines = _book(planting)
    planting.district.plant("K06", lines, "名册上计入三人，只按两人发放")


def _not_counted(planting: Planting) -> None:
    _, _, lines = _book(planting, is_counted="否")
    planting.district.near_miss("K06", lines, "第三人写明不计入")


def _in_prison(planting: Planting) -> None:
    household = planting.family(2)
    rows = [_roll(planting, person) for person in household.members]
    first = planting.months[0]
    planting.district.about(planting.county, "custody", household.members[1], custody_kind="服刑",
                         from_on=dt.date(first.year - 1, 4, 6), to_on=dt.date(first.year + 2, 4, 5))  # fmt: skip
    rows[1].values["is_counted"] = "否"
    lines = planting.dibao_lines(household, planting.last(2), size=1)
    planting.district.near_miss("K06", lines, "家人服刑，不计入")


def _dead_member(planting: Planting) -> None:
    person, _, lines = _book(planting)
    dead(planting.district, person, add_months(planting.months[-2], -1).replace(day=7))
    person.registered = {"valid_to": add_months(planting.months[-2], -1).replace(day=20)}
    planting.district.near_miss("K06", lines, "家人已去世，名册还没有更新")


def _confirmed_this_month(planting: Planting) -> None:
    _, rows, lines = _book(planting, valid_from=planting.months[-1].replace(day=9))
    for line in lines[:-1]:
        planting.district.lines.remove(line)
    planting.district.near_miss("K06", [lines[-1], rows[2]], "本月才确认，次月起发放")


def _damage(planting: Planting, months_ago: int = 4, needs_relief: str = "是") -> tuple[Person, Record]:
    person = planting.family(2).head
    day = add_months(planting.months[-1], -months_ago).replace(day=3 + planting.number)
    damage = ("房屋倒塌", "房屋严重损坏", "生活困难")[planting.number % 3]
    return person, damaged(planting.district, person, day, damage, needs_relief)


def _no_relief(planting: Planting) -> None:
    planting.district.plant("K07", [_damage(planting)[1]], "受灾登记上需要救助，没有得到救助")


def _winter_relief(planting: Planting) -> None:
    month = yearly_month(planting.district, "relief")
    person = planting.family(2).head
    record = damaged(planting.district, person, add_months(month, -2).replace(day=12))
    pay(planting.district, "winter_spring", person, month, amount_fen=22_000)
    planting.district.near_miss("K07", [record], "已领冬春救助")


def _house_repaired(planting: Planting) -> None:
    month = yearly_month(planting.district, "house")
    household = planting.family(3)
    record = damaged(planting.district, household.head, add_months(month, -3).replace(day=12), "房屋倒塌")
    pay(planting.district, "disaster_rebuild", household.members[1], month, quantity=1.0, amount_fen=2_400_000)
    planting.district.near_miss("K07", [record], "妻子名下领了重建补助")


def _needs_none(planting: Planting) -> None:
    planting.district.near_miss("K07", [_damage(planting, needs_relief="否")[1]], "核定不需要救助")


def _just_damaged(planting: Planting) -> None:
    planting.district.near_miss("K07", [_damage(planting, 1)[1]], "受灾不满两个月")


def _declines(planting: Planting) -> None:
    person, record = _damage(planting)
    declined(planting.district, person, "因灾倒损住房恢复重建补助")
    planting.district.near_miss("K07", [record], "本人不愿申请")


def _holder(planting: Planting, area: float = 2.4) -> tuple[Person, str, Record]:
    """A holder of a plot; a neighbour draws the land subsidy, so the township has paid this year."""
    person = planting.family(2).head
    _claim(planting, next_door := planting.neighbour(person).head, plot(planting.district, next_door, 1.8), 1.8)
    code = plot(planting.district, person, area)
    return person, code, planting.district.records[-1]


def _claim(planting: Planting, person: Person, code: str, area: float) -> Line:
    month = yearly_month(planting.district, "land")
    return pay(planting.district, "farmland_protection", person, month, quantity=area, plot_code=code)


def _no_land_money(planting: Planting) -> None:
    planting.district.plant("K08", [_holder(planting, 1.2 + planting.number / 4)[2]], "有承包地，没有耕地地力保护补贴")


def _wife_claims(planting: Planting) -> None:
    person, code, record = _holder(planting)
    _claim(planting, person.household.members[1], code, 2.4)
    planting.district.near_miss("K08", [record], "由妻子申报")


def _heir_claims(planting: Planting) -> None:
    person, code, record = _holder(planting)
    heir = planting.neighbour(person).head
    plot(planting.district, heir, 2.4)
    _claim(planting, heir, code, 2.4)
    planting.district.near_miss("K08", [record], "分户另过的儿子申报了这块地")


def _forest(planting: Planting) -> None:
    _, _, record = _holder(planting)
    record.values["land_type"] = "林地"
    planting.district.near_miss("K08", [record], "林地不在补贴范围")


def _tiny_plot(planting: Planting) -> None:
    planting.district.near_miss("K08", [_holder(planting, 0.2)[2]], "只有两分地")


def _let_it_be(planting: Planting) -> None:
    person, _, record = _holder(planting)
    declined(planting.district, person, "耕地地力保护补贴", "不符合条件")
    planting.district.near_miss("K08", [record], "已登记：地改作鱼塘，不符合条件")
