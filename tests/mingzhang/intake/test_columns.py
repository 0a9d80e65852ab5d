"""Columns that hold the same cells are looked at once, and each is still answered for under its own heading."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from mingzhang.catalog.load import catalogue
from mingzhang.intake.context import Context
from mingzhang.intake.lines import read_file
from mingzhang.intake.receive.declared import Declared
from tests.mingzhang.intake import hostile_files
from tests.mingzhang.intake.intake_case import IntakeCase

HEADER = ["户主姓名", "户主身份证号", "享受人", "享受人身份证号", "金额"]


def problems(tmp_path: Path, cells: list[list[str]]) -> set[tuple[int, str, str]]:
    path = hostile_files.csv(tmp_path / "a.csv", [HEADER, *[[*row, "1.00"] for row in cells]])
    declared = Declared(hostile_files.COUNTY, "roster", "dibao_rural", hostile_files.MONTH)
    found = read_file.read(path, path.name, declared, Context(catalogue(), dt.date(2026, 11, 1)))
    wanted = ("id_checksum", "id_malformed", "character_lost")
    return {row for row in found.problems.select("row", "column", "id").rows() if row[2] in wanted}


def test_each_heading_has_its_own_problem(tmp_path: Path) -> None:
    good, wrong = hostile_files.idno(1), hostile_files.idno(2)[:-1] + ("1" if hostile_files.idno(2)[-1] != "1" else "2")
    alike = [["韦某", good, "韦某", good], ["黄某", wrong, "黄某", wrong]]
    both = {(3, "户主身份证号", "id_checksum"), (3, "享受人身份证号", "id_checksum")}
    assert problems(tmp_path, alike) == both
    apart = [["韦某", good, "韦某", good], ["黄某", good, "黄某", wrong]]
    assert problems(tmp_path, apart) == {(3, "享受人身份证号", "id_checksum")}


def test_a_wrong_shape_is_seen_under_each_heading(tmp_path: Path) -> None:
    short = hostile_files.idno(1)[:-1]
    alike = [["韦某", short, "韦某", short]]
    both = {(2, "户主身份证号", "id_malformed"), (2, "享受人身份证号", "id_malformed")}
    assert problems(tmp_path, alike) == both


def test_a_number_that_is_no_count_is_said_and_stops_nothing(tmp_path: Path) -> None:
    counts = ["3", "2.5", "nan", "inf", "2147483648", hostile_files.idno(1), "9" * 30, "-1e400", ""]
    rows = [["韦某", hostile_files.idno(n), count, "1.00"] for n, count in enumerate(counts)]
    intake = IntakeCase(tmp_path / "data")
    intake.receive(hostile_files.csv(tmp_path / "a.csv", [["享受人", "享受人身份证号", "家庭人口", "金额"], *rows]))
    (outcome,) = intake.load().values()
    assert outcome.accepted == len(counts)
    assert (
        intake.query("select household_size from payment_lines order by length(line_id), line_id")
        == [(3,)] + [(None,)] * 8
    )
    assert [
        row for (row,) in intake.query("select row from problems where id = 'number_unreadable' order by row")
    ] == list(range(3, 10))
