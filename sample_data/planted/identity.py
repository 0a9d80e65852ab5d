"""Planted cases about identity numbers and deaths: A01, A04, B01."""

from __future__ import annotations

import datetime as dt

from sample_data.base import pay_old_age
from sample_data.facts import dead
from sample_data.money import pay, pay_months
from sample_data.numbers import broken_check, check_digit, fifteen
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District, Line, add_months

# Of the wrong numbers below, those one slip away from the right one; a date changed with its check digit is further off.
SLIPS = (0, 1, 2, 3, 6, 7)


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group."""
    repeat(district, "A01", [_wrong_text] * 8 + [_unborn, _too_old])
    repeat(district, "A01", [_readable])
    repeat(district, "A04", [_slip])
    repeat(district, "A04", [_not_a_slip])
    repeat(district, "B01", [_dead_tekun, _dead_elder, _dead_worker, _dead_disabled, _dead_dibao])
    repeat(district, "B01", [_offset, _died_in_time, _cancelled, _arrears, _stopped, _relative_died])


def _wrong_text(planting: Planting) -> None:
    """A number in a text cell that cannot be right; the money was paid all the same."""
    person = planting.worker()
    right = person.idno
    month_13 = f"{right[:10]}13{right[12:17]}"
    day_30 = f"{right[:10]}0230{right[14:17]}"
    wrong, why = [
        (broken_check(right), "校验位不符"),
        (right[:17], "只有17位"),
        (right + "1", "有19位"),
        (right[:8] + "O" + right[9:], "数字0写成字母O"),
        (month_13 + check_digit(month_13), "出生月份为13月"),
        (day_30 + check_digit(day_30), "出生日期为2月30日"),
        (right[:6] + "l" + right[7:], "数字1写成字母l"),
        (broken_check(right), "末位抄错"),
    ][planting.number % 8]
    line = planting.post(person, planting.last(1), shown={"recipient_idno": wrong})[0]
    planting.district.plant("A01", [line], why)
    if planting.number % 8 in SLIPS:
        planting.district.plant("A04", [line], f"同村同名者的证号只差一位：{why}")


def _slip(planting: Planting) -> None:
    """A number with two neighbours exchanged, or with one digit of the sequence copied wrong."""
    person = planting.worker()
    right = person.idno
    place = next((n for n in range(14, 16) if right[n] != right[n + 1]), None)
    if planting.number % 2 and place is not None:
        wrong, why = right[:place] + right[place + 1] + right[place] + right[place + 2 :], "相邻两位颠倒"
    else:
        wrong, why = right[:15] + str((int(right[15]) + 4) % 10) + right[16:], "抄错一位"
    line = planting.post(person, planting.last(1), shown={"recipient_idno": wrong})[0]
    planting.district.plant("A01", [line], f"校验位不符：{why}")
    planting.district.plant("A04", [line], f"同村同名者的证号只差一位：{why}")


def _not_a_slip(planting: Planting) -> None:
    """A namesake of the village with another number, or the short form of the right one."""
    person = planting.worker()
    if planting.number % 2:
        line = planting.post(person, planting.last(1), shown={"recipient_idno": fifteen(person.idno)})[0]
        planting.district.near_miss("A04", [line], "15位旧证号，换算后就是本人")
        return
    namesake = planting.district.person(
        planting.district.household(planting.county, person.household.village), "户主", 71, True
    )
    namesake.name = person.name
    lines = [planting.post(somebody, planting.last(1))[0] for somebody in (person, namesake)]
    planting.district.near_miss("A04", lines, "同村同名的两个人，证号都有效")


def _unborn(planting: Planting) -> None:
    household = planting.family()
    born = planting.months[-1].replace(day=9)
    child = planting.district.person(household, "女", 0, False, born=born)
    lines = planting.care(child, [planting.months[-2]])
    planting.district.plant("A01", lines, "出生日期晚于发放所属月份")


def _too_old(planting: Planting) -> None:
    person = planting.single(124, 125)
    line = pay(planting.district, "old_age", person, planting.months[-1])
    planting.district.plant("A01", [line], "年龄超过120岁")


def _readable(planting: Planting) -> None:
    """Numbers that look odd and are right once read."""
    district, kind = planting.district, planting.number % 10
    household = planting.worker().household
    person = household.head
    why = [
        "15位旧证号",
        "末位小写x",
        "全角数字",
        "末尾制表符",
        "中间有空格",
        "前有撇号",
        "末位X",
        "2月29日出生",
        "近119岁",
        "当月出生",
    ][kind]
    if kind in (1, 6, 7, 8, 9):
        household.members.clear()
        month = planting.months[-1]
        born = {7: dt.date(1988, 2, 29), 8: dt.date(month.year - 119, month.month, 20)}.get(kind, dt.date(1984, 5, 6))
        if kind == 9:
            household = planting.family()
            born = month.replace(day=3)
        person = district.person(
            household, "女" if kind == 9 else "户主", 0, False, born=born, ending="X" if kind in (1, 6) else ""
        )
    shown = {
        0: fifteen(person.idno),
        1: person.idno.lower(),
        2: person.idno.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")),
        3: person.idno + "\t",
        4: f"{person.idno[:6]} {person.idno[6:14]} {person.idno[14:]}",
        5: "'" + person.idno,
    }.get(kind, person.idno)
    programme = {8: "old_age", 9: "disabled_care"}.get(kind, "public_post")
    pay_it = (
        planting.care if programme == "disabled_care" else lambda p, m, **k: pay_months(district, programme, p, m, **k)
    )
    lines = pay_it(person, planting.last(1), shown={"recipient_idno": shown})
    district.near_miss("A01", lines, why)


def _dead_lines(planting: Planting, lines: list[Line], months: int = 2) -> list[Line]:
    """Let the recipient die in the month before the last `months` and return the lines after that."""
    month = add_months(planting.months[-1], -months)
    died = month.replace(day=28 if planting.number % 2 else 1)
    dead(planting.district, lines[0].recipient, died)
    return [line for line in lines if line.period_to > died]


def _dead_tekun(planting: Planting) -> None:
    lines = _dead_lines(planting, planting.tekun(planting.single(), planting.last(5)))
    planting.district.plant("B01", lines, "特困人员去世后仍发放两个月")


def _dead_elder(planting: Planting) -> None:
    person = planting.single(82, 87)
    pay_old_age(planting.district, person)
    lines = [line for line in planting.district.lines if line.recipient is person]
    late = _dead_lines(planting, lines, 1 if planting.county != "452923" else 2)
    if not late:  # paid by quarters: the last whole quarter lies before the death
        return _dead_tekun(planting)
    planting.district.plant("B01", late, "高龄老人去世后仍发放")
    return None


def _dead_worker(planting: Planting) -> None:
    lines = _dead_lines(
        planting, planting.post(planting.worker(), planting.last(6)), 3 if len(planting.months) > 3 else 1
    )
    planting.district.plant("B01", lines, "公益性岗位人员去世后仍发放")


def _dead_disabled(planting: Planting) -> None:
    lines = _dead_lines(planting, planting.care(planting.single(40, 60), planting.last(4)), 1)
    planting.district.plant("B01", lines, "重度残疾人去世次月仍发放")


def _dead_dibao(planting: Planting) -> None:
    person = planting.single()
    lines = _dead_lines(planting, planting.dibao(person.household, planting.last(6)), 4)
    planting.district.plant("B01", lines, "低保户主去世后仍发放")


def _offset(planting: Planting) -> None:
    """What was paid too much has been taken off the funeral money; only one county tells of cremations."""
    if planting.county != "452921":
        return _cancelled(planting)
    lines = planting.post(planting.worker(), planting.last(3))
    died = add_months(planting.months[-1], -1).replace(day=6)
    planting.district.about(planting.county, "cremations", lines[0].recipient, died_on=died, cremated_on=died.replace(day=8),
                         offset_fen=lines[-1].amount_fen)  # fmt: skip
    planting.district.near_miss("B01", lines, "多发的一个月已从丧葬费中抵扣")
    return None


def _died_in_time(planting: Planting) -> None:
    """Died within the last month paid: that month is still due, first day and last day alike."""
    months = planting.months[:-1]
    lines = planting.tekun(planting.single(), months[-3:])
    last = add_months(months[-1], 1) - dt.timedelta(days=1)
    dead(planting.district, lines[0].recipient, last if planting.number % 2 else months[-1])
    planting.district.near_miss("B01", lines, "去世当月照发，次月停发")


def _cancelled(planting: Planting) -> None:
    lines = planting.post(planting.worker(), planting.last(4))
    died = add_months(planting.months[-1], -2).replace(day=5)
    dead(planting.district, lines[0].recipient, died, cancelled_on=died + dt.timedelta(days=9))
    planting.district.near_miss("B01", lines, "死亡登记已撤销")


def _arrears(planting: Planting) -> None:
    """Paid after the death, for a month before it."""
    person = planting.single()
    month = planting.months[-1]
    line = planting.tekun(person, [month], period_from=add_months(month, -2), period_to=add_months(month, -2),
                       note="补发")[0]  # fmt: skip
    dead(planting.district, person, add_months(month, -2).replace(day=19))
    planting.district.near_miss("B01", [line], "去世后补发去世前月份")


def _stopped(planting: Planting) -> None:
    lines = planting.tekun(planting.single(), planting.last(2))
    dead(planting.district, lines[0].recipient, planting.months[-2].replace(day=8))
    lines[-1].state = "停发"
    lines[-1].note = "已去世"
    planting.district.near_miss("B01", lines, "去世次月已停发")


def _relative_died(planting: Planting) -> None:
    household = planting.family(2)
    dead(planting.district, household.members[1], add_months(planting.months[-1], -2).replace(day=8))
    lines = planting.post(household.head, planting.last(3))
    planting.district.near_miss("B01", lines, "去世的是配偶，领取人健在")
