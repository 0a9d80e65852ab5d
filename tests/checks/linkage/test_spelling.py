import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.linkage import spelling

COMMON = st.sampled_from("覃韦黄莫蒙农陆梁廖卢建国强勇军华明志文海秀英兰芳丽梅𬭎䶮")
NAMES = st.text(COMMON, min_size=2, max_size=4)


def keys(*written: str | None) -> pl.DataFrame:
    return spelling.keys(pl.Series(written, dtype=pl.String))


@pytest.mark.parametrize(
    ("name", "sound"),
    [
        ("覃秀英", "qin xiu ying"),
        ("仇文", "qiu wen"),
        ("单志", "shan zhi"),
        ("区国强", "ou guo qiang"),
        ("尉迟明", "yu chi ming"),
        ("韦覃", "wei tan"),  # only a surname is read as one
    ],
)
def test_surnames_are_read_as_surnames(name: str, sound: str) -> None:
    assert keys(name)["name_sound"].item() == sound


def test_similar_sound_and_shape_meet() -> None:
    sound = keys("覃建华", "秦健花", "谭建华")["name_sound"].to_list()
    assert sound[0] == sound[1] != sound[2]
    shape = keys("覃建国", "谭健围", "韦建国")["name_shape"].to_list()
    assert shape[0] == shape[1] != shape[2]


@given(NAMES, st.sampled_from(["", "　", " ", "\u200b", "\xa0"]), st.sampled_from(["", "（户主）", "(已故)"]))
def test_key_does_not_change_with_blanks_and_remarks(name: str, blank: str, remark: str) -> None:
    plain, written = keys(name, blank.join(name) + remark).iter_rows()
    assert plain == written


@given(NAMES, NAMES, st.sampled_from("·•．・‧∙⋅●"))
def test_key_does_not_change_with_the_dot(first: str, last: str, dot: str) -> None:
    plain, written = keys(f"{first}·{last}", f"{first}{dot}{last}").iter_rows()
    assert plain == written


@given(NAMES, st.data(), st.sampled_from("?？□\ufffd\ue08b\U000f0001"))
def test_a_lost_character_matches_any(name: str, data: st.DataObject, mark: str) -> None:
    place = data.draw(st.integers(0, len(name) - 1))
    row = keys(name[:place] + mark + name[place + 1 :]).row(0, named=True)
    assert row["name_lost"] and row["name_sound"] is None
    assert row["name_key"] == name[:place] + "_" + name[place + 1 :]


def test_nothing_readable_is_no_name() -> None:
    assert keys(None, "", " ", "??", "%")["name_key"].to_list() == [None] * 5


def test_order_and_repetition_do_not_matter() -> None:
    rows = keys("覃华", "韦国", "覃华").rows()
    assert rows[0] == rows[2] and keys("韦国", "覃华").rows() == [rows[1], rows[0]]
