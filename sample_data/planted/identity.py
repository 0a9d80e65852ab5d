"""Plants about identity numbers and deaths: A01, A04, B01."""

from __future__ import annotations

import datetime as dt

from sample_data.base import pay_old_age
from sample_data.facts import dead
from sample_data.money import pay, pay_months
from sample_data.numbers import broken_check, check_digit, fifteen
from sample_data.planted.planting import Stage, repeat
from sample_data.world import District, Line, add_months

# Of the wrong numbers below, those one slip away from the right one; a date changed with its check digit is further off.
SLIPS = (0, 1, 2, 3, 6, 7)


def plant(district: District) -> None:
    """Plant every rule of this group."""
    repeat(district, "A01", [_wrong_text] * 8 + [_unborn, _too_old])
    repeat(district, "A01", [_readable])
    repeat(district, "A04", [_slip])
    repeat(district, "A04", [_not_a_slip])
    repeat(district, "B01", [_dead_tekun, _dead_elder, _dead_worker, _dead_disabled, _dead_dibao])
    repeat(district, "B01", [_offset, _died_in_time, _cancelled, _arrears, _stopped, _relative_died])


def _wrong_text(stage: Stage) -> None:
    """A number in a text cell that cannot be right; the money was paid all the same."""
    person = stage.worker()
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
    ][stage.number % 8]
    line = stage.post(person, stage.last(1), shown={"recipient_idno": wrong})[0]
    stage.district.plant("A01", [line], why)
    if stage.number % 8 in SLIPS:
        stage.district.plant("A04", [line], f"同村同名者的证号只差一位：{why}")


def _slip(stage: Stage) -> None:
    """A number with two neighbours exchanged, or with one digit of the sequence copied wrong."""
    person = stage.worker()
    right = person.idno
    place = next((n for n in range(14, 16) if right[n] != right[n + 1]), None)
    if stage.number % 2 and place is not None:
        wrong, why = right[:place] + right[place + 1] + right[place] + right[place + 2 :], "相邻两位颠倒"
    else:
        wrong, why = right[:15] + str((int(right[15]) + 4) % 10) + right[16:], "抄错一位"
    line = stage.post(person, stage.last(1), shown={"recipient_idno": wrong})[0]
    stage.district.plant("A01", [line], f"校验位不符：{why}")
    stage.district.plant("A04", [line], f"同村同名者的证号只差一位：{why}")


def _not_a_slip(stage: Stage) -> None:
    """A namesake of the village with another number, or the short form of the right one."""
    person = stage.worker()
    if stage.number % 2:
        line = stage.post(person, stage.last(1), shown={"recipient_idno": fifteen(person.idno)})[0]
        stage.district.spare("A04", [line], "15位旧证号，换算后就是本人")
        return
    namesake = stage.district.person(stage.district.household(stage.county, person.household.village), "户主", 71, True)
    namesake.name = person.name
    lines = [stage.post(somebody, stage.last(1))[0] for somebody in (person, namesake)]
    stage.district.spare("A04", lines, "同村同名的两个人，证号都有效")


def _unborn(stage: Stage) -> None:
    household = stage.family()
    born = stage.months[-1].replace(day=9)
    child = stage.district.person(household, "女", 0, False, born=born)
    lines = stage.care(child, [stage.months[-2]])
    stage.district.plant("A01", lines, "出生日期晚于发放所属月份")


def _too_old(stage: Stage) -> None:
    person = stage.single(124, 125)
    line = pay(stage.district, "old_age", person, stage.months[-1])
    stage.district.plant("A01", [line], "年龄超过120岁")


def _readable(stage: Stage) -> None:
    """Numbers that look odd and are right once read."""
    district, kind = stage.district, stage.number % 10
    household = stage.worker().household
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
        month = stage.months[-1]
        born = {7: dt.date(1988, 2, 29), 8: dt.date(month.year - 119, month.month, 20)}.get(kind, dt.date(1984, 5, 6))
        if kind == 9:
            household = stage.family()
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
        stage.care if programme == "disabled_care" else lambda p, m, **k: pay_months(district, programme, p, m, **k)
    )
    lines = pay_it(person, stage.last(1), shown={"recipient_idno": shown})
    district.spare("A01", lines, why)


