"""Headers are found, shown, and remembered once a person has confirmed them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from mingzhang.catalog.load import catalogue
from mingzhang.intake.answer import template
from mingzhang.intake.answer.report import as_text, check_file
from mingzhang.intake.context import CaseworkFacts, Context
from mingzhang.intake.receive import declared
from mingzhang.intake.receive.declared import Declared, DeclaredError
from tests.mingzhang.intake import hostile_files
from tests.mingzhang.intake.hostile_files import csv, lines, roster, xlsx

TODAY = dt.date(2026, 11, 1)
DECLARED = Declared(hostile_files.COUNTY, "roster", "dibao_rural", hostile_files.MONTH)
STRANGE = [h if h != "补贴金额" else "到手钱数" for h in hostile_files.HEADER]


def test_the_mapping_is_shown(tmp_path: Path) -> None:
    answer = check_file(csv(tmp_path / "a.csv", roster(lines(2))), DECLARED, Context(catalogue(), TODAY))
    (sheet,) = answer["sheets"]
    assert sheet["header_row"] == 1
    assert {c["header"]: c["field"] for c in sheet["columns"]}["补贴金额"] == "amount_fen"


def test_a_confirmed_mapping_is_remembered(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", roster(lines(2), STRANGE))
    assert check_file(path, DECLARED, Context(catalogue(), TODAY))["reason"] == "missing_column"
    facts = CaseworkFacts(mappings={(hostile_files.COUNTY, "roster"): {"到手钱数": "amount_fen"}})
    answer = check_file(path, DECLARED, Context(catalogue(), TODAY, facts=facts))
    assert (answer["status"], answer["total_fen"]) == ("accepted", 60100)
    other = CaseworkFacts(mappings={("450123", "roster"): {"到手钱数": "amount_fen"}})
    assert check_file(path, DECLARED, Context(catalogue(), TODAY, facts=other))["reason"] == "missing_column"


def test_a_list_without_any_money_is_no_list_of_payments(tmp_path: Path) -> None:
    """A roster sent as a dibao roll has neither 保障金 nor 发放合计."""
    path, key = (
        csv(tmp_path / "a.csv", roster(lines(2))),
        Declared(hostile_files.COUNTY, "dibao_roll", None, hostile_files.MONTH),
    )
    answer = check_file(path, key, Context(catalogue(), TODAY))
    assert (answer["status"], answer["reason"]) == ("refused", "missing_column")
    assert "缺少列：发放合计(元)" in answer["message"] and "选错了文件种类" in answer["message"]
    guaranteed = [h if h != "补贴金额" else "保障金" for h in hostile_files.HEADER]
    path = csv(tmp_path / "b.csv", roster(lines(2), guaranteed, "农村低保"))
    assert check_file(path, key, Context(catalogue(), TODAY))["total_fen"] == 60100


def test_a_column_confirmed_as_nothing_is_not_read(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", roster(lines(2)))
    facts = CaseworkFacts(mappings={(hostile_files.COUNTY, "roster"): {"银行账号": ""}})
    answer = check_file(path, DECLARED, Context(catalogue(), TODAY, facts=facts))
    assert "银行账号" in {p["column"] for p in answer["problems"] if p["id"] == "column_ignored"}


def test_the_kind_is_found_from_the_header(tmp_path: Path) -> None:
    key = Declared(hostile_files.COUNTY, None, "dibao_rural", hostile_files.MONTH)
    assert (
        check_file(csv(tmp_path / "a.csv", roster(lines(2))), key, Context(catalogue(), TODAY))["status"] == "accepted"
    )
    unknown = check_file(csv(tmp_path / "b.csv", [["甲", "乙"], ["1", "2"]]), key, Context(catalogue(), TODAY))
    assert unknown["reason"] == "kind_unknown"


@pytest.mark.parametrize("kind", sorted([*catalogue().kinds, *catalogue().registers]))
def test_a_filled_template_always_passes(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "t.xlsx"
    template.write(kind, catalogue(), path)
    context = Context(catalogue(), TODAY)
    assert (
        check_file(path, Declared(hostile_files.COUNTY, kind, None, hostile_files.MONTH), context)["reason"]
        == "no_rows"
    )
    fill(path, kind)
    for declared_kind in (kind, None):
        payment = kind in {"dibao_roll", "relief_table", "roster"}
        answer = check_file(path, Declared(hostile_files.COUNTY, declared_kind, None, hostile_files.MONTH), context)
        assert (answer["status"], answer["accepted"]) == ("accepted", 3), (kind, answer["message"], answer["problems"])
        levels = {p["id"] for p in answer["problems"] if p["level"] != "note"}
        assert levels <= ({"places_not_loaded"} if payment or levels else set())
    nowhere = check_file(path, Declared(None, None, None, None), context)
    assert (nowhere["status"], nowhere["reason"], nowhere["accepted"]) == ("refused", "county_missing", 0)


def fill(path: Path, kind: str) -> None:
    import openpyxl

    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    layout = catalogue().layout(kind)
    for number in range(3):
        for column, field in enumerate(layout.fields, 1):
            sheet.cell(4 + number, column).value = value(field.name, field.type, field.choices, number)
    book.save(path)


def value(name: str, kind: str, choices: tuple[str, ...], number: int) -> str | None:
    if name == "corrects":
        return None
    if name == "place_code":
        return f"{hostile_files.COUNTY}10120{number}"
    open_words = {"state": "已发放", "result": "成功", "group_name": f"第{number + 1}组"}
    if name in open_words:
        return open_words[name]
    words = {
        "idno": hostile_files.idno(number), "account": hostile_files.account(number), "name": hostile_files.name(number), "fen": "12.50",
        "date": "2026-10-01", "month": "2026-10", "period": "2026-10", "flag": "是", "number": "2.5", "count": "3",
        "relation": "配偶", "programme": "农村低保", "village": "青桐村", "code": f"00{number}1", "text": f"文字{number}",
    }  # fmt: skip
    return choices[0] if choices else words[kind]


@pytest.mark.parametrize(
    "options",
    [{"county": "45"}, {"kind": "nothing"}, {"programme": "特别补贴"}, {"month": "十月"}, {"county": "四五二九二一"}],
)
def test_options_that_mean_nothing_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(DeclaredError, match=r"请|可用|不是"):
        declared.from_options(catalogue(), **options)


def test_folders_say_what_a_file_is(tmp_path: Path) -> None:
    path = tmp_path / "452921" / "2026-10" / "roster" / "农村低保" / "a.xlsx"
    found = declared.from_folder(tmp_path, path, catalogue())
    assert found == DECLARED
    assert Declared(kind="deaths").completed_by(found) == Declared(
        hostile_files.COUNTY, "deaths", "dibao_rural", hostile_files.MONTH
    )
    assert declared.from_folder(tmp_path, Path("/elsewhere/a.xlsx"), catalogue()) == Declared()


@pytest.mark.parametrize(
    ("word", "code"), [("450127", "450181"), ("横县", "450181"), ("横州市", "450181"), ("452921", "452921")]
)
def test_renamed_counties_are_one_county(tmp_path: Path, word: str, code: str) -> None:
    assert declared.from_options(catalogue(), county=word).county == code
    found = declared.from_folder(tmp_path, tmp_path / word / "202610" / "roster" / "a.csv", catalogue())
    assert found == Declared(code, "roster", None, hostile_files.MONTH)


def test_the_terminal_shows_how_the_header_was_read(tmp_path: Path) -> None:
    answer = check_file(
        xlsx(tmp_path / "a.xlsx", {"名册": roster(lines(2), title="花名册")}), DECLARED, Context(catalogue(), TODAY)
    )
    assert "[表头] 名册 第 2 行：序号→排序序号，姓名→享受人，身份证号→享受人身份证号" in as_text(answer)
    assert "备注→备注" in as_text(answer)


def test_a_list_of_heads_is_told_how_to_say_whom_the_money_is_for(tmp_path: Path) -> None:
    heads = [{"姓名": "户主姓名", "身份证号": "户主身份证号"}.get(h, h) for h in hostile_files.HEADER]
    answer = check_file(csv(tmp_path / "a.csv", roster(lines(2), heads)), DECLARED, Context(catalogue(), TODAY))
    assert answer["reason"] == "missing_column" and "户主就是享受人" in answer["message"]
    nameless = check_file(csv(tmp_path / "b.csv", roster(lines(2), STRANGE)), DECLARED, Context(catalogue(), TODAY))
    assert nameless["reason"] == "missing_column" and "户主" not in nameless["message"]


def test_a_ledgers_total_is_no_document(tmp_path: Path) -> None:
    head = ["环节", "文号", "补贴项目", "日期", "金额"]
    flows = [["指标", "甲1号", "农村低保", "2026-09-10", "300"], ["退回", "乙1号", "农村低保", "2026-10-09", "-5"]]
    key = Declared(hostile_files.COUNTY, "fund_flow", None, hostile_files.MONTH)
    for total, status in (("295", "accepted"), ("305", "held")):
        path = csv(tmp_path / f"{total}.csv", [head, *flows, ["合 计", "", "", "", total]])
        answer = check_file(path, key, Context(catalogue(), TODAY))
        assert (answer["status"], answer["lines"]) == (status, 2)


def test_what_stops_a_line_is_said_first(tmp_path: Path) -> None:
    """The page shows the head of the list; a form's empty rows must not push the rejected line off it."""
    rows = roster([*lines(2, {1: {"补贴金额": "待定"}}), *([str(n), *[""] * 6] for n in range(3, 90)), lines(3)[2][:5]])
    answer = check_file(csv(tmp_path / "a.csv", rows), DECLARED, Context(catalogue(), TODAY))
    levels = [problem["level"] for problem in answer["problems"]]
    assert levels == sorted(levels, key=["hold", "reject", "warn", "note"].index)
    assert {"reject", "warn", "note"} <= set(levels)


def test_a_bank_file_that_may_go_out_or_come_back_is_asked_about(tmp_path: Path) -> None:
    header = [
        "序号",
        "转入账号",
        "转入名称",
        "金额",
        "转入行省行",
        "证件类型",
        "证件号码",
        "备注",
        "定期储蓄类别",
        "错误标识",
    ]
    rows = [
        [
            str(n),
            hostile_files.account(n),
            hostile_files.name(n),
            "99.5",
            "",
            "01-身份证",
            hostile_files.idno(n),
            "",
            "",
            "",
        ]
        for n in range(3)
    ]
    path = csv(tmp_path / "a.csv", [header, *rows], encoding="gbk")
    asked = check_file(
        path, Declared(hostile_files.COUNTY, None, "dibao_rural", hostile_files.MONTH), Context(catalogue(), TODAY)
    )
    assert asked["reason"] == "kind_unknown"
    for kind in ("bank_batch", "bank_reply"):
        key = Declared(hostile_files.COUNTY, kind, "dibao_rural", hostile_files.MONTH)
        assert check_file(path, key, Context(catalogue(), TODAY))["accepted"] == 3
