"""The people of the district: counties, towns, villages, households, and the district that gathers what is paid and known.

No programme rules, no planted cases, no files.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sample_data.names import BARE, GROUPS, TOWNS, person_name
from sample_data.numbers import Numbers

COUNTIES = (("452921", "青岚县"), ("452922", "沐河县"), ("452923", "望岭县"))
BANK = "云山农村商业银行"


def add_months(month: dt.date, count: int) -> dt.date:
    """Return the first day of the month that many months later."""
    index = month.year * 12 + month.month - 1 + count
    return dt.date(index // 12, index % 12 + 1, 1)


@dataclass(slots=True, eq=False)
class Village:
    """A village or neighbourhood; `spellings` are how rosters write it."""

    code: str
    name: str
    town: str
    county: str
    spellings: tuple[str, ...]
    is_neighbourhood: bool
    is_repeated: bool


@dataclass(slots=True, eq=False)
class Person:
    """Somebody with an identity number.

    `account` is the card in their own name; `registered` replaces what the population register would say,
    `record` is what it says.
    """

    name: str
    idno: str
    born: dt.date
    male: bool
    relation: str
    household: Household
    account: str
    registered: dict[str, Any] = field(default_factory=dict)
    record: Record | None = None


@dataclass(slots=True, eq=False)
class Household:
    """People under one household number; the first is the head."""

    number: str
    village: Village
    group: str
    members: list[Person] = field(default_factory=list)

    @property
    def head(self) -> Person:
        """The household head."""
        return self.members[0]


@dataclass(slots=True, eq=False)
class Line:
    """One payment line as it will stand in a roster; `place` is filled when the file is written.

    `village` is where the line says the person lives when that is not the household's. `apart` is the title of a file of its own; a `refused` line is one intake must not take as a payment.
    """

    county: str
    programme: str
    month: dt.date
    period_from: dt.date
    period_to: dt.date
    recipient: Person
    amount_fen: int
    standard_fen: int | None = None
    quantity: float | None = None
    payee: Person | None = None
    account: str = ""
    extra_fen: int = 0
    state: str = ""
    plot_code: str = ""
    item_serial: str = ""
    corrects: str = ""
    note: str = ""
    village: Village | None = None
    apart: str = ""
    refused: bool = False
    shown: dict[str, Any] = field(default_factory=dict)
    place: tuple[str, str, int] | None = None

    @property
    def where(self) -> Village:
        """The village this line is listed under."""
        return self.village or self.recipient.household.village


@dataclass(slots=True, eq=False)
class Record:
    """One row of any other file: a register, a notice, a money document, a bank line."""

    county: str
    kind: str
    values: dict[str, Any]
    place: tuple[str, str, int] | None = None


@dataclass(slots=True, eq=False)
class PlantedCase:
    """A planted case or near miss and the rows it rests on."""

    case: str
    rule: str
    county: str
    rows: list[Line | Record]
    why: str


@dataclass(frozen=True)
class Size:
    """How large the district is: `scale` of the clean households, `cases` per rule."""

    scale: float
    counties: int
    months: int
    cases: int


class District:
    """Everything that will be written, by county."""

    def __init__(self, seed: int, end_month: dt.date, size: Size) -> None:
        self.seed, self.size = seed, size
        self.months = [add_months(end_month, n) for n in range(1 - size.months, 1)]
        self.counties = COUNTIES[: size.counties]
        self.numbers = Numbers(self.rng("numbers"))
        self.villages = {code: _villages(code) for code, _ in self.counties}
        self.households: dict[str, list[Household]] = {code: [] for code, _ in self.counties}
        self.lines: list[Line] = []
        self.records: list[Record] = []
        self.cases: list[PlantedCase] = []
        self.near_misses: list[PlantedCase] = []
        # What to plant once the census, the money documents, notices and bank files exist.
        self.later: list[Callable[[], None]] = []
        # Titles of files apart with the status and rejected lines intake must report, then the same by path.
        self.apart: dict[str, tuple[str, int]] = {}
        self.expected: list[tuple[str, str, int]] = []
        self.people_rng = self.rng("people")
        self.plots = 0
        self.documents = 0
        self.homes: dict[str, str] = {}  # the account of each county's home for the aged
        # Quota, allocation, payment order and payment of each county, programme and month.
        self.batches: dict[tuple[str, str, dt.date], list[Record]] = {}
        # What a planted case has used: batches, quotas of a year, notices.
        self.taken: set[tuple[str, str, dt.date]] = set()
        self.taken_years: set[tuple[str, str, int]] = set()
        self.taken_records: list[Record] = []

    def serial(self) -> int:
        """Return the next running number for certificates, plates and codes."""
        self.documents += 1
        return self.documents

    def rng(self, topic: str) -> random.Random:
        """Return a random source of that topic's own, so that one topic's growth leaves the others alone."""
        return random.Random(f"{self.seed}:{topic}")

    def person(
        self,
        household: Household,
        relation: str,
        age: float,
        male: bool,
        *,
        surname: str = "",
        born: dt.date | None = None,
        ending: str = "",
    ) -> Person:
        """Add a person to a household.

        Args:
            household: the last member is added at its end; the first is the head.
            relation: to the head.
            age: years at the end of the last month, at least; up to ten months more.
            male: sex.
            surname: chosen when empty.
            born: the exact birth date instead of an age.
            ending: what the identity number must end in.
        """
        rng = self.people_rng
        if born is None:
            born = add_months(self.months[-1], 1) - dt.timedelta(days=int(age * 365.25) + rng.randrange(60, 300))
        idno = self.numbers.identity(household.village.county, born, male)
        while not idno.endswith(ending):
            idno = self.numbers.identity(household.village.county, born, male)
        name = person_name(rng, male, surname)
        person = Person(name, idno, born, male, relation, household, self.numbers.account())
        household.members.append(person)
        return person

    def household(self, county: str, village: Village | None = None) -> Household:
        """Add an empty household in a village of the county."""
        rng = self.people_rng
        village = village or rng.choice(self.villages[county])
        number = f"{village.code[:6]}{len(self.households[county]) + 1:06d}"
        household = Household(number, village, rng.choice(GROUPS))
        self.households[county].append(household)
        return household

    def record(self, county: str, kind: str, **values: Any) -> Record:
        """Add a row to a register, notice, money or bank file of the county."""
        record = Record(county, kind, values)
        self.records.append(record)
        return record

    def about(self, county: str, kind: str, person: Person, **values: Any) -> Record:
        """Add a register row about a person."""
        return self.record(county, kind, **({"person_name": person.name, "person_idno": person.idno} | values))

    def plant(self, rule: str, rows: Sequence[Line | Record], why: str) -> None:
        """Note a case the rule must find, with the rows it rests on."""
        number = sum(1 for case in self.cases if case.rule == rule) + 1
        self.cases.append(PlantedCase(f"{rule}-{number:02d}", rule, rows[0].county, list(rows), why))

    def near_miss(self, rule: str, rows: Sequence[Line | Record], why: str) -> None:
        """Note a near miss the rule must leave alone, with the rows that look like one."""
        number = sum(1 for case in self.near_misses if case.rule == rule) + 1
        self.near_misses.append(PlantedCase(f"{rule}-n{number:02d}", rule, rows[0].county, list(rows), why))


def _villages(county: str) -> list[Village]:
    repeated = [bare for town in BARE[county] for bare in set(town)]
    villages = []
    for town_no, (town, names) in enumerate(zip(TOWNS[county], BARE[county], strict=True), start=1):
        for place, bare in enumerate(names):
            # The second of two equal names in a town is the neighbourhood.
            city = bare in names[:place] or place == len(names) - 1
            code = f"{county}{2 if town[-1] == '乡' else 1}{town_no - 1:02d}{0 if city else 2}{place + 1:02d}"
            full = bare + ("居委会" if city else "村委会")
            if names.count(bare) > 1:
                spellings: tuple[str, ...] = (full,)
            elif city:
                spellings = (bare, full, bare + "居民委员会")
            else:
                spellings = (bare, bare + "村", full, bare + "村民委员会")
            villages.append(Village(code, full, town, county, spellings, city, repeated.count(bare) > 1))
    return villages
