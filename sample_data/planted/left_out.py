"""Plants about people a roster, a roll or a list of damage forgot: K02, K06, K07, K08."""

from __future__ import annotations

import datetime as dt

from sample_data.facts import damaged, dead, declined, plot
from sample_data.money import pay, yearly_month
from sample_data.planted.planting import Stage, repeat
from sample_data.world import District, Line, Person, Record, add_months


def plant(district: District) -> None:
    """Plant every rule of this group."""
    repeat(district, "K02", [_dropped])
    repeat(district, "K02", [_ended, _stopped, _spouse_goes_on, _turned_tekun, _moved_away, _died])
    repeat(district, "K06", [_one_forgotten])
    repeat(district, "K06", [_not_counted, _in_prison, _dead_member, _confirmed_this_month])
    repeat(district, "K07", [_no_relief])
    repeat(district, "K07", [_winter_relief, _house_repaired, _needs_none, _just_damaged, _declines])
    repeat(district, "K08", [_no_land_money])
    repeat(district, "K08", [_wife_claims, _heir_claims, _forest, _tiny_plot, _let_it_be])


def _left(stage: Stage) -> tuple[Person, list[Line]]:
    """Somebody on dibao up to the last month but one, whose roll record is gone; a neighbour is paid on."""
    person = stage.worker()
    stage.dibao(stage.neighbour(person), stage.last(2))
    return person, stage.dibao_of(person, stage.months[-3:-1], size=1)


def _dropped(stage: Stage) -> None:
    _, lines = _left(stage)
    stage.district.plant("K02", lines[-1:], "没有终止记录就不再发放")


def _ended(stage: Stage) -> None:
    person, lines = _left(stage)
    stage.roll(person, "低保", single_case="是", valid_to=stage.months[-1] - dt.timedelta(days=1))
    stage.district.spare("K02", lines[-1:], "民政名册上有终止日期")


def _stopped(stage: Stage) -> None:
    person, lines = _left(stage)
    last = stage.dibao_of(person, stage.last(1), size=1)[0]
    last.state, last.amount_fen, last.extra_fen = "停发", 0, 0
    last.shown = {"amount_fen": "停发", "guarantee_fen": None}
    stage.district.spare("K02", [lines[-1]], "名册上写明停发")


def _spouse_goes_on(stage: Stage) -> None:
    household = stage.family(2)
    lines = stage.dibao_of(household.head, stage.months[-3:-1], size=2)
    stage.dibao_of(household.members[1], stage.last(1), size=2)
    stage.district.spare("K02", lines[-1:], "换了户主，家人接着领")


def _turned_tekun(stage: Stage) -> None:
    person, lines = _left(stage)
    stage.roll(person, "特困", placement="分散", valid_from=stage.months[-1] - dt.timedelta(days=9))
    pay(stage.district, "tekun_rural", person, stage.months[-1])
    stage.district.spare("K02", lines[-1:], "转为特困供养")


def _moved_away(stage: Stage) -> None:
    person, lines = _left(stage)
    person.registered = {"valid_to": stage.months[-1] - dt.timedelta(days=3)}
    stage.district.spare("K02", lines[-1:], "户籍月底迁出")


def _died(stage: Stage) -> None:
    person, lines = _left(stage)
    dead(stage.district, person, stage.months[-2].replace(day=25))
    stage.district.spare("K02", lines[-1:], "已去世")


def _roll(stage: Stage, person: Person, **values: object) -> Record:
    stage.roll(person, "低保", single_case="否", **values)
    return stage.district.records[-1]


def _book(stage: Stage, **last: object) -> tuple[Person, list[Record], list[Line]]:
    """A family of three on one book, paid as two; `last` says otherwise of the third."""
    household = stage.family(3)
    rows = [_roll(stage, person) for person in household.members[:2]]
    rows.append(_roll(stage, household.members[2], **last))
    return household.members[2], rows, stage.dibao_lines(household, stage.last(2), size=2)


def _one_forgotten(stage: Stage) -> None:
    _, _, lines = _book(stage)
    stage.district.plant("K06", lines, "名册上计入三人，只按两人发放")


def _not_counted(stage: Stage) -> None:
    _, _, lines = _book(stage, is_counted="否")
    stage.district.spare("K06", lines, "第三人写明不计入")


def _in_prison(stage: Stage) -> None:
    household = stage.family(2)
    rows = [_roll(stage, person) for person in household.members]
    first = stage.months[0]
    stage.district.about(stage.county, "custody", household.members[1], custody_kind="服刑",
                         from_on=dt.date(first.year - 1, 4, 6), to_on=dt.date(first.year + 2, 4, 5))  # fmt: skip
    rows[1].values["is_counted"] = "否"
    lines = stage.dibao_lines(household, stage.last(2), size=1)
    stage.district.spare("K06", lines, "家人服刑，不计入")


