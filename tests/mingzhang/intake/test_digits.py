"""No identifier changes silently: text survives digit for digit, numeric cells are all refused."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import polars as pl
import pytest

from mingzhang.catalog.load import catalogue
from mingzhang.intake.context import Context
from mingzhang.intake.lines import read_file
from mingzhang.intake.lines.file_content import FileContent
from mingzhang.intake.receive.declared import Declared
from tests.mingzhang.intake import format_files, hostile_files

OLD_ROWS = 65_535  # an old sheet holds one more, the header; two sheets stay below the 20 MB the parser takes
DECLARED = Declared(hostile_files.COUNTY, "roster", "dibao_rural", hostile_files.MONTH)


@pytest.fixture(scope="module")
def people(is_full: bool) -> list[tuple[str, str]]:
    chance = random.Random(20261101)
    count = 1_000_000 if is_full else 20_000

    def one(number: int) -> tuple[str, str]:
        born = dt.date(1930, 1, 1) + dt.timedelta(days=chance.randrange(33_000))
        body = f"{hostile_files.COUNTY}{born:%Y%m%d}{chance.randrange(1, 1000):03d}"
        account = f"{chance.choice(['0', '62', '00'])}{chance.randrange(10**16):016d}{number % 10}"
        return body + hostile_files.check_digit(body), account

    return [one(number) for number in range(count)]


def rows(people: list[tuple[str, str]]) -> list[list[object]]:
    return [["姓名", "身份证号", "银行账号", "金额"], *[["韦某", idno, account, "1.00"] for idno, account in people]]


def read(path: Path) -> FileContent:
    found = read_file.read(path, path.name, DECLARED, Context(catalogue(), dt.date(2026, 11, 1)))
    assert found.refused is None, found.message
    return found


def same(found: FileContent, people: list[tuple[str, str]]) -> None:
    expected = pl.DataFrame(people, schema=["idno", "account"], orient="row")
    assert found.lines["recipient_idno"].to_list() == expected["idno"].to_list()
    assert found.lines["account_no"].to_list() == expected["account"].to_list()
    assert (found.lines["status"] == "accepted").all()
    assert not found.repairs.height


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_files(people: list[tuple[str, str]], tmp_path: Path, encoding: str) -> None:
    same(read(hostile_files.csv(tmp_path / "a.csv", rows(people), encoding=encoding)), people)


def test_text_cells(people: list[tuple[str, str]], tmp_path: Path) -> None:
    same(read(hostile_files.xlsx(tmp_path / "a.xlsx", {"名册": rows(people)})), people)


def test_text_cells_of_old_books(people: list[tuple[str, str]], tmp_path: Path) -> None:
    for at in range(0, len(people), 2 * OLD_ROWS):
        some = people[at : at + 2 * OLD_ROWS]
        sheets = {f"名册{n}": rows(some[n : n + OLD_ROWS]) for n in range(0, len(some), OLD_ROWS)}
        same(read(hostile_files.xls(tmp_path / "a.xls", sheets)), some)


def test_text_cells_of_other_formats(people: list[tuple[str, str]], tmp_path: Path) -> None:
    some = people[:20_000]
    table = rows(some)
    fields = [("XM", "C", 8), ("SFZH", "C", 18), ("ZH", "C", 20), ("JE", "N", 8)]
    same(read(format_files.web_page(tmp_path / "a.xls", table)), some)
    same(read(format_files.web_page(tmp_path / "b.xls", table, "gb18030")), some)
    page = (tmp_path / "a.xls").read_bytes()
    same(read(format_files.web_archive(tmp_path / "a.mht", [page])), some)
    same(read(format_files.spreadsheet_xml(tmp_path / "c.xls", table)), some)
    same(read(format_files.ods(tmp_path / "a.ods", format_files.ods_content(table))), some)
    same(read(format_files.xlsb(tmp_path / "a.xlsb", table)), some)
    same(read(format_files.dbf(tmp_path / "a.dbf", fields, table[1:])), some)
    same(read(hostile_files.csv(tmp_path / "d.xls", table, separator="\t", end="\r")), some)


def test_every_number_of_other_formats_is_rejected(people: list[tuple[str, str]], tmp_path: Path) -> None:
    table: list[list[object]] = [["姓名", "身份证号", "银行账号", "金额"]]
    for number, (idno, account) in enumerate(people[:5000]):
        as_number = int(idno[:17] + "0")  # whole in the file: it is the type that is refused, not the loss
        table.append(["韦某", as_number, account, 1.0] if number % 2 else ["韦某", idno, int(account), 1.0])
    fields = [("XM", "C", 8), ("SFZH", "N", 18), ("ZH", "N", 20), ("JE", "N", 8)]
    for path in (
        format_files.web_page(tmp_path / "a.xls", table, typed=True),
        format_files.spreadsheet_xml(tmp_path / "b.xls", table),
        format_files.ods(tmp_path / "a.ods", format_files.ods_content(table)),
        format_files.xlsb(tmp_path / "a.xlsb", table),
        format_files.dbf(tmp_path / "a.dbf", fields, table[1:]),
    ):
        found = read(path)
        assert found.lines.height == 5000
        assert (found.lines["status"] == "rejected").all(), path.name
        assert set(found.lines["reason"]) == {"id_is_number"}


def test_every_numeric_cell_is_rejected(people: list[tuple[str, str]], tmp_path: Path) -> None:
    table = [["姓名", "身份证号", "银行账号", "金额"]]
    for number, (idno, account) in enumerate(people):
        as_number = float(idno[:17] + "0")
        table.append(["韦某", as_number, account, 1.0] if number % 2 else ["韦某", idno, float(account), 1.0])
    found = read(hostile_files.xlsx(tmp_path / "a.xlsx", {"名册": table}))
    assert (found.lines["status"] == "rejected").all()
    assert set(found.lines["reason"]) == {"id_is_number"}


def test_dressed_numbers_come_out_whole(people: list[tuple[str, str]], tmp_path: Path) -> None:
    table = [["姓名", "身份证号", "银行账号", "金额"]]
    table += [["韦某", f"'{idno.lower()} ", f" {account[:6]} {account[6:]}", "1.00"] for idno, account in people[:5000]]
    found = read(hostile_files.csv(tmp_path / "a.csv", table, separator="\t"))
    assert found.lines["recipient_idno"].to_list() == [idno for idno, _ in people[:5000]]
    assert found.lines["account_no"].to_list() == [account for _, account in people[:5000]]
    assert found.repairs.height == 10_000
