"""What the snapshot of an earlier month says about a new file: questions, never refusals."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mingzhang.catalog.load import catalogue
from mingzhang.intake.answer.report import check_file
from mingzhang.intake.context import Context
from mingzhang.intake.receive import receipts
from mingzhang.intake.receive.declared import Declared
from tests.mingzhang.intake import hostile_files
from tests.mingzhang.intake.hostile_files import csv, line, lines, roster, xlsx
from tests.mingzhang.intake.intake_case import NOW, IntakeCase, places_file

NOVEMBER = dt.date(2026, 11, 1)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """A snapshot that knows October: twenty people, and what the bank was told to pay."""
    return snapshot(tmp_path_factory.mktemp("intake"), {})


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """A snapshot that knows October in two lists, and the first fifteen people of November."""
    second = Declared(hostile_files.COUNTY, "roster", "dibao_rural", hostile_files.MONTH)
    november = Declared(hostile_files.COUNTY, "roster", "dibao_rural", NOVEMBER)
    more = {"b": (second, [line(n) for n in range(20, 30)]), "c": (november, lines(15))}
    return snapshot(tmp_path_factory.mktemp("two"), more)


def snapshot(folder: Path, more: dict[str, tuple[Declared, list[list[Any]]]]) -> Context:
    """Load the county's places, twenty people of October, a voucher and any further files, and publish a snapshot."""
    intake = IntakeCase(folder / "data")
    intake.receive(places_file(folder / "p.csv"), declared=Declared(hostile_files.COUNTY, "places", None, None))
    intake.receive(csv(folder / "a.csv", roster(lines(20))))
    flow = [
        ["环节", "文号", "补贴项目", "日期", "金额(元)", "对应发放月份"],
        ["支付", "青财付〔2026〕11号", "农村低保", "2026-11-10", "6010.00", "2026-11"],
    ]
    intake.receive(csv(folder / "f.csv", flow), kind="fund_flow", programme=None)
    for name, (declared, rows) in more.items():
        intake.receive(csv(folder / f"{name}.csv", roster(rows)), declared=declared)
    intake.load()
    return intake.snapshot(dt.date(2026, 11, 20))


def ask(
    path: Path, context: Context, kind: str = "roster", month: dt.date = NOVEMBER, corrects: str | None = None
) -> dict[str, Any]:
    return check_file(path, Declared(hostile_files.COUNTY, kind, "dibao_rural", month), context, corrects=corrects)


def found(answer: dict[str, Any], code: str) -> list[dict[str, Any]]:
    return [problem for problem in answer["problems"] if problem["id"] == code]


def test_the_same_list_again_raises_nothing(tmp_path: Path, context: Context) -> None:
    answer = ask(
        csv(
            tmp_path / "a.csv",
            roster(
                [
                    *lines(20),
                ]
            ),
        ),
        context,
    )
    ids = {problem["id"] for problem in answer["problems"]}
    assert answer["status"] == "accepted"
    assert not ids & {"people_vanished", "amount_jumped", "account_changed", "places_not_loaded", "voucher_differs"}


def test_a_correction_is_no_whole_list(tmp_path: Path, context: Context) -> None:
    head, *rows = roster([line(n) for n in range(5, 8)])
    book = csv(tmp_path / "a.csv", [[*head, "更正原行"], *([*row, f"1/{n}"] for n, row in enumerate(rows, 2))])
    assert not found(ask(book, context), "people_vanished")
    assert not found(ask(book, context), "voucher_differs")
    whole = ask(csv(tmp_path / "b.csv", [head, *rows]), context)
    assert found(whole, "people_vanished")
    assert found(whole, "voucher_differs")


