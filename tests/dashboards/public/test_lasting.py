"""Permanent addresses: a page of a release stays what it was, for older releases too, and never shows a name."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from dashboards.public.app import create_app
from dashboards.public.past_releases import OPEN_AT_ONCE
from tests.dashboards.public.conftest import Clock
from tests.mingzhang.publishing.release_case import COUNTY, NOW, VILLAGE, Case, copied

PAGES = (
    *("/", "/place/45", f"/place/{COUNTY}", f"/place/{VILLAGE}", f"/place/{VILLAGE}/2026-10"),
    *("/programmes", "/programme/orphan", "/rules", "/policy", "/data"),
)
NAMES = re.compile("韦大山|黄秀英|农月娥|梁百岁|卢新来|孤儿[甲乙丙]")


@pytest.fixture(scope="module")
def twice(released: Case, tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, str, str]:
    """A case with two releases; the ids of both."""
    case = copied(released, tmp_path_factory.mktemp("lasting") / "data")
    first = case.publish().id
    case.pay("land", "farmland_protection", 400, "卢新来", 9000)
    case.write()
    return case, first, case.publish().id


@pytest.fixture
def client(twice: tuple[Case, str, str]) -> FlaskClient:
    return create_app(twice[0].folder.releases, Clock(), "https://example.test").test_client()


def test_an_older_release_still_says_what_it_said(client: FlaskClient, twice: tuple[Case, str, str]) -> None:
    _, first, second = twice
    old, new, now = (
        unescape(client.get(f"{base}/place/{VILLAGE}").text) for base in (f"/r/{first}", f"/r/{second}", "")
    )
    assert "963.00 元" in old
    assert "1,053.00 元" in new
    assert "1,053.00 元" in now
    assert f"/r/{second}/place/{VILLAGE}" in now, "the page of today names its permanent address"
    assert f"编号 {first}" in old


@pytest.mark.parametrize("path", PAGES)
def test_it_is_for_ever_nameless_and_its_links_stay_within(
    client: FlaskClient, twice: tuple[Case, str, str], path: str
) -> None:
    for release_id in twice[1:]:
        for _ in range(2):  # the second comes from memory
            answer = client.get(f"/r/{release_id}{path}")
            html = unescape(answer.text)
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert answer.headers["ETag"].startswith(f'"{release_id}-')
        assert (
            client.get(f"/r/{release_id}{path}", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
        )
        assert not NAMES.search(html)
        main = html[html.index("<h1>") : html.index("</main>")]
        links = [link for link in re.findall(r'href="([^"#]+)"', main) if not link.startswith(("tel:", "/public-key"))]
        assert all(link.startswith((f"/r/{release_id}/", f"/data/{release_id}/", "/records.jsonl")) for link in links)
        assert f'<a href="{path}">看现在的内容</a>' in html


def test_it_says_the_same_whatever_the_day_and_after_a_notice_ended(twice: tuple[Case, str, str]) -> None:
    releases = twice[0].folder.releases
    path = f"/r/{twice[1]}/place/{VILLAGE}"
    early, late = (create_app(releases, Clock(NOW.replace(year=year))).test_client().get(path) for year in (2026, 2030))
    assert early.data == late.data
    assert "2026年11月2日至2026年11月20日公示" in early.text


@pytest.mark.parametrize(
    "path",
    [f"/notice/{VILLAGE}/farmland_protection/2026-10", f"/print/{VILLAGE}", "/check", f"/charts/{COUNTY}", "/nothing"],
)
def test_names_the_record_and_charts_have_no_permanent_address(
    client: FlaskClient, twice: tuple[Case, str, str], path: str
) -> None:
    assert client.get(f"/r/{twice[1]}{path}").status_code == 404


@pytest.mark.parametrize("release_id", ["0000000000000000", "..", "notices", "CURRENT", "%2e%2e"])
def test_what_was_never_published_is_not_found(client: FlaskClient, release_id: str) -> None:
    assert client.get(f"/r/{release_id}/place/{VILLAGE}").status_code == 404


@pytest.mark.parametrize("name", ["public.duckdb", "manifest.json"])
def test_a_damaged_older_release_is_not_served(twice: tuple[Case, str, str], name: str) -> None:
    case, first, _ = twice
    path = case.folder.releases / first / name
    sound = path.read_bytes()
    damaged = bytearray(sound)
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    try:
        client = create_app(case.folder.releases, Clock()).test_client()
        assert client.get(f"/r/{first}/").status_code == 404
        assert client.get("/").status_code == 200
    finally:
        path.write_bytes(sound)


def test_few_are_open_at_once_and_a_borrowed_one_stays_open(
    twice: tuple[Case, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dashboards.public import past_releases

    monkeypatch.setattr(past_releases, "OPEN_AT_ONCE", 1)
    reader = past_releases.PastReleases(twice[0].folder.releases, "public.duckdb")
    with reader.release(twice[1]) as first, reader.release(twice[2]) as second:
        assert first.retired
        assert first.connection.execute("select count(*) from notices").fetchall()
        assert not second.retired
    assert OPEN_AT_ONCE > 1
    with pytest.raises(Exception, match="closed"):
        first.connection.execute("select 1")


def test_a_page_kept_since_the_style_changed_still_gets_one(client: FlaskClient) -> None:
    for address in ("/static/public-0123456789ab.css", "/theme-0123456789ab.css"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" not in answer.headers["Cache-Control"]
    assert client.get("/static/none-0123456789ab.css").status_code == 404
