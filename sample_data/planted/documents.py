"""Planted cases in payment vouchers, quotas and bank replies: J02, J03, J04."""

from __future__ import annotations

import datetime as dt

from sample_data import chains, flows
from sample_data.planted.planting import Planting, repeat
from sample_data.world import District, Line, Record, add_months

# Programmes of J02 and J04 differ, and neither shares a batch with J01: one planted batch is one question.
VOUCHERS = ("tekun_rural", "dibao_urban", "dibao_rural", "disabled_living")
QUOTAS = ("temporary_aid", "yulu", "reservoir_migrant", "actual_grain", "farmland_protection", "tekun_institution")
CLASSES = ("public_post", "old_age", "orphan", "disabled_care")


def plant(district: District) -> None:
    """Plant what stands in the money documents; the bank's part was prepared by `prepare`."""
    repeat(district, "J02", [_voucher_too_low])
    repeat(district, "J02", [_split_voucher, _within_rounding])
    repeat(district, "J04", [_overdrawn, _wrong_class])
    repeat(district, "J04", [_two_quotas])


def prepare(district: District) -> None:
    """Pay the people whose money the bank sends back."""
    repeat(district, "J03", [_not_sent_again])
    repeat(district, "J03", [_sent_again, _waiting_for_heirs, _closed, _went_through, _recent])


def _batch(planting: Planting, programmes: tuple[str, ...]) -> tuple[tuple[str, str, dt.date], list[Record]]:
    """Documents of a paid batch no other planted case uses, the last month left out."""
    district = planting.district
    keys = [
        (planting.county, programme, month)
        for month in reversed(district.months[:-1])
        for programme in programmes
        if (planting.county, programme, month) in district.batches
    ]
    key = next(key for key in keys if key not in district.taken)
    district.taken.add(key)
    return key, district.batches[key]


def _voucher_too_low(planting: Planting) -> None:
    _, (_, _, _, voucher) = _batch(planting, VOUCHERS)
    voucher.values["amount_fen"] -= 10_000 + planting.number * 100
    planting.district.plant("J02", [voucher], "支付凭证少于花名册合计")


def _split_voucher(planting: Planting) -> None:
    _, (_, _, _, voucher) = _batch(planting, VOUCHERS)
    half = voucher.values["amount_fen"] // 2
    rest = planting.district.record(planting.county, "fund_flow", **voucher.values | {
        "document_no": voucher.values["document_no"].replace("号", "-2号"),
        "amount_fen": voucher.values["amount_fen"] - half})  # fmt: skip
    voucher.values["amount_fen"] = half
    planting.district.near_miss("J02", [voucher, rest], "一批分两张凭证，合计相符")


def _within_rounding(planting: Planting) -> None:
    _, (_, _, _, voucher) = _batch(planting, VOUCHERS)
    voucher.values["amount_fen"] -= 3
    planting.district.near_miss("J02", [voucher], "相差三分，每行不到一分")


def _year(planting: Planting, programmes: tuple[str, ...]) -> tuple[Record, list[Record]]:
    """The quota of a programme and year no other planted case uses, and every payment from it."""
    district = planting.district
    years: dict[tuple[str, int], list[list[Record]]] = {}
    for (county, programme, month), documents in district.batches.items():
        if county == planting.county and programme in programmes:
            years.setdefault((programme, month.year), []).append(documents)
    key = min(key for key in years if (planting.county, *key) not in district.taken_years)
    district.taken_years.add((planting.county, *key))
    return years[key][0][0], [documents[-1] for documents in years[key]]


def _overdrawn(planting: Planting) -> None:
    quota, vouchers = _year(planting, QUOTAS)
    quota.values["amount_fen"] -= 1 if planting.number % 4 == 0 else min(300_000, quota.values["amount_fen"] // 3)
    planting.district.plant("J04", [quota, *vouchers], "全年支付超过指标")


def _wrong_class(planting: Planting) -> None:
    _, (_, _, order, voucher) = _batch(planting, CLASSES)
    voucher.values["function_class"] = "2299999"
    planting.district.plant("J04", [order, voucher], "支付科目与拨付不同")


def _two_quotas(planting: Planting) -> None:
    quota, vouchers = _year(planting, QUOTAS)
    more = quota.values["amount_fen"] // 3
    added = planting.district.record(planting.county, "fund_flow", **quota.values | {
        "document_no": quota.values["document_no"].replace("号", "-1号"),
        "amount_fen": more})  # fmt: skip
    quota.values["amount_fen"] -= more
    number = quota.values["document_no"]
    for record in flows.documents(planting.district, planting.county, "下达"):
        if record.values["parent_document_no"] == number:
            record.values["parent_document_no"] = f"{number}、{added.values['document_no']}"
    planting.district.near_miss("J04", [quota, added, *vouchers], "指标分两次下达，合计够用")


def _reply(planting: Planting, line: Line) -> Record:
    return next(
        record
        for record in planting.district.records
        if record.kind == "bank_reply" and record.values["payee_idno"] == line.recipient.idno
    )


def _failed(
    planting: Planting,
    line: Line,
    why: str,
    *,
    found: bool,
    reason: str = "户名不符",
    days: int = 0,
    booked: bool = False,
) -> None:
    """Let the bank send a line's money back; `booked` says that the ledger has it already."""

    def note() -> None:
        record = _reply(planting, line)
        record.values |= {"result": "失败", "failure": reason}
        record.values["paid_on"] += dt.timedelta(days=days)
        if not booked:
            chains.returned(planting.district, (line.county, line.programme, line.month), line.amount_fen, days)
        (planting.district.plant if found else planting.district.near_miss)("J03", [record], why)

    planting.district.later.append(note)


def _line(planting: Planting) -> Line:
    return planting.post(planting.worker(), [planting.months[-2]])[0]


def _not_sent_again(planting: Planting) -> None:
    reason = ("账号不存在", "户名不符", "账户状态异常")[planting.number % 3]
    _failed(planting, _line(planting), "退回三十日以上没有重发", found=True, reason=reason)


def _sent_again(planting: Planting) -> None:
    line = _line(planting)
    planting.post(line.recipient, [planting.months[-1]], period_from=line.month, period_to=line.month,
               corrects=f"{line.month:%Y-%m}", note="退回重发")  # fmt: skip
    _failed(planting, line, "次月已更正重发", found=False, booked=True)


def _waiting_for_heirs(planting: Planting) -> None:
    _failed(planting, _line(planting), "本人去世，等待继承人", found=False, reason="账户持有人死亡")


def _closed(planting: Planting) -> None:
    _failed(planting, _line(planting), "账户已销户，正在换卡", found=False, reason="账户已销户")


def _went_through(planting: Planting) -> None:
    """The same file says that a second try succeeded."""
    line = _line(planting)

    def note() -> None:
        first = _reply(planting, line)
        second = planting.district.record(planting.county, "bank_reply", **first.values | {
            "paid_on": first.values["paid_on"] + dt.timedelta(days=3)})  # fmt: skip
        first.values |= {"result": "失败", "failure": "账户状态异常"}
        planting.district.near_miss("J03", [first, second], "三日后再发成功")

    planting.district.later.append(note)


def _recent(planting: Planting) -> None:
    days = (add_months(planting.months[-1], 1) - planting.months[-2].replace(day=25)).days - 31
    _failed(planting, _line(planting), "退回正好三十日", found=False, days=days)