def test_a_second_list_of_the_month_is_taken_with_the_first(tmp_path: Path, two: Context) -> None:
    """October came in two lists, twenty people and ten more; of November the first is in, short of five."""
    second = ask(csv(tmp_path / "b.csv", roster([line(n) for n in range(15, 31)])), two)
    assert not found(second, "people_vanished")
    assert "连同已入库的 1 份名册" in found(second, "voucher_differs")[0]["message"]
    assert "9,315.50" in found(second, "voucher_differs")[0]["message"]
    town = ask(csv(tmp_path / "c.csv", roster([line(n) for n in range(20, 27)])), two)
    (problem,) = found(town, "people_vanished")
    assert "10 人" in problem["message"] and "连同已入库的 1 份名册）少了 3 人" in problem["message"]
    assert not found(ask(csv(tmp_path / "d.csv", roster([line(n) for n in range(40, 45)])), two), "people_vanished")


def test_a_list_that_the_snapshot_does_not_know_yet_may_hold_them(tmp_path: Path, two: Context) -> None:
    short = csv(tmp_path / "a.csv", roster([line(n) for n in range(20, 24)]))
    assert found(ask(short, two), "people_vanished")
    assert two.folder
    waiting = csv(tmp_path / "b.csv", roster([line(n) for n in range(24, 30)]))
    receipt = receipts.receive(
        two.folder, waiting, Declared(hostile_files.COUNTY, "roster", "dibao_rural", NOVEMBER), "x", NOW
    )
    assert not found(ask(short, two), "people_vanished")
    assert found(ask(short, replace(two, deliveries=_with(two, receipt.delivery_id))), "people_vanished")


def _with(context: Context, delivery_id: str) -> pl.DataFrame:
    assert context.deliveries is not None
    return pl.concat([context.deliveries, context.deliveries.head(1).with_columns(delivery_id=pl.lit(delivery_id))])


def test_a_list_that_will_be_held_as_a_repeat_is_told_so_at_once(tmp_path: Path, two: Context) -> None:
    again = csv(tmp_path / "a.csv", roster(lines(14, {3: {"补贴金额": 301.5}})))
    answer = ask(again, two)
    assert (answer["status"], answer["reason"]) == ("held", "conflicts_with_delivery")
    assert "有 14 行相同对象" in answer["message"]
    assert two.deliveries is not None
    (first,) = two.deliveries.filter(month=NOVEMBER, kind="roster")["delivery_id"]
    assert ask(again, two, corrects=first)["status"] == "accepted", "a correction replaces what it repeats"
    assert ask(again, two, corrects="0" * 16)["reason"] == "correction_without_original", "as a load would say"
    renamed = [h if h != "补贴金额" else "发放合计(元)" for h in hostile_files.HEADER]
    roll = csv(tmp_path / "b.csv", roster(lines(14), renamed))
    assert ask(roll, two, kind="dibao_roll")["status"] == "accepted", "another kind is another list, as in the ledger"


def test_people_who_vanished_are_counted(tmp_path: Path, context: Context) -> None:
    answer = ask(csv(tmp_path / "a.csv", roster([line(n) for n in range(5, 21)])), context)
    (problem,) = found(answer, "people_vanished")
    assert "20 人" in problem["message"] and "少了 5 人" in problem["message"] and "新增 1 人" in problem["message"]
    assert answer["status"] == "accepted"


def test_a_jump_and_another_account_are_named(tmp_path: Path, context: Context) -> None:
    changed = {3: {"补贴金额": 900.0}, 7: {"银行账号": hostile_files.account(99)}}
    answer = ask(csv(tmp_path / "a.csv", roster(lines(20, changed))), context)
    assert [problem["row"] for problem in found(answer, "amount_jumped")] == [5]
    assert "900.00" in found(answer, "amount_jumped")[0]["message"]
    assert [problem["row"] for problem in found(answer, "account_changed")] == [9]


def test_a_damaged_number_gets_a_proposal_and_stays_rejected(tmp_path: Path, context: Context) -> None:
    damaged = float(hostile_files.idno(4)[:15] + "000")
    answer = ask(xlsx(tmp_path / "a.xlsx", {"名册": roster(lines(20, {4: {"身份证号": damaged}}))}), context)
    assert found(answer, "id_is_number")[0]["row"] == 6
    (proposal,) = found(answer, "id_suggested")
    assert hostile_files.idno(4) in proposal["message"] and proposal["row"] == 6
    assert (answer["accepted"], answer["rejected"]) == (19, 1)


