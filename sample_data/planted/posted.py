"""Planted cases in notices: I01, I02, I03, I04."""

from __future__ import annotations

import datetime as dt

from sample_data.flows import STOPPED
from sample_data.money import pay_day
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District, Line, Record

MONTHLY = ("dibao_rural", "tekun_rural", "old_age", "public_post")
RESULT = ("old_age", "public_post", "reservoir_migrant", "machine_purchase")
# Months without public holidays before the middle: seven weekdays are seven working days.
PLAIN_MONTHS = (3, 7, 8, 9, 11, 12)


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group."""
    repeat(district, "I01", [_ends_late, _ends_on_pay_day, _never_posted])
    repeat(district, "I01", [_ended_the_day_before])
    repeat(district, "I02", [_too_short])
    repeat(district, "I02", [_exactly_seven])
    repeat(district, "I03", [_result_not_posted])
    repeat(district, "I03", [_result_not_due])
    repeat(district, "I04", [_other_sum, _other_count])
    repeat(district, "I04", [_draft_differs])


def _notice(
    planting: Planting,
    programmes: tuple[str, ...],
    sheet: str,
    months: tuple[int, ...] = (),
    since: dt.date = dt.date.min,
    until: dt.date = dt.date.max,
) -> Record:
    """A notice of the county that no other planted case uses, of a payment month between two."""
    found = [
        record
        for record in planting.district.records
        if record.kind == "notice"
        and record.county == planting.county
        and record.values["slug"] in programmes
        and record.values["stage"] == sheet
        and (not months or record.values["month"].month in months)
        and since <= record.values["month"] <= until
        and record not in planting.district.taken_records
    ]
    record = found[planting.rng.randrange(len(found))]
    planting.district.taken_records.append(record)
    return record


def _lines(planting: Planting, notice: Record) -> list[Line]:
    """The payment lines the notice speaks of."""
    return [
        line
        for line in planting.district.lines
        if line.programme == notice.values["slug"]
        and line.month == notice.values["month"]
        and line.where.code == notice.values["village_code"]
        and line.state != STOPPED
        and not line.corrects
        and not line.refused
    ]


def _ends_late(planting: Planting) -> None:
    notice = _notice(planting, ("tekun_rural",), "初审公示")
    notice.values["ends_on"] = notice.values["month"].replace(day=27)
    planting.district.plant("I01", _lines(planting, notice), "公示还没结束就发放")


def _ends_on_pay_day(planting: Planting) -> None:
    notice = _notice(planting, ("tekun_rural",), "初审公示")
    notice.values["ends_on"] = pay_day(notice.values["month"], "tekun_rural")
    planting.district.plant("I01", _lines(planting, notice), "公示最后一天就发放")


def _never_posted(planting: Planting) -> None:
    notice = _notice(planting, ("farmland_protection", "actual_grain"), "初审公示")
    planting.district.records.remove(notice)
    planting.district.plant("I01", _lines(planting, notice), "没有公示记录")


def _ended_the_day_before(planting: Planting) -> None:
    notice = _notice(planting, ("tekun_rural",), "初审公示")
    notice.values["ends_on"] = pay_day(notice.values["month"], "tekun_rural") - dt.timedelta(days=1)
    planting.district.near_miss("I01", [notice], "发放前一天公示期满")


def _too_short(planting: Planting) -> None:
    notice = _notice(planting, ("dibao_rural", "tekun_rural"), "初审公示")
    notice.values["ends_on"] = notice.values["begins_on"] + dt.timedelta(days=5 + planting.number % 2)
    planting.district.plant("I02", [notice], "公示不足七个工作日")


def _exactly_seven(planting: Planting) -> None:
    notice = _notice(planting, ("dibao_rural", "tekun_rural"), "初审公示", PLAIN_MONTHS)
    day, left = notice.values["begins_on"], 7
    while left:
        day += dt.timedelta(days=1)
        left -= day.weekday() < 5
    notice.values["ends_on"] = day
    planting.district.near_miss("I02", [notice], "正好七个工作日")


def _result_not_posted(planting: Planting) -> None:
    notice = _notice(planting, MONTHLY, "结果公示", until=planting.months[-2])
    planting.district.records.remove(notice)
    planting.district.plant("I03", _lines(planting, notice), "发放后二十个工作日没有公开结果")


def _result_not_due(planting: Planting) -> None:
    notice = _notice(planting, MONTHLY, "结果公示", since=planting.months[-1])
    planting.district.records.remove(notice)
    planting.district.near_miss("I03", _lines(planting, notice), "还没有满二十个工作日")


def _other_sum(planting: Planting) -> None:
    notice = _notice(planting, RESULT, "结果公示")
    notice.values["listed_fen"] -= 5_000
    planting.district.plant("I04", [notice], "公示金额与发放不一致")


def _other_count(planting: Planting) -> None:
    notice = _notice(planting, RESULT, "结果公示")
    notice.values["listed_count"] += 1
    notice.values["listed_fen"] = None
    planting.district.plant("I04", [notice], "公示人数与发放不一致")


def _draft_differs(planting: Planting) -> None:
    notice = _notice(planting, ("dibao_rural",), "初审公示")
    notice.values["listed_count"] += 1
    planting.district.near_miss("I04", [notice], "初审名单有异议后减少一户")
