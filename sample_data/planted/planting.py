"""What every planting module needs: counties in turn, fresh people, enough repetitions. No rule knowledge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from random import Random

from sample_data.base import family, single
from sample_data.facts import disability, roll
from sample_data.money import dibao, pay_months
from sample_data.world import District, Household, Line, Person

CasePlanter = Callable[["Planting"], None]


class Planting:
    """One planted household: where it is, which months are at hand, and a random source of its own."""

    def __init__(self, district: District, rule: str, number: int, counties: int = 3) -> None:
        self.district, self.number = district, number
        self.county = district.counties[number % min(counties, len(district.counties))][0]
        self.rng: Random = district.rng(f"{rule}:{number}")
        self.months = district.months

    def last(self, count: int) -> list[dt.date]:
        """Return the last months, fewer when the district is short."""
        return self.months[-count:]

    def single(self, low: float = 62, high: float = 76) -> Person:
        """Add somebody living alone in a village."""
        return single(self.district, self.county, self.rng, self.rng.uniform(low, high))

    def worker(self) -> Person:
        """Add a single adult of working age in a village."""
        return self.single(36, 50)

    def neighbour(self, person: Person, size: int = 1) -> Household:
        """Add a household of grown-ups in the same village, so that the village has a roster of its own."""
        household = self.district.household(self.county, person.household.village)
        for number in range(size):
            self.district.person(household, "妻" if number else "户主", self.rng.uniform(36, 50), not number)
        return household

    def post(self, person: Person, months: list[dt.date], **more: object) -> list[Line]:
        """Pay a public-welfare post for those months."""
        return pay_months(self.district, "public_post", person, months, **more)

    def family(self, size: int = 3) -> Household:
        """Add a family in a village."""
        return family(self.district, self.county, self.rng, size)

    def tekun(self, person: Person, months: list[dt.date], **more: object) -> list[Line]:
        """Put a person on the tekun roll and pay those months."""
        roll(self.district, person, "特困", placement="分散")
        return pay_months(self.district, "tekun_rural", person, months, **more)

    def dibao(self, household: Household, months: list[dt.date], **more: object) -> list[Line]:
        """Put a household on the dibao roll and pay those months."""
        for person in household.members:
            roll(self.district, person, "低保", single_case="否" if len(household.members) > 1 else "是")
        return self.dibao_lines(household, months, **more)

    def dibao_lines(self, household: Household, months: list[dt.date], **more: object) -> list[Line]:
        """Pay a household whose members are on the roll already."""
        return self.dibao_of(household.head, months, **more)

    def dibao_of(self, person: Person, months: list[dt.date], **more: object) -> list[Line]:
        """Pay dibao to one person, who need not be the head."""
        return dibao(self.district, "dibao_rural", person, months, **more)

    def roll(self, person: Person, kind: str, **values: object) -> None:
        """Put a person on a civil-affairs roll."""
        roll(self.district, person, kind, **values)

    def care(self, person: Person, months: list[dt.date], **more: object) -> list[Line]:
        """Certify a severe disability and pay the care allowance for those months."""
        disability(self.district, person, "一级")
        return pay_months(self.district, "disabled_care", person, months, **more)


def repeat(district: District, rule: str, cases: Sequence[CasePlanter], counties: int = 3) -> None:
    """Plant the cases in turn until there are enough, each time in the next of the first `counties` counties."""
    for number in range(district.size.cases):
        cases[number % len(cases)](Planting(district, f"{rule}:{cases[0].__name__}", number, counties))
