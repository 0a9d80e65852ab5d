"""Each delivery once: replays, renamed and re-zipped copies, corrections, withdrawals, settled holds, late places."""

from __future__ import annotations

import datetime as dt
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest

from mingzhang.catalog.load import catalogue
from mingzhang.catalog.words import WAIVABLE
from mingzhang.intake.answer.report import check_file
from mingzhang.intake.context import CaseworkFacts, Context, WaivedCheck
from mingzhang.intake.problems import PROBLEMS
from mingzhang.intake.receive import receipts
from mingzhang.intake.receive.declared import Declared
from mingzhang.intake.receive.receipts import Receipt
from tests.mingzhang.intake import hostile_files
from tests.mingzhang.intake.hostile_files import csv, line, lines, roster, xlsx
from tests.mingzhang.intake.intake_case import NOW, IntakeCase, places_file

CORRECTING = [*hostile_files.HEADER, "更正原行"]


@pytest.fixture
def intake(tmp_path: Path) -> IntakeCase:
    return IntakeCase(tmp_path / "data")


def test_same_bytes_again_are_already_received(intake: IntakeCase, tmp_path: Path) -> None:
    first = intake.receive(csv(tmp_path / "a.csv", roster(lines(5))))
    again = intake.receive(csv(tmp_path / "renamed.csv", roster(lines(5))))
    assert (first.status, again.status) == ("received", "already_received")
    assert first.delivery_id == again.delivery_id
    intake.load()
    assert intake.query("select count(*), count(distinct delivery_id) from lines") == [(5, 1)]


