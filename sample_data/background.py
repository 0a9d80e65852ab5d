"""People the registers know and no assistance roll does: staff, village officials, the long dead. Nothing planted here."""

from __future__ import annotations

import datetime as dt
import random

from sample_data.base import family, single
from sample_data.facts import dead, insured, kin, official, payroll, plot
from sample_data.money import pay, yearly_month
from sample_data.world import District, Person, Record, add_months

# What two counties have not delivered; the rules that need it must say so.
NOT_DELIVERED = {
    "452922": ("housing_fund", "cremations"),
    "452923": ("housing_fund", "cremations", "vehicles", "property"),
}


def build(district: District) -> None:
    """Give every county staff, officials, deaths and the things they own."""
    count = max(3, round(20 * district.size.scale))
    for county, _ in district.counties:
        rng = district.rng(f"background:{county}")
        for number in range(count):
            _staff(district, county, rng, number)
            _dead(district, county, rng)
            if number % 3 == 0:
                _official(district, county, rng, number)
        _prisoner(district, county, rng)


def known(district: District, county: str, kind: str, person: Person, **values: object) -> None:
    """Add a register row if the county delivers that register."""
    if kind not in NOT_DELIVERED.get(county, ()):
        district.about(county, kind, person, **values)


def _staff(district: District, county: str, rng: random.Random, number: int) -> None:
    household = family(district, county, rng, 3, rural=False)
    person, spouse = household.members[:2]
    payroll(district, person, district.months)
    insured(district, spouse, district.months)
    known(district, county, "housing_fund", person, employer="县农业农村局", monthly_fen=98_000,
          first_month=dt.date(2015, 7, 1), last_month=district.months[-1])  # fmt: skip
    known(district, county, "vehicles", person, plate=f"桂Y{county[-1]}{number:04d}", vehicle_type="小型轿车",
          registered_on=dt.date(2021, 5, 17), use="非营运", vehicle_state="正常", value_fen=9_800_000)  # fmt: skip
    known(district, county, "property", person, certificate_no=f"云房权证{county[-1]}{number:05d}", location="城南小区",
          property_type="住宅", area_m2=98.5, share_percent=100, origin="购买", registered_on=dt.date(2016, 3, 9))  # fmt: skip
    known(district, county, "business", spouse, credit_code=f"92{county}MA{number:08d}", business_name=f"{spouse.name}便民超市",
          business_type="个体工商户", role="经营者", capital_fen=5_000_000, tax_12m_fen=120_000,
          founded_on=dt.date(2019, 8, 1), business_state="存续")  # fmt: skip


def _dead(district: District, county: str, rng: random.Random) -> None:
    person = single(district, county, rng, rng.uniform(66, 77))
    died = add_months(district.months[-1], -rng.randrange(14, 30)) + dt.timedelta(days=rng.randrange(27))
    dead(district, person, died)
    known(district, county, "cremations", person, died_on=died, cremated_on=died + dt.timedelta(days=3))


def _official(district: District, county: str, rng: random.Random, number: int) -> None:
    household = family(district, county, rng, 3)
    official(district, household.head, ("村党组织书记", "村委会副主任", "民政经办人员")[number // 3 % 3])
    kin(district, household.head, household.members[1], "配偶")
    code = plot(district, household.head, 2.4)
    # the land is let; this subsidy stays the holder's
    pay(district, "farmland_protection", household.head, yearly_month(district, "land"), quantity=2.4, plot_code=code)
    tenant = next(
        line.recipient for line in district.lines if line.programme == "farmland_protection" and line.county == county
    )
    district.record(county, "land_transfers", plot_code=code, holder_name=household.head.name, holder_idno=household.head.idno,
                    tenant_name=tenant.name, tenant_idno=tenant.idno, area_mu=2.4,
                    valid_from=dt.date(yearly_month(district, "land").year - 2, 1, 1), valid_to=dt.date(2028, 12, 31))  # fmt: skip


def _prisoner(district: District, county: str, rng: random.Random) -> None:
    person = family(district, county, rng, 3).head
    first = district.months[0]
    district.about(county, "custody", person, custody_kind="服刑", from_on=dt.date(first.year - 1, 4, 6),
                   to_on=dt.date(first.year + 2, 4, 5))  # fmt: skip


def census(district: District) -> None:
    """Enter everybody of every household in the police register, before the records added by hand."""
    everybody = []
    for household in (h for households in district.households.values() for h in households):
        village = household.village
        for person in household.members:
            values = {
                "household_no": household.number,
                "person_name": person.name,
                "person_idno": person.idno,
                "sex": "男" if person.male else "女",
                "relation": person.relation,
                "village": village.town + village.name if village.is_repeated else village.name,
                "group_name": household.group,
                "valid_from": max(dt.date(2010, 1, 1), person.born),
            } | person.registered
            if not values.pop("missing", False):
                person.record = Record(village.county, "population", values)
                everybody.append(person.record)
    district.records[:0] = everybody
