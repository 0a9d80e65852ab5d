"""Planted cases in the money documents: J01, J06, J07, J08."""

from __future__ import annotations

import datetime as dt

from sample_data.chains import BUREAUS, FUNCTION_CLASS
from sample_data.money import NAMES
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District, Record, add_months

PROGRAMMES = ("house_repair", "machine_purchase", "public_forest", "winter_spring", "disaster_rebuild")
BATCHES = ("disabled_care", "public_post", "old_age", "orphan", "unattended_child")


def plant(district: District) -> None:
    """Plant cases and near misses of every rule of this group."""
    repeat(district, "J01", [_never_passed_on, _passed_on_late, _never_paid, _large_remainder])
    repeat(district, "J01", [_on_day_thirty, _small_remainder, _too_young])
    repeat(district, "J06", [_no_parent, _unknown_parent, _parent_is_a_voucher])
    repeat(district, "J06", [_two_parents, _other_brackets])
    repeat(district, "J07", [_left_at_year_end])
    repeat(district, "J07", [_carried_over, _taken_back])
    repeat(district, "J08", [_paid_before_allocation])
    repeat(district, "J08", [_same_day, _emergency])


def _document(planting: Planting, hop: str, parent: str, dated_on: dt.date, amount_fen: int) -> Record:
    """A money document of a project nobody has been paid from."""
    district, county = planting.district, planting.county
    programme = PROGRAMMES[planting.number % len(PROGRAMMES)]
    district.documents += 1
    name = dict(district.counties)[county]
    mark = {
        "指标": "云财专",
        "下达": f"{name[0]}财专",
        "拨付": f"{name[0]}财专拨",
        "支付": f"{name[0]}财专支",
    }[hop]
    return district.record(county, "fund_flow", hop=hop, document_no=f"{mark}〔{dated_on.year}〕{district.documents}号",
                           parent_document_no=parent, source_level="中央" if hop == "指标" else "县",
                           from_office="云山市财政局" if hop == "指标" else f"{name}财政局",
                           to_office=f"{name}财政局" if hop == "指标" else f"{name}{BUREAUS[programme]}",
                           dated_on=dated_on, amount_fen=amount_fen, programme=NAMES[programme],
                           function_class=FUNCTION_CLASS[programme])  # fmt: skip


def _allocation(planting: Planting, dated_on: dt.date) -> Record:
    amount = 5_000_000 + planting.number * 130_000
    quota = _document(planting, "指标", "", dated_on - dt.timedelta(days=6), amount)
    return _document(planting, "下达", quota.values["document_no"], dated_on, amount)


def _chain(planting: Planting) -> tuple[Record, Record, Record]:
    """Quota, allocation and payment order of a paid batch no other planted case uses."""
    district = planting.district
    keys = [
        (planting.county, programme, month)
        for month in reversed(district.months[:-1])
        for programme in BATCHES
        if (planting.county, programme, month) in district.batches
    ]
    key = next(key for key in keys if key not in district.taken)
    district.taken.add(key)
    quota, allocated, order, _ = district.batches[key]
    return quota, allocated, order


def _never_passed_on(planting: Planting) -> None:
    allocated = _allocation(planting, add_months(planting.months[-1], -3 - planting.number % 5).replace(day=11))
    planting.district.plant("J01", [allocated], "下达后一直没有拨付")


def _never_paid(planting: Planting) -> None:
    day = add_months(planting.months[-1], -3).replace(day=9)
    allocated = _allocation(planting, day)
    order = _document(
        planting, "拨付", allocated.values["document_no"], day + dt.timedelta(days=10), allocated.values["amount_fen"]
    )
    planting.district.plant("J01", [order], "拨付到单位后没有支付")


def _passed_on_late(planting: Planting) -> None:
    quota, allocated, order = _chain(planting)
    allocated.values["dated_on"] = order.values["dated_on"] - dt.timedelta(days=31 + planting.number)
    quota.values["dated_on"] = min(quota.values["dated_on"], allocated.values["dated_on"])
    planting.district.plant("J01", [allocated, order], "下达三十日后才拨付")


