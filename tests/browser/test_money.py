"""An auditor on Monday morning: what stands where, whose turn it is, and one quota followed to the accounts."""

from __future__ import annotations

import re
from collections.abc import Callable

from .conftest import DESKTOP, PHONE, ROOT, Person

WORKED_MONTH = ROOT / "docs" / "money.zh-CN.md"


def test_what_stands_still_and_its_documents(sign_in: Callable[[str], Person]) -> None:
    auditor = sign_in("auditor")
    page = auditor.page
    auditor.go("/stuck")
    page.get_by_role("heading", name="现在停在哪里").wait_for()
    shown = page.locator("main").inner_text()
    for words in ("已经超期", "轮到谁办", "拨付到代发账户", "停了"):
        assert words in shown
    page.set_viewport_size({"width": 1100, "height": 1250})
    auditor.picture("money-1-stuck")
    page.set_viewport_size(DESKTOP)
    page.get_by_role("link", name=re.compile("财专")).first.click()
    page.get_by_role("heading", name="这笔钱的来龙去脉").wait_for()
    assert "还停在这里" in page.locator("main").inner_text()
    auditor.fits()


def test_a_quota_followed_to_the_accounts(sign_in: Callable[[str], Person]) -> None:
    auditor = sign_in("auditor")
    page = auditor.page
    auditor.go("/funds?programme=public_forest")
    page.get_by_role("heading", name=re.compile("各环节余额")).wait_for()
    page.wait_for_timeout(800)
    assert "没有来源不明的钱" in page.locator("main").inner_text()
    auditor.picture("money-2-map", whole=True)
    page.get_by_role("link", name=re.compile("云财林")).first.click()
    page.get_by_role("heading", name="这笔钱的来龙去脉").wait_for()
    page.wait_for_timeout(800)
    shown = page.locator("main").inner_text()
    for amount in re.findall(r"[\d,]+\.\d\d", WORKED_MONTH.read_text(encoding="utf-8")):
        assert amount in shown, f"the worked month of the handbook speaks of {amount}"
    assert "两者一致" in shown
    auditor.picture("money-3-document", whole=True)
    page.set_viewport_size(PHONE)
    for path in ("/stuck", "/funds", "/funds?by=town"):
        auditor.go(path)
        auditor.fits()
    auditor.go("/stuck?state=late")
    auditor.picture("money-4-phone")
    page.set_viewport_size(DESKTOP)