def test_next_month_is_a_new_delivery(intake: IntakeCase, tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", roster(lines(3)))
    intake.receive(path)
    november = Declared(hostile_files.COUNTY, "roster", "dibao_rural", dt.date(2026, 11, 1))
    assert intake.receive(path, declared=november).status == "received"
    assert {o.status for o in intake.load().values()} == {"accepted"}


@pytest.mark.parametrize("compress", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rezipped_copy_is_already_received(intake: IntakeCase, tmp_path: Path, compress: int) -> None:
    first = intake.receive(xlsx(tmp_path / "a.xlsx", {"名册": roster(lines(5))}))
    copy = hostile_files.repacked(
        xlsx(tmp_path / "b.xlsx", {"名册": roster(lines(5))}), lambda parts: parts, zipfile.ZIP_STORED
    )
    if compress != zipfile.ZIP_STORED:
        copy.write_bytes(copy.read_bytes() + b"")
        copy = hostile_files.repacked(copy, lambda parts: parts | {f"docProps/{compress}.txt": b"x"})
    outcome = intake.load() | {}
    second = intake.receive(copy)
    outcome |= intake.load()
    assert outcome[second.delivery_id].status == "already_received"
    assert first.delivery_id in outcome[second.delivery_id].message
    assert intake.query("select count(*) from payments") == [(5,)]


def test_same_rows_in_another_format_and_order_are_already_received(intake: IntakeCase, tmp_path: Path) -> None:
    intake.receive(csv(tmp_path / "a.csv", roster(lines(5))))
    second = intake.receive(xlsx(tmp_path / "a.xlsx", {"名册": roster(lines(5)[::-1])}))
    assert intake.load()[second.delivery_id].status == "already_received"


@pytest.mark.parametrize("changed", [0, 3, 9])
def test_one_changed_row_conflicts_until_settled(intake: IntakeCase, tmp_path: Path, changed: int) -> None:
    intake.receive(csv(tmp_path / "a.csv", roster(lines(10))))
    second = intake.receive(csv(tmp_path / "b.csv", roster(lines(10, {changed: {"补贴金额": 999}}))))
    outcome = intake.load()[second.delivery_id]
    assert (outcome.status, outcome.reason, outcome.held) == ("held", "conflicts_with_delivery", 10)
    assert intake.query("select count(*) from payments") == [(10,)]
    settled = intake.load(CaseworkFacts(settlements={second.delivery_id: "accept"}))
    assert settled[second.delivery_id].status == "accepted"
    assert intake.query("select count(*) from payments") == [(20,)]
    back = intake.load(CaseworkFacts(settlements={second.delivery_id: "refuse"}))
    assert (back[second.delivery_id].status, back[second.delivery_id].reason) == ("refused", "settled_refused")
    assert intake.query("select count(*) from payments") == [(10,)]


def test_corrected_names_alone_conflict_too(intake: IntakeCase, tmp_path: Path) -> None:
    """The numbers are the people: new spellings of all names are still the same people, to be paid once."""
    intake.receive(csv(tmp_path / "a.csv", roster(lines(10))))
    renamed = {number: {"姓名": hostile_files.name(number + 40)} for number in range(10)}
    second = intake.receive(csv(tmp_path / "b.csv", roster(lines(10, renamed))))
    outcome = intake.load()[second.delivery_id]
    assert (outcome.status, outcome.reason) == ("held", "conflicts_with_delivery")
    assert intake.query("select count(*) from payments") == [(10,)]


@pytest.mark.parametrize(("plots", "status"), [("B", "accepted"), ("A", "held"), ("", "held")])
def test_other_plots_of_the_same_people_do_not_conflict(
    intake: IntakeCase, tmp_path: Path, plots: str, status: str
) -> None:
    def with_plots(mark: str, amount: float) -> list[list[object]]:
        rows = [[*line(n, 补贴金额=amount), f"{mark}{n}" if mark else ""] for n in range(6)]
        return roster(rows, [*hostile_files.HEADER, "地块编码"])

    intake.receive(csv(tmp_path / "a.csv", with_plots("A", 100)))
    second = intake.receive(csv(tmp_path / "b.csv", with_plots(plots, 200)))
    assert intake.load()[second.delivery_id].status == status


def test_other_people_of_the_same_month_do_not_conflict(intake: IntakeCase, tmp_path: Path) -> None:
    intake.receive(csv(tmp_path / "a.csv", roster(lines(10))))
    intake.receive(csv(tmp_path / "b.csv", roster([line(0), *[line(n) for n in range(20, 30)]])))
    assert {o.status for o in intake.load().values()} == {"accepted"}


def test_waived_hold_loads(intake: IntakeCase, tmp_path: Path) -> None:
    receipt = intake.receive(csv(tmp_path / "a.csv", roster([*lines(3), ["合计", "", "", "", "", 1]])))
    assert intake.load()[receipt.delivery_id].reason == "total_mismatch"
    assert not intake.load(CaseworkFacts(waivers=(waiver("total_mismatch", until=NOW.date() - dt.timedelta(days=1)),)))
    assert not intake.load(CaseworkFacts(waivers=(waiver("total_mismatch", county_code="452922"),)))
    waived = CaseworkFacts(waivers=(waiver("total_mismatch"),))
    assert intake.load(waived)[receipt.delivery_id].status == "accepted"
    assert intake.query("select level, message like '%豁免%' from problems where id = 'total_mismatch'") == [
        ("warn", True)
    ]


def waiver(problem: str, **more: Any) -> WaivedCheck:
    options = {"county_code": hostile_files.COUNTY, "kind": "roster", "programme": "", "until": NOW.date(), **more}
    return WaivedCheck(problem=problem, **options)


def test_what_cannot_be_read_stays_rejected_under_a_waiver(intake: IntakeCase, tmp_path: Path) -> None:
    receipt = intake.receive(csv(tmp_path / "a.csv", roster(lines(3, {1: {"补贴金额": "不详"}}))))
    outcome = intake.load(CaseworkFacts(waivers=(waiver("amount_unreadable"),)))[receipt.delivery_id]
    assert (outcome.accepted, outcome.rejected) == (2, 1)


def test_correction_waits_for_its_original(intake: IntakeCase, tmp_path: Path) -> None:
    original = csv(tmp_path / "a.csv", roster(lines(4)))
    delivery = receipts.delivery_id_of(
        Declared(hostile_files.COUNTY, "roster", "dibao_rural", hostile_files.MONTH),
        receipts.hashlib.sha256(original.read_bytes()).hexdigest(),
    )
    fixed = csv(tmp_path / "b.csv", roster(lines(4, {1: {"补贴金额": 400}})))
    correction = intake.receive(fixed, correction_no=1, corrects=delivery)
    outcome = intake.load()[correction.delivery_id]
    assert (outcome.status, outcome.reason) == ("held", "correction_without_original")
    intake.receive(original)
    assert intake.load()[correction.delivery_id].status == "accepted"
    assert intake.query("select count(*), sum(amount_fen) from payments") == [(4, 3 * 30050 + 40000)]
    assert intake.query("select distinct status from lines where delivery_id = '" + delivery + "'") == [("replaced",)]


def test_correction_of_named_rows_leaves_the_others(intake: IntakeCase, tmp_path: Path) -> None:
    original = intake.receive(csv(tmp_path / "a.csv", roster(lines(4, {2: {"补贴金额": "待定"}}))))
    fixed = roster([[*line(2, 补贴金额=500), "4"]], CORRECTING)
    intake.receive(csv(tmp_path / "b.csv", fixed), correction_no=1, corrects=original.delivery_id)
    intake.load()
    assert intake.query("select count(*), sum(amount_fen) from payments") == [(4, 3 * 30050 + 50000)]
    assert intake.query("select row, status from lines where status = 'replaced'") == [(4, "replaced")]


@pytest.mark.parametrize("last_first", [False, True])
def test_of_two_corrections_the_later_counts(intake: IntakeCase, tmp_path: Path, *, last_first: bool) -> None:
    original = intake.receive(csv(tmp_path / "a.csv", roster(lines(4))))
    numbered = [(1, 400), (2, 500)]
    for number, amount in reversed(numbered) if last_first else numbered:
        fixed = csv(tmp_path / f"{number}.csv", roster(lines(4, {1: {"补贴金额": amount}})))
        intake.receive(fixed, correction_no=number, corrects=original.delivery_id)
        intake.load()
    assert intake.query("select count(*), sum(amount_fen) from payments") == [(4, 3 * 30050 + 50000)]
    assert intake.load() == {}


def test_a_withdrawn_correction_leaves_the_one_before(intake: IntakeCase, tmp_path: Path) -> None:
    original = intake.receive(csv(tmp_path / "a.csv", roster(lines(4))))
    for number, rows in ((1, [[*line(2, 补贴金额=500), "4"]]), (2, [[*line(2, 补贴金额=600), "4"]])):
        fixed = csv(tmp_path / f"{number}.csv", roster(rows, CORRECTING))
        last = intake.receive(fixed, correction_no=number, corrects=original.delivery_id)
    intake.load()
    assert intake.query("select count(*), sum(amount_fen) from payments") == [(4, 3 * 30050 + 60000)]
    receipts.withdraw(intake.folder, last.delivery_id, "clerk", "报错", NOW)
    intake.load()
    assert intake.query("select count(*), sum(amount_fen) from payments") == [(4, 3 * 30050 + 50000)]


def test_rows_of_an_original_that_is_gone_wait(intake: IntakeCase, tmp_path: Path) -> None:
    original = intake.receive(csv(tmp_path / "a.csv", roster(lines(4))))
    whole = csv(tmp_path / "b.csv", roster(lines(4, {1: {"补贴金额": 400}})))
    intake.receive(whole, correction_no=1, corrects=original.delivery_id)
    part = csv(tmp_path / "c.csv", roster([[*line(2, 补贴金额=500), "4"]], CORRECTING))
    late = intake.receive(part, correction_no=2, corrects=original.delivery_id)
    assert intake.load()[late.delivery_id].reason == "correction_overtaken"
    assert intake.query("select count(*), sum(amount_fen) from payments") == [(4, 3 * 30050 + 40000)]


def test_withdrawn_lines_no_longer_count(intake: IntakeCase, tmp_path: Path) -> None:
    receipt = intake.receive(csv(tmp_path / "a.csv", roster(lines(4))))
    intake.load()
    receipts.withdraw(intake.folder, receipt.delivery_id, "clerk", "报错月份", NOW)
    assert intake.load()[receipt.delivery_id].status == "withdrawn"
    assert intake.query("select count(*) from payments") == [(0,)]
    assert intake.query("select count(*) from lines where status = 'withdrawn'") == [(4,)]
    with pytest.raises(KeyError):
        receipts.withdraw(intake.folder, "0" * 16, "clerk", "x", NOW)


def test_withdrawing_the_first_frees_the_second(intake: IntakeCase, tmp_path: Path) -> None:
    first = intake.receive(csv(tmp_path / "a.csv", roster(lines(6))))
    second = intake.receive(csv(tmp_path / "b.csv", roster(lines(6, {0: {"补贴金额": 1}}))))
    assert intake.load()[second.delivery_id].status == "held"
    receipts.withdraw(intake.folder, first.delivery_id, "clerk", "误报", NOW)
    assert intake.load()[second.delivery_id].status == "accepted"


def test_places_take_effect_on_what_came_before(intake: IntakeCase, tmp_path: Path) -> None:
    receipt = intake.receive(csv(tmp_path / "a.csv", roster(lines(3, {1: {"村(居)委会": "无此村"}}))))
    assert intake.load()[receipt.delivery_id].accepted == 3
    assert intake.query("select distinct village_code from payments") == [(None,)]
    named = Declared(hostile_files.COUNTY, "places", None, None)
    intake.receive(places_file(tmp_path / "p.csv"), declared=named)
    again = intake.load()[receipt.delivery_id]
    assert (again.accepted, again.rejected, again.reason) == (2, 1, "unknown_place")
    assert intake.query("select distinct village_code from payments") == [(f"{hostile_files.COUNTY}101201",)]


def test_nothing_is_pending_after_loading(intake: IntakeCase, tmp_path: Path) -> None:
    for number in range(3):
        intake.receive(csv(tmp_path / f"{number}.csv", roster([line(n) for n in range(number * 9, number * 9 + 5)])))
    assert len(intake.load()) == 3
    assert intake.load() == {}


@pytest.mark.slow
def test_five_hundred_replays_add_nothing(intake: IntakeCase, tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", roster(lines(20)))
    intake.receive(path)
    intake.load()
    before = intake.hash()
    for number in range(500):
        intake.receive(path, file_name=f"{number}.csv")
        if number % 100 == 99:
            intake.load()
    assert intake.hash() == before
    assert intake.query("select count(*) from lines") == [(20,)]


@pytest.mark.parametrize("seed", [1, 2])
def test_order_of_arrival_does_not_matter(tmp_path: Path, seed: int) -> None:
    original = csv(tmp_path / "a.csv", roster(lines(6, {5: {"补贴金额": "待定"}})))
    sha = receipts.hashlib.sha256(original.read_bytes()).hexdigest()
    first = receipts.delivery_id_of(Declared(hostile_files.COUNTY, "roster", "dibao_rural", hostile_files.MONTH), sha)
    arrivals = [
        (original, {}),
        (csv(tmp_path / "b.csv", roster([line(n) for n in range(30, 35)])), {}),
        (places_file(tmp_path / "p.csv"), {"declared": Declared(hostile_files.COUNTY, "places", None, None)}),
        (
            csv(tmp_path / "c.csv", roster([[*line(5, 补贴金额=7), "7"]], CORRECTING)),
            {"correction_no": 1, "corrects": first},
        ),
    ]
    hashes = []
    for attempt in range(2):
        intake = IntakeCase(tmp_path / f"data{attempt}")
        order = arrivals if attempt == 0 else random.Random(seed).sample(arrivals, len(arrivals))
        for path, options in order:
            intake.receive(path, **options)
            if attempt:
                intake.load()
        intake.load()
        hashes.append(intake.hash())
        assert intake.query("select count(*) from payments") == [(11,)]
    assert hashes[0] == hashes[1]


def test_receipt_survives_as_written(intake: IntakeCase, tmp_path: Path) -> None:
    receipt = intake.receive(csv(tmp_path / "a.csv", roster(lines(2))), file_name="../..\\名册\u202ecsv.exe")
    assert receipt.file_name == "名册\\u202ecsv.exe"
    assert receipts.receipts(intake.folder) == [receipt]
    assert receipts.original_of(intake.folder, receipt).read_bytes() == (tmp_path / "a.csv").read_bytes()


@pytest.mark.parametrize(
    ("later", "suspect"), [(dt.timedelta(days=1), False), (dt.timedelta(days=-1), True), (dt.timedelta(days=401), True)]
)
def test_clock_is_doubted(intake: IntakeCase, tmp_path: Path, later: dt.timedelta, suspect: bool) -> None:
    intake.receive(csv(tmp_path / "a.csv", roster(lines(2))))
    second: Receipt = intake.receive(csv(tmp_path / "b.csv", roster([line(8)])), now=NOW + later)
    assert second.clock_suspect is suspect
    intake.load()
    found = intake.query("select count(*) from problems where id = 'clock_suspect'")
    assert found == [(int(suspect),)]


def test_unknown_county_or_month_is_refused_at_loading(intake: IntakeCase, tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", roster(lines(2)))
    nowhere = intake.receive(path, declared=Declared(None, "roster", "dibao_rural", hostile_files.MONTH))
    never = intake.receive(path, declared=Declared(hostile_files.COUNTY, "roster", "dibao_rural", None))
    outcomes = intake.load()
    assert outcomes[nowhere.delivery_id].reason == "county_missing"
    assert outcomes[never.delivery_id].reason == "month_missing"


def test_every_check_that_does_not_reject_can_be_waived_and_no_other() -> None:
    stopping = {code for code, (level, _) in PROBLEMS.items() if level in {"hold", "warn"}}
    assert set(WAIVABLE) == stopping - {"month_missing", "county_missing"}  # what was not declared at all is declared


def test_villages_are_known_to_a_check_as_soon_as_they_are_loaded(intake: IntakeCase, tmp_path: Path) -> None:
    declared = Declared(hostile_files.COUNTY, "roster", "dibao_rural", hostile_files.MONTH)
    path = csv(tmp_path / "a.csv", roster(lines(3, {1: {"村(居)委会": "没有这个村"}})))

    def asked() -> set[str]:
        context = Context.from_snapshot(intake.folder, catalogue(), NOW.date())
        return {problem["id"] for problem in check_file(path, declared, context)["problems"]}

    assert "places_not_loaded" in asked()
    names = intake.receive(
        places_file(tmp_path / "p.csv"), declared=Declared(hostile_files.COUNTY, "places", None, None)
    )
    intake.load()
    assert "places_not_loaded" not in asked()
    receipts.withdraw(intake.folder, names.delivery_id, "clerk", "旧名册", NOW)
    intake.load()
    assert "places_not_loaded" in asked()
