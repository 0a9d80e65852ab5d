"""What the snapshot of an earlier month says about a new file: questions, never refusals."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from assets import people, programmes, snapshots, warehouse
from assets.catalog import catalogue
from assets.intake.context import Context
from assets.intake.declared import Declared
from assets.intake.report import check_file
from casework.store import Store
from checks import engines
from tests.assets.intake import forge
from tests.assets.intake.forge import csv, line, lines, roster, xlsx
from tests.assets.intake.house import NOW, House, places_file

NOVEMBER = dt.date(2026, 11, 1)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """A snapshot that knows October: twenty people, and what the bank was told to pay."""
    folder = tmp_path_factory.mktemp("house")
    house = House(folder / "data")
    house.receive(places_file(folder / "p.csv"), declared=Declared(forge.COUNTY, "places", None, None))
    house.receive(csv(folder / "a.csv", roster(lines(20))))
    flow = [
        ["环节", "文号", "补贴项目", "日期", "金额(元)", "对应发放月份"],
        ["支付", "青财付〔2026〕11号", "农村低保", "2026-11-10", "6010.00", "2026-11"],
    ]
    house.receive(csv(folder / "f.csv", flow), kind="fund_flow", programme=None)
    house.load()
    known = catalogue()
    store = Store.open(house.folder.casework_url)
    with warehouse.writer(house.folder.root, known) as connection:
        people.refresh_households(connection)
        programmes.write(connection, known)
        engines.prepare(connection, engines.load_rules())
        snapshots.make(connection, house.folder, known, store, NOW)
    return Context.from_snapshot(house.folder, known, dt.date(2026, 11, 20))


def ask(path: Path, context: Context, kind: str = "roster", month: dt.date = NOVEMBER) -> dict[str, Any]:
    return check_file(path, Declared(forge.COUNTY, kind, "dibao_rural", month), context)


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


def test_people_who_vanished_are_counted(tmp_path: Path, context: Context) -> None:
    answer = ask(csv(tmp_path / "a.csv", roster([line(n) for n in range(5, 21)])), context)
    (problem,) = found(answer, "people_vanished")
    assert "20 人" in problem["message"] and "少了 5 人" in problem["message"] and "新增 1 人" in problem["message"]
    assert answer["status"] == "accepted"


def test_a_jump_and_another_account_are_named(tmp_path: Path, context: Context) -> None:
    changed = {3: {"补贴金额": 900.0}, 7: {"银行账号": forge.account(99)}}
    answer = ask(csv(tmp_path / "a.csv", roster(lines(20, changed))), context)
    assert [problem["row"] for problem in found(answer, "amount_jumped")] == [5]
    assert "900.00" in found(answer, "amount_jumped")[0]["message"]
    assert [problem["row"] for problem in found(answer, "account_changed")] == [9]


def test_a_damaged_number_gets_a_proposal_and_stays_rejected(tmp_path: Path, context: Context) -> None:
    damaged = float(forge.idno(4)[:15] + "000")
    answer = ask(xlsx(tmp_path / "a.xlsx", {"名册": roster(lines(20, {4: {"身份证号": damaged}}))}), context)
    assert found(answer, "id_is_number")[0]["row"] == 6
    (proposal,) = found(answer, "id_suggested")
    assert forge.idno(4) in proposal["message"] and proposal["row"] == 6
    assert (answer["accepted"], answer["rejected"]) == (19, 1)


def test_a_stranger_gets_no_proposal(tmp_path: Path, context: Context) -> None:
    damaged = float(forge.idno(55)[:15] + "000")
    rows = roster([*lines(3), line(4, 姓名="陌生人", 身份证号=damaged)])
    assert not found(ask(xlsx(tmp_path / "a.xlsx", {"名册": rows}), context), "id_suggested")


def test_a_voucher_of_another_sum_is_a_question(tmp_path: Path, context: Context) -> None:
    answer = ask(csv(tmp_path / "a.csv", roster(lines(10))), context)
    (problem,) = found(answer, "voucher_differs")
    assert "3,005.00" in problem["message"] and "6,010.00" in problem["message"]


def test_a_bank_line_nobody_was_paid_for(tmp_path: Path, context: Context) -> None:
    rows = [["转入账号", "转入名称", "金额", "证件号码", "失败原因"]]
    rows += [[forge.account(n), forge.name(n), "300.5", forge.idno(n), ""] for n in (1, 2, 60)]
    rows += [[forge.account(3), forge.name(3), "30.05", forge.idno(3), ""]]
    answer = ask(csv(tmp_path / "b.csv", rows), context, "bank_reply", forge.MONTH)
    assert [problem["row"] for problem in found(answer, "reply_without_payment")] == [4]
    (other,) = found(answer, "reply_amount_differs")
    assert other["row"] == 5 and "30.05" in other["message"] and "300.50" in other["message"]


def test_the_loaded_file_again_is_already_received(tmp_path: Path, context: Context) -> None:
    answer = ask(csv(tmp_path / "other-name.csv", roster(lines(20))), context, month=forge.MONTH)
    assert answer["status"] == "already_received"
    assert "批次" in answer["message"] or "相同" in answer["message"]


def test_ten_thousand_times_the_median_is_a_question(tmp_path: Path) -> None:
    rows = roster(lines(8, {2: {"补贴金额": 3005000}}))
    answer = ask(csv(tmp_path / "a.csv", rows), Context(catalogue(), dt.date(2026, 11, 20)))
    (problem,) = found(answer, "amount_unlike_programme")
    assert problem["row"] == 4 and "300.50" in problem["message"]
    assert answer["status"] == "accepted"
