import datetime as dt
from functools import cache

import polars as pl
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from checks.linkage import comparison_rows, idno, parameters, probabilistic
from mingzhang.catalog.load import LINKAGE_PARAMETERS

MODEL = parameters.newest(LINKAGE_PARAMETERS)
VILLAGE = "452921100203"
# A call takes half a second, so a failing example is shown as found.
slow_call = settings(max_examples=3, deadline=None, phases=[Phase.explicit, Phase.generate])


def number(body: str) -> str:
    return body + idno.check_digit(body)


def person(record_id: str, **changed: object) -> dict[str, object]:
    row = {
        "record_id": record_id,
        "name": "韦建国",
        "idno": number("45292119800102001"),
        "born_on": dt.date(1980, 1, 2),
        "sex": "男",
        "county_code": "452921",
        "village_code": VILLAGE,
        "head_name": "韦福贵",
        "account": "6299450001",
    }
    return row | changed


def frame(*rows: dict[str, object]) -> pl.DataFrame:
    return comparison_rows.complete(pl.DataFrame(rows, schema=comparison_rows.FIELDS))


@cache
def crowd() -> pl.DataFrame:
    """Return 600 other people of the county, so that names and villages have their usual frequency."""
    surnames, given_names = "黄莫蒙农陆梁廖卢罗蓝", "秀英兰芳丽梅春花玉珍强勇军明志文海龙福生"
    rows = [
        person(
            f"x{n:03d}",
            name=surnames[n % 10] + given_names[n // 10 % 20] + given_names[(n * 7 + n // 10) % 20],
            idno=number(f"452921{1950 + n % 60}{n % 12 + 1:02d}{n % 28 + 1:02d}{n:03d}"),
            born_on=dt.date(1950 + n % 60, n % 12 + 1, n % 28 + 1),
            sex="男女"[n % 2],
            village_code=f"4529211{n // 60:02d}2{n // 30 % 10:02d}",
            head_name=surnames[n % 10] + given_names[n // 20 % 20],
            account=f"62994599{n:03d}",
        )
        for n in range(600)
    ]
    return frame(*rows)


def labels(lines: pl.DataFrame, *people: dict[str, object]) -> list[tuple[str, str, str]]:
    known = pl.concat([crowd(), frame(*people)]) if people else crowd()
    return probabilistic.link(lines, known, MODEL).select("line_id", "person_id", "label").rows()


RIGHT = person("p1")


DAMAGE = (
    {"idno": RIGHT["idno"][:16] + "9X"},
    {"idno": None, "born_on": None},
    {"idno": "452921********" + RIGHT["idno"][14:], "account": None},
    {"idno": RIGHT["idno"][:17], "name": "韦健国"},
    {"idno": RIGHT["idno"][:3] + "8" + RIGHT["idno"][4:], "name": "韦□国"},
    {"idno": None, "name": "韦建围", "account": None, "born_on": dt.date(1980, 1, 2)},
    {"idno": "4.52921E+17", "born_on": None, "village_code": None},
)


def test_damaged_rows_find_their_person() -> None:
    lines = frame(*(person(f"l{n}", **damage) for n, damage in enumerate(DAMAGE)))
    assert labels(lines, RIGHT) == [(f"l{n}", "p1", "probable") for n in range(len(DAMAGE))]


def test_reasons_are_in_words_and_name_what_disagrees() -> None:
    line = frame(person("l1", idno=RIGHT["idno"][:17], account="6299457777", sex=None))
    link = probabilistic.link(line, pl.concat([crowd(), frame(RIGHT)]), MODEL).row(0, named=True)
    assert link["reasons"] == ["姓名相同", "证号仅差一位或相邻两位颠倒", "同村", "户主相同", "账号不同"]
    assert link["score"] == 0.99  # never certain, however much agrees


def test_twins_do_not_merge() -> None:
    twin = person("p2", name="韦建华", idno=number("45292119800102003"), account="6299450002")
    line = frame(person("l1", name="韦建华", idno=None, born_on=dt.date(1980, 1, 2), account=None))
    assert labels(line, RIGHT, twin) == [("l1", "p2", "probable")]
    # Only the twin is known: the answer must be "question", never "probable".
    assert all(label == "question" for _, _, label in labels(line, RIGHT))


def test_a_shared_account_does_not_join_twins() -> None:
    twin = person("p2", name="韦建华", idno=number("45292119800102003"))
    line = frame(person("l1", name="韦建□", idno=None, born_on=dt.date(1980, 1, 2)))
    assert all(label == "question" for _, _, label in labels(line, RIGHT, twin))


def test_brothers_do_not_merge() -> None:
    """A brother nobody registered, in the same house, paid into the known one's account: their names share a character."""
    for born in (None, dt.date(1982, 3, 4)):
        line = frame(person("l1", name="韦建华", idno=None, born_on=born))
        assert all(label == "question" for _, _, label in labels(line, RIGHT))


def test_one_wrong_character_is_forgiven_where_nobody_else_can_be_meant() -> None:
    known = RIGHT["idno"]
    lines = frame(
        person("l1", name="韦建铁", idno=known[:15] + "9" + known[16:], head_name=None),  # the number, all but a place
        person("l2", name="黎建国", idno=None, born_on=None),  # brothers share the surname
        person("l3", name="韦建铁", idno=None),  # born that day, paid into an account of their own
    )
    assert labels(lines, RIGHT) == [(line, "p1", "probable") for line in ("l1", "l2", "l3")]


def test_namesakes_of_a_village_are_a_question() -> None:
    namesake = person(
        "p2", idno=number("45292119550505007"), born_on=dt.date(1955, 5, 5), head_name=None, account="6299450003"
    )
    line = frame(person("l1", idno=None, born_on=None, head_name=None, account=None, sex=None))
    found = labels(line, RIGHT, namesake)
    assert [(line_id, person_id) for line_id, person_id, _ in found] == [("l1", "p1"), ("l1", "p2")]
    assert {label for *_, label in found} == {"question"}
    assert all(
        label == "question" for *_, label in labels(line, RIGHT)
    )  # nobody else of that name is known: still no proof


def test_father_and_son_do_not_merge() -> None:
    father = person(
        "p1", name="韦福贵", idno=number("45292119500303005"), born_on=dt.date(1950, 3, 3), head_name="韦福贵"
    )
    line = frame(person("l1", name="韦福生", idno="45292119800102", born_on=None))
    assert all(label == "question" for *_, label in labels(line, father))


def test_a_contradiction_is_never_probable() -> None:
    assert all(label != "probable" for *_, label in labels(frame(person("l1", idno=None, sex="女")), RIGHT))
    other = number("45292119620909018")
    assert all(label != "probable" for *_, label in labels(frame(person("l1", idno=other, born_on=None)), RIGHT))


def test_a_stranger_is_nobody() -> None:
    stranger = person(
        "l1", name="欧阳清", idno=None, born_on=dt.date(1999, 9, 9), head_name="欧阳海", account="6299451234"
    )
    assert labels(frame(stranger), RIGHT) == []


def test_no_link_is_carried_on() -> None:
    """Two rows of one person are two links to that person, and none between the rows."""
    lines = frame(person("l1", idno=None), person("l2", idno=None, name="韦健国"))
    assert labels(lines, RIGHT) == [("l1", "p1", "probable"), ("l2", "p1", "probable")]


def test_nothing_to_compare() -> None:
    empty = frame()
    assert probabilistic.link(empty, crowd(), MODEL).is_empty()
    assert probabilistic.link(frame(RIGHT), empty, MODEL).is_empty()


def damaged(seed: int) -> pl.DataFrame:
    """Return rows about thirty people of the crowd, with parts missing by the seed."""
    rows = crowd().sample(30, seed=seed).with_columns(pl.concat_str(pl.lit("l"), "record_id").alias("record_id"))
    keep = pl.int_range(pl.len()) % 3
    return rows.with_columns(
        pl.when(keep != 0).then("account"), pl.when(keep != 1).then("head_name"), pl.col("idno").str.slice(0, 17)
    )


@slow_call
@given(st.integers(0, 10_000))
def test_scores_are_symmetric(seed: int) -> None:
    lines, people = damaged(seed), pl.concat([crowd(), frame(RIGHT)])
    forth = probabilistic.score(lines, people, MODEL)
    back = probabilistic.score(people, lines, MODEL)
    swapped = back.rename({"line_id": "person_id", "person_id": "line_id"}).select(forth.columns)
    assert forth.height and forth.equals(swapped.sort("line_id", "person_id"))


@slow_call
@given(st.integers(0, 10_000))
def test_links_do_not_depend_on_order_and_repeat(seed: int) -> None:
    lines, people = damaged(seed), crowd()
    first = probabilistic.link(lines, people, MODEL)
    again = probabilistic.link(
        lines.sample(fraction=1, shuffle=True, seed=seed), people.sample(fraction=1, shuffle=True, seed=seed + 1), MODEL
    )
    assert first.height and first.equals(again)


@slow_call
@given(st.integers(0, 10_000))
def test_linking_what_was_linked_changes_nothing(seed: int) -> None:
    """A row given its person's own data finds that person again; the rows of the others find what they found."""
    lines, people = damaged(seed), crowd()
    first = probabilistic.link(lines, people, MODEL).filter(pl.col("label") == "probable")
    settled = (
        first.select("line_id", "person_id")
        .join(people, left_on="person_id", right_on="record_id")
        .select(pl.col("line_id").alias("record_id"), *(name for name in comparison_rows.FIELDS if name != "record_id"))
    )
    again = probabilistic.link(settled, people, MODEL).filter(pl.col("label") == "probable")
    assert again.select("line_id", "person_id").equals(first.select("line_id", "person_id"))
