"""What registers say of a person: one function per kind of record. Nobody is chosen here."""

from __future__ import annotations

import datetime as dt

from sample_data.world import BANK, District, Household, Person, Record, add_months

LONG_SINCE = dt.date(2018, 3, 1)


def roll(district: District, person: Person, kind: str, **values: object) -> None:
    """Put a person on a civil-affairs roll."""
    county = person.household.village.county
    case_no = f"{county}{int(person.household.number[6:]):05d}"
    values = {"valid_from": LONG_SINCE, "is_counted": "是", "case_no": case_no} | values
    district.about(county, "civil_affairs_rolls", person, roll=kind, **values)


def disability(district: District, person: Person, level: str, kind: str = "肢体") -> None:
    """Give a person a disability certificate."""
    number = f"{person.idno}{'123456'[len(kind) % 6]}{'一二三四'.index(level[0]) + 1}"
    district.about(
        person.household.village.county,
        "disability",
        person,
        certificate_no=number,
        disability_type=kind,
        disability_level=level,
        valid_from=LONG_SINCE,
        valid_to=dt.date(2029, 12, 31),
    )


def guardianship(district: District, child: Person, guardian: Person) -> None:
    """File that a guardian's card takes the child's money."""
    district.about(
        child.household.village.county,
        "agreements",
        child,
        payee_name=guardian.name,
        payee_idno=guardian.idno,
        account_no=guardian.account,
        agreement_kind="监护",
        valid_from=LONG_SINCE,
    )


def monitored(district: District, household: Household, kind: str) -> None:
    """Put every member on the poverty-alleviation list."""
    for person in household.members:
        district.about(
            household.village.county,
            "monitoring",
            person,
            household_no=household.number,
            list_kind=kind,
            valid_from=LONG_SINCE,
        )


def enrolled(district: District, student: Person) -> None:
    """Enrol a student in a vocational school for the year's terms."""
    first = district.months[0]
    district.about(
        student.household.village.county,
        "enrolment",
        student,
        school="云山市职业技术学校",
        stage="中职",
        valid_from=dt.date(first.year - 1, 9, 1),
        valid_to=dt.date(first.year + 2, 7, 10),
    )


def plot(district: District, holder: Person, area: float) -> str:
    """Register a contracted plot and return its code."""
    county = holder.household.village.county
    district.plots += 1
    number = district.plots
    code = f"{holder.household.village.code}{number:07d}"
    district.about(
        county,
        "land_rights",
        holder,
        plot_code=code,
        area_mu=area,
        land_type="水田" if number % 3 else "旱地",
        valid_from=dt.date(1999, 1, 1),
        valid_to=dt.date(2028, 12, 31),
    )
    return code


def payroll(district: District, person: Person, months: list[dt.date], kind: str = "在职", **values: object) -> None:
    """Put a person on the public payroll for those months."""
    county = person.household.village.county
    for month in months:
        district.about(county, "public_payroll", person, employer=f"{dict(district.counties)[county]}农业农村局", staff_kind=kind,
                       net_pay_fen=412_000, bank=BANK, account_no=person.account, pay_month=month, **values)  # fmt: skip


def insured(district: District, person: Person, months: list[dt.date], kind: str = "单位职工") -> None:
    """Note social insurance paid for a person in those months."""
    county = person.household.village.county
    for month in months:
        district.about(county, "social_insurance", person, employer="云山市红水河商贸有限公司",
                       insurance="企业职工基本养老保险", payer_kind=kind, base_fen=420_000, paid_month=month)  # fmt: skip


def dead(district: District, person: Person, died: dt.date, **values: object) -> None:
    """Enter a death in the police register."""
    village = person.household.village
    district.about(village.county, "deaths", person, sex="男" if person.male else "女", died_on=died,
                   station=f"{village.town}派出所", **values)  # fmt: skip


def official(district: District, person: Person, position: str) -> None:
    """Put a person on the list of village officials and clerks."""
    village = person.household.village
    district.about(village.county, "officials", person, position=position, office=village.name,
                   serves_from=dt.date(2021, 1, 1))  # fmt: skip


def kin(district: District, person: Person, relative: Person, relation: str, **values: object) -> None:
    """Declare a relative of an official or clerk."""
    district.about(person.household.village.county, "kin", person, kin_name=relative.name, kin_idno=relative.idno,
                   relation=relation, **values)  # fmt: skip


def declined(district: District, person: Person, programme: str = "", grounds: str = "本人不愿申请") -> None:
    """Note that a person was asked and does not want, or elsewhere has, what they might apply for."""
    district.about(person.household.village.county, "help_declined", person, programme=programme, grounds=grounds,
                   evidence="本人签字的告知书", valid_from=add_months(district.months[0], -1))  # fmt: skip


def damaged(
    district: District, person: Person, damaged_on: dt.date, damage: str = "房屋严重损坏", needs_relief: str = "是"
) -> Record:
    """Enter a household on the list of a flood's damage."""
    county = person.household.village.county
    return district.about(county, "disaster_damage", person, event=f"{damaged_on.year}年{damaged_on.month}月洪涝",
                          damaged_on=damaged_on, damage=damage, rooms=2, needs_relief=needs_relief)  # fmt: skip
