"""The programmes of the catalogue: complete, unambiguous, and careful with names."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pydantic
import pytest
import yaml

from mingzhang.catalog.load import HERE, catalogue
from mingzhang.catalog.models import Layout, Programme

FOLDER = HERE / "programmes"
FILES = sorted(FOLDER.glob("*.yml"))
PROGRAMMES = catalogue().programmes
FIRST = [
    "dibao_urban",
    "dibao_rural",
    "tekun_rural",
    "temporary_aid",
    "orphan",
    "unattended_child",
    "disabled_living",
    "disabled_care",
    "old_age",
    "house_repair",
    "disaster_rebuild",
    "winter_spring",
    "farmland_protection",
    "actual_grain",
    "machine_purchase",
    "public_forest",
    "reservoir_migrant",
    "yulu",
    "public_post",
]
GROUPS = {
    "RV": "targeted poverty relief",
    "SA": "subsistence allowances",
    "HS": "house renovation",
    "DR": "disaster relief",
    "AG": "agriculture",
}
# A roster's older word; the longer name decides.
CONTAINED = {"五保"}


def entry(slug: str = "old_age", **changes: object) -> dict[str, object]:
    """Return the YAML of a programme with some keys changed."""
    return {"slug": slug, **yaml.safe_load((FOLDER / f"{slug}.yml").read_text(encoding="utf-8")), **changes}


def test_the_programmes_of_the_first_rules_are_there() -> None:
    assert set(FIRST) <= set(PROGRAMMES)
    assert len(PROGRAMMES) == len(FILES) >= 55


@pytest.mark.parametrize("category", GROUPS)
def test_every_money_group_has_a_programme(category: str) -> None:
    assert any(p.category == category for p in PROGRAMMES.values())


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(pydantic.ValidationError, match="colour"):
        Programme.model_validate(entry(colour="red"))


@pytest.mark.parametrize("key", ["name", "department", "basis", "notice", "who", "how", "disclosure"])
def test_a_missing_key_is_refused(key: str) -> None:
    without = {k: v for k, v in entry().items() if k != key}
    with pytest.raises(pydantic.ValidationError, match=key):
        Programme.model_validate(without)


def test_an_unknown_disclosure_class_is_refused() -> None:
    with pytest.raises(pydantic.ValidationError, match="disclosure"):
        Programme.model_validate(entry(disclosure="C"))


def test_a_code_written_as_a_number_is_refused() -> None:
    with pytest.raises(pydantic.ValidationError, match="code"):
        Programme.model_validate(entry(code=2080502))


def test_a_code_that_looks_octal_stays_text() -> None:
    assert Programme.model_validate(entry(**yaml.safe_load('code: "0451221"'))).code == "0451221"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_codes_in_the_files_are_quoted_text(path: Path) -> None:
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    codes = [raw.get("code", ""), raw.get("function_class", ""), *raw.get("aliases", [])]
    assert all(isinstance(code, str) for code in codes)


def test_codes_have_seven_digits_and_begin_with_their_function_class() -> None:
    for programme in PROGRAMMES.values():
        if programme.code:
            assert programme.code.isdigit(), programme.slug
            assert len(programme.code) == 7, programme.slug
            assert programme.code.startswith(programme.function_class), programme.slug


def test_no_word_means_two_programmes() -> None:
    owner: dict[str, str] = {}
    for slug, programme in PROGRAMMES.items():
        for word in {slug, programme.code, programme.name, *programme.aliases} - {""}:
            assert owner.setdefault(word, slug) == slug, word
    assert owner == catalogue().programme_words()


def test_no_word_hides_inside_another_programmes_word() -> None:
    words = {word: slug for word, slug in catalogue().programme_words().items() if not word.isascii()}
    hidden = {a for a, slug in words.items() for b, other in words.items() if slug != other and a in b}
    assert hidden == CONTAINED


def test_no_alias_is_written_twice() -> None:
    for programme in PROGRAMMES.values():
        words = [programme.slug, programme.code, programme.name, *programme.aliases]
        assert len(words) == len(set(words)), programme.slug


@pytest.mark.parametrize(
    ("word", "slug"),
    [
        ("2081902", "dibao_rural"),
        ("农村低保", "dibao_rural"),
        ("五保", "tekun_rural"),
        ("粮食直补", "farmland_protection"),
        (" 危房改造 ", "house_repair"),
        ("2130238", "grain_for_green"),
        ("低保", None),
        ("特困", None),
    ],
)
def test_words_of_the_field_are_understood(word: str, slug: str | None) -> None:
    assert catalogue().programme_slug(word) == slug


def test_only_class_n_posts_names() -> None:
    for programme in PROGRAMMES.values():
        assert programme.notice.named == (programme.disclosure == "N"), programme.slug


def test_programmes_for_minors_are_aggregate_only() -> None:
    minors = {p.slug for p in PROGRAMMES.values() if p.for_minors}
    assert minors >= {"orphan", "unattended_child", "yulu"}
    assert all(PROGRAMMES[slug].disclosure == "A" for slug in minors)


def test_a_notice_before_payment_says_how_long() -> None:
    for programme in PROGRAMMES.values():
        assert (programme.notice.days > 0) == programme.notice.before_payment, programme.slug


def test_no_rate_counts_where_amounts_are_topped_up() -> None:
    topped_up = {"dibao_urban", "dibao_rural", "unattended_child", "temporary_aid", "winter_spring", "house_repair"}
    assert not any(PROGRAMMES[slug].fixed_rate for slug in topped_up)


def test_fixed_rates_of_the_first_programmes_have_a_standard() -> None:
    for slug in FIRST:
        if PROGRAMMES[slug].fixed_rate:
            assert PROGRAMMES[slug].standards, slug


def test_standards_are_positive_named_and_do_not_contradict_each_other() -> None:
    for programme in PROGRAMMES.values():
        seen: set[tuple[str, str, dt.date]] = set()
        for standard in programme.standards:
            assert standard.fen > 0, programme.slug
            assert standard.basis, programme.slug
            assert standard.valid_to is None or standard.valid_to >= standard.valid_from, programme.slug
            key = (standard.region, standard.band, standard.valid_from)
            assert key not in seen, programme.slug
            seen.add(key)


def test_every_programme_can_be_read_by_a_villager() -> None:
    for programme in PROGRAMMES.values():
        assert programme.basis, programme.slug
        assert len(programme.who) >= 15, programme.slug
        assert len(programme.how) >= 20, programme.slug
        assert "提出" in programme.how or "反映" in programme.how, programme.slug


def test_no_basis_claims_a_check_nobody_made() -> None:
    assert not any(basis.checked for p in PROGRAMMES.values() for basis in p.basis)


def test_exclusive_pairs_name_programmes_that_exist() -> None:
    for pair in catalogue().pairs:
        assert {pair.a, pair.b} <= set(PROGRAMMES), pair


def test_a_field_may_not_bear_a_name_of_intakes_own() -> None:
    """A register with a `reason` had every line refused without a word."""
    field = {"name": "reason", "label": "原因", "type": "text"}
    with pytest.raises(pydantic.ValidationError, match="reason"):
        Layout.model_validate({"slug": "asked", "title": "问过", "table": "register_asked", "fields": [field]})
    field["name"] = "grounds"
    Layout.model_validate({"slug": "asked", "title": "问过", "table": "register_asked", "fields": [field]})
