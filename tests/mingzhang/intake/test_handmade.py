"""Files nobody generated: a dirty roster, an old .xls roll, a GBK bank reply, each with counts reasoned by hand."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path

import pytest

from mingzhang.catalog.load import catalogue
from mingzhang.intake.answer.report import check_file
from mingzhang.intake.context import CaseworkFacts, Context
from mingzhang.intake.load import ledger
from mingzhang.intake.load import load as loading
from mingzhang.intake.receive import declared
from mingzhang.intake.receive.declared import from_folder
from mingzhang.warehouse import database
from sample_data.generate import generate
from tests.mingzhang.intake import hostile_files
from tests.mingzhang.intake.hostile_files import csv
from tests.mingzhang.intake.intake_case import NOW, IntakeCase
from tests.paths import HANDMADE

EXPECTED = sorted(HANDMADE.glob("*.expected.json"))


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """The places of the sample district."""
    from mingzhang.intake.receive import receipts

    folder = tmp_path_factory.mktemp("district")
    generate(folder, size="full")
    intake = IntakeCase(tmp_path_factory.mktemp("intake") / "data")
    for path in sorted(folder.rglob("places/*")):
        receipts.receive(intake.folder, path, from_folder(folder, path, catalogue()), "clerk", NOW)
    with database.writer(intake.folder.root, catalogue()) as connection:
        facts = CaseworkFacts()
        waiting = loading.pending(intake.folder, connection, catalogue(), facts)
        loading.load(connection, intake.folder, catalogue(), facts, waiting)
        return Context(catalogue(), dt.date(2026, 11, 1), ledger.places_of(connection))


@pytest.mark.parametrize("path", EXPECTED, ids=[path.name[:6] for path in EXPECTED])
def test_counts_are_those_reasoned_by_hand(path: Path, context: Context) -> None:
    expected = json.loads(path.read_text(encoding="utf-8"))
    stem = path.name.removesuffix(".expected.json")
    file = next(found for found in HANDMADE.iterdir() if found.stem == stem)
    answer = check_file(file, declared.from_options(catalogue(), **expected["options"]), context)
    keys = ("status", "lines", "accepted", "rejected", "held", "total_fen", "declared_total_fen")
    assert {key: answer[key] for key in keys} == {key: expected[key] for key in keys}
    rejected = {str(p["row"]): p["id"] for p in answer["problems"] if p["level"] == "reject"}
    assert rejected == expected["rejected_rows"]
    warned = Counter(p["id"] for p in answer["problems"] if p["level"] in {"warn", "hold"})
    assert warned == expected["warnings"]


def test_other_papers_are_no_bad_identity_numbers(tmp_path: Path) -> None:
    rows = [["转入账号", "转入名称", "金额", "证件类型", "证件号码"]]
    rows += [[hostile_files.account(n), hostile_files.name(n), "1", kind, number] for n, (kind, number) in enumerate(
        [("02-护照", "E12345678"), ("01-身份证", "E12345678"), ("01-身份证", hostile_files.idno(2))])]  # fmt: skip
    key = declared.from_options(catalogue(), county=hostile_files.COUNTY, kind="bank_reply", month="2026-10")
    answer = check_file(csv(tmp_path / "b.csv", rows), key, Context(catalogue(), dt.date(2026, 11, 1)))
    assert [p["row"] for p in answer["problems"] if p["id"] == "id_malformed"] == [3]


def test_a_missing_head_is_asked_for_only_where_there_is_a_column(tmp_path: Path) -> None:
    rows = [["户主姓名", *hostile_files.HEADER], ["", *hostile_files.line(0)], ["韦某", *hostile_files.line(1)]]
    key = declared.from_options(
        catalogue(), county=hostile_files.COUNTY, kind="roster", month="2026-10", programme="农村低保"
    )
    context = Context(catalogue(), dt.date(2026, 11, 1))
    answer = check_file(csv(tmp_path / "a.csv", rows), key, context)
    assert [p["row"] for p in answer["problems"] if p["id"] == "head_missing"] == [2]
    plain = check_file(csv(tmp_path / "b.csv", hostile_files.roster(hostile_files.lines(2))), key, context)
    assert not [p for p in plain["problems"] if p["id"] == "head_missing"]
