"""Money, months and days as a careful office writes them; colours that can be read."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.rules import dry_run
from dashboards.shared import theme
from dashboards.shared.components import address, pager, table
from mingzhang.casework.workflow import Role
from mingzhang.catalog import formats, words
from tests.paths import ROOT


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "0.00 元"), (5, "0.05 元"), (123456789, "1,234,567.89 元"), (-150, "-1.50 元"), (None, "—")],
)
def test_yuan(fen: int | None, text: str) -> None:
    assert formats.yuan(fen) == text


@given(st.integers(-(10**15), 10**15))
def test_yuan_loses_no_fen(fen: int) -> None:
    digits = formats.yuan(fen, "").replace(",", "").replace(".", "")
    assert int(digits) == fen


@pytest.mark.parametrize(
    ("fen", "text"), [(99_999_999, "100.00 万元"), (999_999, "9,999.99 元"), (10**10, "10,000.00 万元")]
)
def test_wan_yuan(fen: int, text: str) -> None:
    assert formats.wan_yuan(fen) == text


def test_times_are_shown_in_beijing() -> None:
    assert formats.moment(dt.datetime(2026, 10, 31, 16, 30, tzinfo=dt.UTC)) == "2026-11-01 00:30"
    assert formats.moment(dt.datetime(2026, 10, 31, 16, 30)) == "2026-11-01 00:30"  # noqa: DTZ001


def test_months() -> None:
    august, october = dt.date(2026, 8, 1), dt.date(2026, 10, 1)
    assert formats.months(august, october) == "2026年8月至2026年10月"
    assert formats.months(october, october) == "2026年10月"
    assert formats.months(None, None) == "—"


def test_addresses_are_encoded() -> None:
    assert address("/findings", rule="A&B=1", county="", page=None) == "/findings?rule=A%26B%3D1"


def test_one_page_needs_no_pager() -> None:
    assert pager("/findings", {}, 1, 1) is None
    assert "第 2 页，共 3 页" in str(pager("/findings", {"rule": "B01"}, 2, 3))


def test_every_cell_carries_its_label_for_phones() -> None:
    text = str(table(["姓名", "金额"], [("韦大山", "1")]))
    assert text.count("data-label") == 2


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


COLOURS = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", theme.CSS.decode()))


@pytest.mark.parametrize("text", ["ink", "muted", "primary", "seal", "amber", "green"])
@pytest.mark.parametrize("ground", ["paper", "surface"])
def test_text_can_be_read(text: str, ground: str) -> None:
    assert contrast(COLOURS[text], COLOURS[ground]) >= 4.5


@pytest.mark.parametrize(
    ("text", "ground"), [("seal", "seal-soft"), ("amber", "amber-soft"), ("green", "green-soft"), ("ink", "mark")]
)
def test_boxes_can_be_read(text: str, ground: str) -> None:
    assert contrast(COLOURS[text], COLOURS[ground]) >= 4.5


def test_white_on_the_header_can_be_read() -> None:
    assert contrast("#ffffff", COLOURS["primary"]) >= 7


def test_the_theme_loads_nothing_from_elsewhere() -> None:
    assert b"url(" not in theme.CSS
    assert b"@import" not in theme.CSS


def test_pages_and_the_table_of_rules_call_kinds_and_severities_the_same() -> None:
    assert dry_run.KIND_NAMES == words.FINDING_KINDS
    assert dry_run.SEVERITY_NAMES == words.SEVERITIES


def test_every_way_of_tidying_has_words() -> None:
    """Codes are for programs; a clerk and an auditor read what was done."""
    intake = ROOT / "mingzhang" / "intake"
    source = "\n".join(path.read_text(encoding="utf-8") for path in sorted(intake.rglob("*.py")))
    assert set(re.findall(r'add_repairs\(\s*"([a-z0-9_]+)"', source)) == set(words.REPAIRS)


def test_every_role_has_a_title() -> None:
    assert set(words.ROLES) == {role.value for role in Role}