def _dead_member(stage: Stage) -> None:
    person, _, lines = _book(stage)
    dead(stage.district, person, add_months(stage.months[-2], -1).replace(day=7))
    person.registered = {"valid_to": add_months(stage.months[-2], -1).replace(day=20)}
    stage.district.spare("K06", lines, "家人已去世，名册还没有更新")


def _confirmed_this_month(stage: Stage) -> None:
    _, rows, lines = _book(stage, valid_from=stage.months[-1].replace(day=9))
    for line in lines[:-1]:
        stage.district.lines.remove(line)
    stage.district.spare("K06", [lines[-1], rows[2]], "本月才确认，次月起发放")


def _damage(stage: Stage, months_ago: int = 4, needs_relief: str = "是") -> tuple[Person, Record]:
    person = stage.family(2).head
    day = add_months(stage.months[-1], -months_ago).replace(day=3 + stage.number)
    damage = ("房屋倒塌", "房屋严重损坏", "生活困难")[stage.number % 3]
    return person, damaged(stage.district, person, day, damage, needs_relief)


def _no_relief(stage: Stage) -> None:
    stage.district.plant("K07", [_damage(stage)[1]], "受灾登记上需要救助，没有得到救助")


def _winter_relief(stage: Stage) -> None:
    month = yearly_month(stage.district, "relief")
    person = stage.family(2).head
    record = damaged(stage.district, person, add_months(month, -2).replace(day=12))
    pay(stage.district, "winter_spring", person, month, amount_fen=22_000)
    stage.district.spare("K07", [record], "已领冬春救助")


def _house_repaired(stage: Stage) -> None:
    month = yearly_month(stage.district, "house")
    household = stage.family(3)
    record = damaged(stage.district, household.head, add_months(month, -3).replace(day=12), "房屋倒塌")
    pay(stage.district, "disaster_rebuild", household.members[1], month, quantity=1.0, amount_fen=2_400_000)
    stage.district.spare("K07", [record], "妻子名下领了重建补助")


def _needs_none(stage: Stage) -> None:
    stage.district.spare("K07", [_damage(stage, needs_relief="否")[1]], "核定不需要救助")


def _just_damaged(stage: Stage) -> None:
    stage.district.spare("K07", [_damage(stage, 1)[1]], "受灾不满两个月")


def _declines(stage: Stage) -> None:
    person, record = _damage(stage)
    declined(stage.district, person, "因灾倒损住房恢复重建补助")
    stage.district.spare("K07", [record], "本人不愿申请")


def _holder(stage: Stage, area: float = 2.4) -> tuple[Person, str, Record]:
    """A holder of a plot; a neighbour draws the land subsidy, so the township has paid this year."""
    person = stage.family(2).head
    _claim(stage, next_door := stage.neighbour(person).head, plot(stage.district, next_door, 1.8), 1.8)
    code = plot(stage.district, person, area)
    return person, code, stage.district.records[-1]


def _claim(stage: Stage, person: Person, code: str, area: float) -> Line:
    month = yearly_month(stage.district, "land")
    return pay(stage.district, "farmland_protection", person, month, quantity=area, plot_code=code)


def _no_land_money(stage: Stage) -> None:
    stage.district.plant("K08", [_holder(stage, 1.2 + stage.number / 4)[2]], "有承包地，没有耕地地力保护补贴")


def _wife_claims(stage: Stage) -> None:
    person, code, record = _holder(stage)
    _claim(stage, person.household.members[1], code, 2.4)
    stage.district.spare("K08", [record], "由妻子申报")


def _heir_claims(stage: Stage) -> None:
    person, code, record = _holder(stage)
    heir = stage.neighbour(person).head
    plot(stage.district, heir, 2.4)
    _claim(stage, heir, code, 2.4)
    stage.district.spare("K08", [record], "分户另过的儿子申报了这块地")


def _forest(stage: Stage) -> None:
    _, _, record = _holder(stage)
    record.values["land_type"] = "林地"
    stage.district.spare("K08", [record], "林地不在补贴范围")


def _tiny_plot(stage: Stage) -> None:
    stage.district.spare("K08", [_holder(stage, 0.2)[2]], "只有两分地")


def _let_it_be(stage: Stage) -> None:
    person, _, record = _holder(stage)
    declined(stage.district, person, "耕地地力保护补贴", "不符合条件")
    stage.district.spare("K08", [record], "已登记：地改作鱼塘，不符合条件")
