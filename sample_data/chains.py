"""The documents of one batch from quota to payment, in the forms offices use. What was paid is decided elsewhere."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sample_data.money import NAMES, pay_day
from sample_data.world import COUNTIES, District, Record, Village

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
# One form of document each: shares by township, two sources, one quota document for two programmes, last year's money
# carried over, an allocation partly taken back.
BY_TOWN = ("public_forest",)
TWO_SOURCES = ("winter_spring",)
ONE_DOCUMENT = ("house_repair", "disaster_rebuild")
CARRIED_OVER = ("machine_purchase",)
TAKEN_BACK = ("disaster_rebuild",)
PAYING_ACCOUNT = "云山农村商业银行代发户"

Share = tuple[Village | None, int]


class Writer:
    """Writes the documents and counts their numbers, county by county."""

    def __init__(self, district: District) -> None:
        self.district = district
        self.numbers = dict.fromkeys((code for code, _ in district.counties), 0)
        self.quotas = 0

    def number(self, county: str, mark: str, year: int) -> str:
        """Return the next document number of the county."""
        self.numbers[county] += 1
        return f"{dict(COUNTIES)[county][0]}{mark}〔{year}〕{self.numbers[county]}号"

    def quota(self, county: str, programme: str, month: dt.date, fen: int) -> list[Record]:
        """Write the year's quota; more than one document where the money has two sources."""
        self.quotas += 1
        number = f"云财{BUREAUS[programme][0]}〔{month.year}〕{self.quotas}号"
        if programme in ONE_DOCUMENT:
            number = f"云财综〔{month.year}〕{county[-1]}号"
        day = month.replace(day=2)
        if programme in TWO_SOURCES:
            return [self._quota(county, programme, number, day, fen - fen // 3, source_level="中央"),
                    self._quota(county, programme, f"县本级{number}", day, fen // 3, source_level="县")]  # fmt: skip
        if programme in CARRIED_OVER:
            old = f"云财{BUREAUS[programme][0]}〔{month.year - 1}〕90号"
            self._quota(county, programme, old, dt.date(month.year - 1, 11, 6), fen)
            return [self._quota(county, programme, f"结转{number}", dt.date(month.year, 1, 16), fen,
                                parent_document_no=old, note="上年结余结转使用")]  # fmt: skip
        return [self._quota(county, programme, number, day, fen)]

    def _quota(self, county: str, programme: str, number: str, day: dt.date, fen: int, **more: Any) -> Record:
        return self.district.record(county, "fund_flow", **{
            "hop": "指标", "document_no": number, "source_level": "自治区", "from_office": "云山市财政局",
            "to_office": f"{dict(COUNTIES)[county]}财政局", "dated_on": day, "amount_fen": fen} | _what(programme) | more)  # fmt: skip

    def batch(
        self, county: str, programme: str, month: dt.date, quotas: list[Record], shares: list[Share]
    ) -> list[Record]:
        """Write allocation, payment order and payment; return the first of each.

        Args:
            county: division code.
            programme: slug.
            month: the batch's month.
            quotas: the documents the money comes from.
            shares: what each township gets, or one share of no township.
        """
        name, bureau = dict(COUNTIES)[county], BUREAUS[programme]
        total = sum(fen for _, fen in shares)
        parent = quotas[0].values["document_no"]
        if len(quotas) > 1:
            parts = [total - total // 3, total // 3]
            parent = "；".join(
                f"{quota.values['document_no']}={part / 100:.2f}" for quota, part in zip(quotas, parts, strict=True)
            )
        firsts = []
        for hop, mark, payer, payee, day in (
            ("下达", "财指", f"{name}财政局", f"{name}{bureau}", 4),
            ("拨付", "财拨", f"{name}财政局", PAYING_ACCOUNT, 12),
            ("支付", "财支", PAYING_ACCOUNT, "补贴对象", pay_day(month, programme).day),
        ):
            number = self.number(county, mark, month.year)
            rows = []
            for village, fen in shares:
                town = {"town_code": village.code[:9]} if village else {}
                holder = f"{village.town}人民政府" if village and hop == "下达" else payee
                more = fen // 10 if hop == "下达" and programme in TAKEN_BACK else 0
                rows.append(self.district.record(county, "fund_flow", **{
                    "hop": hop, "document_no": number, "parent_document_no": parent, "source_level": "县",
                    "from_office": payer, "to_office": holder, "dated_on": month.replace(day=day), "amount_fen": fen + more,
                    "batch_month": month if hop == "支付" else None} | _what(programme) | town))  # fmt: skip
                if more:
                    self._take_back(rows[-1], more)
            parent = number
            firsts.append(rows[0])
        return firsts

    def _take_back(self, allocated: Record, fen: int) -> None:
        """Take back what was allocated too much, naming the allocation."""
        number = allocated.values["document_no"]
        self.district.record(allocated.county, "fund_flow", **allocated.values | {
            "document_no": number.replace("号", "-收1号"), "parent_document_no": number, "amount_fen": -fen,
            "dated_on": allocated.values["dated_on"] + dt.timedelta(days=5), "note": "收回多下达的部分"})  # fmt: skip


def returned(district: District, key: tuple[str, str, dt.date], fen: int, days: int = 4) -> Record:
    """Write money of a batch that the bank sent back some days after the payment."""
    county, programme, month = key
    voucher = district.batches[key][-1].values
    mark = voucher["document_no"].replace("财支", "财退").replace("号", f"-{district.serial()}号")
    return district.record(county, "fund_flow", **_what(programme) | {
        "hop": "退回", "document_no": mark, "parent_document_no": voucher["document_no"], "source_level": "县",
        "from_office": "补贴对象", "to_office": PAYING_ACCOUNT, "dated_on": voucher["dated_on"] + dt.timedelta(days=days),
        "amount_fen": fen, "batch_month": month})  # fmt: skip


def _what(programme: str) -> dict[str, Any]:
    return {"programme": NAMES[programme], "function_class": FUNCTION_CLASS[programme]}
