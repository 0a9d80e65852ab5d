"""The correction workbook: what must be fixed comes back fixed, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mingzhang.catalog.load import catalogue
from mingzhang.intake.answer import correction_workbook
from mingzhang.intake.answer.report import check_file
from mingzhang.intake.context import Context
from mingzhang.intake.receive.declared import Declared
from mingzhang.intake.receive.receipts import Receipt
from tests.mingzhang.intake import hostile_files
from tests.mingzhang.intake.hostile_files import lines, roster, xlsx
from tests.mingzhang.intake.intake_case import NOW, IntakeCase

BAD = {
    1: {"身份证号": float(hostile_files.idno(1)[:15] + "000")},
    3: {"补贴金额": "待定"},
    5: {"身份证号": hostile_files.idno(5)[:17] + "?"},
}


@pytest.fixture
def intake(tmp_path: Path) -> IntakeCase:
    return IntakeCase(tmp_path / "data")


@pytest.fixture
def original(intake: IntakeCase, tmp_path: Path) -> Receipt:
    receipt = intake.receive(
        xlsx(tmp_path / "a.xlsx", {"名册": roster(lines(8, BAD), title="2026年10月农村低保花名册")})
    )
    intake.load()
    return receipt


def corrected(intake: IntakeCase, receipt: Receipt, path: Path, change: Callable[[Any], None]) -> dict[str, Any]:
    context = Context(catalogue(), NOW.date())
    assert correction_workbook.for_delivery(intake.folder, receipt.delivery_id, context, path) == 3
    book = openpyxl.load_workbook(path)
    change(book["待更正1"])
    book.save(path)
    answer = intake.receive(path)
    outcome = intake.load()[answer.delivery_id]
    return {"status": outcome.status, "accepted": outcome.accepted, "rejected": outcome.rejected}


def column(sheet: Any, label: str) -> int:
    return next(cell.column for cell in sheet[3] if cell.value == label)


def row_of(sheet: Any, original_row: int) -> int:
    at = column(sheet, "更正原行")
    return next(row for row in range(4, sheet.max_row + 1) if sheet.cell(row, at).value == f"1/{original_row}")


def test_it_shows_reason_found_and_expected_with_the_senders_columns(
    intake: IntakeCase, original: Receipt, tmp_path: Path
) -> None:
    path = tmp_path / "w.xlsx"
    correction_workbook.for_delivery(intake.folder, original.delivery_id, Context(catalogue(), NOW.date()), path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["重点问题", "待更正1", "问题汇总"]
    sheet = book["待更正1"]
    assert [cell.value for cell in sheet[3]] == ["不收原因", "原值", "应为", "更正原行", *hostile_files.HEADER]
    damaged = row_of(sheet, 4)
    assert "存成了数字" in sheet.cell(damaged, 1).value
    assert "文本格式" in sheet.cell(damaged, 3).value
    assert sheet.cell(damaged, column(sheet, "身份证号")).value is None  # must be typed anew
    assert sheet.cell(damaged, column(sheet, "身份证号")).fill.fgColor.rgb == "FFFFE3C2"
    assert book["重点问题"].cell(2, 1).value == "须更正"


def test_fixed_rows_join_the_original(intake: IntakeCase, original: Receipt, tmp_path: Path) -> None:
    def fix(sheet: Any) -> None:
        sheet.cell(row_of(sheet, 4), column(sheet, "身份证号")).value = hostile_files.idno(1)
        sheet.cell(row_of(sheet, 6), column(sheet, "补贴金额")).value = "250.00"
        sheet.cell(row_of(sheet, 8), column(sheet, "身份证号")).value = hostile_files.idno(5)

    assert corrected(intake, original, tmp_path / "w.xlsx", fix) == {"status": "accepted", "accepted": 3, "rejected": 0}
    assert intake.query("select count(*), sum(amount_fen), count(recipient_id) from payments") == [
        (8, 7 * 30050 + 25000, 8)
    ]
    assert intake.query("select row from lines where status = 'replaced' order by 1") == [(4,), (6,), (8,)]


def test_only_fixed_rows_are_taken(intake: IntakeCase, original: Receipt, tmp_path: Path) -> None:
    def fix_one(sheet: Any) -> None:
        sheet.cell(row_of(sheet, 6), column(sheet, "补贴金额")).value = "250.00"

    answer = corrected(intake, original, tmp_path / "w.xlsx", fix_one)
    assert answer == {"status": "accepted_with_errors", "accepted": 1, "rejected": 1}
    assert intake.query("select count(*) from payments") == [(7,)]  # five good, the doubtful one, the fixed one
    assert intake.query("select row, level from problems where id = 'line_kept'") == [(row_in(tmp_path, 8), "note")]
    assert intake.query("select status from lines where row = 8 and delivery_id = '" + original.delivery_id + "'") == [
        ("accepted",)
    ]


def row_in(folder: Path, original_row: int) -> int:
    return row_of(openpyxl.load_workbook(folder / "w.xlsx")["待更正1"], original_row)


def test_a_line_that_could_not_be_read_is_not_right_because_it_stayed_as_it_was(
    intake: IntakeCase, original: Receipt, tmp_path: Path
) -> None:
    answer = corrected(intake, original, tmp_path / "w.xlsx", lambda _: None)
    assert answer == {"status": "accepted_with_errors", "accepted": 0, "rejected": 2}
    assert intake.query("select count(*) from problems where id = 'line_not_corrected'") == [(1,)]
    assert intake.query("select count(*) from payments") == [(6,)]


def test_a_workbook_of_reminders_left_as_it_was_changes_nothing(intake: IntakeCase, tmp_path: Path) -> None:
    doubtful = {5: {"身份证号": hostile_files.idno(5)[:17] + "?"}}
    receipt = intake.receive(xlsx(tmp_path / "a.xlsx", {"名册": roster(lines(8, doubtful))}))
    intake.load()
    path, context = tmp_path / "w.xlsx", Context(catalogue(), NOW.date())
    assert correction_workbook.for_delivery(intake.folder, receipt.delivery_id, context, path) == 1
    answer = intake.receive(path)
    outcome = intake.load()[answer.delivery_id]
    assert (outcome.status, outcome.lines) == ("accepted", 0)
    assert "按原样保留" in outcome.message
    assert intake.query("select count(*), count(distinct batch_id) from payments") == [(8, 1)]
    assert intake.load() == {}


def test_the_same_workbook_sent_again_pays_nobody_twice(intake: IntakeCase, original: Receipt, tmp_path: Path) -> None:
    """First one line fixed, then in the same workbook another: the first comes a second time."""

    def fix_one(sheet: Any) -> None:
        sheet.cell(row_of(sheet, 6), column(sheet, "补贴金额")).value = "250.00"

    def fix_two(sheet: Any) -> None:
        fix_one(sheet)
        sheet.cell(row_of(sheet, 4), column(sheet, "身份证号")).value = hostile_files.idno(1)

    corrected(intake, original, tmp_path / "w.xlsx", fix_one)
    assert corrected(intake, original, tmp_path / "v.xlsx", fix_two)["accepted"] == 2
    assert intake.query("select count(*), sum(amount_fen) from payments") == [(8, 7 * 30050 + 25000)]
    assert intake.load() == {}


def test_who_is_new_does_not_come_in_by_a_workbook(intake: IntakeCase, original: Receipt, tmp_path: Path) -> None:
    def fix_one_and_add(sheet: Any) -> None:
        sheet.cell(row_of(sheet, 6), column(sheet, "补贴金额")).value = "250.00"
        for at, cell in enumerate(lines(20)[19], 5):
            sheet.cell(sheet.max_row + (at == 5), at).value = cell

    answer = corrected(intake, original, tmp_path / "w.xlsx", fix_one_and_add)
    assert answer == {"status": "accepted_with_errors", "accepted": 1, "rejected": 2}
    assert intake.query("select count(*) from problems where id = 'corrected_line_blank'") == [(1,)]


def test_a_sender_may_have_a_column_of_that_name_himself(intake: IntakeCase, tmp_path: Path) -> None:
    """Our own templates have it."""
    header = [*hostile_files.HEADER, "更正原行"]
    rows = [[*cells, ""] for cells in lines(4, {1: {"补贴金额": "待定"}})]
    receipt, path = intake.receive(xlsx(tmp_path / "a.xlsx", {"名册": roster(rows, header)})), tmp_path / "w.xlsx"
    intake.load()
    assert (
        correction_workbook.for_delivery(intake.folder, receipt.delivery_id, Context(catalogue(), NOW.date()), path)
        == 1
    )
    book = openpyxl.load_workbook(path)
    book["待更正1"].cell(4, column(book["待更正1"], "补贴金额")).value = "250.00"
    book.save(path)
    answer = intake.receive(path)
    assert intake.load()[answer.delivery_id].status == "accepted"
    assert intake.query("select count(*), sum(amount_fen) from payments") == [(4, 3 * 30050 + 25000)]


def test_a_damaged_number_left_alone_stays_out(intake: IntakeCase, original: Receipt, tmp_path: Path) -> None:
    def fix_the_note_only(sheet: Any) -> None:
        sheet.cell(row_of(sheet, 4), column(sheet, "备注")).value = "已核对"

    answer = corrected(intake, original, tmp_path / "w.xlsx", fix_the_note_only)
    assert answer["accepted"] == 0


@pytest.mark.parametrize(("named", "reason"), [("1/99", "corrected_line_unknown"), ("1/6", "corrected_line_repeated")])
def test_lines_must_name_a_line_of_the_original_once(
    intake: IntakeCase, original: Receipt, tmp_path: Path, named: str, reason: str
) -> None:
    def rename(sheet: Any) -> None:
        sheet.cell(row_of(sheet, 6), column(sheet, "补贴金额")).value = "250.00"
        at = row_of(sheet, 4)
        sheet.cell(at, column(sheet, "身份证号")).value = hostile_files.idno(1)
        sheet.cell(at, column(sheet, "更正原行")).value = named

    corrected(intake, original, tmp_path / "w.xlsx", rename)
    assert intake.query(f"select count(*) > 0 from problems where id = '{reason}'") == [(True,)]


def test_unit_and_programme_of_the_title_come_back(intake: IntakeCase, tmp_path: Path) -> None:
    """Read again as yuan, the fixed rows would be worth a ten-thousandth."""
    title = "2026年10月农村低保花名册 单位：万元"
    rows = roster(lines(4, {1: {"补贴金额": "待定"}}), title=title)
    for row in rows[2:]:
        row[5] = row[5] if row[5] == "待定" else 0.03005
    path, unsaid = tmp_path / "w.xlsx", Declared(hostile_files.COUNTY, "roster", None, hostile_files.MONTH)
    original = intake.receive(xlsx(tmp_path / "a.xlsx", {"名册": rows}), declared=unsaid)
    assert intake.load()[original.delivery_id].rejected == 1
    assert (
        correction_workbook.for_delivery(intake.folder, original.delivery_id, Context(catalogue(), NOW.date()), path)
        >= 1
    )
    book = openpyxl.load_workbook(path)
    sheet = book["待更正1"]
    assert sheet.cell(4, column(sheet, "补贴金额")).value == "万元"
    sheet.cell(row_of(sheet, 4), column(sheet, "补贴金额")).value = "0.02"
    book.save(path)
    answer = intake.receive(path, declared=unsaid)
    outcome = intake.load()[answer.delivery_id]
    assert (outcome.status, outcome.programme, outcome.accepted) == ("accepted", "dibao_rural", 1)
    assert intake.query("select sum(amount_fen), min(programme), max(programme) from payments") == [
        (3 * 30050 + 20000, "dibao_rural", "dibao_rural")
    ]


def test_a_register_comes_back_whole(intake: IntakeCase, tmp_path: Path) -> None:
    """It is an extract of everybody: three fixed rows in its place would strike out all others."""
    rows = [[hostile_files.name(n), hostile_files.idno(n), "2026-02-30" if n == 4 else "2026-08-03"] for n in range(6)]
    declared, path = Declared(hostile_files.COUNTY, "deaths", None, hostile_files.MONTH), tmp_path / "w.xlsx"
    original = intake.receive(
        hostile_files.csv(tmp_path / "a.csv", [["截至2026年10月20日"], ["姓名", "身份证号", "死亡时间"], *rows]),
        declared=declared,
    )
    intake.load()
    context = Context(catalogue(), NOW.date())
    assert correction_workbook.for_delivery(intake.folder, original.delivery_id, context, path) == 1
    book = openpyxl.load_workbook(path)
    sheet = book["待更正1"]
    assert [sheet.cell(row, 4).value for row in range(4, 10)] == ["1/7", "1/3", "1/4", "1/5", "1/6", "1/8"]
    sheet.cell(4, column(sheet, "死亡时间")).value = "2026-02-28"
    book.save(path)
    answer = check_file(path, declared, intake.snapshot())
    assert answer["status"] == "accepted"
    assert "column_ignored" not in {problem["id"] for problem in answer["problems"]}, "our columns are no news"
    assert [c["header"] for c in answer["sheets"][1]["columns"]] == ["姓名", "身份证号", "死亡时间"]
    intake.receive(path, declared=declared)
    intake.load()
    dead = "select status, count(*), max(as_of)::varchar from register_deaths group by 1 order by 1"
    assert intake.query(dead) == [("accepted", 6, "2026-10-20"), ("replaced", 6, "2026-10-20")]


def test_a_part_does_not_replace_the_whole(intake: IntakeCase, original: Receipt, tmp_path: Path) -> None:
    def forget_which(sheet: Any) -> None:
        for row in range(4, sheet.max_row + 1):
            sheet.cell(row, column(sheet, "更正原行")).value = None

    assert corrected(intake, original, tmp_path / "w.xlsx", forget_which)["status"] == "held"
    assert intake.query("select reason, message like '%8 行%3 行%' from deliveries where corrects is not null") == [
        ("correction_shorter", True)
    ]
    assert intake.query("select count(*) from payments") == [(6,)]


def test_nothing_to_correct_writes_nothing(intake: IntakeCase, tmp_path: Path) -> None:
    receipt = intake.receive(xlsx(tmp_path / "b.xlsx", {"名册": roster(lines(3))}))
    path = tmp_path / "w.xlsx"
    assert (
        correction_workbook.for_delivery(intake.folder, receipt.delivery_id, Context(catalogue(), NOW.date()), path)
        == 0
    )
    assert not path.exists()
    with pytest.raises(KeyError):
        correction_workbook.for_delivery(intake.folder, "0" * 16, Context(catalogue(), NOW.date()), path)


def test_data_errors_that_rules_found_have_their_rows_and_close(intake: IntakeCase, tmp_path: Path) -> None:
    """A07 finds an amount above any cap, long after the file was accepted."""
    receipt = intake.receive(xlsx(tmp_path / "a.xlsx", {"名册": roster(lines(8, {2: {"补贴金额": 2_000_000}}))}))
    intake.load()
    context = intake.snapshot(rules=True)
    assert intake.found("A07") == [f"{receipt.delivery_id}/1/4"]
    path = tmp_path / "w.xlsx"
    assert correction_workbook.for_delivery(intake.folder, receipt.delivery_id, context, path) >= 1
    book = openpyxl.load_workbook(path)
    sheet = book["待更正1"]
    assert "A07 金额异常" in sheet.cell(row_of(sheet, 4), 1).value
    sheet.cell(row_of(sheet, 4), column(sheet, "补贴金额")).value = "200.00"
    book.save(path)
    assert intake.load_file(path).status == "accepted"
    intake.snapshot(rules=True)
    assert intake.found("A07") == []
