"""A browser, a small demo district, and the staff site running over it. The walks of a file follow on each other."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import made_once
from tests.paths import ROOT

from .install_chromium import browser

DESKTOP, PHONE = {"width": 1100, "height": 760}, {"width": 360, "height": 740}


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real Chromium; missing it is a failure where CI=true, else a skip with a reason."""
    path = browser()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no browser; run `python -m tests.browser.install_chromium`")
        pytest.skip("no browser; run `python -m tests.browser.install_chromium`")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(path), args=["--no-sandbox"])
        yield launched
        launched.close()


@dataclass(frozen=True)
class Demo:
    """A demo data folder and its users' passwords."""

    data: Path
    passwords: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "MINGZHANG_DATA": str(self.data)}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The tiny sample district, generated, loaded, checked, certified and published by `mingzhang demo`."""

    def make(data: Path) -> None:
        result = subprocess.run(
            [sys.executable, "-m", "mingzhang.cli.main", "demo", "--no-serve", "--size", "tiny"],
            cwd=ROOT, env=Demo(data, {}).environment, capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
        (data / "output.txt").write_text(result.stdout, encoding="utf-8")

    data = made_once(tmp_path_factory, "demo", make)
    output = (data / "output.txt").read_text(encoding="utf-8")
    return Demo(data, dict(re.findall(r"用户 (\w+) +密码 (\S+)", output)))


@pytest.fixture(scope="session")
def staff(demo: Demo) -> Iterator[str]:
    """The staff site and the daemon over the demo, as `mingzhang serve staff` runs them; gives the address."""
    port = free_port()
    command = [sys.executable, "-m", "mingzhang.cli.main", "serve", "staff", "--staff-port", str(port)]
    log = (demo.data / "serve.log").open("w")
    running = subprocess.Popen(command, cwd=ROOT, env=demo.environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: answers(f"{address}/health"), 60, "the staff site")
        yield address
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(timeout=30)
        log.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def wait_for(is_so: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"{what} did not come within {seconds} seconds"
        time.sleep(0.5)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures go: `$MINGZHANG_PICTURES` (docs/images renews the handbook's), else a temporary folder."""
    chosen = os.environ.get("MINGZHANG_PICTURES")
    folder = Path(chosen) if chosen else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@dataclass
class Person:
    """Somebody at a browser."""

    page: Page
    address: str
    pictures: Path

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.page.wait_for_selector("main h1")

    def picture(self, name: str, whole: bool = False) -> None:
        self.page.screenshot(path=str(self.pictures / f"{name}.png"), full_page=whole)

    def fits(self) -> None:
        """The page is no wider than the screen."""
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= self.page.viewport_size["width"], self.page.url  # type: ignore[index]


@pytest.fixture
def sign_in(chromium: Browser, staff: str, demo: Demo, pictures: Path) -> Iterator[Callable[[str], Person]]:
    """Sign a demo user in, in a browser of their own; a script error or a blocked script anywhere fails the walk."""
    opened, wrong = [], []

    def sign(name: str) -> Person:
        context = chromium.new_context(viewport=DESKTOP, locale="zh-CN", accept_downloads=True)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        # A refusal with a sentence (409) is an answer, not a fault of the page.
        is_fault = lambda message: message.type == "error" and "409" not in message.text  # noqa: E731
        page.on("console", lambda message: wrong.append(message.text) if is_fault(message) else None)
        opened.append(context)
        person = Person(page, staff, pictures)
        person.go("/")
        page.get_by_label("用户名").fill(name)
        page.get_by_label("密码").fill(demo.passwords[name])
        page.get_by_role("button", name="登录").click()
        page.get_by_role("heading", name=f"{name}，您好").wait_for()
        return person

    yield sign
    for context in opened:
        context.close()
    assert wrong == []