def _large_remainder(planting: Planting) -> None:
    quota, allocated, order = _chain(planting)
    _enlarge(quota, allocated, allocated.values["amount_fen"] // 10)
    planting.district.plant("J01", [allocated, order], "只拨付了九成，余款没有下文")


def _enlarge(quota: Record, allocated: Record, more: int) -> None:
    allocated.values["amount_fen"] += more
    quota.values["amount_fen"] += more


def _on_day_thirty(planting: Planting) -> None:
    quota, allocated, order = _chain(planting)
    allocated.values["dated_on"] = order.values["dated_on"] - dt.timedelta(days=30)
    quota.values["dated_on"] = min(quota.values["dated_on"], allocated.values["dated_on"])
    planting.district.near_miss("J01", [allocated, order], "第三十日拨付")


def _small_remainder(planting: Planting) -> None:
    quota, allocated, order = _chain(planting)
    _enlarge(quota, allocated, allocated.values["amount_fen"] // 25)
    planting.district.near_miss("J01", [allocated, order], "余款不到百分之五")


def _too_young(planting: Planting) -> None:
    allocated = _allocation(planting, planting.months[-1].replace(day=3 + planting.number))
    planting.district.near_miss("J01", [allocated], "下达不满三十日")


def _young(planting: Planting) -> dt.date:
    """A day of the last month: nothing is past its limit yet."""
    return planting.months[-1].replace(day=5 + planting.number)


def _no_parent(planting: Planting) -> None:
    allocated = _document(planting, "下达", "", _young(planting), 800_000)
    planting.district.plant("J06", [allocated], "没有写上级文号")


def _unknown_parent(planting: Planting) -> None:
    order = _document(
        planting, "拨付", f"云财专〔{planting.months[-1].year}〕9{planting.number}9号", _young(planting), 600_000
    )
    planting.district.plant("J06", [order], "台账里没有上级文件")


def _parent_is_a_voucher(planting: Planting) -> None:
    district = planting.district
    voucher = next(documents[-1] for key, documents in district.batches.items() if key[0] == planting.county)
    order = _document(planting, "拨付", voucher.values["document_no"], _young(planting), 500_000)
    district.plant("J06", [order], "上级文件是支付凭证")


def _two_parents(planting: Planting) -> None:
    day = _young(planting)
    one, two = (_document(planting, "指标", "", day, fen) for fen in (400_000, 300_000))
    numbers = f"{one.values['document_no']}、{two.values['document_no']}"
    planting.district.near_miss("J06", [_document(planting, "下达", numbers, day, 700_000)], "两份指标合成一份下达")


def _other_brackets(planting: Planting) -> None:
    quota = _document(planting, "指标", "", _young(planting), 400_000)
    number = quota.values["document_no"].replace("〔", "[").replace("〕", "]")
    planting.district.near_miss(
        "J06", [_document(planting, "下达", number, _young(planting), 400_000)], "文号括号写法不同"
    )


def _last_year(planting: Planting) -> Record:
    """A quota of last year that nobody allocated."""
    year = add_months(planting.months[-1], -2).year - 1
    return _document(planting, "指标", "", dt.date(year, 10, 8 + planting.number), 900_000 + planting.number * 10_000)


def _left_at_year_end(planting: Planting) -> None:
    planting.district.plant("J07", [_last_year(planting)], "上年指标没有下达，也没有结转")


def _carried_over(planting: Planting) -> None:
    quota = _last_year(planting)
    day = dt.date(quota.values["dated_on"].year + 1, 1, 20)
    carried = _document(planting, "指标", quota.values["document_no"], day, quota.values["amount_fen"])
    planting.district.near_miss("J07", [quota, carried], "次年结转使用")


def _taken_back(planting: Planting) -> None:
    quota = _last_year(planting)
    day = dt.date(quota.values["dated_on"].year, 12, 20)
    back = _document(planting, "指标", quota.values["document_no"], day, -quota.values["amount_fen"])
    planting.district.near_miss("J07", [quota, back], "年底前由上级收回")


def _project(planting: Planting, order_after: int) -> tuple[Record, Record]:
    """Allocation and payment order of a project, the order so many days after the allocation, all paid."""
    day = add_months(planting.months[-1], -2).replace(day=11)
    allocated = _allocation(planting, day)
    fen = allocated.values["amount_fen"]
    order = _document(planting, "拨付", allocated.values["document_no"], day + dt.timedelta(days=order_after), fen)
    _document(planting, "支付", order.values["document_no"], day + dt.timedelta(days=9), fen)
    return allocated, order


def _paid_before_allocation(planting: Planting) -> None:
    planting.district.plant("J08", _project(planting, -1 - planting.number % 3), "还没有下达就拨付")


def _same_day(planting: Planting) -> None:
    planting.district.near_miss("J08", _project(planting, 0), "同一天下达和拨付")


def _emergency(planting: Planting) -> None:
    allocated, order = _project(planting, -2)
    order.values["note"] = "台风应急预拨"
    planting.district.near_miss("J08", [allocated, order], "应急资金先行拨付")
