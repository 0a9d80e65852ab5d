"""Names: one person's spellings share a key, lost characters are seen and kept."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checks.linkage import names, relations

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=6)


def clean(text: str) -> str | None:
    return names.clean(pl.Series([text])).item()


def key(text: str) -> str | None:
    return names.keys(pl.Series([text])).item()


@given(HAN, st.integers(1, 5), st.sampled_from([" ", "\u3000", "\u00a0", "\t", "\u200b"]))
def test_blanks_do_not_make_another_name(name: str, at: int, blank: str) -> None:
    assert clean(name[:at] + blank + name[at:]) == name
    assert key(name[:at] + blank + name[at:]) == key(name)


@given(HAN, HAN, st.sampled_from("·•．‧∙・"))
def test_dots_are_one(first: str, second: str, dot: str) -> None:
    assert clean(first + dot + second) == f"{first}·{second}"
    assert key(first + dot + second) == key(f"{first}·{second}")


@given(HAN)
def test_a_clean_name_stays(name: str) -> None:
    assert clean(name) == name


@pytest.mark.parametrize(
    ("text", "name", "remark"),
    [("李四（户主）", "李四", "户主"), ("李四(已故)", "李四", "已故"), ("李四", "李四", None)],
)
def test_remarks_leave_the_name(text: str, name: str, remark: str | None) -> None:
    assert clean(text) == name
    assert names.remarks(pl.Series([text])).item() == remark


@pytest.mark.parametrize("lost", ["韦?", "韦□", "韦\ufffd", "韦\ue08b", "韦？", "韦\U000f0001"])
def test_lost_characters_are_seen_and_kept(lost: str) -> None:
    assert names.is_lost(pl.Series([lost])).item()
    assert clean(lost) == lost


def test_rare_but_real_characters_are_not_lost() -> None:
    assert not names.is_lost(pl.Series(["韦𡌶", "覃㙟", "莫䶮"])).any()


@given(HAN | st.text(st.characters() | st.sampled_from("韦秀英〇々·（）?□１1<@"), min_size=1))
@example("〇三")
@example("韦秀英")
def test_a_usual_name_needs_no_second_look(name: str) -> None:
    values = pl.Series([name])
    if names.is_usual(values):
        assert names.clean(values).to_list() == [name]
        assert not names.is_lost(values).any() and not names.is_odd(values).any()
    else:
        assert name != "韦秀英"


def test_two_people_are_two_keys() -> None:
    assert key("韦国安") != key("韦国庆")


@pytest.mark.parametrize(
    ("label", "group"),
    [
        ("长子", "子"),
        ("三子", "子"),
        ("次女", "女"),
        ("大儿媳", "女"),
        ("女婿", "子"),
        ("外孙女", "孙辈"),
        ("妻", "配偶"),
        ("胞弟", "兄弟姐妹"),
        ("本人", "户主"),
    ],
)
def test_labels_have_groups(label: str, group: str) -> None:
    assert relations.group(label) == group


def test_an_unknown_label_is_not_guessed() -> None:
    assert relations.group("干亲家") is None
