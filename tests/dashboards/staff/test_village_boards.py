"""Board lists of class B: own county, certified only, nobody who may not be named, few fields, every reading logged."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import uuid
from html import unescape

import pytest

from mingzhang.casework.store import Store
from mingzhang.catalog.load import catalogue
from mingzhang.publishing import village_boards
from mingzhang.publishing.release.schema import NotInPolicyError
from tests.mingzhang.publishing.release_case import VILLAGE, small_case

from .conftest import Site

HERE, THERE = "452901100201", "452902100201"
SHEET = f"/board?village={HERE}&month=2026-10"


@pytest.fixture
def certified(own_site: Site) -> Site:
    own_site.store.certify(f"{1:016x}", by="checker", sender="maker", now=own_site.clock.now)
    return own_site


def sheet(site: Site, name: str, address: str = SHEET, status: int = 200) -> str:
    answer = site.client(name).get(address)
    assert answer.status_code == status
    return unescape(answer.text)


def logged(store: Store) -> list[tuple[str, str, str]]:
    lines = [line for line in reversed(store.audit_lines()) if line.action == "read.board"]
    assert not [line for line in lines if "覃" in line.detail + line.subject]
    return [(line.actor, line.action, line.subject) for line in lines]


def test_what_nobody_certified_is_not_printed(own_site: Site) -> None:
    assert "没有可以打印的名单" in sheet(own_site, "maker", status=404)
    assert "待复核，不能张贴" in own_site.page("maker", "/boards")
    assert logged(own_site.store) == []


def test_the_sheet_has_the_allowed_fields_and_nothing_else(certified: Site) -> None:
    html = sheet(certified, "maker")
    assert re.findall(r"<th[^>]*>([^<]+)</th>", html) == ["序号", "村民小组", "姓名", "金额（元）"]
    assert "大塘村重度残疾人护理补贴发放名单" in html
    assert html.count("覃小满") == 10  # eleven lines, one of a person who is not named
    assert "另有 1 户（人）依法不列姓名" in html
    assert "0770-0000009" in html
    assert "880.66 元" in html  # eleven times 80 yuan and 1 to 11 fen
    assert not re.search(r"等级|一级|二级|残疾类别|标准|身份证|账号|[0-9a-f]{8}-[0-9a-f]{4}", html)
    assert set(village_boards.SHOWN) == set(catalogue().disclosure["classes"]["B"]["board"])


def test_namesakes_get_a_number_and_nobody_else(certified: Site) -> None:
    html = sheet(certified, "maker")
    assert len(set(re.findall(r"覃小满7（编号(\d{4})）", html))) == 2
    assert html.count("（编号") == 2


def test_who_is_withheld_is_counted_and_not_named(certified: Site) -> None:
    person = str(uuid.UUID(hashlib.md5(b"board3").hexdigest()))  # as the fixture makes it
    html = sheet(certified, "maker")
    assert "覃小满3<" in html
    certified.store.withhold(person, "有风险", "boss", certified.clock.now)
    after = sheet(certified, "maker")
    assert "覃小满3<" not in after
    assert "另有 2 户（人）依法不列姓名" in after
    assert "880.66 元" in after
    assert person not in after


@pytest.mark.parametrize(
    ("name", "status"),
    [("maker", 200), ("checker", 200), ("boss", 200), ("other", 404), ("auditor", 403), ("admin", 403)],
)
def test_role_and_county(certified: Site, name: str, status: int) -> None:
    html = sheet(certified, name, status=status)
    assert ("覃小满" in html) == (status == 200)
    other = certified.client("maker").get(SHEET.replace(HERE, THERE))
    assert other.status_code == 404


def test_the_index_names_nobody_and_keeps_to_the_county(certified: Site) -> None:
    shown = certified.page("maker", "/boards")
    assert "大塘村" in shown
    assert "河口村" not in shown
    assert "覃小满" not in shown
    assert "本村全部" in shown
    assert '"value": "452901100201"' in shown, "the village can be chosen"
    assert "没有只在公示栏张贴的名单" in certified.page("maker", f"/boards?village={HERE}&month=2026-10&programme=none")
    assert logged(certified.store) == []


def test_every_printing_is_logged_without_names(certified: Site) -> None:
    sheet(certified, "maker")
    sheet(certified, "checker", f"{SHEET}&programme=care")
    assert logged(certified.store) == [
        ("maker", "read.board", f"{HERE}-all-2026-10"),
        ("checker", "read.board", f"{HERE}-care-2026-10"),
    ]


@pytest.mark.parametrize(
    "address", ["/board", "/board?village=1&month=x", f"/board?village={HERE}&month=2026-10&programme='"]
)
def test_what_is_not_understood_is_a_sentence(certified: Site, address: str) -> None:
    assert "没有可以打印的名单" in sheet(certified, "maker", address, 404)


def test_the_snapshot_gets_class_b_only_and_no_minor(tmp_path) -> None:  # type: ignore[no-untyped-def]
    case = small_case(tmp_path / "data")
    case.pay("disabled", "disabled_living", 210, "韦小宝", 8000, born_on=dt.date(2015, 5, 5))
    case.pay("disabled", "disabled_living", 211, "黄退回", 8000, state="returned")
    case.write()
    with case.warehouse() as connection:
        village_boards.write(connection, catalogue(), dt.datetime(2026, 11, 5, tzinfo=dt.UTC))
        rows = connection.execute(
            "select programme, village_code, name, sum(amount_fen)::bigint from board_lines group by all order by all"
        ).fetchall()
    assert rows == [
        ("disabled_living", VILLAGE, "残某", 32000),
        ("disabled_living", VILLAGE, "黄退回", 0),
        ("disabled_living", VILLAGE, None, 8000),
    ]


def test_a_field_outside_the_policy_stops_the_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(village_boards, "SHOWN", (*village_boards.SHOWN, "standard_fen"))
    with pytest.raises(NotInPolicyError, match="standard_fen"):
        village_boards.check_policy(catalogue())
