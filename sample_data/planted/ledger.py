"""Plants in payment vouchers, quotas and bank replies: J02, J03, J04."""

from __future__ import annotations

import datetime as dt

from sample_data import chains, flows
from sample_data.planted.planting import Stage, repeat
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


def _batch(stage: Stage, programmes: tuple[str, ...]) -> tuple[tuple[str, str, dt.date], list[Record]]:
    """Documents of a paid batch no other plant uses, the last month left out."""
    district = stage.district
    keys = [
        (stage.county, programme, month)
        for month in reversed(district.months[:-1])
        for programme in programmes
        if (stage.county, programme, month) in district.batches
    ]
    key = next(key for key in keys if key not in district.taken)
    district.taken.add(key)
    return key, district.batches[key]


def _voucher_too_low(stage: Stage) -> None:
    _, (_, _, _, voucher) = _batch(stage, VOUCHERS)
    voucher.values["amount_fen"] -= 10_000 + stage.number * 100
    stage.district.plant("J02", [voucher], "支付凭证少于花名册合计")


def _split_voucher(stage: Stage) -> None:
    _, (_, _, _, voucher) = _batch(stage, VOUCHERS)
    half = voucher.values["amount_fen"] // 2
    rest = stage.district.record(stage.county, "fund_flow", **voucher.values | {
        "document_no": voucher.values["document_no"].replace("号", "-2号"),
        "amount_fen": voucher.values["amount_fen"] - half})  # fmt: skip
    voucher.values["amount_fen"] = half
    stage.district.spare("J02", [voucher, rest], "一批分两张凭证，合计相符")


def _within_rounding(stage: Stage) -> None:
    _, (_, _, _, voucher) = _batch(stage, VOUCHERS)
    voucher.values["amount_fen"] -= 3
    stage.district.spare("J02", [voucher], "相差三分，每行不到一分")


def _year(stage: Stage, programmes: tuple[str, ...]) -> tuple[Record, list[Record]]:
    """The quota of a programme and year no other plant uses, and every payment from it."""
    district = stage.district
    years: dict[tuple[str, int], list[list[Record]]] = {}
    for (county, programme, month), documents in district.batches.items():
        if county == stage.county and programme in programmes:
            years.setdefault((programme, month.year), []).append(documents)
    key = min(key for key in years if (stage.county, *key) not in district.taken_years)
    district.taken_years.add((stage.county, *key))
    return years[key][0][0], [documents[-1] for documents in years[key]]


def _overdrawn(stage: Stage) -> None:
    quota, vouchers = _year(stage, QUOTAS)
    quota.values["amount_fen"] -= 1 if stage.number % 4 == 0 else min(300_000, quota.values["amount_fen"] // 3)
    stage.district.plant("J04", [quota, *vouchers], "全年支付超过指标")


def _wrong_class(stage: Stage) -> None:
    _, (_, _, order, voucher) = _batch(stage, CLASSES)
    voucher.values["function_class"] = "2299999"
    stage.district.plant("J04", [order, voucher], "支付科目与拨付不同")


def _two_quotas(stage: Stage) -> None:
    quota, vouchers = _year(stage, QUOTAS)
    more = quota.values["amount_fen"] // 3
    added = stage.district.record(stage.county, "fund_flow", **quota.values | {
        "document_no": quota.values["document_no"].replace("号", "-1号"),
        "amount_fen": more})  # fmt: skip
    quota.values["amount_fen"] -= more
    number = quota.values["document_no"]
    for record in flows.documents(stage.district, stage.county, "下达"):
        if record.values["parent_document_no"] == number:
            record.values["parent_document_no"] = f"{number}、{added.values['document_no']}"
    stage.district.spare("J04", [quota, added, *vouchers], "指标分两次下达，合计够用")


def _reply(stage: Stage, line: Line) -> Record:
    return next(
        record
        for record in stage.district.records
        if record.kind == "bank_reply" and record.values["payee_idno"] == line.recipient.idno
    )


def _failed(
    stage: Stage, line: Line, why: str, *, found: bool, reason: str = "户名不符", days: int = 0, booked: bool = False
) -> None:
    """Let the bank send a line's money back; `booked` says that the ledger has it already."""

    def note() -> None:
        record = _reply(stage, line)
        record.values |= {"result": "失败", "failure": reason}
        record.values["paid_on"] += dt.timedelta(days=days)
        if not booked:
            chains.returned(stage.district, (line.county, line.programme, line.month), line.amount_fen, days)
        (stage.district.plant if found else stage.district.spare)("J03", [record], why)

    stage.district.later.append(note)


def _line(stage: Stage) -> Line:
    return stage.post(stage.worker(), [stage.months[-2]])[0]


def _not_sent_again(stage: Stage) -> None:
    reason = ("账号不存在", "户名不符", "账户状态异常")[stage.number % 3]
    _failed(stage, _line(stage), "退回三十日以上没有重发", found=True, reason=reason)


def _sent_again(stage: Stage) -> None:
    line = _line(stage)
    stage.post(line.recipient, [stage.months[-1]], period_from=line.month, period_to=line.month,
               corrects=f"{line.month:%Y-%m}", note="退回重发")  # fmt: skip
    _failed(stage, line, "次月已更正重发", found=False, booked=True)


def _waiting_for_heirs(stage: Stage) -> None:
    _failed(stage, _line(stage), "本人去世，等待继承人", found=False, reason="账户持有人死亡")


def _closed(stage: Stage) -> None:
    _failed(stage, _line(stage), "账户已销户，正在换卡", found=False, reason="账户已销户")


def _went_through(stage: Stage) -> None:
    """The same file says that a second try succeeded."""
    line = _line(stage)

    def note() -> None:
        first = _reply(stage, line)
        second = stage.district.record(stage.county, "bank_reply", **first.values | {
            "paid_on": first.values["paid_on"] + dt.timedelta(days=3)})  # fmt: skip
        first.values |= {"result": "失败", "failure": "账户状态异常"}
        stage.district.spare("J03", [first, second], "三日后再发成功")

    stage.district.later.append(note)


def _recent(stage: Stage) -> None:
    days = (add_months(stage.months[-1], 1) - stage.months[-2].replace(day=25)).days - 31
    _failed(stage, _line(stage), "退回正好三十日", found=False, days=days)
