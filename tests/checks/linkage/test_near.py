import polars as pl
import pytest

from checks.linkage import near

VILLAGE = "452921100203"


def rows(*entries):
    return pl.DataFrame(
        [{"record_id": r, "name": n, "idno": i, "village_code": v, "county_code": v[:6]} for r, n, i, v in entries],
        schema={
            "record_id": pl.String,
            "name": pl.String,
            "idno": pl.String,
            "village_code": pl.String,
            "county_code": pl.String,
        },
    )


def valid(first17: str) -> str:
    from checks.linkage import idno

    return first17 + idno.check_digit(first17)


PERSON = valid("45292119800102001")


@pytest.mark.parametrize(
    ("written", "slip"),
    [
        (PERSON[:9] + ("1" if PERSON[9] != "1" else "2") + PERSON[10:], "replaced"),
        (PERSON[:6] + PERSON[7] + PERSON[6] + PERSON[8:], "swapped"),
        (PERSON[:3] + PERSON[4:], "lost"),
        (PERSON[:3] + "5" + PERSON[3:], "gained"),
        (PERSON[:6] + "l" + PERSON[7:], "letter"),
    ],
)
def test_one_slip_is_named(written: str, slip: str) -> None:
    found = near.numbers_one_place_apart(
        rows(("l1", "韦建国", written, VILLAGE)), rows(("p1", "韦建国", PERSON, VILLAGE))
    )
    assert found.rows() == [("l1", "p1", slip)]


def test_a_fifteen_digit_number_is_compared_in_its_long_form() -> None:
    old = PERSON[:6] + PERSON[8:17]
    wrong = old[:8] + ("3" if old[8] != "3" else "4") + old[9:]
    people = rows(("p1", "韦建国", PERSON, VILLAGE))
    assert near.numbers_one_place_apart(
        rows(("l1", "韦建国", old, VILLAGE)), people
    ).is_empty()  # the same number: exact
    # The long form of a wrong short number has a check digit of its own, so it is valid and somebody else's.
    assert near.numbers_one_place_apart(rows(("l1", "韦建国", wrong, VILLAGE)), people).is_empty()


@pytest.mark.parametrize(
    ("name", "number", "village", "why"),
    [
        ("韦建华", PERSON[:17] + "A", VILLAGE, "another name"),
        ("韦建国", PERSON[:15] + "99", "452921100204", "another village"),
        ("韦建国", valid("45292119800102003"), VILLAGE, "a valid number: a twin"),
        ("韦建国", "45292119******0019", VILLAGE, "a mask hides more than one place"),
        ("韦建国", None, VILLAGE, "no number"),
    ],
)
def test_what_is_no_slip(name: str, number: str | None, village: str, why: str) -> None:
    people = rows(("p1", "韦建国", PERSON, VILLAGE))
    assert near.numbers_one_place_apart(rows(("l1", name, number, village)), people).is_empty(), why
