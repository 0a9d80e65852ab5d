"""The villager's walk on a phone: find the village, read the line, print the list; the charts where scripts run."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from .conftest import DESKTOP, PHONE, ROOT, Demo, answers, free_port, wait_for


@pytest.fixture(scope="module")
def site(demo: Demo) -> Iterator[str]:
    """The public site over the demo, as `mingzhang serve public` runs it; gives the address."""
    port = free_port()
    command = [sys.executable, "-m", "mingzhang.cli.main", "serve", "public", "--public-port", str(port)]
    log = (demo.data / "serve-public.log").open("w")
    running = subprocess.Popen(command, cwd=ROOT, env=demo.environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: answers(f"{address}/health"), 60, "the public site")
        yield address
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(timeout=30)
        log.close()


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=20) as answer:
        return unescape(answer.read().decode())


def names_on_the_way(site: str) -> list[str]:
    """Look for a village with a list on show; return the link texts that lead there: county, town, village."""

    def links(path: str) -> list[tuple[str, str]]:
        return re.findall(r'<a href="(/place/[\d]+)"><span class="strong">([^<]+)', read(site + path))

    for county, county_name in links("/"):
        for town, town_name in links(county):
            for village, village_name in links(town):
                if "看名单" in read(site + village):
                    return [county_name, town_name, village_name]
    raise AssertionError("no village of the demo has a list on show")


def fits(page: Page) -> None:
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], page.url  # type: ignore[index]


def test_on_a_phone_without_scripts_from_the_region_to_my_line(
    chromium: Browser, site: str, pictures: Path, tmp_path: Path
) -> None:
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(site)
    page.screenshot(path=str(pictures / "villager-1-home.png"))
    for number, name in enumerate(names_on_the_way(site), start=2):
        page.locator("ul.places").get_by_role("link", name=name).first.click()
        page.get_by_role("heading", name=name).wait_for()
        page.screenshot(path=str(pictures / f"villager-{number}-place.png"))
    village = page.url
    page.get_by_role("link", name="看名单").first.click()
    page.get_by_role("heading", name="发放名单公示").wait_for()
    page.screenshot(path=str(pictures / "villager-5-notice.png"), full_page=True)
    first = page.locator("table.list tbody tr").first
    assert re.search(r"[\d,]+\.\d\d 元", first.inner_text())
    shown = page.locator("main").inner_text()
    for wanted in ("公示时间", "政策依据", "监督和咨询", "有疑问，怎么提", "怎么办"):
        assert wanted in shown
    assert not re.search(r"\d{15,}", shown), "no identity number or account"
    people = page.locator("table.list tbody tr").count()
    assert f"{people} " in page.locator("dl.facts").inner_text(), "the count above is the count below"

    page.get_by_role("link", name="大字版").click()
    page.locator("html.large").wait_for()
    page.screenshot(path=str(pictures / "villager-6-large.png"))

    page.goto(village)
    page.get_by_role("link", name="打印本村全部在公示的名单").click()
    page.locator("div.sheet").last.wait_for()
    printed = page.pdf(path=str(tmp_path / "lists.pdf"), prefer_css_page_size=True, print_background=True)
    sheets = page.locator("div.sheet").count()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= sheets >= 1
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 690, "height": 980})  # what A4 leaves between its margins
    page.screenshot(path=str(pictures / "villager-7-print.png"))
    context.close()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_with_scripts_the_county_is_drawn_and_a_list_can_be_read_aloud(
    chromium: Browser, site: str, pictures: Path, viewport: dict[str, int]
) -> None:
    context = chromium.new_context(viewport=viewport, locale="zh-CN")  # type: ignore[arg-type]
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    for name in names_on_the_way(site):
        if page.url == "about:blank":
            page.goto(site)
        page.locator("ul.places").get_by_role("link", name=name).first.click()
        page.get_by_role("heading", name=name).wait_for()
        fits(page)
    village = page.url
    page.get_by_role("link", name="看名单").first.click()
    page.get_by_role("button", name="读给我听").wait_for()
    fits(page)
    if viewport == DESKTOP:
        page.screenshot(path=str(pictures / "villager-8-desktop.png"))
    county = re.search(r"/place/(\d{6})", village)
    assert county
    page.goto(f"{site}/charts/{county[1]}")
    page.locator(".js-plotly-plot .bars path").first.wait_for(state="attached", timeout=60_000)
    page.get_by_role("heading", name="每月发放金额").wait_for()
    fits(page)
    page.screenshot(path=str(pictures / f"villager-9-charts-{viewport['width']}.png"), full_page=True)
    for path in ("/", "/check", "/rules", "/policy", "/data", "/programmes"):
        page.goto(site + path)
        fits(page)
    assert wrong == []
    context.close()


def test_by_keyboard_alone_the_first_stop_is_the_skip_link_and_every_stop_is_seen(chromium: Browser, site: str) -> None:
    page = chromium.new_page(viewport=PHONE)  # type: ignore[arg-type]
    page.goto(site)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(8):
        page.keyboard.press("Tab")
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style != "none", page.evaluate("document.activeElement.outerHTML")
    page.close()
