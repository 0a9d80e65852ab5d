"""认人: who sees which pairs, what an answer does, and that nobody answers over an answer they have not seen."""

from __future__ import annotations

from .conftest import Site


def answer(site: Site, name: str, pair: str, word: str, seen: int = 0, why: str = "") -> int:
    form = {"id": pair, "answer": word, "seen_version": seen, "why": why}
    return site.post(name, "/do/answer", **form).status_code


def test_both_rows_and_the_reasons_are_shown(site: Site) -> None:
    page = site.page("local", "/questions")
    for text in (
        "共 11 对",
        "姓名同音、同村、账号不同",
        "覃建国",
        "45290119500101",
        "秦健国",
        "把握 98%",
        "第 1 版参数",
        "其余 1 列",  # what tells nobody apart is a click away
        "这一行算到此人名下",  # what an answer does
    ):
        assert text in page, text
    assert site.store.audit_lines("waiting")[0].action == "read.pairs"


def test_counties_do_not_mix(site: Site) -> None:
    assert "共 13 对" in site.page("auditor", "/questions")
    assert "没有符合条件的记录" in site.page("local", "/questions?county=452902")
    # The person of pair 2 is registered in the other county.
    assert site.page("local", "/questions").count("此人的登记在其他县") == 1
    assert "此人的登记在其他县" not in site.page("auditor", "/questions")


def test_a_probable_link_asks_nothing(site: Site) -> None:
    page = site.page("local", "/questions?state=probable")
    assert "共 1 对" in page and "很可能是同一人" in page and "保存回答" not in page


def test_bureaus_do_not_answer(site: Site) -> None:
    assert "您的岗位不能查看此页" in site.page("maker", "/questions")
    assert answer(site, "maker", "pair1", "same", why="x") == 403


def test_an_answer_is_remembered_and_the_question_gone(own_site: Site) -> None:
    assert answer(own_site, "local", "pair1", "not_same") == 303
    assert own_site.store.pair_words() == {"pair1": "not_same"}
    assert "共 10 对" in own_site.page("local", "/questions")
    answered = own_site.page("local", "/questions?state=answered")
    assert "共 1 对" in answered and "不是同一人" in answered


def test_what_is_refused(own_site: Site) -> None:
    assert answer(own_site, "local", "pair1", "same") == 409  # no reason given
    assert answer(own_site, "local", "pair1", "perhaps") == 409
    assert answer(own_site, "local", "pair13", "not_same") == 404  # another county's
    assert answer(own_site, "local", "pair99", "not_same") == 404
    assert own_site.store.pair_words() == {}


def test_nobody_answers_unseen(own_site: Site) -> None:
    assert answer(own_site, "auditor", "pair1", "cannot_tell") == 303
    assert answer(own_site, "local", "pair1", "not_same") == 409
    assert answer(own_site, "local", "pair1", "not_same", seen=1) == 303
    assert own_site.store.pair_words() == {"pair1": "not_same"}
