"""What is sent and for how long: expiry, take-down, damage, headers, caches, default deny."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboards.public.app import create_app
from dashboards.public.notice_files import Notice
from mingzhang.publishing.release import publish
from tests.dashboards.public.conftest import Clock
from tests.mingzhang.publishing.release_case import COUNTY, NOW, VILLAGE, Case

LAND = f"/notice/{VILLAGE}/farmland_protection/2026-10"
DIBAO = f"/notice/{VILLAGE}/dibao_rural/2026-10"
SHANGHAI = dt.timezone(dt.timedelta(hours=8))
UPDATE = "/charts/_dash-update-component"


def test_a_notice_is_shown_to_the_last_second_of_its_day_and_not_one_longer(client: FlaskClient, clock: Clock) -> None:
    clock.now = dt.datetime(2026, 11, 20, 23, 59, 59, tzinfo=SHANGHAI)
    assert "黄秀英" in client.get(DIBAO).text
    clock.now += dt.timedelta(seconds=1)
    ended = client.get(DIBAO)
    assert ended.status_code == 410
    assert "黄秀英" not in ended.text
    assert "公示期已满" in ended.text
    assert "黄秀英" in client.get(LAND).text, "the same person's other list is still posted"
    assert "公示已于2026年11月20日结束" in client.get(f"/place/{VILLAGE}").text
    assert client.get(f"/print/{VILLAGE}").text.count('class="sheet"') == 1


def test_a_rendered_list_is_not_served_from_memory_after_its_end(client: FlaskClient, clock: Clock) -> None:
    assert client.get(DIBAO).status_code == 200
    assert client.get(f"/print/{VILLAGE}").status_code == 200
    clock.now = NOW + dt.timedelta(days=365)
    assert client.get(DIBAO).status_code == 410
    assert "黄秀英" not in client.get(f"/print/{VILLAGE}").text


def test_a_clock_set_back_before_the_release_shows_nothing_older(fresh: Case) -> None:
    later = NOW + dt.timedelta(days=20)
    publish.expire(fresh.folder, fresh.store, later)
    fresh.publish(later)
    client = create_app(fresh.folder.releases, Clock(NOW)).test_client()
    assert client.get(DIBAO).status_code == 410


def test_a_notice_that_has_not_begun_is_not_shown(client: FlaskClient, clock: Clock, fresh: Case) -> None:
    fresh.notices[0]["begins_on"] = dt.date(2026, 11, 10)
    fresh.write()
    fresh.publish()
    early = create_app(fresh.folder.releases, clock).test_client()
    assert "黄秀英" not in early.get(DIBAO).text
    assert "2026年11月10日起公示" in early.get(f"/place/{VILLAGE}").text
    clock.now = NOW + dt.timedelta(days=6)
    assert "黄秀英" in early.get(DIBAO).text


def test_withdrawn_is_gone_from_the_next_request_on(fresh: Case) -> None:
    client = create_app(fresh.folder.releases, Clock()).test_client()
    assert "韦大山" in client.get(LAND).text
    publish.withdraw(fresh.folder, fresh.store, LAND[8:].replace("/", "-"), "要求撤下", "supervisor", NOW)
    gone = client.get(LAND)
    assert gone.status_code == 410
    assert "韦大山" not in gone.text
    assert "韦大山" not in client.get(f"/print/{VILLAGE}").text
    fresh.publish()  # a later release still says that it was taken down
    assert "提前撤下" in client.get(LAND).text
    assert "名单已撤下" in client.get(f"/place/{VILLAGE}").text


@pytest.mark.parametrize("where", [0.1, 0.5, 0.9])
def test_a_damaged_notice_file_is_not_shown(fresh: Case, where: float) -> None:
    for path in (fresh.folder.releases / "notices").glob("452921-*.duckdb"):
        content = bytearray(path.read_bytes())
        content[int(len(content) * where)] ^= 4
        path.write_bytes(content)
    client = create_app(fresh.folder.releases, Clock()).test_client()
    assert client.get(LAND).status_code == 410
    assert client.get(f"/place/{VILLAGE}").status_code == 200


def test_a_notice_file_put_there_by_another_hand_is_not_shown(fresh: Case, tmp_path: Path) -> None:
    """Its name fits its bytes, but the signed manifest does not know its content."""
    import duckdb

    from mingzhang.publishing.release.notice_files import named_by_content

    path = next((fresh.folder.releases / "notices").glob("452921-2026-11-20-*.duckdb"))
    copy = tmp_path / "452921-2026-11-20.duckdb"
    copy.write_bytes(path.read_bytes())
    path.unlink()
    with duckdb.connect(str(copy)) as connection:
        connection.execute("update lines set amount_fen = amount_fen + 1")
    forged = named_by_content(copy)
    forged.rename(path.parent / forged.name)
    client = create_app(fresh.folder.releases, Clock()).test_client()
    assert client.get(DIBAO).status_code == 410


def test_a_long_list_can_be_read_after_60_kilobytes(server: Flask, client: FlaskClient) -> None:
    """Page as compressed and styles as they are: what stands between a slow phone and the text of three hundred lines."""
    notice_files = server.wsgi_app._site.notice_files  # type: ignore[attr-defined]
    short, find = client.get(LAND), notice_files.find

    def long_list(*which: str) -> Notice:
        one = find(*which)
        names = [f"韦{chr(0x4E00 + 7 * n)}{chr(0x5E00 + 13 * n % 999)}" for n in range(300)]
        lines = [
            {**one.lines[0], "position": n, "name": name, "amount_fen": 1000 + 37 * n} for n, name in enumerate(names)
        ]
        return Notice(one.head, lines)

    notice_files.find = long_list
    server.wsgi_app._site._entries.clear()  # type: ignore[attr-defined]
    page = client.get(LAND, headers={"Accept-Encoding": "gzip"})
    html = gzip.decompress(page.data).decode()
    assert html.count("<tr>") == 301
    assert len(html) > 5 * len(short.text)
    styles = sum(len(client.get(address).data) for address in re.findall(r'rel="stylesheet" href="([^"]+)"', html))
    assert styles > 10_000
    assert len(page.data) + styles <= 60_000


def test_names_are_never_stored_or_indexed_and_the_rest_may_be_kept(client: FlaskClient) -> None:
    for path in (LAND, DIBAO, f"/print/{VILLAGE}"):
        headers = client.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert "noindex" in headers["X-Robots-Tag"]
        assert 'name="robots" content="noindex' in client.get(path).text
    assert client.get(f"/place/{VILLAGE}").headers["Cache-Control"] == "public, max-age=300"


def test_data_under_a_release_id_is_for_ever(client: FlaskClient, published: Case) -> None:
    current = json.loads((published.folder.releases / "CURRENT").read_text())["name"]
    for name in ("manifest.json", "manifest.sig", "public.duckdb", "open-data/flow.parquet"):
        answer = client.get(f"/data/{current}/{name}")
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.data == (published.folder.releases / current / name).read_bytes()
    for name in ("../CURRENT", "../notices/x.duckdb", "open-data/../../CURRENT", "CURRENT"):
        assert client.get(f"/data/{current}/{name}").status_code == 404


def test_a_release_is_verified_from_what_the_site_gives_to_anyone(
    client: FlaskClient, published: Case, tmp_path: Path
) -> None:
    """By the links of the download page alone: no notices, no key of ours, no warehouse."""
    current = json.loads((published.folder.releases / "CURRENT").read_text())["name"]
    links = re.findall(r'href="(/(?:data/[^"]+|public-key.txt|records.jsonl))"', client.get("/data").text)
    for link in links:
        target = tmp_path / link.removeprefix("/data/").lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(client.get(link).data)
    answer = publish.verify(tmp_path / current)
    assert answer.ok, answer.as_text()
    assert "没有核对" in answer.as_text()
    (tmp_path / current / "open-data" / "README.txt").unlink()
    assert not publish.verify(tmp_path / current).ok


@pytest.mark.parametrize("path", ["/", LAND])
def test_pages_are_compressed_and_say_when_they_have_not_changed(client: FlaskClient, path: str) -> None:
    plain = client.get(path)
    for _ in range(2):  # the second comes from memory
        compressed = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert gzip.decompress(compressed.data) == plain.data
        assert compressed.headers["Content-Encoding"] == "gzip"
        same = client.get(path, headers={"If-None-Match": plain.headers["ETag"]})
        assert (same.status_code, same.data) == (304, b"")
    assert client.head(path).data == b""


def test_large_type_is_a_cookie_and_its_own_page(client: FlaskClient) -> None:
    assert '<html lang="zh-CN">' in client.get("/").text
    answer = client.get("/size/large?to=/place/45")
    assert answer.headers["Location"] == "/place/45"
    assert '<html lang="zh-CN" class="large">' in client.get("/").text
    client.get("/size/normal")
    assert '<html lang="zh-CN">' in client.get("/").text


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "/place/45%0d%0ax", ""])
def test_the_way_back_stays_on_this_site(client: FlaskClient, to: str) -> None:
    location = client.get("/size/large", query_string={"to": to}).headers["Location"]
    assert location == "/"


def test_a_worker_that_has_drawn_no_chart_yet_sends_the_scripts_of_one(client: FlaskClient, published: Case) -> None:
    scripts = re.findall(r'src="([^"]+)"', client.get(f"/charts/{COUNTY}").text)
    assert len(scripts) > 3
    other = create_app(published.folder.releases, Clock())
    # Dash sets itself up in the first request; those that come meanwhile on other threads find nothing set up.
    other.before_request_funcs[None] = [f for f in other.before_request_funcs[None] if f.__name__ != "_setup_server"]
    asked = other.test_client()
    assert {asked.get(script).status_code for script in scripts} == {200}


def test_every_answer_carries_the_security_headers(client: FlaskClient) -> None:
    for path in ("/", LAND, "/nothing", "/check", f"/charts/{COUNTY}", "/records.jsonl", "/health", "/data"):
        for _ in range(2):
            headers = client.get(path).headers
            csp = headers["Content-Security-Policy"]
            assert "default-src 'none'" in csp
            assert "unsafe" not in csp.split("script-src")[1].split(";")[0]
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert "max-age=31536000" in headers["Strict-Transport-Security"]


def test_every_route_is_known_and_nothing_else_answers(server: Flask) -> None:
    ours = {
        *("/", "/place/<code>", "/place/<code>/<month_text>", "/notice/<village>/<slug>/<month_text>", "/print/<code>"),
        *("/programmes", "/programme/<slug>", "/rules", "/policy", "/check", "/data", "/health", "/favicon.ico"),
        *("/data/<release_id>/<path:name>", "/static/<name>", "/size/<any(large, normal):which>"),
        *("/public-key.txt", "/records.jsonl"),
    }
    rules = {rule.rule for rule in server.url_map.iter_rules()}
    lasting = {*("/", "/place/<code>", "/place/<code>/<month_text>", "/programmes", "/programme/<slug>")}
    lasting |= {"/rules", "/policy", "/data"}
    ours |= {f"/r/<release_id>{rule}" for rule in lasting}
    unknown = {rule for rule in rules if not rule.startswith(("/charts/", "/theme-"))} - ours
    assert unknown == set()
    with server.test_client() as client:
        for path in ("/charts/_reload-hash", "/charts/_favicon.ico", "/charts/assets/x", "/_dash-layout"):
            assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}],
)
def test_foreign_posts_are_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post(UPDATE, json={}, headers=headers).status_code == 403
    assert client.post("/", headers=headers).status_code in (403, 404)


def test_the_chart_page_draws_the_money_of_the_county(client: FlaskClient) -> None:
    asked = {
        "output": "main.children",
        "outputs": {"id": "main", "property": "children"},
        "inputs": [{"id": "at", "property": "pathname", "value": f"/charts/{COUNTY}"}],
        "changedPropIds": ["at.pathname"],
    }
    answer = client.post(UPDATE, json=asked, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 200
    content = json.dumps(answer.json, ensure_ascii=False)
    assert "每月发放金额（万元）" in content
    assert "耕地地力保护补贴" in content
    asked["inputs"][0]["value"] = "/charts/999999"  # type: ignore[index]
    assert "没有这一页" in client.post(
        UPDATE, json=asked, headers={"Sec-Fetch-Site": "same-origin"}
    ).text.encode().decode("unicode_escape", errors="ignore")


def test_an_empty_folder_says_so_and_a_first_release_appears(tmp_path: Path, published: Case) -> None:
    empty = create_app(tmp_path / "releases", Clock()).test_client()
    answer = empty.get("/")
    assert answer.status_code == 503
    assert "还没有公开的数据" in answer.text
    (tmp_path / "releases").symlink_to(published.folder.releases)
    assert empty.get("/").status_code == 200


def test_a_new_release_is_followed_and_a_damaged_one_is_not(fresh: Case) -> None:
    client = create_app(fresh.folder.releases, Clock()).test_client()
    assert "第 1 号发布" in client.get("/").text
    fresh.pay("land", "farmland_protection", 400, "卢新来", 9000)
    fresh.write()
    second = fresh.publish()
    assert "第 2 号发布" in client.get("/").text
    assert "卢新来" in client.get(LAND).text
    fresh.pay("land", "farmland_protection", 401, "卢再来", 9000)
    fresh.write()
    third = fresh.publish()
    database = fresh.folder.releases / third.id / "public.duckdb"
    database.write_bytes(database.read_bytes()[:-1])
    assert "第 2 号发布" in client.get("/").text
    assert second.id in client.get("/check").text


def test_everything_but_the_releases_may_be_gone(fresh: Case, tmp_path: Path) -> None:
    import shutil

    for path in fresh.root.iterdir():
        if path.name != "releases":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    client = create_app(fresh.folder.releases, Clock()).test_client()
    for path in ("/", f"/place/{VILLAGE}", LAND, DIBAO, "/check", "/rules", "/policy", "/data", f"/charts/{COUNTY}"):
        assert client.get(path).status_code == 200
