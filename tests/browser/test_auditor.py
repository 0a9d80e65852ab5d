"""The auditor's walk: filter findings, open one with both records, decide, find it cleared, export the list."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl

from .conftest import DESKTOP, PHONE, Person


def test_from_a_list_to_a_decision_and_an_export(sign_in: Callable[[str], Person], tmp_path: Path) -> None:
    auditor = sign_in("auditor")
    page = auditor.page
    auditor.picture("auditor-1-home")
    auditor.go("/findings")
    page.get_by_label("状态").select_option("open")
    page.get_by_label("规则").select_option("B01")
    page.get_by_role("button", name="查看").click()
    page.get_by_role("heading", name="疑点").wait_for()
    assert "rule=B01" in page.url
    counted = re.search(r"共 ([\d,]+) 条", page.locator("main").inner_text())
    assert counted
    before = int(counted[1])
    auditor.picture("auditor-2-findings")

    with page.expect_download() as download:
        page.get_by_role("link", name="导出 XLSX").click()
    download.value.save_as(tmp_path / "findings.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "findings.xlsx").active.iter_rows(min_row=2, values_only=True))
    assert len([row for row in rows if row[1] == "B01"]) == before

    page.get_by_role("link", name=re.compile("^B01")).first.click()
    page.get_by_role("heading", name="对照记录").wait_for()
    shown = page.locator("main").inner_text()
    assert "发放记录" in shown
    assert page.locator("td.mark").count() >= 2, "the cells that matter are marked"
    address = page.url
    auditor.picture("auditor-3-finding", whole=True)

    page.get_by_label("核实排除").check()
    page.get_by_label("理由").fill("死亡登记有误，派出所已更正，本人在世。")
    page.get_by_role("button", name="保存结论").click()
    page.get_by_text("结论已保存").wait_for()
    shown = page.locator("main").inner_text()
    assert "已排除" in shown
    assert "派出所已更正" in shown
    auditor.picture("auditor-4-decided")

    auditor.go("/findings?rule=B01&status=open")
    counted = re.search(r"共 ([\d,]+) 条", page.locator("main").inner_text())
    assert counted
    assert int(counted[1]) == before - 1
    second = sign_in("supervisor")
    second.page.goto(address)
    second.page.get_by_label("重新打开").check()
    second.page.get_by_label("理由").fill("更正材料须补交原件。")
    second.page.get_by_role("button", name="保存结论").click()
    second.page.get_by_text("结论已保存").wait_for()
    assert "派出所已更正" in second.page.locator("main").inner_text(), "the earlier decision stays visible"


def test_two_reviewers_with_the_same_screen(sign_in: Callable[[str], Person]) -> None:
    first, second = sign_in("auditor"), sign_in("supervisor")
    first.go("/findings?rule=C01&status=open")
    path = first.page.get_by_role("link", name=re.compile("^C01")).first.get_attribute("href")
    assert path
    for person in (first, second):
        person.go(path)
        person.page.get_by_label("暂不能确定").check()
        person.page.get_by_label("理由").fill("待查工资册。")
    first.page.get_by_role("button", name="保存结论").click()
    first.page.get_by_text("结论已保存").wait_for()
    second.page.get_by_role("button", name="保存结论").click()
    second.page.get_by_text("已有其他人作出结论").wait_for()


def test_every_page_fits_a_phone_and_prints(sign_in: Callable[[str], Person], tmp_path: Path) -> None:
    auditor = sign_in("auditor")
    for path in ("/", "/findings", "/rules", "/quality", "/funds", "/releases", "/batches", "/account"):
        for size in (DESKTOP, PHONE):
            auditor.page.set_viewport_size(size)
            auditor.go(path)
            auditor.fits()
    auditor.go("/findings?rule=B01")
    path = auditor.page.get_by_role("link", name=re.compile("^B01")).first.get_attribute("href")
    assert path
    auditor.go(path)
    auditor.fits()
    auditor.picture("auditor-5-phone")
    auditor.go(path.replace("/finding?", "/clue?"))
    sheet = auditor.page.pdf(format="A4")
    assert sheet.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", sheet)) == 1, "a clue sheet is one page"
    auditor.page.set_viewport_size(DESKTOP)
    for path in ("/rules", "/quality", "/funds"):
        auditor.go(path)
        auditor.page.wait_for_timeout(500)
        auditor.picture(f"auditor-6{path.replace('/', '-')}")


def test_large_type_stays(sign_in: Callable[[str], Person]) -> None:
    auditor = sign_in("auditor")
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    before = auditor.page.evaluate(size)
    auditor.page.get_by_role("button", name="大字号").click()
    auditor.page.get_by_role("button", name="标准字号").wait_for()
    auditor.go("/findings")
    assert auditor.page.evaluate(size) > before
