"""The table of places and the offices: all of Guangxi, and a fictional district that can be nobody's."""

from __future__ import annotations

import csv
from collections import Counter

from mingzhang.catalog.load import HERE, catalogue


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a places table."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


GUANGXI = rows("places_guangxi.csv")
FICTIONAL = rows("places_fictional.csv")


def test_guangxi_has_fourteen_cities_and_a_hundred_and_eleven_counties() -> None:
    assert Counter(row["level"] for row in GUANGXI) == {"region": 1, "city": 14, "county": 111}


def test_codes_are_six_digits_and_stand_once() -> None:
    codes = [row["code"] for row in GUANGXI + FICTIONAL if row["level"] != "region"]
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) == len(set(codes))


def test_every_county_lies_in_its_city() -> None:
    cities = {row["code"] for row in GUANGXI if row["level"] == "city"}
    for row in GUANGXI:
        if row["level"] == "county":
            assert row["parent"] in cities
            assert row["code"][:4] == row["parent"][:4]


def test_renamed_counties_carry_their_present_name() -> None:
    names = {row["code"]: row["name"] for row in GUANGXI}
    assert (names["450181"], names["450381"], names["451081"], names["451082"]) == (
        "横州市",
        "荔浦市",
        "靖西市",
        "平果市",
    )


def test_the_fictional_district_uses_codes_nobody_has() -> None:
    assert all(row["code"].startswith("4529") for row in FICTIONAL)
    assert not any(row["code"].startswith("4529") for row in GUANGXI)
    assert all("示例" in row["name"] for row in FICTIONAL)


def test_every_county_has_an_office() -> None:
    counties = {row["code"] for row in GUANGXI + FICTIONAL if row["level"] == "county"}
    assert set(catalogue().offices) == counties
    assert len(counties) == 114


def test_no_phone_or_address_is_invented_for_a_real_county() -> None:
    for code, office in catalogue().offices.items():
        fictional = code.startswith("4529")
        assert bool(office.phone) == bool(office.address) == fictional, code
        assert office.phone.startswith("0770-000000") == fictional, code
