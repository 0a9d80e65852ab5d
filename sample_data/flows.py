"""Money documents, notices and bank files that follow from the payment lines. Nothing planted here."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from sample_data.money import CHANNEL_OF, NAMES, pay_day
from sample_data.world import COUNTIES, District, Line, Record, Village

BUREAUS = {
    "dibao_urban": "民政局",
    "dibao_rural": "民政局",
    "tekun_rural": "民政局",
    "tekun_institution": "民政局",
    "temporary_aid": "民政局",
    "orphan": "民政局",
    "unattended_child": "民政局",
    "disabled_living": "民政局",
    "disabled_care": "民政局",
    "old_age": "民政局",
    "house_repair": "住房和城乡建设局",
    "disaster_rebuild": "应急管理局",
    "winter_spring": "应急管理局",
    "farmland_protection": "农业农村局",
    "actual_grain": "农业农村局",
    "machine_purchase": "农业农村局",
    "public_forest": "林业局",
    "reservoir_migrant": "水利局",
    "yulu": "农业农村局",
    "public_post": "人力资源和社会保障局",
}
FUNCTION_CLASS = {
    "dibao_urban": "2081901",
    "dibao_rural": "2081902",
    "tekun_rural": "2082102",
    "tekun_institution": "2082102",
    "temporary_aid": "2082001",
    "orphan": "2081001",
    "unattended_child": "2081001",
    "disabled_living": "2081107",
    "disabled_care": "2081107",
    "old_age": "2081002",
    "house_repair": "2210105",
    "disaster_rebuild": "2240703",
    "winter_spring": "2240703",
    "farmland_protection": "2130122",
    "actual_grain": "2130122",
    "machine_purchase": "2130122",
    "public_forest": "2110501",
    "reservoir_migrant": "2082201",
    "yulu": "2130599",
    "public_post": "2080705",
}
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
    numbers = dict.fromkeys((code for code, _ in district.counties), 0)

    def document(county: str, mark: str, year: int) -> str:
        numbers[county] += 1
        return f"{dict(COUNTIES)[county][0]}{mark}〔{year}〕{numbers[county]}号"

    opened: dict[tuple[str, str, int], Record] = {}
    for (county, programme, month), fen in batches:
        name, bureau = dict(COUNTIES)[county], BUREAUS[programme]
        common = {"programme": NAMES[programme], "function_class": FUNCTION_CLASS[programme]}
        key = (county, programme, month.year)
        if key not in opened:
            opened[key] = district.record(
                county, "fund_flow", hop="指标", document_no=f"云财{bureau[0]}〔{month.year}〕{len(opened) + 1}号",
                source_level="自治区", from_office="云山市财政局", to_office=f"{name}财政局",
                dated_on=month.replace(day=2), amount_fen=quotas[key], **common)  # fmt: skip
        parent = opened[key]
        for hop, mark, payer, payee, day in (
            ("下达", "财指", f"{name}财政局", f"{name}{bureau}", 4),
            ("拨付", "财拨", f"{name}财政局", "云山农村商业银行代发户", 12),
            ("支付", "财支", "云山农村商业银行代发户", "补贴对象", pay_day(month, programme).day),
        ):
            parent = district.record(
                county, "fund_flow", hop=hop, document_no=document(county, mark, month.year),
                parent_document_no=parent.values["document_no"], source_level="县", from_office=payer, to_office=payee,
                dated_on=month.replace(day=day), amount_fen=fen, batch_month=month if hop == "支付" else None, **common)  # fmt: skip
            district.batches.setdefault((county, programme, month), [opened[key]]).append(parent)


def _returned(district: District, batches: list[tuple[tuple[str, str, dt.date], list[Line]]]) -> None:
    """Money that came back, and the same money sent again."""
    payments = {
        (r.county, r.values["programme"], r.values["batch_month"]): r
        for r in district.records
        if r.kind == "fund_flow" and r.values["hop"] == "支付"
    }
    for (county, programme, month), lines in batches:
        paid_by = payments[county, NAMES[programme], month].values
        for hop, mark, chosen, days in (
            ("退回", "财退", [line for line in lines if line.state == RETURNED], 4),
            ("重发", "财重", [line for line in lines if line.corrects], 0),
        ):
            if chosen:
                number = paid_by["document_no"].replace("财支", mark)
                district.record(county, "fund_flow", **paid_by | {
                    "hop": hop, "document_no": number, "parent_document_no": paid_by["document_no"],
                    "dated_on": paid_by["dated_on"] + dt.timedelta(days=days),
                    "amount_fen": sum(line.amount_fen for line in chosen)})  # fmt: skip


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
