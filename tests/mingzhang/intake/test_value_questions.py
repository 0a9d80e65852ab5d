"""Values: characters, dates, states, results, groups and names that once were read as something else in silence."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from mingzhang.catalog.load import catalogue
from mingzhang.intake.context import Context
from mingzhang.intake.lines import read_file
from mingzhang.intake.lines.file_content import FileContent
from mingzhang.intake.receive.declared import Declared
from tests.mingzhang.intake import hostile_files
from tests.mingzhang.intake.hostile_files import HEADER, account, idno, line, lines, roster, xlsx

TODAY = dt.date(2026, 11, 1)


def read(folder: Path, rows: list[list[Any]], kind: str = "roster") -> FileContent:
    programme = "dibao_rural" if kind in {"roster", "bank_reply"} else None
    path = xlsx(folder / "a.xlsx", {"名册": rows})
    context = Context(catalogue(), TODAY, places=hostile_files.places())
    return read_file.read(
        path, path.name, Declared(hostile_files.COUNTY, kind, programme, hostile_files.MONTH), context
    )


def rows_of(content: FileContent, code: str) -> list[int]:
    return sorted(content.problems.filter(id=code)["row"].drop_nulls().to_list())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("⻩大山", "黄大山"), ("⻢秀英", "马秀英"), ("⻙⽟", "韦玉"), ("⾦⼤⼭", "金大山"), ("⻰⻘", "龙青"), ("⻬⽅", "齐方"),
        ("梁\uf9d1一", "梁六一"), ("⼩明（⼾主）", "小明"), ("⻩·⼭", "黄·山"),
    ],
)  # fmt: skip
def test_radicals_and_compatibility_forms_are_read_as_characters(written: str, meant: str, tmp_path: Path) -> None:
    content = read(tmp_path, roster(lines(3, {1: {"姓名": written}})))
    assert content.lines["recipient_name"].to_list()[1] == meant
    assert content.repairs.filter(kind="character_unified")["row"].to_list() == [3]


def test_radicals_in_headings_and_places_are_read_too(tmp_path: Path) -> None:
    heading = ["序号", "姓名", "⾝份证号", "村(居)委会", "银⾏账号", "补贴⾦额", "备注"]
    content = read(tmp_path, roster(lines(3, {0: {"村(居)委会": "⻘桐村"}}), heading))
    assert content.lines["village_code"].to_list() == ["452921101201"] * 3
    assert content.lines["status"].to_list() == ["accepted"] * 3


@pytest.mark.parametrize("name", ["黄大", "欧阳国安", "覃秀英明", "韦国安", "莫有福"])
def test_utf8_read_as_gb18030_is_a_lost_name_with_the_reading_offered(name: str, tmp_path: Path) -> None:
    broken = name.encode().decode("gb18030", errors="replace")
    content = read(tmp_path, roster(lines(3, {1: {"姓名": broken}})))
    assert rows_of(content, "character_lost") == [3]
    told = " ".join(content.problems.filter(id="character_lost")["message"])
    assert name[: len(name) - 1 if "\ufffd" in broken else len(name)] in told


@pytest.mark.parametrize("name", ["涓生", "浣溪沙", "闊少", "岑参", "瑕玉", "韦国安", "买买提·艾力", "玛丽"])
def test_rare_names_are_not_taken_for_lost_ones(name: str, tmp_path: Path) -> None:
    content = read(tmp_path, roster(lines(3, {1: {"姓名": name}})))
    assert content.lines["recipient_name"].to_list()[1] == name
    assert rows_of(content, "character_lost") == []


DISABILITY = ["姓名", "身份证号码", "残疾类别", "残疾等级", "发证日期", "有效期至"]


@pytest.mark.parametrize(
    ("written", "expected", "asked"),
    [
        ("9999-12-31", None, True), ("2999-12-31", None, True), ("1900-01-01", None, True), ("0001-01-01", None, True),
        ("9999/12/31", None, True), ("99991231", None, True), ("1900年1月1日", None, True), ("2099-12-31", None, True),
        ("长期", None, False), ("2030-05-06", dt.date(2030, 5, 6), False), ("2040-12-31", dt.date(2040, 12, 31), False),
    ],
)  # fmt: skip
def test_dates_that_mean_none(written: str, expected: dt.date | None, *, asked: bool, tmp_path: Path) -> None:
    rows = [DISABILITY, *[["韦某", idno(n), "肢体", "一级", "2020-01-01", written] for n in range(4)]]
    content = read(tmp_path, rows, "disability")
    assert content.lines["valid_to"].to_list() == [expected] * 4
    assert content.lines["status"].to_list() == ["accepted"] * 4
    assert content.problems.filter(id="date_means_none").height == int(asked)  # once for the column


@pytest.mark.parametrize(
    ("died", "code"),
    [
        ("1900-01-01", "date_before_birth"), ("1930-05-01", "date_before_birth"), ("约2025年冬", "date_required_unreadable"),
        ("不详", "date_required_unreadable"), ("去年", "date_required_unreadable"), ("9999-12-31", "date_impossible"),
        ("", "missing_value"), ("2025-03-04", None), ("1975-05-09", None),
    ],
)  # fmt: skip
def test_a_day_of_death_is_read_or_goes_back(died: str, code: str | None, tmp_path: Path) -> None:
    rows = [["姓名", "身份证号", "死亡时间"], ["韦某", idno(1, "19750509"), died], ["黄某", idno(2), "2025-03-04"]]
    content = read(tmp_path, rows, "deaths")
    assert content.lines["reason"].to_list() == [code, None]


@pytest.mark.parametrize(
    ("kind", "heading", "begin", "end"),
    [
        ("vehicles", ["姓名", "身份证号", "初次登记日期", "转移注销日期"], "2021-05-01", "2020-05-01"),
        ("property", ["姓名", "身份证号", "发证时间", "转移注销日期"], "2021-05-01", "2020-05-01"),
        ("business", ["姓名", "身份证号", "成立日期", "注销吊销日期"], "2021-05-01", "2020-05-01"),
        ("officials", ["姓名", "身份证号", "任职日期", "离任日期"], "2021-05-01", "2020-05-01"),
        ("housing_fund", ["姓名", "身份证号", "起缴年月", "末次年月"], "2021-05", "2020-05"),
        ("disability", ["姓名", "身份证号", "发证日期", "有效期至"], "2021-05-01", "2020-05-01"),
        ("custody", ["姓名", "身份证号", "收押日期", "释放日期"], "2021-05-01", "2020-05-01"),
        ("cremations", ["姓名", "身份证号", "死亡日期", "火化日期"], "2021-05-01", "2021-04-01"),
    ],
)
def test_an_end_before_its_beginning_goes_back(
    kind: str, heading: list[str], begin: str, end: str, tmp_path: Path
) -> None:
    missing = [f.label for f in catalogue().layout(kind).fields if f.required and f.label not in heading]
    known = {"姓名", "身份证号", "身份证号码", "死亡日期", "收押日期"}
    extra = [label for label in missing if label not in known]
    rows = [
        ["韦某", idno(1, "19600101"), *dates, *["甲" for _ in extra]]
        for dates in ((begin, end), (end, begin), (begin, begin))
    ]
    content = read(tmp_path, [[*heading, *extra], *rows], kind)
    assert rows_of(content, "date_order") == [2]


@pytest.mark.parametrize(
    ("written", "state", "code"),
    [
        ("发放失败", "returned", "state_not_paid"), ("退票", "returned", "state_not_paid"), ("户名不符", "returned", "state_not_paid"),
        ("未成功", "returned", "state_not_paid"), ("账户已销户", "returned", "state_not_paid"), ("待核实", "planned", "state_unknown"),
        ("再议", "planned", "state_unknown"), ("？", "planned", "state_unknown"), ("已冲正", "refunded", None), ("退回", "returned", None),
        ("未发放", "planned", None), ("停发", "stopped", None), ("已发放", "paid", None), ("发放成功", "paid", None), ("正常", "paid", None),
        ("", "paid", None), ("交易成功", "paid", None), ("支付成功", "paid", None),
    ],
)  # fmt: skip
def test_a_state_is_a_word_of_the_vocabulary_or_a_question(
    written: str, state: str, code: str | None, tmp_path: Path
) -> None:
    rows = roster([[*line(0), written], [*line(1), "已发放"]], [*HEADER, "发放状态"])
    content = read(tmp_path, rows)
    assert content.lines["state"].to_list() == [state, "paid"]
    asked = content.problems.filter(content.problems["id"].is_in(["state_not_paid", "state_unknown"]))
    assert asked["id"].to_list() == ([code] if code else [])


@pytest.mark.parametrize(
    ("result", "reason", "failure", "asked"),
    [
        ("成功", "", None, False), ("失败", "户名不符", "户名不符", False), ("失败", "", "失败", False),
        ("户名不符", "", "户名不符", False), ("", "交易成功", None, False), ("成功", "交易成功", None, False),
        ("", "账号不存在", "账号不存在", False), ("待处理甲", "", "待处理甲", True), ("未成功", "", "未成功", False),
        ("已冲正", "", "已冲正", False), ("", "", None, False), ("交易成功", "", None, False), ("正常入账", "", None, False),
    ],
)  # fmt: skip
def test_a_banks_result_is_a_success_or_has_a_reason(
    result: str, reason: str, failure: str | None, *, asked: bool, tmp_path: Path
) -> None:
    heading = ["收款账号", "户名", "金额", "交易状态", "失败原因"]
    content = read(
        tmp_path,
        [heading, [account(1), "韦某", 300.5, result, reason], [account(2), "黄某", 1, "成功", ""]],
        "bank_reply",
    )
    assert content.lines["failure"].to_list() == [failure, None]
    assert rows_of(content, "result_unknown") == ([2] if asked else [])


def test_a_reply_without_numbers_and_result_is_not_guessed(tmp_path: Path) -> None:
    content = read(tmp_path, [["收款账号", "户名", "金额"], [account(1), "韦某", 300.5]], "bank_reply")
    assert content.refused == "missing_column"


@pytest.mark.parametrize(
    "written",
    [
        "第三组",
        "三组",
        "3组",
        "3队",
        "第3村民小组",
        "大坡屯",
        "那良上屯",
        "新村",
        "二队",
        "3",
        "第十二组",
        "一社",
        "上寨",
        "青桐村三组",
        "东街",
        "老屋坪",
        "农民一队",
    ],
)
def test_groups_are_groups(written: str, tmp_path: Path) -> None:
    content = read(tmp_path, roster([[*row, written] for row in lines(2)], [*HEADER, "村民小组"]))
    assert content.lines["group_name"].to_list() == [written] * 2
    assert rows_of(content, "group_odd") == []


@pytest.mark.parametrize(
    "written",
    [
        "二组（精神残疾二级）",
        "三组 艾滋病",
        "13977112233",
        "三组13977112233",
        "孤儿",
        "重残",
        "与母亲同住",
        "韦国安的女儿",
        "低保户三组",
    ],
)
def test_what_is_no_group_is_kept_for_the_staff(written: str, tmp_path: Path) -> None:
    content = read(tmp_path, roster([[*line(0), written], [*line(1), "二组"]], [*HEADER, "村民小组"]))
    assert content.lines["group_name"].to_list() == [None, "二组"]
    assert content.lines["c7"].to_list() == [written, "二组"]
    assert rows_of(content, "group_odd") == [2]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("韦国安－重度精神残疾", "韦国安"), ("韦国安-艾滋病", "韦国安"), ("韦国安 电话13977112233", "韦国安"),
        ("韦国安（精神残疾）", "韦国安"), ("韦国安、孤儿", "韦国安"), ("韦国安精神残疾", None), ("韦国安重病户", None),
    ],
)  # fmt: skip
def test_words_of_health_family_and_phones_are_no_part_of_a_name(
    written: str, name: str | None, tmp_path: Path
) -> None:
    content = read(tmp_path, roster(lines(2, {0: {"姓名": written}})))
    assert content.lines["recipient_name"].to_list() == [name, hostile_files.name(1)]


@pytest.mark.parametrize("written", ["阮氏残月", "欧阳病已", "霍去病", "爱新觉罗启"])
def test_names_of_up_to_four_characters_are_left_alone(written: str, tmp_path: Path) -> None:
    content = read(tmp_path, roster(lines(2, {0: {"姓名": written}})))
    assert content.lines["recipient_name"].to_list()[0] == written
