"""The drop folder: complete files only, sidecars read, nothing taken out before its receipt is on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mingzhang.catalog.load import catalogue
from mingzhang.intake.receive import inbox, receipts
from tests.mingzhang.intake import hostile_files
from tests.mingzhang.intake.hostile_files import csv, lines, roster
from tests.mingzhang.intake.intake_case import NOW, IntakeCase


@pytest.fixture
def intake(tmp_path: Path) -> IntakeCase:
    intake = IntakeCase(tmp_path / "data")
    (intake.folder.inbox / hostile_files.COUNTY / "2026-10" / "roster" / "dibao_rural").mkdir(parents=True)
    return intake


def drop(intake: IntakeCase, name: str) -> Path:
    folder = intake.folder.inbox / hostile_files.COUNTY / "2026-10" / "roster" / "dibao_rural"
    return csv(folder / name, roster(lines(2)))


def test_a_complete_file_is_taken_with_what_its_folders_say(intake: IntakeCase) -> None:
    path = drop(intake, "a.csv")
    (item,) = inbox.scan(intake.folder, catalogue())
    receipt = inbox.take(intake.folder, item, NOW)
    assert (receipt.declared.county, receipt.declared.programme, receipt.sender) == (
        hostile_files.COUNTY,
        "dibao_rural",
        "inbox",
    )
    assert not path.exists()
    assert receipts.original_of(intake.folder, receipt).exists()
    assert {o.status for o in intake.load().values()} == {"accepted"}


@pytest.mark.parametrize("name", [".hidden.csv", "~$a.xlsx", "a.csv.part", "a.xlsx.crdownload", "a.tmp", "a.csv~"])
def test_unfinished_files_are_left(intake: IntakeCase, name: str) -> None:
    drop(intake, name)
    assert inbox.scan(intake.folder, catalogue()) == []


def test_a_sidecar_speaks_louder_than_the_folder(intake: IntakeCase) -> None:
    path = drop(intake, "9f3.csv")
    sidecar = {"sender": "wei", "file_name": "十月名册.csv", "month": "2026-11", "corrects": "ab" * 8}
    path.with_name("9f3.csv.json").write_text(json.dumps(sidecar))
    (item,) = inbox.scan(intake.folder, catalogue())
    assert (item.sender, item.file_name, item.correction_no, item.corrects) == ("wei", "十月名册.csv", 1, "ab" * 8)
    assert f"{item.declared.month:%Y-%m}" == "2026-11"
    inbox.take(intake.folder, item, NOW)
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("content", ["not json", "[]", '{"month": "never"}', ""])
def test_a_broken_sidecar_does_not_stop_the_file(intake: IntakeCase, content: str) -> None:
    path = drop(intake, "a.csv")
    path.with_name("a.csv.json").write_text(content)
    (item,) = inbox.scan(intake.folder, catalogue())
    assert item.declared.county == hostile_files.COUNTY


def test_a_link_is_not_a_file(intake: IntakeCase, tmp_path: Path) -> None:
    outside = csv(tmp_path / "secret.csv", roster(lines(2)))
    (intake.folder.inbox / hostile_files.COUNTY / "b.csv").symlink_to(outside)
    assert inbox.scan(intake.folder, catalogue()) == []


def test_killed_between_receipt_and_removal_the_file_counts_once(intake: IntakeCase) -> None:
    drop(intake, "a.csv")
    (item,) = inbox.scan(intake.folder, catalogue())
    receipts.receive(intake.folder, item.path, item.declared, item.sender, NOW)  # and then the power went
    (again,) = inbox.scan(intake.folder, catalogue())
    assert inbox.take(intake.folder, again, NOW).status == "already_received"
    intake.load()
    assert intake.query("select count(*) from lines") == [(2,)]


def test_a_request_of_the_site_restores_what_was_withdrawn(tmp_path: Path) -> None:
    case = IntakeCase(tmp_path / "data")
    receipt = case.receive(hostile_files.csv(tmp_path / "a.csv", hostile_files.roster(hostile_files.lines(3))))
    path = case.folder.inbox / f"{receipt.delivery_id}.restore.json"

    def ask() -> bool:
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"by": "checker", "why": "没有报错"}), encoding="utf-8")
        assert inbox.scan(case.folder, catalogue()) == []
        (request,) = inbox.restorations(case.folder)
        done = inbox.take_restoration(case.folder, request, NOW)
        assert not path.exists()
        return done

    assert not ask(), "it is not withdrawn"
    receipts.withdraw(case.folder, receipt.delivery_id, "clerk", "报错", NOW)
    assert ask()
    assert receipts.withdrawals(receipts.receipts(case.folder)) == {}
    assert receipts.receipts(case.folder)[-1].sender == "checker"
