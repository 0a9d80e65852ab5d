"""A check says of a file what a load does with it: the same verdict, line by line, on the same state."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mingzhang.catalog.load import catalogue
from mingzhang.intake.answer import correction_workbook
from mingzhang.intake.answer.report import check_file
from mingzhang.intake.context import Context
from mingzhang.intake.receive import receipts
from mingzhang.intake.receive.declared import Declared
from mingzhang.storage.data_folder import DataFolder
from tests.mingzhang.intake import corpus_tables, hostile_files
from tests.mingzhang.intake.corpus import Case, cases
from tests.mingzhang.intake.hostile_files import csv, line, lines, roster
from tests.mingzhang.intake.intake_case import NOW, TODAY, IntakeCase, places_file

ALWAYS_PER_CLASS = 3
COUNTS = ("status", "reason", "message", "lines", "accepted", "rejected", "held", "warnings", "total_fen")
ON_THE_LINE = "select row, id, level from problems where delivery_id = '{}'"


def _corpus() -> list[tuple[Case, bool]]:
    """Return the corpus, and whether a case is among the first of its class: those run always, the others with `--full`."""
    seen: Counter[int] = Counter()
    found = []
    for case in (*cases(), *corpus_tables.cases()):
        seen[case.number] += 1
        is_first = seen[case.number] <= ALWAYS_PER_CLASS
        found.append((case, is_first))
    return found


class State:
    """A data folder with history, and a current snapshot of it, copied for each file that is tried on it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.intake = IntakeCase(root / "data")

    def publish(self) -> None:
        self.intake.load()
        self.intake.snapshot()

    def both(self, path: Path, folder: Path, declared: Declared, **options: Any) -> tuple[Any, Any]:
        """Return what a check and a load on a copy of this state say of a file: counts, and the problems per row."""
        shutil.copytree(self.root / "data", folder / "data")
        copy = object.__new__(IntakeCase)
        copy.folder = DataFolder(folder / "data")
        context = Context.from_snapshot(copy.folder, catalogue(), TODAY)
        answer = check_file(path, declared, context, corrects=options.get("corrects"))
        number = 1 if options.get("corrects") else 0
        receipt = copy.receive(path, declared=declared, correction_no=number, **options)
        assert receipt.status == "received"
        outcome = copy.load()[receipt.delivery_id]
        noted = copy.query(ON_THE_LINE.format(receipt.delivery_id))
        asked = [(p["row"], p["id"], p["level"]) for p in answer["problems"]]
        loaded = {name: getattr(outcome, name) for name in COUNTS}
        if outcome.status == "held":  # a check says what the lines come to if the file is let pass
            ((loaded["total_fen"],),) = copy.query(
                f"select held_fen from deliveries where delivery_id = '{receipt.delivery_id}'"
            )
        return ({name: answer[name] for name in COUNTS}, Counter(asked)), (loaded, Counter(noted))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> State:
    return State(tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> State:
    """A county with places, September's list, and a list of October with a line that could not be read."""
    state, folder = State(tmp_path_factory.mktemp("used")), tmp_path_factory.mktemp("files")
    county, month = hostile_files.COUNTY, hostile_files.MONTH
    receive = state.intake.receive
    receive(places_file(folder / "p.csv"), declared=Declared(county, "places", None, None))
    september = Declared(county, "roster", "dibao_rural", month.replace(month=month.month - 1))
    receive(csv(folder / "s.csv", roster(lines(20, {2: {"补贴金额": 900}}))), declared=september)
    bad = {0: {"补贴金额": "待定"}, 1: {"身份证号": hostile_files.idno(1)[:17] + "?"}}
    receive(csv(folder / "o.csv", roster([line(n, **bad.get(n - 2, {})) for n in range(2, 9)])))
    state.publish()
    return state


def key(case: Case) -> Declared:
    options = {"programme": "dibao_rural"} | case.declared
    return Declared(hostile_files.COUNTY, "roster", options["programme"], hostile_files.MONTH)


@pytest.mark.slow
@pytest.mark.parametrize("state", ["empty", "used"])
def test_a_check_says_what_a_load_does(
    state: str, tmp_path: Path, request: pytest.FixtureRequest, *, is_full: bool
) -> None:
    known: State = request.getfixturevalue(state)
    tried, different = 0, []
    for number, case in enumerate(case for case, is_first in _corpus() if is_first or is_full):
        folder = tmp_path / str(number)
        folder.mkdir()
        asked, loaded = known.both(case.build(folder), folder, key(case))
        tried += 1
        if asked != loaded:
            different.append(case.name)
        shutil.rmtree(folder)
    assert tried > (400 if is_full else 40)
    assert not different


OCTOBER = Declared(hostile_files.COUNTY, "roster", "dibao_rural", hostile_files.MONTH)


def _original(state: State) -> str:
    return next(r for r in receipts.receipts(state.intake.folder) if r.file_name == "o.csv").delivery_id


def _leave(_sheet: Any) -> None:
    pass


def _fix(sheet: Any) -> None:
    at = next(cell.column for cell in sheet[3] if cell.value == "补贴金额")
    for row in range(4, sheet.max_row + 1):
        sheet.cell(row, at).value = "250.00"


def _misname(sheet: Any) -> None:
    sheet.cell(4, 4).value = "1/99"


@pytest.mark.parametrize("change", [_leave, _fix, _misname])
@pytest.mark.parametrize("is_declared", [True, False])
def test_workbooks_too(used: State, tmp_path: Path, change: Callable[[Any], None], *, is_declared: bool) -> None:
    original, path = _original(used), tmp_path / "w.xlsx"
    context = Context.from_snapshot(used.intake.folder, catalogue(), TODAY)
    assert correction_workbook.for_delivery(used.intake.folder, original, context, path)
    book = openpyxl.load_workbook(path)
    change(book["待更正1"])
    book.save(path)
    options = {"corrects": original} if is_declared else {}
    asked, loaded = used.both(path, tmp_path, OCTOBER, **options)
    assert asked == loaded


def _again(changed: int) -> list[list[Any]]:
    return roster([line(n, 补贴金额=310 + n if n < 2 + changed else 300.5) for n in range(2, 9)])


@pytest.mark.parametrize(
    ("rows", "status"),
    [(_again(0), "held"), (_again(3), "held"), (roster(lines(2)), "accepted"), (roster([line(40)]), "accepted")],
)
def test_a_second_list_of_the_month_too(used: State, tmp_path: Path, rows: list[list[Any]], status: str) -> None:
    asked, loaded = used.both(csv(tmp_path / "n.csv", rows), tmp_path, OCTOBER)
    assert asked == loaded
    assert asked[0]["status"] in {status, "held"}


@pytest.mark.parametrize("declared", [Declared(None, "roster", "dibao_rural", hostile_files.MONTH), OCTOBER])
@pytest.mark.parametrize("corrects", [None, "0" * 16])
def test_what_nothing_is_known_about_too(used: State, tmp_path: Path, declared: Declared, corrects: str | None) -> None:
    options = {"corrects": corrects} if corrects else {}
    asked, loaded = used.both(
        csv(tmp_path / "n.csv", roster(lines(3, {1: {"补贴金额": "不详"}}))), tmp_path, declared, **options
    )
    assert asked == loaded
    assert (asked[0]["reason"] == "county_missing") is (declared.county is None)


def test_the_same_bytes_again_and_after_a_withdrawal(used: State, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(used.root / "data", folder)
    copy = object.__new__(IntakeCase)
    copy.folder = DataFolder(folder)
    original = next(r for r in receipts.receipts(copy.folder) if r.file_name == "o.csv")
    path = receipts.original_of(copy.folder, original)

    def asked() -> dict[str, Any]:
        context = Context.from_snapshot(copy.folder, catalogue(), TODAY)
        return check_file(path, OCTOBER, context, "o.csv")

    assert asked()["status"] == "already_received"
    receipts.withdraw(copy.folder, original.delivery_id, "clerk", "报错了月份", NOW)
    answer = asked()
    assert (answer["status"], answer["reason"]) == ("withdrawn", "withdrawn_before")
    assert "报错了月份" in answer["message"] and "restore-delivery" in answer["message"]
    copy.load()
    assert copy.query("select count(*) from payments where month = date '2026-10-01'") == [(0,)]
    receipts.restore(copy.folder, original.delivery_id, "clerk", "没有报错", NOW)
    assert asked()["status"] == "already_received"
    copy.load()
    assert copy.query("select count(*) from payments where month = date '2026-10-01'") == [(6,)]


def _september(folder: Path, changed: dict[int, dict[str, Any]] | None = None) -> Path:
    return csv(folder / f"s{len(changed or ())}.csv", roster(lines(12, changed)))


@pytest.mark.parametrize("late", [False, True])
def test_when_a_list_was_loaded_changes_nothing(tmp_path: Path, *, late: bool) -> None:
    """A month is compared with the month before it, however often and in what order they were loaded."""
    september = replace(OCTOBER, month=hostile_files.MONTH.replace(month=9))
    october = csv(
        tmp_path / "o.csv", roster(lines(12, {3: {"补贴金额": 900}, 5: {"银行账号": hostile_files.account(99)}}))
    )
    hashes, jumps = [], []
    for name, at_once in (("a", True), ("b", False)):
        case = IntakeCase(tmp_path / name)

        def arrive(
            path: Path, declared: Declared, *, case: IntakeCase = case, at_once: bool = at_once, **more: Any
        ) -> str:
            receipt = case.receive(path, declared=declared, **more)
            if not at_once:
                case.load()
            return receipt.delivery_id

        first = [(_september(tmp_path), september), (october, OCTOBER)]
        original = [arrive(path, declared) for path, declared in (first[::-1] if late else first)][int(late)]
        arrive(_september(tmp_path, {3: {"补贴金额": 900}}), september, correction_no=1, corrects=original)
        case.load()
        assert case.load() == {}
        hashes.append(case.hash())
        jumps.append(case.query("select row, id from problems where id in ('amount_jumped', 'account_changed')"))
    assert hashes[0] == hashes[1]
    assert jumps == [[(7, "account_changed")]] * 2, "the correction paid 900 in September as well"