def test_a_stranger_gets_no_proposal(tmp_path: Path, context: Context) -> None:
    damaged = float(hostile_files.idno(55)[:15] + "000")
    rows = roster([*lines(3), line(4, 姓名="陌生人", 身份证号=damaged)])
    assert not found(ask(xlsx(tmp_path / "a.xlsx", {"名册": rows}), context), "id_suggested")


def test_a_voucher_of_another_sum_is_a_question(tmp_path: Path, context: Context) -> None:
    answer = ask(csv(tmp_path / "a.csv", roster(lines(10))), context)
    (problem,) = found(answer, "voucher_differs")
    assert "3,005.00" in problem["message"] and "6,010.00" in problem["message"]


def test_a_bank_line_nobody_was_paid_for(tmp_path: Path, context: Context) -> None:
    rows = [["转入账号", "转入名称", "金额", "证件号码", "失败原因"]]
    rows += [[hostile_files.account(n), hostile_files.name(n), "300.5", hostile_files.idno(n), ""] for n in (1, 2, 60)]
    rows += [[hostile_files.account(3), hostile_files.name(3), "30.05", hostile_files.idno(3), ""]]
    answer = ask(csv(tmp_path / "b.csv", rows), context, "bank_reply", hostile_files.MONTH)
    assert [problem["row"] for problem in found(answer, "reply_without_payment")] == [4]
    (other,) = found(answer, "reply_amount_differs")
    assert other["row"] == 5 and "30.05" in other["message"] and "300.50" in other["message"]


def test_the_loaded_file_again_is_already_received(tmp_path: Path, context: Context) -> None:
    answer = ask(csv(tmp_path / "other-name.csv", roster(lines(20))), context, month=hostile_files.MONTH)
    assert answer["status"] == "already_received"
    assert "批次" in answer["message"] or "相同" in answer["message"]


def test_ten_thousand_times_the_median_is_a_question(tmp_path: Path) -> None:
    rows = roster(lines(8, {2: {"补贴金额": 3005000}}))
    answer = ask(csv(tmp_path / "a.csv", rows), Context(catalogue(), dt.date(2026, 11, 20)))
    (problem,) = found(answer, "amount_unlike_programme")
    assert problem["row"] == 4 and "300.50" in problem["message"]
    assert answer["status"] == "accepted"


@pytest.mark.parametrize(
    ("first", "title", "is_held"),
    [(40, "", True), (19, "", False), (40, "新增人员花名册", False), (40, "农村低保补发花名册", False)],
)
def test_a_list_with_nobody_of_last_month_is_held(
    first: int, title: str, is_held: bool, tmp_path: Path, context: Context
) -> None:
    answer = ask(
        xlsx(tmp_path / "a.xlsx", {"名册": roster([line(n) for n in range(first, first + 5)], title=title)}), context
    )
    asked = found(answer, "nobody_of_last_month")
    assert (answer["status"] == "held", bool(asked)) == (is_held, is_held)
    if is_held:
        assert "20 人" in asked[0]["message"] and "5 人" in asked[0]["message"]


def test_a_second_list_beside_one_that_continues_is_no_question(tmp_path: Path, two: Context) -> None:
    answer = ask(xlsx(tmp_path / "a.xlsx", {"名册": roster([line(n) for n in range(60, 65)])}), two)
    assert not found(answer, "nobody_of_last_month")


@pytest.mark.parametrize(("amount", "is_held"), [(0.03, True), (3_005_000, True), (290.5, False), (30.05, False)])
def test_a_factor_of_ten_thousand_over_the_whole_file_is_held(
    amount: float, is_held: bool, tmp_path: Path, context: Context
) -> None:
    rows = roster([line(n, 补贴金额=amount) for n in range(20)])
    answer = ask(xlsx(tmp_path / "a.xlsx", {"名册": rows}), context)
    assert ("factor_ten_thousand" in {p["id"] for p in answer["problems"]}) == is_held
    one = roster([line(n, 补贴金额=amount if n == 3 else 300.5) for n in range(20)])
    assert not found(ask(xlsx(tmp_path / "b.xlsx", {"名册": one}), context), "factor_ten_thousand")
