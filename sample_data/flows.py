"""Money documents, notices and bank files that follow from the payment lines. Nothing planted here."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from sample_data import chains
from sample_data.money import CHANNEL_OF, NAMES, pay_day
from sample_data.world import District, Line, Record, Village

NOTICE_FIRST = [
    "dibao_urban",
    "dibao_rural",
    "tekun_rural",
    "tekun_institution",
    "house_repair",
    "disaster_rebuild",
    "winter_spring",
    "farmland_protection",
    "actual_grain",
]
NAMED = [
    *NOTICE_FIRST,
    "temporary_aid",
    "old_age",
    "public_post",
    "machine_purchase",
    "public_forest",
    "reservoir_migrant",
]
# Posted in the newest month, but not yet in the notice register: when those lists end follows from the certification.
UNRECORDED = ("tekun_rural",)
STOPPED = "停发"
RETURNED = "退回"


def follow(district: District) -> None:
    """Add the money documents, notices and bank lines the district's payment lines call for."""
    batches: dict[tuple[str, str, dt.date], list[Line]] = defaultdict(list)
    for line in (line for line in district.lines if not line.refused):
        batches[line.county, line.programme, line.month].append(line)
    ordered = sorted(batches.items(), key=lambda item: item[0])
    _documents(district, [(key, paid(lines)) for key, lines in ordered])
    _returned(district, ordered)
    for (county, programme, month), lines in ordered:
        _notices(district, county, programme, month, lines)
    for county, _ in district.counties:
        bank(district, county)


def paid(lines: list[Line]) -> int:
    """Return the fen of the regular payment; money sent again has documents of its own."""
    return sum(line.amount_fen for line in lines if line.state != STOPPED and not line.corrects)


def _documents(district: District, batches: list[tuple[tuple[str, str, dt.date], int]]) -> None:
    """Quota by programme and year; allocation, payment order and payment by month."""
    quotas: dict[tuple[str, str, int], int] = defaultdict(int)
    for (county, programme, month), fen in batches:
        quotas[county, programme, month.year] += fen
    writer = chains.Writer(district)
    opened: dict[tuple[str, str, int], list[Record]] = {}
    for (county, programme, month), fen in batches:
        key = (county, programme, month.year)
        if key not in opened:
            opened[key] = writer.quota(county, programme, month, quotas[key])
        shares = [(None, fen)]
        if programme in chains.BY_TOWN:
            shares = _by_town(district, county, programme, month)
        district.batches[county, programme, month] = [
            opened[key][-1], *writer.batch(county, programme, month, opened[key], shares)]  # fmt: skip


def _by_town(district: District, county: str, programme: str, month: dt.date) -> list[tuple[Village | None, int]]:
    """Return what each township's people get, with one of its villages."""
    towns: dict[str, tuple[Village, int]] = {}
    for line in district.lines:
        if (line.county, line.programme, line.month) == (county, programme, month) and not line.refused:
            village, fen = towns.get(line.where.code[:9], (line.where, 0))
            towns[line.where.code[:9]] = (village, fen + paid([line]))
    return [towns[code] for code in sorted(towns)]


def _returned(district: District, batches: list[tuple[tuple[str, str, dt.date], list[Line]]]) -> None:
    """Money that came back, and the same money sent again from what came back."""
    sums = {key: sum(line.amount_fen for line in lines if line.state == RETURNED) for key, lines in batches}
    again: dict[tuple[str, str, dt.date], list[Line]] = defaultdict(list)
    for (county, programme, _), lines in batches:
        for line in (line for line in lines if line.corrects):
            again[county, programme, line.period_to].append(line)
    for key, fen in sums.items():
        sent = again[key]
        back = max(fen, sum(line.amount_fen for line in sent))
        if not back:
            continue
        document = chains.returned(district, key, back)
        for month in sorted({line.month for line in sent}):
            number = document.values["document_no"].replace("财退", "财重")
            paid_on = district.batches[key[0], key[1], month][-1].values["dated_on"]
            district.record(key[0], "fund_flow", **document.values | {
                "hop": "重发", "document_no": number, "parent_document_no": document.values["document_no"],
                "from_office": chains.PAYING_ACCOUNT, "to_office": "补贴对象", "dated_on": paid_on, "batch_month": month,
                "amount_fen": sum(line.amount_fen for line in sent if line.month == month)})  # fmt: skip


def _notices(district: District, county: str, programme: str, month: dt.date, lines: list[Line]) -> None:
    if programme not in NAMED:
        return
    villages: dict[Village, list[Line]] = defaultdict(list)
    for line in lines:
        villages[line.where].append(line)
    for village in sorted(villages, key=lambda village: village.code):
        listed = villages[village]
        values = {
            "programme": NAMES[programme],
            "village": village.town + village.spellings[-1] if village.is_repeated else village.name,
            "listed_count": len(listed),
            "listed_fen": sum(line.amount_fen for line in listed),
            "decided_by": f"{village.town}人民政府",
            "village_code": village.code,
            "slug": programme,
            "month": month,
        }
        if programme in NOTICE_FIRST:
            district.record(county, "notice", stage="初审公示", begins_on=month.replace(day=3),
                            ends_on=month.replace(day=20), result="无异议", **values)  # fmt: skip
        # an older one would be late by now (I03)
        if programme in UNRECORDED and month == district.months[-1]:
            continue
        begins = month.replace(day=28)
        district.record(county, "notice", stage="结果公示", begins_on=begins,
                        ends_on=begins + dt.timedelta(days=60), **values)  # fmt: skip


def bank(district: District, county: str) -> None:
    """Add the bank's lines for the person batch of the month before the last; a few came back and were sent again."""
    month = district.months[-2]
    chosen = [
        line
        for line in district.lines
        if line.county == county
        and line.month == month
        and CHANNEL_OF[line.programme] == "mixed"
        and not line.state
        and not line.apart
    ]
    for number, line in enumerate(chosen, start=1):
        payee = line.payee or line.recipient
        values = {
            "sequence_no": str(number),
            "account_no": line.account,
            "payee_name": payee.name,
            "payee_idno": payee.idno,
            "amount_fen": line.amount_fen,
            "paid_on": pay_day(month, line.programme),
            "batch_no": f"{county}{month:%Y%m}01",
            "note": NAMES[line.programme],
        }
        if county != "452923" and len(district.months) > 2:
            district.record(county, "bank_batch", **values)
        district.record(county, "bank_reply", **values, result="成功")


def documents(district: District, county: str, hop: str) -> list[Record]:
    """Return the county's money documents of one hop."""
    return [r for r in district.records if r.kind == "fund_flow" and r.county == county and r.values["hop"] == hop]
