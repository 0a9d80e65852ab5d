"""Files from the field that were once read wrongly, each with what it must give now, to the yuan and the row."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from mingzhang.catalog.load import catalogue
from mingzhang.intake.answer.report import check_file
from mingzhang.intake.context import Context
from mingzhang.intake.lines import read_file
from mingzhang.intake.receive import declared

CASES = Path(__file__).parent / "cases"
TODAY = dt.date(2026, 11, 29)


def file_of(number: str) -> Path:
    return next(CASES.glob(f"{number} *"))


def key_of(programme: str | None, kind: str = "roster", month: str = "2026-11") -> declared.Declared:
    return declared.from_options(catalogue(), county="452921", month=month, kind=kind, programme=programme)


def checked(number: str, programme: str | None, kind: str = "roster", month: str = "2026-11") -> dict[str, Any]:
    return check_file(file_of(number), key_of(programme, kind, month), Context(catalogue(), TODAY))


def ids(answer: dict[str, Any], level: str) -> list[tuple[int | None, str]]:
    return [(p["row"], p["id"]) for p in answer["problems"] if p["level"] == level]


def fields(answer: dict[str, Any]) -> list[str | None]:
    return [column["field"] for column in answer["sheets"][0]["columns"]]


@pytest.mark.parametrize(
    ("number", "programme", "lines", "fen"),
    [
        ("01", "农村低保", 4, 140000),  # November's 350 a head
        ("02", "事实无人抚养儿童基本生活补贴", 4, 600000),
        ("03", "农村低保", 4, 120000),
        ("04", "农村低保", 4, 100000),  # what was paid after deductions
        ("08", "农村低保", 1024, 30720000),
        ("10", "农村低保", 4, 120000),
        ("11", "农村低保", 4, 120200),
        ("24", "农村低保", 9, 270000),  # a household's amount once
    ],
)
def test_read_as_it_was_meant(number: str, programme: str, lines: int, fen: int) -> None:
    answer = checked(number, programme)
    assert (answer["status"], answer["lines"], answer["accepted"], answer["total_fen"]) == (
        "accepted",
        lines,
        lines,
        fen,
    )


def test_the_child_and_not_the_guardian_is_the_recipient() -> None:
    assert fields(checked("02", "事实无人抚养儿童基本生活补贴"))[1:5] == [
        None,
        None,
        "recipient_name",
        "recipient_idno",
    ]


def test_each_number_belongs_to_the_name_at_its_left() -> None:
    expected = ["head_name", "head_idno", "recipient_name", "recipient_idno"]
    assert fields(checked("03", "农村低保"))[1:5] == expected


@pytest.mark.parametrize(("number", "programme"), [("05", "高龄津贴"), ("06", "农村低保")])
def test_another_programme_than_declared_is_held(number: str, programme: str) -> None:
    answer = checked(number, programme)
    assert (answer["status"], answer["reason"]) == ("held", "programme_differs")


def test_sections_give_the_programme_where_none_was_declared() -> None:
    content = read_file.read(file_of("06"), file_of("06").name, key_of(None), Context(catalogue(), TODAY))
    assert content.lines["programme"].to_list() == ["dibao_rural"] * 2 + ["dibao_urban"] * 2


def test_a_line_without_a_number_is_rejected_by_name() -> None:
    answer = checked("07", "农村低保")
    assert (answer["lines"], answer["accepted"], ids(answer, "reject")) == (3, 2, [(3, "missing_value")])


def test_rows_wider_than_their_heading_go_back() -> None:
    answer = checked("09", "农村低保")
    assert ids(answer, "reject") == [(row, "row_wider_than_heading") for row in (2, 4, 6)]
    assert answer["total_fen"] == 240000


def test_radicals_are_read_as_characters_and_said() -> None:
    content = read_file.read(file_of("11"), file_of("11").name, key_of("农村低保"), Context(catalogue(), TODAY))
    assert content.lines["recipient_name"].to_list() == ["黄大山", "马秀英", "韦国安", "龙青"]
    assert content.repairs.filter(kind="character_unified")["row"].to_list() == [2, 3, 4, 5]


def test_placeholder_dates_mean_none() -> None:
    content = read_file.read(file_of("12"), "x.xlsx", key_of(None, "deaths"), Context(catalogue(), TODAY))
    assert content.lines["cancelled_on"].null_count() == content.lines.height == 53
    assert content.problems.filter(id="date_means_none").height == 1
    ends = read_file.read(file_of("13"), "x.xlsx", key_of(None, "disability"), Context(catalogue(), TODAY))
    assert (ends.lines["status"].to_list(), ends.lines["valid_to"].null_count()) == (["accepted"] * 3, 3)


def test_a_death_before_the_birth_and_an_unreadable_one_go_back() -> None:
    answer = checked("14", None, "deaths")
    wrong = [(2, "date_before_birth"), (3, "date_before_birth"), (4, "date_required_unreadable")]
    assert sorted(ids(answer, "reject"), key=lambda found: found[0] or 0) == wrong


def test_a_month_far_ahead_is_held() -> None:
    assert checked("15", "临时救助", month="2062-11")["reason"] == "month_too_late"
    assert checked("15", "临时救助")["status"] == "accepted"


def test_only_what_was_paid_counts_as_paid() -> None:
    path = file_of("16")
    content = read_file.read(path, path.name, key_of("生态护林员补助"), Context(catalogue(), TODAY))
    states = dict(zip(content.lines["row"], content.lines["state"], strict=True))
    assert [row for row, state in states.items() if state == "paid"] == [8]
    asked = content.problems.filter(level="warn")
    assert set(asked.filter(asked["id"].is_in(["state_not_paid", "state_unknown"]))["row"]) == {2, 3, 4, 5, 6, 7}


def test_a_reply_is_known_by_its_accounts() -> None:
    path = file_of("17")
    content = read_file.read(path, path.name, key_of("高龄津贴", "bank_reply"), Context(catalogue(), TODAY))
    assert content.lines["failure"].to_list() == ["户名不符", None, "户名不符", None]


def test_words_of_health_are_asked_about_and_kept_from_names_and_groups() -> None:
    content = read_file.read(file_of("18"), "x.xlsx", key_of("农村低保"), Context(catalogue(), TODAY))
    assert content.lines["group_name"].to_list() == [None, None, "四组"]
    assert content.lines["recipient_name"].to_list() == ["岑家玉", "罗兴明", "韦国安"]
    asked = content.problems.filter(content.problems["id"].is_in(["group_odd", "name_private"]))
    assert sorted(asked["row"].to_list()) == [2, 3, 4]
    assert not asked["message"].str.contains("精神|艾滋").any()


def test_a_plain_list_is_accepted_whole() -> None:
    assert checked("19", "高龄津贴")["status"] == "accepted"


def test_lists_side_by_side_are_refused_by_that_name() -> None:
    assert checked("25", "农村特困")["reason"] == "lists_side_by_side"
