"""The clerk's walk: upload a dirty roster, read what is wrong, submit it; a second person certifies it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl

from .conftest import PHONE, ROOT, Demo, Person, wait_for

ROSTER = ROOT / "sample_data" / "handmade" / "青岚县龙塘镇2026年10月一卡通发放花名册.xlsx"
EXPECTED = json.loads(ROSTER.with_suffix(".expected.json").read_text())


def upload(clerk: Person) -> None:
    page = clerk.page
    clerk.go("/upload")
    page.locator("input[type=file]").set_input_files(ROSTER)
    page.get_by_label("县（区、市）").select_option("452921")
    page.get_by_label("所属月份").select_option("2026-10")
    page.get_by_label("文件种类").select_option("roster")
    clerk.picture("clerk-1-upload")
    page.get_by_role("button", name="上传并检查").click()
    page.get_by_role("heading", name="检查结果").wait_for()


def delivery_row(person: Person, file_name: str = ROSTER.name) -> str:
    person.go("/batches")
    row = person.page.locator("tr", has_text=file_name)
    return row.first.inner_text() if row.count() else ""


def fix(workbook: Path) -> None:
    """Do what a clerk does in Excel: put the four refused lines right, delete those that only had to be looked at."""
    book = openpyxl.load_workbook(workbook)
    sheet = book["待更正1"]
    titles = [str(cell.value or "").replace("\n", "").replace(" ", "") for cell in sheet[3]]
    right = {
        "1/7": ("身份证号码", "452921194001010353"),
        "1/12": ("补贴金额（元）", "300"),
        "1/17": ("一卡通账号", "6299459999000000134"),
        "1/18": ("村委会", "大坡"),
    }
    for row in reversed(range(4, sheet.max_row + 1)):
        correction = right.get(str(sheet.cell(row, titles.index("更正原行") + 1).value))
        if correction is None:
            sheet.delete_rows(row)
        else:
            cell = sheet.cell(row, titles.index(correction[0]) + 1)
            cell.value, cell.number_format = correction[1], "@"
    book.save(workbook)


def test_from_a_dirty_roster_to_a_certified_batch(sign_in: Callable[[str], Person], demo: Demo, tmp_path: Path) -> None:
    clerk = sign_in("clerk")
    upload(clerk)
    shown = clerk.page.locator("main").inner_text()
    assert f"{EXPECTED['lines']} 行" in shown
    assert f"{EXPECTED['accepted']} 行，6,630.00 元" in shown
    for row in EXPECTED["rejected_rows"]:
        assert clerk.page.locator("tr", has_text="不收此行").get_by_role("cell", name=row, exact=True).count()
    clerk.picture("clerk-2-answer")
    with clerk.page.expect_download() as download:
        clerk.page.get_by_role("link", name="下载问题清单").click()
    download.value.save_as(tmp_path / "problems.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "problems.xlsx").active.iter_rows(min_row=2, values_only=True))
    rejected = {str(row[2]) for row in rows if row[0] == "不收此行"}
    assert rejected == set(EXPECTED["rejected_rows"])

    clerk.page.get_by_role("button", name="提交入库").click()
    clerk.page.get_by_role("heading", name="批次与复核").wait_for()
    assert "已提交" in clerk.page.locator("main").inner_text()
    wait_for(lambda: "部分入库" in delivery_row(clerk), 120, "the submitted file in the list")
    assert "待复核" in delivery_row(clerk)

    clerk.page.get_by_role("link", name=ROSTER.name).click()
    clerk.page.get_by_role("heading", name=ROSTER.name).wait_for()
    assert clerk.page.get_by_role("button", name="复核通过").count() == 0, "the clerk cannot certify"

    checker = sign_in("checker")
    delivery_row(checker)
    checker.page.get_by_role("link", name=ROSTER.name).click()
    checker.page.get_by_role("button", name="复核通过").wait_for()
    checker.picture("clerk-3-certify")
    checker.page.get_by_role("button", name="复核通过").click()
    checker.page.get_by_text("已复核通过").wait_for()
    checker.page.get_by_role("link", name="打印回执").click()
    checker.page.get_by_role("heading", name="数据接收回执").wait_for()
    assert "checker" in checker.page.locator("main").inner_text()
    checker.picture("clerk-4-receipt")
    assert "已复核" in delivery_row(clerk)


def test_the_correction_workbook_goes_out_and_comes_back(
    sign_in: Callable[[str], Person], demo: Demo, tmp_path: Path
) -> None:
    clerk = sign_in("clerk")
    page = clerk.page
    assert delivery_row(clerk), "the walk above has loaded it"
    page.get_by_role("link", name=ROSTER.name).click()
    page.get_by_role("heading", name=ROSTER.name).wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载更正表").click()
    workbook = tmp_path / download.value.suggested_filename
    download.value.save_as(workbook)
    fix(workbook)

    page.get_by_role("link", name="上传更正").click()
    page.get_by_text("用来更正批次").wait_for()
    assert page.get_by_label("所属月份").input_value() == "2026-10"
    page.locator("input[type=file]").set_input_files(workbook)
    page.get_by_role("button", name="上传并检查").click()
    page.get_by_role("heading", name="检查结果").wait_for()
    assert "4 行" in page.locator("main").inner_text()
    clerk.picture("clerk-5-correction")
    page.get_by_role("button", name="提交入库").click()
    page.get_by_role("heading", name="批次与复核").wait_for()
    wait_for(
        lambda: "入库" in delivery_row(clerk, workbook.name).replace("正在入库", ""), 120, "the correction in the list"
    )
    assert "已入库" in delivery_row(clerk, workbook.name)


def test_the_upload_page_on_a_phone_and_by_keyboard(sign_in: Callable[[str], Person]) -> None:
    clerk = sign_in("clerk")
    clerk.page.set_viewport_size(PHONE)
    for path in ("/", "/upload", "/batches"):
        clerk.go(path)
        clerk.fits()
    clerk.go("/upload")
    clerk.page.keyboard.press("Tab")
    assert clerk.page.evaluate("document.activeElement.textContent") == "跳到正文"
    reached = set()
    for _ in range(40):
        clerk.page.keyboard.press("Tab")
        reached.add(clerk.page.evaluate("document.activeElement.name || document.activeElement.textContent"))
    assert {"file", "county", "month", "kind", "programme", "上传并检查", "退出"} <= reached
