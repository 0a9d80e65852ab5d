"""Columns: what is sure is decided, what is not is asked about, and innocent files are not asked about at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from mingzhang.catalog.load import catalogue
from mingzhang.intake.answer.report import check_file
from mingzhang.intake.context import CaseworkFacts, Context
from mingzhang.intake.receive.declared import Declared
from tests.mingzhang.intake import hostile_files
from tests.mingzhang.intake.hostile_files import account, csv, idno, name, xlsx

TODAY = dt.date(2026, 11, 1)
PEOPLE = 6
Cells = Sequence[Any]


def people(*columns: Cells | Any) -> list[list[Any]]:
    """Return six lines; a column is a list of cells or one value for all."""
    return [[c[n] if isinstance(c, list) else c for c in columns] for n in range(PEOPLE)]


NAMES = [name(n) for n in range(PEOPLE)]
NUMBERS = [idno(n) for n in range(PEOPLE)]
ACCOUNTS = [account(n) for n in range(PEOPLE)]
OTHERS = [name(n + 40) for n in range(PEOPLE)]
OTHER_NUMBERS = [idno(n + 40) for n in range(PEOPLE)]
OTHER_ACCOUNTS = [account(n + 40) for n in range(PEOPLE)]
AMOUNTS = [300, 310, 320, 330, 340, 350]
BASE = ["姓名", "身份证号", "村(居)委会", "银行账号"]
CELLS: list[Any] = [NAMES, NUMBERS, "青桐村", ACCOUNTS]


def check(
    folder: Path, heading: list[str], columns: list[Any], above: list[str] | None = None, kind: str = "roster",
    mapping: dict[str, str] | None = None, month: dt.date = hostile_files.MONTH,
) -> dict[str, Any]:  # fmt: skip
    rows = [*([above] if above else []), heading, *people(*columns)]
    facts = CaseworkFacts(mappings={(hostile_files.COUNTY, kind): mapping} if mapping else {})
    declared = Declared(hostile_files.COUNTY, kind, "dibao_rural", month)
    return check_file(xlsx(folder / "a.xlsx", {"名册": rows}), declared, Context(catalogue(), TODAY, facts=facts))


def fields(answer: dict[str, Any]) -> dict[str, str | None]:
    return {column["header"]: column["field"] for column in answer["sheets"][0]["columns"]}


def message(answer: dict[str, Any], code: str) -> str:
    return "\n".join(problem["message"] for problem in answer["problems"] if problem["id"] == code)


def plus(figures: list[int], more: list[int] | int) -> list[int]:
    added = more if isinstance(more, list) else [more] * PEOPLE
    return [a + b for a, b in zip(figures, added, strict=True)]


LESS = [50, 50, 0, 20, 50, 50]


@pytest.mark.parametrize(
    ("heading", "columns", "codes"),
    [
        (["补贴金额", "发放金额"], [AMOUNTS, plus(AMOUNTS, -50)], {"field_claimed_twice"}),
        (["应发金额", "实发金额"], [AMOUNTS, plus(AMOUNTS, LESS)], {"field_claimed_twice"}),
        (["补贴金额", "扣款"], [AMOUNTS, LESS], {"column_unexplained"}),
        (["补贴金额", "实领数"], [AMOUNTS, plus(AMOUNTS, -50)], {"column_unexplained"}),
        (["补贴金额", "其他"], [AMOUNTS, plus(AMOUNTS, 7)], {"column_unexplained"}),
        (["补贴金额", "补发", "合计"], [AMOUNTS, 50, plus(AMOUNTS, 50)], {"column_unexplained"}),
        (["补贴金额", "申请人"], [AMOUNTS, OTHERS], {"field_claimed_twice"}),
        (["补贴金额", "证件号码"], [AMOUNTS, OTHER_NUMBERS], {"field_claimed_twice"}),
        (["补贴金额", "一卡通账号"], [AMOUNTS, OTHER_ACCOUNTS], {"field_claimed_twice"}),
        (["补贴金额", "甲列"], [AMOUNTS, OTHER_NUMBERS], {"column_unexplained"}),
        (["补贴金额", "新号"], [AMOUNTS, OTHER_ACCOUNTS], {"column_unexplained"}),
        (["补贴金额", "期别"], [AMOUNTS, "2026-09"], {"column_unexplained"}),
        (["9月补贴金额"], [AMOUNTS], {"column_of_other_month"}),
    ],
)
def test_what_is_not_sure_is_a_question(
    heading: list[str], columns: list[Any], codes: set[str], tmp_path: Path
) -> None:
    answer = check(tmp_path, BASE + heading, CELLS + columns)
    asked = {problem["id"] for problem in answer["problems"] if problem["level"] == "hold"}
    assert (answer["status"], asked) == ("held", codes)


@pytest.mark.parametrize(
    ("heading", "columns", "yuan"),
    [
        (["补贴金额", "扣款", "发放金额"], [AMOUNTS, LESS, [a - b for a, b in zip(AMOUNTS, LESS, strict=True)]], 1730),
        (["应发金额", "代扣代缴", "实发金额"], [AMOUNTS, 10, plus(AMOUNTS, -10)], 1890),
        (["实发金额", "扣款", "补贴金额"], [plus(AMOUNTS, -10), 10, AMOUNTS], 1890),
        (["补贴金额", "发放金额"], [AMOUNTS, AMOUNTS], 1950),  # the same twice
        (["补贴金额", "扣款"], [AMOUNTS, 0], 1950),  # nothing deducted
        (["补贴金额", "扣款"], [AMOUNTS, ""], 1950),
        (
            ["补贴金额", "年龄", "享受月数", "编号"],
            [AMOUNTS, [60, 71, 82, 65, 90, 77], 1, [9001, 9007, 9011, 1, 2, 3]],
            1950,
        ),
        (
            ["人数", "人均补差", "补贴金额"],
            [[1, 2, 3, 1, 2, 3], [300, 155, 100, 330, 170, 110], [300, 310, 300, 330, 340, 330]],
            1910,
        ),
        (["基本生活费", "护理费", "发放合计(元)"], [plus(AMOUNTS, -100), 100, AMOUNTS], 1950),
        (["补贴金额", "本年累计"], [AMOUNTS, [a * 10 for a in AMOUNTS]], 1950),
        (["补贴金额", "上月金额"], [AMOUNTS, plus(AMOUNTS, -10)], 1950),
        (["9月金额", "10月金额"], [plus(AMOUNTS, -10), AMOUNTS], 1950),
        (["10月补贴金额"], [AMOUNTS], 1950),
        (["补贴金额", "家庭年收入"], [AMOUNTS, 9000], 1950),
        (["补贴金额", "联系电话", "备用电话"], [AMOUNTS, "13977112233", "07715880000123456"], 1950),
        (["补贴金额", "残疾证号"], [AMOUNTS, [number + "44" for number in NUMBERS]], 1950),
        (["补贴金额", "配偶姓名", "配偶身份证号"], [AMOUNTS, OTHERS, OTHER_NUMBERS], 1950),
        (["补贴金额", "监护人", "监护人身份证号"], [AMOUNTS, OTHERS, OTHER_NUMBERS], 1950),
        (["补贴金额", "经办人", "审核日期"], [AMOUNTS, "韦某", "2026-10-08"], 1950),
        (["补贴金额", "低保证号"], [AMOUNTS, [f"4529210000{n:06d}" for n in range(6)]], 1950),
        (["补贴金额", "批准年月"], [AMOUNTS, "2024-03"], 1950),
        (["补贴金额", "说明"], [AMOUNTS, "正常"], 1950),
        (["补贴金额", "自筹资金(元)"], [AMOUNTS, 20000], 1950),
        (["补贴金额", "家庭人口", "保障人数"], [AMOUNTS, [5, 3, 4, 2, 6, 1], 1], 1950),
        (["补贴金额", "属地"], [AMOUNTS, "龙塘镇"], 1950),
        (["补贴金额", "社保卡号"], [AMOUNTS, [f"K1234567{n}" for n in range(6)]], 1950),
        (["补贴金额", "编码"], [AMOUNTS, [f"45292110120{n}" for n in range(6)]], 1950),
    ],
)
def test_innocent_columns_are_no_question(heading: list[str], columns: list[Any], yuan: int, tmp_path: Path) -> None:
    answer = check(tmp_path, BASE + heading, CELLS + columns)
    assert (answer["status"], answer["total_fen"]) == ("accepted", yuan * 100), answer["message"]


@pytest.mark.parametrize(
    ("heading", "columns", "expected"),
    [
        (["户主姓名", "身份证号", "享受人", "身份证号码"], [OTHERS, OTHER_NUMBERS, NAMES, NUMBERS], "享受人"),
        (["户主", "身份证号", "姓名", "身份证号"], [OTHERS, OTHER_NUMBERS, NAMES, NUMBERS], "姓名"),
        (["申请人", "身份证号", "配偶姓名", "身份证号码"], [NAMES, NUMBERS, OTHERS, OTHER_NUMBERS], "申请人"),
        (["配偶姓名", "身份证号", "申请人", "身份证号码"], [OTHERS, OTHER_NUMBERS, NAMES, NUMBERS], "申请人"),
        (["监护人", "证件号码", "儿童姓名", "身份证号"], [OTHERS, OTHER_NUMBERS, NAMES, NUMBERS], "儿童姓名"),
        (["收款人姓名", "身份证号码", "享受人", "身份证号"], [OTHERS, OTHER_NUMBERS, NAMES, NUMBERS], "享受人"),
        (
            ["监护人姓名", "监护人身份证号", "儿童姓名", "儿童身份证号"],
            [OTHERS, OTHER_NUMBERS, NAMES, NUMBERS],
            "儿童姓名",
        ),
        (
            ["学生家长姓名", "家长身份证号", "学生姓名", "学生身份证号"],
            [OTHERS, OTHER_NUMBERS, NAMES, NUMBERS],
            "学生姓名",
        ),
    ],
)
def test_a_number_belongs_to_the_name_beside_it(
    heading: list[str], columns: list[Any], expected: str, tmp_path: Path
) -> None:
    answer = check(tmp_path, [*heading, "村委会", "补贴金额"], [*columns, "青桐村", AMOUNTS])
    assert answer["status"] == "accepted", answer["message"]
    order = [column["field"] for column in answer["sheets"][0]["columns"]]
    assert fields(answer)[expected] == "recipient_name"
    assert order.index("recipient_idno") == order.index("recipient_name") + 1


@pytest.mark.parametrize(
    ("heading", "columns"),
    [
        (["户主姓名", "身份证号", "享受人", "银行账号"], [OTHERS, OTHER_NUMBERS, NAMES, ACCOUNTS]),
        (["享受人", "配偶姓名", "身份证号", "银行账号"], [NAMES, OTHERS, OTHER_NUMBERS, ACCOUNTS]),
        (["享受人", "监护人姓名", "身份证号", "银行账号"], [NAMES, OTHERS, OTHER_NUMBERS, ACCOUNTS]),
    ],
)
def test_a_number_beside_anothers_name_only_is_a_question(
    heading: list[str], columns: list[Any], tmp_path: Path
) -> None:
    answer = check(tmp_path, [*heading, "补贴金额"], [*columns, AMOUNTS])
    assert (answer["status"], answer["reason"]) == ("held", "number_of_whom")


GROUPED: list[Any] = [OTHERS, OTHER_NUMBERS, NAMES, NUMBERS, "青桐村", AMOUNTS]


@pytest.mark.parametrize(
    ("first", "second", "decided"),
    [
        ("监护人信息", "儿童信息", True),
        ("户主信息", "享受人信息", True),
        ("领款人情况", "享受对象情况", True),
        ("家长", "学生", True),
        ("甲方", "乙方", False),
        ("人员一", "人员二", False),
    ],
)
def test_groups_that_name_roles_decide(first: str, second: str, decided: bool, tmp_path: Path) -> None:
    heading = ["姓名", "身份证号", "姓名", "身份证号", "", ""]
    above = [first, "", second, "", "村委会", "补贴金额"]
    answer = check(tmp_path, heading, GROUPED, above=above)
    if decided:
        assert answer["status"] == "accepted", answer["message"]
        assert fields(answer)[f"{second}·姓名"] == "recipient_name"
        assert fields(answer)[f"{second}·身份证号"] == "recipient_idno"
    else:
        assert answer["status"] == "held"
        assert f"“{first}·姓名”、“{second}·姓名”" in message(answer, "field_claimed_twice")


@pytest.mark.parametrize(
    ("first", "second", "month", "yuan"),
    [
        ("2026年9月", "2026年10月", dt.date(2026, 10, 1), 1950),
        ("2026年10月", "2026年9月", dt.date(2026, 9, 1), 1950),
        ("九月份", "十月份", dt.date(2026, 10, 1), 1950),
        ("上月", "本月", dt.date(2026, 10, 1), 1950),
        ("9月", "10月", dt.date(2026, 10, 1), 1950),
        ("第一批", "第二批", dt.date(2026, 10, 1), None),
    ],
)
def test_groups_that_name_months_decide(
    first: str, second: str, month: dt.date, yuan: int | None, tmp_path: Path
) -> None:
    above = [*BASE, first, "", second, ""]
    heading = ["", "", "", "", "标准", "金额", "标准", "金额"]
    answer = check(
        tmp_path, heading, [*CELLS, plus(AMOUNTS, 9), plus(AMOUNTS, 9), AMOUNTS, AMOUNTS], above, month=month
    )
    assert answer["status"] == ("accepted" if yuan else "held")
    assert answer["total_fen"] == (yuan or 2004) * 100  # of a held file: what its lines come to as read
    if not yuan:
        assert f"“{first}·金额”、“{second}·金额”" in message(answer, "field_claimed_twice")


def test_a_roll_that_also_names_the_heads_pays_its_people(tmp_path: Path) -> None:
    heading = ["户主姓名", "户主身份证号", "姓名", "身份证号码", "发放合计(元)"]
    answer = check(tmp_path, heading, [OTHERS, OTHER_NUMBERS, NAMES, NUMBERS, AMOUNTS], kind="dibao_roll")
    assert answer["status"] == "accepted", answer["message"]
    assert fields(answer)["姓名"] == "recipient_name" and fields(answer)["身份证号码"] == "recipient_idno"


def test_quantity_is_what_gives_the_amount_with_the_rate(tmp_path: Path) -> None:
    heading = [*BASE, "面积(亩)", "核定面积", "补贴标准", "补贴金额"]
    acres = [1.5, 2, 3, 1, 2.5, 4]
    answer = check(tmp_path, heading, [*CELLS, [9, 8, 7, 6, 5, 4.5], acres, 100, [a * 100 for a in acres]])
    assert (answer["status"], fields(answer)["核定面积"]) == ("accepted", "quantity")


def test_a_question_names_its_columns_for_the_page(tmp_path: Path) -> None:
    answer = check(tmp_path, [*BASE, "补贴金额", "发放金额"], [*CELLS, AMOUNTS, plus(AMOUNTS, -50)])
    expected = {"id": "field_claimed_twice", "field": "amount_fen", "columns": ["补贴金额", "发放金额"]}
    assert answer["sheets"][0]["questions"] == [expected]


def test_choosing_columns_answers_a_question(tmp_path: Path) -> None:
    heading, columns = [*BASE, "补贴金额", "发放金额"], [*CELLS, AMOUNTS, plus(AMOUNTS, -50)]
    chosen = {"补贴金额": "", "发放金额": "amount_fen"}
    answer = check(tmp_path, heading, columns, mapping=chosen)
    assert (answer["status"], answer["total_fen"]) == ("accepted", 165000)
    twice = ["姓名", "身份证号", "村(居)委会", "银行账号", "身份证号", "补贴金额"]
    cells = [NAMES, NUMBERS, "青桐村", ACCOUNTS, OTHER_NUMBERS, AMOUNTS]
    asked = check(tmp_path, twice, cells)
    assert asked["reason"] == "duplicate_column" and "“身份证号”、“身份证号（第2个）”" in asked["message"]
    answer = check(tmp_path, twice, cells, mapping={"身份证号": "", "身份证号（第2个）": "recipient_idno"})
    assert answer["status"] == "accepted"
    assert [c["field"] for c in answer["sheets"][0]["columns"]][4] == "recipient_idno"


def test_an_explained_column_is_not_asked_about_again(tmp_path: Path) -> None:
    heading, columns = [*BASE, "补贴金额", "甲列"], [*CELLS, AMOUNTS, OTHER_NUMBERS]
    assert check(tmp_path, heading, columns)["reason"] == "column_unexplained"
    assert check(tmp_path, heading, columns, mapping={"甲列": ""})["status"] == "accepted"


@pytest.mark.parametrize(
    ("heading", "columns"),
    [
        (["姓名", "身份证号", "银行账号", "补贴金额"], [NAMES, ACCOUNTS, NUMBERS, AMOUNTS]),
        (["姓名", "身份证号", "银行账号", "补贴金额"], [NUMBERS, NAMES, ACCOUNTS, AMOUNTS]),
        (["姓名", "身份证号", "银行账号", "补贴金额"], [NAMES, NUMBERS, ACCOUNTS, ["13977112233"] * 6]),
        (["姓名", "身份证号", "银行账号", "补贴金额"], [NAMES, NUMBERS, AMOUNTS, ACCOUNTS]),
        (["姓名", "身份证号", "银行账号", "补贴金额"], [ACCOUNTS, NUMBERS, NAMES, AMOUNTS]),
    ],
)
def test_columns_under_the_wrong_heading_are_a_question(heading: list[str], columns: list[Any], tmp_path: Path) -> None:
    answer = check(tmp_path, heading, columns)
    assert (answer["status"], answer["reason"]) == ("held", "column_content_differs")


@pytest.mark.parametrize(
    "heading",
    [
        ["序号", "姓名", "身份证号", "金额"],
        ["姓名", "身份证号", "村委会", "补贴金额"],
        ["序号", "姓名", "身份证号码", "银行账号", "金额", "备注"],
        ["姓名", "证件号码", "发放金额"],
        ["序号", "享受人", "身份证号", "组别", "金额(元)"],
    ],
)
def test_lists_side_by_side_are_refused_by_name(heading: list[str], tmp_path: Path) -> None:
    kinds = {"姓名": NAMES, "享受人": NAMES, "村委会": "青桐村", "组别": "一组", "备注": "", "银行账号": ACCOUNTS}
    columns = [
        kinds.get(h, NUMBERS if "证" in h else AMOUNTS if "额" in h else ["1", "2", "3", "4", "5", "6"])
        for h in heading
    ]
    for between in ([], [""]):
        answer = check(tmp_path, [*heading, *between, *heading], [*columns, *between, *columns])
        assert (answer["status"], answer["reason"]) == ("refused", "lists_side_by_side")
    assert check(tmp_path, heading, columns)["status"] == "accepted"


def test_a_text_file_is_read_alike(tmp_path: Path) -> None:
    rows = [[*BASE, "补贴金额", "扣款", "发放金额"], *people(*CELLS, AMOUNTS, 10, plus(AMOUNTS, -10))]
    declared = Declared(hostile_files.COUNTY, "roster", "dibao_rural", hostile_files.MONTH)
    answer = check_file(csv(tmp_path / "a.csv", rows), declared, Context(catalogue(), TODAY))
    assert (answer["status"], answer["total_fen"]) == ("accepted", 189000)