def _dead_lines(stage: Stage, lines: list[Line], months: int = 2) -> list[Line]:
    """Let the recipient die in the month before the last `months` and return the lines after that."""
    month = add_months(stage.months[-1], -months)
    died = month.replace(day=28 if stage.number % 2 else 1)
    dead(stage.district, lines[0].recipient, died)
    return [line for line in lines if line.period_to > died]


def _dead_tekun(stage: Stage) -> None:
    lines = _dead_lines(stage, stage.tekun(stage.single(), stage.last(5)))
    stage.district.plant("B01", lines, "特困人员去世后仍发放两个月")


def _dead_elder(stage: Stage) -> None:
    person = stage.single(82, 87)
    pay_old_age(stage.district, person)
    lines = [line for line in stage.district.lines if line.recipient is person]
    late = _dead_lines(stage, lines, 1 if stage.county != "452923" else 2)
    if not late:  # paid by quarters: the last whole quarter lies before the death
        return _dead_tekun(stage)
    stage.district.plant("B01", late, "高龄老人去世后仍发放")
    return None


def _dead_worker(stage: Stage) -> None:
    lines = _dead_lines(stage, stage.post(stage.worker(), stage.last(6)), 3 if len(stage.months) > 3 else 1)
    stage.district.plant("B01", lines, "公益性岗位人员去世后仍发放")


def _dead_disabled(stage: Stage) -> None:
    lines = _dead_lines(stage, stage.care(stage.single(40, 60), stage.last(4)), 1)
    stage.district.plant("B01", lines, "重度残疾人去世次月仍发放")


def _dead_dibao(stage: Stage) -> None:
    person = stage.single()
    lines = _dead_lines(stage, stage.dibao(person.household, stage.last(6)), 4)
    stage.district.plant("B01", lines, "低保户主去世后仍发放")


def _offset(stage: Stage) -> None:
    """What was paid too much has been taken off the funeral money; only one county tells of cremations."""
    if stage.county != "452921":
        return _cancelled(stage)
    lines = stage.post(stage.worker(), stage.last(3))
    died = add_months(stage.months[-1], -1).replace(day=6)
    stage.district.about(stage.county, "cremations", lines[0].recipient, died_on=died, cremated_on=died.replace(day=8),
                         offset_fen=lines[-1].amount_fen)  # fmt: skip
    stage.district.spare("B01", lines, "多发的一个月已从丧葬费中抵扣")
    return None


def _died_in_time(stage: Stage) -> None:
    """Died within the last month paid: that month is still due, first day and last day alike."""
    months = stage.months[:-1]
    lines = stage.tekun(stage.single(), months[-3:])
    last = add_months(months[-1], 1) - dt.timedelta(days=1)
    dead(stage.district, lines[0].recipient, last if stage.number % 2 else months[-1])
    stage.district.spare("B01", lines, "去世当月照发，次月停发")


def _cancelled(stage: Stage) -> None:
    lines = stage.post(stage.worker(), stage.last(4))
    died = add_months(stage.months[-1], -2).replace(day=5)
    dead(stage.district, lines[0].recipient, died, cancelled_on=died + dt.timedelta(days=9))
    stage.district.spare("B01", lines, "死亡登记已撤销")


def _arrears(stage: Stage) -> None:
    """Paid after the death, for a month before it."""
    person = stage.single()
    month = stage.months[-1]
    line = stage.tekun(person, [month], period_from=add_months(month, -2), period_to=add_months(month, -2),
                       note="补发")[0]  # fmt: skip
    dead(stage.district, person, add_months(month, -2).replace(day=19))
    stage.district.spare("B01", [line], "去世后补发去世前月份")


def _stopped(stage: Stage) -> None:
    lines = stage.tekun(stage.single(), stage.last(2))
    dead(stage.district, lines[0].recipient, stage.months[-2].replace(day=8))
    lines[-1].state = "停发"
    lines[-1].note = "已去世"
    stage.district.spare("B01", lines, "去世次月已停发")


def _relative_died(stage: Stage) -> None:
    household = stage.family(2)
    dead(stage.district, household.members[1], add_months(stage.months[-1], -2).replace(day=8))
    lines = stage.post(household.head, stage.last(3))
    stage.district.spare("B01", lines, "去世的是配偶，领取人健在")
