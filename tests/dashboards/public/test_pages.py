"""The plain pages: from the region to the village without JavaScript, and every fact the law asks for on a notice."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from dashboards.public.pages.notices import explain
from dashboards.public.queries import Release
from mingzhang.catalog.load import catalogue
from tests.mingzhang.publishing.release_case import COUNTY, MONTH, SECOND, VILLAGE, Case, account_no, id_number
from tests.paths import ROOT

LAND = f"/notice/{VILLAGE}/farmland_protection/2026-10"
DIBAO = f"/notice/{VILLAGE}/dibao_rural/2026-10"
PLACES = ["/", "/place/45", "/place/452900", f"/place/{COUNTY}", "/place/452921101", f"/place/{VILLAGE}"]
OTHERS = ["/programmes", "/programme/orphan", "/rules", "/policy", "/check", "/data", f"/place/{VILLAGE}/2026-10"]
HERE = ROOT / "dashboards" / "public"


def text(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return unescape(answer.text)


def test_a_villager_gets_from_the_region_to_his_list_by_plain_links(client: FlaskClient) -> None:
    here = "/"
    for wanted in (f"/place/{COUNTY}", "/place/452921101", f"/place/{VILLAGE}", LAND):
        links = re.findall(r'href="([^"]+)"', text(client, here))
        assert wanted in links, f"{here} has no link to {wanted}"
        here = wanted
    assert "韦大山" in text(client, here)


@pytest.mark.parametrize("path", PLACES + OTHERS + [LAND, DIBAO, f"/print/{VILLAGE}"])
def test_no_page_needs_javascript_or_loads_anything_from_elsewhere(client: FlaskClient, path: str) -> None:
    html = text(client, path)
    addresses = re.findall(r'(?:src|href|action)="([^"]*)"', html)
    assert all(address.startswith(("/", "#", "tel:")) for address in addresses), addresses
    assert not re.search(r"\son[a-z]+=|javascript:|<script>", html)


@pytest.mark.parametrize("path", PLACES + OTHERS)
def test_pages_without_names_have_none_and_say_where_the_numbers_come_from(client: FlaskClient, path: str) -> None:
    html = text(client, path)
    assert not re.search("韦大山|黄秀英|农月娥|梁百岁|孤儿[甲乙丙]", html)
    assert "第 1 号发布" in html
    assert 'href="/check"' in html


def test_village_totals_are_exact_and_returned_money_is_taken_off(client: FlaskClient) -> None:
    html = text(client, f"/place/{VILLAGE}")
    assert "963.00 元" in html
    assert "450.00 元" in html
    assert "银行退回（已扣除） 200.00 元" in html
    assert "1,413.00 元" in html


def test_every_list_on_show_is_named_first_whatever_month_the_page_is_of(client: FlaskClient, published: Case) -> None:
    html = text(client, f"/place/{VILLAGE}")
    shown = html[html.index("正在公示的名单") : html.index("发放金额")]
    assert f'href="{LAND}"' in shown
    assert f'href="{DIBAO}"' in shown
    assert "公示到2026年11月20日" in shown
    assert f'href="/print/{VILLAGE}"' in shown
    assert "正在公示的名单" not in text(client, f"/place/{COUNTY}")


def test_unnamed_programmes_stand_on_the_county_page_only_and_rounded(client: FlaskClient) -> None:
    assert "约 11,000 元" in text(client, f"/place/{COUNTY}")
    for path in ("/place/452921101", f"/place/{VILLAGE}"):
        assert "孤儿" not in text(client, path)


def test_days_on_the_way_say_between_which_steps_and_nothing_where_nothing_is_known(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"下达": (275, 0), "拨付": (0, 10_600), "支付": (None, 0)}
    rows = [
        {"name": "耕地地力保护补贴", "hop": hop, "median_days": most, "most_days": most, "standing_fen": fen}
        for hop, (most, fen) in known.items()
    ]
    monkeypatch.setattr(Release, "delays", lambda *_: rows)
    html = text(client, f"/place/{COUNTY}")
    assert re.findall(r'<td class="(?:number|money)" data-label="([^"]+到[^"]+|月底还在路上)">([^<]+)', html) == [
        ("指标到下达", "275 天内"),
        ("下达到拨付", "当天"),
        ("月底还在路上", "106.00 元"),
    ]
    assert html.count('<td class="number blank">—') == 1, "one dash where no document went"


def test_a_waiver_is_shown_with_who_what_why_and_where(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    waiver = {
        "title": "2026-11-05，supervisor",
        "body": "入库检查“合计与明细不符”放行",
        "basis": "青岚县，各种文件，各项目",
    }
    monkeypatch.setattr(Release, "policy", lambda _: [{"section": "waiver", **waiver}])
    html = text(client, "/policy")
    assert "没有例外。" not in html
    assert "到期自动恢复" in html
    assert all(part in html for part in waiver.values())


def test_a_notice_has_every_element_the_law_asks_for(client: FlaskClient) -> None:
    html = text(client, DIBAO)
    for wanted in (
        "青桐村农村居民最低生活保障金发放名单公示",
        "2026年10月",
        "2026年11月2日至2026年11月20日",
        "青岚县民政局",  # who decided
        "最低生活保障审核确认办法",  # policy
        "黄秀英",
        "2人",
        "450.00 元",
        "0770-0000001",
        "公示期内向村委会或乡镇提出",  # how to object
        "<svg",
    ):
        assert wanted in html, wanted
    assert html.count("<tr>") == 2  # header and one line: the returned one is not told as paid


def test_namesakes_get_a_case_number_and_lines_are_explained(client: FlaskClient) -> None:
    html = text(client, LAND)
    assert len(set(re.findall(r"韦大山（编号(\d{4})）", html))) == 2
    assert "90.00元/亩 × 3.2亩 = 288.00 元" in html
    assert "（编号" not in text(client, f"/notice/{SECOND}/farmland_protection/2026-10")


def test_no_identifier_or_unlisted_field_is_in_any_page(client: FlaskClient, published: Case) -> None:
    secrets = {n for n, _ in published.identities.values()} | set(published.accounts.values())
    for path in [*PLACES, *OTHERS, LAND, DIBAO, f"/print/{VILLAGE}", "/records.jsonl", f"/charts/{COUNTY}"]:
        html = text(client, path)
        assert not [secret for secret in secrets if secret in html], path
    assert id_number(0) in secrets
    assert account_no(0) in secrets


def test_the_print_set_holds_every_open_list_of_the_village(client: FlaskClient) -> None:
    html = text(client, f"/print/{VILLAGE}")
    assert html.count('class="sheet"') == 2
    assert "韦大山" in html
    assert "黄秀英" in html
    assert html.count("有疑问，怎么提") == 2


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/place/999999",
        "/place/452921/2020-01",
        "/place/452921/october",
        "/programme/none",
        f"/notice/{VILLAGE}/orphan/2026-10",
        f"/notice/{VILLAGE}/dibao_rural/2026-13",
        f"/print/{COUNTY}",
        "/data/0000000000000000/manifest.json",
        "/assets/app.py",
        "/charts/assets/app.py",
        "/static/app.py",
    ],
)
def test_what_is_not_there_is_said_in_plain_words(client: FlaskClient, path: str) -> None:
    assert "没有这一页" in text(client, path, 404)


def test_words_stand_in_one_place() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    for path in [*HERE.rglob("*.py"), *HERE.rglob("*.html"), *HERE.rglob("*.js")]:
        assert not chinese.search(path.read_text(encoding="utf-8")), f"{path.name} holds words of its own"


def line(**more: object) -> dict[str, object]:
    return {
        "standard_fen": 9000,
        "quantity": "2",
        "unit": "亩",
        "amount_fen": 18000,
        "period_from": MONTH,
        "period_to": MONTH,
        **more,
    }


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, "90.00元/亩 × 2亩 = 180.00 元"),
        (
            {"amount_fen": 54000, "period_to": dt.date(2026, 12, 1)},
            "90.00元/亩 × 2亩 × 3个月 = 540.00 元（2026年10月至2026年12月）",
        ),
        ({"amount_fen": 17000}, "按核定金额发放"),
        ({"standard_fen": None}, "按核定金额发放"),
        ({"quantity": ""}, "按核定金额发放"),
        ({"quantity": "", "amount_fen": 9000}, "按标准90.00元/亩发放"),
        ({"quantity": "0.3", "amount_fen": 2700}, "90.00元/亩 × 0.3亩 = 27.00 元"),
    ],
)
def test_an_amount_is_explained_only_where_it_adds_up(more: dict[str, object], says: str) -> None:
    assert explain(line(**more), {"frequency": "monthly"}, MONTH) == says


def test_every_programme_of_the_catalogue_has_words_for_its_way_of_paying(client: FlaskClient) -> None:
    for slug in catalogue().programmes:
        assert "政策依据" in text(client, f"/programme/{slug}")
