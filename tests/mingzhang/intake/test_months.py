"""A file whose title, sheet, name or month column says another month than declared: held where money counts, else asked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from mingzhang.catalog.load import catalogue
from mingzhang.intake.context import Context
from mingzhang.intake.lines import read_file
from mingzhang.intake.lines.file_content import FileContent
from mingzhang.intake.receive.declared import Declared
from mingzhang.intake.values import dates
from tests.mingzhang.intake import hostile_files

OCTOBER = dt.date(2026, 10, 1)
DEATHS = [["姓名", "身份证号", "死亡时间"], ["韦某", hostile_files.idno(1), "2026-08-03"]]
REPLY = [["证件号码", "转入账号", "金额", "处理结果"], [hostile_files.idno(1), hostile_files.account(1), "300", "成功"]]
FLOWS = [["环节", "文号", "补贴项目", "日期", "金额"], ["下达", "青财〔2026〕9号", "农村低保", "2026-09-10", "300"]]
ROSTER = hostile_files.roster(hostile_files.lines(2))


def read(
    folder: Path,
    rows: list[list[Any]],
    kind: str,
    name: str = "a.csv",
    title: str = "",
    month: dt.date | None = OCTOBER,
) -> FileContent:
    programme = "dibao_rural" if kind in {"roster", "bank_reply"} else None
    path = hostile_files.csv(folder / name, [*([[title]] if title else []), *rows])
    declared = Declared(hostile_files.COUNTY, kind, programme, month)
    return read_file.read(path, name, declared, Context(catalogue(), dt.date(2026, 11, 1)))


def month_levels(found: FileContent) -> dict[str, str]:
    return {row[0]: row[1] for row in found.problems.select("id", "level").rows() if row[0].startswith("month_")}


@pytest.mark.parametrize(
    ("kind", "rows", "words", "expected"),
    [
        ("deaths", DEATHS, {"title": "2026年9月死亡人员名单"}, {"month_differs": "warn"}),
        ("deaths", DEATHS, {"name": "死亡名单2026-09.csv"}, {"month_differs": "warn"}),
        ("deaths", DEATHS, {"name": "9月死亡名单.csv"}, {"month_differs": "warn"}),
        ("deaths", DEATHS, {"title": "2026年10月死亡人员名单", "name": "9月底导出.csv"}, {}),
        ("deaths", DEATHS, {"title": "2026年9月至2026年10月死亡人员名单"}, {}),
        ("deaths", DEATHS, {"title": "截至2026年9月30日"}, {}),
        ("bank_reply", REPLY, {"title": "2026年9月代发结果"}, {"month_differs": "warn"}),
        ("fund_flow", FLOWS, {"title": "2026年9月低保资金下达"}, {}),
        ("roster", ROSTER, {"title": "2026年9月花名册"}, {"month_mismatch": "hold"}),
        ("roster", ROSTER, {"title": "2026-09月花名册"}, {"month_mismatch": "hold"}),
        ("roster", ROSTER, {"name": "9月花名册.csv"}, {"month_differs": "warn"}),
        ("roster", ROSTER, {"name": "十月花名册.csv"}, {}),
        ("roster", ROSTER, {"title": "填表日期：2026年11月"}, {}),
        ("roster", ROSTER, {"title": "农村低保花名册（制表时间 11月）"}, {}),
    ],
)
def test_another_month_is_said(
    kind: str, rows: list[list[Any]], words: dict[str, str], expected: dict[str, str], tmp_path: Path
) -> None:
    found = read(tmp_path, rows, kind, **words)
    assert month_levels(found) == expected
    assert found.holds == (("month_mismatch",) if "month_mismatch" in expected else ())


def test_a_payroll_of_one_other_month_is_asked_about(tmp_path: Path) -> None:
    head = ["姓名", "身份证号", "实发工资", "工资月份"]
    lines = [["韦某", hostile_files.idno(1), "3000", "2026-09"], ["黄某", hostile_files.idno(2), "3000", "2026-09"]]
    found = read(tmp_path, [head, *lines], "public_payroll")
    assert month_levels(found) == {"month_differs": "warn"}
    assert "2026-09" in found.problems.filter(id="month_differs")["message"].item()
    assert (
        month_levels(
            read(tmp_path, [head, *lines, ["莫某", hostile_files.idno(3), "3000", "2026-10"]], "public_payroll")
        )
        == {}
    )


def test_a_register_takes_its_month_from_its_title(tmp_path: Path) -> None:
    assert read(tmp_path, DEATHS, "deaths", title="2026年9月死亡人员名单", month=None).declared.month == dt.date(
        2026, 9, 1
    )


def test_a_death_that_is_still_to_come_is_asked_about(tmp_path: Path) -> None:
    head, dead = DEATHS
    found = read(tmp_path, [head, dead, [*dead[:2], "2027-08-03"], [*dead[:2], "2026-11-01"]], "deaths")
    asked = found.problems.filter(id="date_ahead")
    assert asked.select("row", "column", "level").rows() == [(3, "死亡时间", "warn")]
    assert "2027-08-03" in asked["message"].item()


def test_sheets_named_by_two_months_are_two_lists(tmp_path: Path) -> None:
    path = hostile_files.xlsx(
        tmp_path / "a.xlsx", {"9月": ROSTER, "10月": hostile_files.roster([hostile_files.line(7)])}
    )
    declared = Declared(hostile_files.COUNTY, "roster", "dibao_rural", OCTOBER)
    found = read_file.read(path, path.name, declared, Context(catalogue(), dt.date(2026, 11, 1)))
    assert found.refused == "more_than_one_period"


def test_a_month_without_a_year_is_the_nearest_one() -> None:
    assert dates.bare_months_in("12月名单", dt.date(2027, 1, 1)) == {dt.date(2026, 12, 1)}
    assert dates.bare_months_in("1月名单", dt.date(2026, 12, 1)) == {dt.date(2027, 1, 1)}
    assert dates.bare_months_in("9月30日、9月起、9-10月", OCTOBER) == set()
