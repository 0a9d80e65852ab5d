"""Rows: each is a line, a total, a heading or a note; and what the file says of itself is held against what is declared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from mingzhang.catalog.load import catalogue
from mingzhang.intake.answer.report import check_file
from mingzhang.intake.context import Context
from mingzhang.intake.lines import read_file
from mingzhang.intake.receive.declared import Declared
from tests.mingzhang.intake import hostile_files
from tests.mingzhang.intake.hostile_files import HEADER, Look, csv, idno, line, lines, roster, xlsx

TODAY = dt.date(2026, 11, 1)


def check(
    path: Path, programme: str | None = "dibao_rural", kind: str = "roster", month: dt.date = hostile_files.MONTH,
    county: str = hostile_files.COUNTY, corrects: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    return check_file(path, Declared(county, kind, programme, month), Context(catalogue(), TODAY), corrects=corrects)


def book(folder: Path, rows: Sequence[Sequence[Any]], name: str = "a.xlsx", sheet: str = "名册") -> Path:
    return xlsx(folder / name, {sheet: rows})


def holds(answer: dict[str, Any]) -> list[str]:
    return [problem["id"] for problem in answer["problems"] if problem["level"] == "hold"]


@pytest.mark.parametrize(
    "remark",
    [
        "户口正在办理，待复核",
        "本人签字",
        "未签字",
        "审核人不在",
        "与父亲合计",
        "共2人",
        "说明：见附件",
        "以下空白",
        "负责人：韦某",
    ],
)
def test_a_row_with_a_name_and_an_amount_is_a_line(remark: str, tmp_path: Path) -> None:
    rows = roster(lines(3, {1: {"身份证号": "", "备注": remark}}))
    answer = check(book(tmp_path, rows))
    assert (answer["lines"], answer["accepted"], answer["rejected"]) == (3, 2, 1)
    assert [p["row"] for p in answer["problems"] if p["id"] == "missing_value"] == [3]


@pytest.mark.parametrize(
    "total",
    [
        ["合计", "1024户", "1024人", "", "", 901.5, ""],
        ["合计", "", "共1,024户", "", "", 901.5, ""],
        ["合计", "3", "100024人", "", "", 901.5, ""],
        ["", "共3户", "3人", "", "", 901.5, ""],
        ["总计：", "", "3户、5人", "", "", 901.5, ""],
        ["本页合计", "", "1000户1024人", "", "", 901.5, ""],
        ["", "3户3人", "", "", "", 901.5, ""],
        ["合计", "", "123456", "", "", 901.5, ""],
    ],
)
def test_totals_are_totals_whatever_stands_beside_them(total: list[Any], tmp_path: Path) -> None:
    answer = check(book(tmp_path, roster([*lines(3), total])))
    assert (answer["status"], answer["lines"], answer["total_fen"]) == ("accepted", 3, 90150)
    wrong = check(book(tmp_path, roster([*lines(3), [*total[:5], 900, ""]]), "b.xlsx"))
    assert holds(wrong) == ["total_mismatch"]


@pytest.mark.parametrize("surname", ["计", "共", "小", "总"])
def test_people_whose_names_have_such_characters_are_lines(surname: str, tmp_path: Path) -> None:
    rows = roster(lines(3, {0: {"姓名": f"{surname}国安"}, 1: {"姓名": "韦计", "备注": "合计数见附表"}}))
    answer = check(book(tmp_path, rows))
    assert (answer["status"], answer["lines"]) == ("accepted", 3)


@pytest.mark.parametrize(
    ("rows", "accepted"),
    [
        ([[*line(0)[:5], "1", "200.50", "正常"], line(1), line(2)], 2),
        ([["1", "韦", "国安", *line(0)[2:6], "无"], line(1), line(2)], 2),
        ([[*line(0), "", "", "x"], [*line(1), "", "", "y"], line(2)], 1),
        ([[*line(0), "", ""], line(1), line(2)], 3),  # commas without anything behind
        ([[*line(0)[:5], '"1,200.50"', "正常"], line(1), line(2)], 3),
    ],
)
def test_a_row_wider_than_its_heading_goes_back(rows: list[list[Any]], accepted: int, tmp_path: Path) -> None:
    answer = check(csv(tmp_path / "a.csv", [HEADER, *rows]))
    assert (answer["accepted"], answer["rejected"]) == (accepted, 3 - accepted)
    assert [p["id"] for p in answer["problems"] if p["level"] == "reject"][:1] == ["row_wider_than_heading"] * (
        accepted < 3
    )


@pytest.mark.parametrize("mark", ["√", "已核", "另行通知"])
def test_a_mark_beside_a_workbooks_list_is_no_shift(mark: str, tmp_path: Path) -> None:
    rows = roster([[*line(0), mark], line(1), line(2)])
    assert check(book(tmp_path, rows))["status"] == "accepted"


SECTIONS = [["一、农村低保"], *lines(2), ["二、城市低保"], line(5), line(6)]


@pytest.mark.parametrize(
    ("sections", "programme", "status"),
    [
        (["一、农村低保", "二、城市低保"], "dibao_rural", "held"),
        (["（一）农村低保", "（二）农村特困"], "dibao_rural", "held"),
        (["农村低保", "城市低保"], "dibao_rural", "held"),
        (["一、龙塘镇", "二、新圩乡"], "dibao_rural", "accepted"),
        (["一、农村低保（2户3人）", "二、城市低保（2户）"], "dibao_rural", "held"),
        (["一、老对象", "二、新增对象"], "dibao_rural", "accepted"),
        (["一、在发人员", "二、停发人员"], "dibao_rural", "held"),
        (["一、9月", "二、10月"], "dibao_rural", "held"),
        (["一、农村低保", "二、城市低保"], None, "accepted"),
        (["农村低保金", "高龄津贴"], None, "accepted"),
    ],
)
def test_parts_of_a_list(sections: list[str], programme: str | None, status: str, tmp_path: Path) -> None:
    rows = roster([[sections[0]], *lines(2), [sections[1]], line(5), line(6)])
    answer = check(book(tmp_path, rows), programme)
    assert (answer["status"], answer["lines"]) == (status, 4), answer["message"]


def test_parts_name_the_programme_of_what_follows(tmp_path: Path) -> None:
    path = book(
        tmp_path,
        roster([["一、农村低保"], *lines(2), ["小计", "", "", "", "", 601], ["二、高龄津贴"], line(5), line(6)]),
    )
    declared = Declared(hostile_files.COUNTY, "roster", None, hostile_files.MONTH)
    content = read_file.read(path, path.name, declared, Context(catalogue(), TODAY))
    assert content.lines["programme"].to_list() == ["dibao_rural"] * 2 + ["old_age"] * 2


MOVED = ["序号", "身份证号", "姓名", "村(居)委会", "补贴金额", "银行账号", "备注"]


@pytest.mark.parametrize(
    ("second", "codes"),
    [
        (HEADER, []),
        ([*HEADER[:6], ""], []),
        ([f" {word} " for word in HEADER], []),
        (["序号", "姓名", "身份证号", "村(居)委会", "银行账号", "补贴金额(元)", "备注"], []),
        (MOVED, ["second_heading"]),
        (["序号", "姓名", "补贴金额", "身份证号", "银行账号", "村委会", ""], ["second_heading"]),
    ],
)
def test_a_second_heading_with_other_columns_is_a_question(second: list[str], codes: list[str], tmp_path: Path) -> None:
    later = [dict(zip(HEADER, row, strict=True)) for row in lines(4)[2:]]
    moved = second if codes else HEADER
    aligned = {"村委会": "村(居)委会"}
    rest = [[row.get(aligned.get(word, word), "") for word in moved] for row in later]
    answer = check(book(tmp_path, roster([*lines(2), second, *rest])))
    assert [code for code in holds(answer) if code == "second_heading"] == codes
    if not codes:
        assert (answer["status"], answer["lines"]) == ("accepted", 4)


HOUSEHOLD = ["序号", "户主姓名", "享受人", "身份证号", "与户主关系", "补贴金额"]


@pytest.mark.parametrize("sizes", [[3, 2], [2, 2, 2], [1, 4], [5], [1, 1, 2]])
def test_a_households_amount_counts_once(sizes: list[int], tmp_path: Path) -> None:
    rows: list[list[Any]] = [HOUSEHOLD]
    merged = []
    for number, size in enumerate(sizes):
        for member in range(size):
            person = hostile_files.name(10 * number + member)
            rows.append(
                [number + 1, person, person, idno(10 * number + member), "户主", 900]
                if not member
                else [None, None, person, idno(10 * number + member), "子女", None]
            )
        first = len(rows) - size
        merged += [(first, column, first + size - 1, column) for column in (0, 1, 5) if size > 1]
    whole = 900 * len(sizes)
    path = xlsx(tmp_path / "a.xlsx", {"名册": [*rows, ["合计", "", "", "", "", whole]]}, {"名册": Look(merged=merged)})
    answer = check(path)
    assert (answer["status"], answer["lines"], answer["total_fen"]) == ("accepted", sum(sizes), whole * 100)
    bare = check(xlsx(tmp_path / "b.xlsx", {"名册": rows}))
    assert bare["rejected"] == sum(sizes) - len(sizes)  # without merging a blank amount is a missing one


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ({"name": "沐河县2026年10月农村低保花名册.xlsx"}, ["county_differs"]),
        ({"title": "沐河县农村低保花名册"}, ["county_differs"]),
        ({"sheet": "沐河县"}, ["county_differs"]),
        ({"title": "望岭县2026年10月发放表"}, ["county_differs"]),
        ({"title": "广西横县农村低保花名册"}, ["county_differs"]),
        ({"title": "青岚县2026年10月农村低保花名册", "name": "沐河县格式.xlsx"}, ["county_differs"]),
        ({"title": "青岚县（原属沐河县）农村低保花名册"}, []),
        ({"title": "青岚县2026年10月农村低保花名册", "name": "青岚县农村低保.xlsx"}, []),
        ({"title": "龙塘镇农村低保花名册"}, []),
        ({"title": "说明：沐河县户籍人员由沐河县发放"}, []),
        ({"title": "高龄津贴发放表"}, ["programme_differs"]),
        ({"name": "城市低保10月.xlsx"}, ["programme_differs"]),
        ({"sheet": "孤儿基本生活费"}, ["programme_differs"]),
        ({"title": "困难残疾人生活补贴花名册"}, ["programme_differs"]),
        ({"title": "农村低保、城市低保花名册"}, []),
        ({"title": "农村低保花名册（不含农村特困人员）"}, []),
        ({"title": "2026年10月救助资金发放表"}, []),
        ({"title": "农村居民最低生活保障金发放表"}, []),
        ({"title": "2026年9月农村低保"}, ["month_mismatch"]),
    ],
)  # fmt: skip
def test_what_a_file_says_of_itself(words: dict[str, str], codes: list[str], tmp_path: Path) -> None:
    rows = roster(lines(3), title=words.get("title", ""))
    answer = check(book(tmp_path, rows, words.get("name", "a.xlsx"), words.get("sheet", "名册")))
    assert holds(answer) == codes


@pytest.mark.parametrize(
    ("column", "written", "codes"),
    [("县", "沐河县", ["county_differs"]), ("县区", "青岚县", []), ("县(市、区)", "望岭县", ["county_differs"])],
)
def test_a_column_of_counties_is_held_against_the_declared_one(
    column: str, written: str, codes: list[str], tmp_path: Path
) -> None:
    rows = roster([[*row, written] for row in lines(3)], [*HEADER, column])
    assert holds(check(book(tmp_path, rows))) == codes


@pytest.mark.parametrize(
    ("month", "title", "codes"),
    [
        ((2026, 12), "", []),
        ((2027, 1), "", ["month_too_late"]),
        ((2062, 11), "", ["month_too_late"]),
        ((2025, 11), "", []),
        ((2025, 10), "", ["month_too_old"]),
        ((2016, 10), "", ["month_too_old"]),
        ((2024, 3), "农村低保补发花名册", []),
        ((2024, 3), "农村低保花名册（追补）", []),
    ],
)
def test_months_nobody_would_pay_for(month: tuple[int, int], title: str, codes: list[str], tmp_path: Path) -> None:
    path = book(tmp_path, roster(lines(3), title=title))
    assert holds(check(path, month=dt.date(*month, 1))) == codes
    corrected = holds(check(path, month=dt.date(*month, 1), corrects="0" * 16))
    assert set(corrected) == {"correction_without_original", *(c for c in codes if c == "month_too_late")}


def test_an_old_register_is_no_question(tmp_path: Path) -> None:
    rows = [["姓名", "身份证号", "死亡时间"], ["韦某", idno(1), "2020-08-03"]]
    assert holds(check(book(tmp_path, rows), None, "deaths", dt.date(2020, 9, 1))) == []


def in_wan(amounts: Sequence[Any], head: str = "补贴金额") -> list[list[Any]]:
    heading = [head if word == "补贴金额" else word for word in HEADER]
    return roster([line(n, 补贴金额=amount) for n, amount in enumerate(amounts)], heading)


@pytest.mark.parametrize(
    "title",
    [
        "单位：万元", "单位：人民币万元", "金额单位：人民币万元", "金额单位:万元", "单位：户、人、万元", "（万元）",
        "货币单位：万元", "计量单位：万元", "（单位：万元）", "单位 万元", "单位：人、 万元", "(人民币万元)", "单位为万元",
    ],
)  # fmt: skip
def test_every_common_way_to_say_ten_thousand(title: str, tmp_path: Path) -> None:
    answer = check(book(tmp_path, [[title], *in_wan([0.03, 0.03, 0.05])]))
    assert (answer["status"], answer["total_fen"]) == ("accepted", 110000)


@pytest.mark.parametrize(
    "head",
    [
        "补贴金额（万元）",
        "补贴金额(人民币万元)",
        "补贴金额(单位：万元)",
        "补贴金额\n万元",
        "补贴金额【万元】",
        "补贴金额(单位:人民币万元)",
    ],
)
def test_a_heading_in_ten_thousands(head: str, tmp_path: Path) -> None:
    answer = check(book(tmp_path, in_wan([0.03, 0.03, 0.05], head)))
    assert (answer["status"], answer["total_fen"]) == ("accepted", 110000)


@pytest.mark.parametrize(
    ("title", "head", "codes"),
    [
        ("单位：万", "补贴金额", ["unit_unclear"]),
        ("金额以万计（万）", "补贴金额", ["unit_unclear"]),
        ("单位：万元", "补贴金额(元)", ["unit_unclear"]),
        ("单位：元  资金单位：万元", "补贴金额", ["unit_unclear"]),
        ("", "补贴金额(万)", ["unit_unclear"]),
        ("单位：元", "补贴金额", []),
        ("单位：人、元", "补贴金额", []),
        ("本次共发放12.5万元", "补贴金额", []),
        ("万秀村农村低保花名册", "补贴金额", []),
        ("发放单位：万岗镇人民政府", "补贴金额", []),
        ("填报单位：青岚县财政局  单位：元", "补贴金额", []),
        ("制表单位：龙塘镇", "补贴金额(元)", []),
    ],
)
def test_ten_thousands_that_cannot_be_placed_are_a_question(
    title: str, head: str, codes: list[str], tmp_path: Path
) -> None:
    answer = check(book(tmp_path, [*([[title]] if title else []), *in_wan([300, 300, 500], head)]))
    assert holds(answer) == codes
    if not codes:
        assert answer["total_fen"] == 110000


def test_a_note_below_the_list_that_speaks_of_ten_thousands_is_a_question(tmp_path: Path) -> None:
    assert holds(check(book(tmp_path, [*in_wan([0.03, 0.05]), ["注：金额单位为万元"]]))) == ["unit_unclear"]


@pytest.mark.parametrize(("kind", "head"), [("fund_flow", "金额"), ("bank_batch", "金额"), ("notice", "公示金额")])
def test_units_hold_for_every_kind_with_money(kind: str, head: str, tmp_path: Path) -> None:
    rows = {
        "fund_flow": [["环节", "文号", "补贴项目", "日期", head], ["下达", "甲1号", "农村低保", "2026-09-10", "1.5"]],
        "bank_batch": [["转入账号", "转入名称", head], [hostile_files.account(1), "韦某", "1.5"]],
        "notice": [
            ["补贴项目", "村(居)委会", "公示开始日期", "公示结束日期", head],
            ["农村低保", "青桐村", "2026-10-01", "2026-10-08", "1.5"],
        ],
    }[kind]
    field = "listed_fen" if kind == "notice" else "amount_fen"
    path = book(tmp_path, [["金额单位：人民币万元"], *rows])
    content = read_file.read(
        path, path.name, Declared(hostile_files.COUNTY, kind, None, hostile_files.MONTH), Context(catalogue(), TODAY)
    )
    assert content.lines[field].to_list() == [1_500_000]
