"""Columns that hold the same cells are looked at once, and each is still answered for under its own heading."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from assets.catalog import catalogue
from assets.intake import reading
from assets.intake.context import Context
from assets.intake.declared import Declared
from tests.assets.intake import forge
from tests.assets.intake.house import House

HEADER = ["户主姓名", "户主身份证号", "享受人", "享受人身份证号", "金额"]


def problems(tmp_path: Path, cells: list[list[str]]) -> set[tuple[int, str, str]]:
    path = forge.csv(tmp_path / "a.csv", [HEADER, *[[*row, "1.00"] for row in cells]])
    said = Declared(forge.COUNTY, "roster", "dibao_rural", forge.MONTH)
    found = reading.read(path, path.name, said, Context(catalogue(), dt.date(2026, 11, 1)))
    wanted = ("id_checksum", "id_malformed", "character_lost")
    return {row for row in found.problems.select("row", "column", "id").rows() if row[2] in wanted}


def test_each_heading_has_its_own_problem(tmp_path: Path) -> None:
    good, wrong = forge.idno(1), forge.idno(2)[:-1] + ("1" if forge.idno(2)[-1] != "1" else "2")
    alike = [["韦某", good, "韦某", good], ["黄某", wrong, "黄某", wrong]]
    both = {(3, "户主身份证号", "id_checksum"), (3, "享受人身份证号", "id_checksum")}
    assert problems(tmp_path, alike) == both
    apart = [["韦某", good, "韦某", good], ["黄某", good, "黄某", wrong]]
    assert problems(tmp_path, apart) == {(3, "享受人身份证号", "id_checksum")}


def test_a_wrong_shape_is_seen_under_each_heading(tmp_path: Path) -> None:
    short = forge.idno(1)[:-1]
    alike = [["韦某", short, "韦某", short]]
    both = {(2, "户主身份证号", "id_malformed"), (2, "享受人身份证号", "id_malformed")}
    assert problems(tmp_path, alike) == both


def test_a_number_that_is_no_count_is_said_and_stops_nothing(tmp_path: Path) -> None:
    counts = ["3", "2.5", "nan", "inf", "2147483648", forge.idno(1), "9" * 30, "-1e400", ""]
    rows = [["韦某", forge.idno(n), count, "1.00"] for n, count in enumerate(counts)]
    house = House(tmp_path / "data")
    house.receive(forge.csv(tmp_path / "a.csv", [["享受人", "享受人身份证号", "家庭人口", "金额"], *rows]))
    (outcome,) = house.load().values()
    assert outcome.accepted == len(counts)
    assert (
        house.ask("select household_size from payment_lines order by length(line_id), line_id")
        == [(3,)] + [(None,)] * 8
    )
    assert [
        row for (row,) in house.ask("select row from problems where id = 'number_unreadable' order by row")
    ] == list(range(3, 10))
