"""Words of the field: one entry per meaning, known to the code that reads them, and one file to change them in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pydantic
import pytest

from mingzhang.catalog.load import HERE, catalogue, read
from mingzhang.catalog.models import Vocabulary
from mingzhang.catalog.words import PAYMENT_STATES
from mingzhang.intake.load.ledger import catalogue_part
from mingzhang.warehouse import catalogue_tables


def test_each_meaning_has_one_entry() -> None:
    entries = [(entry.field, entry.meaning) for entry in catalogue().vocabularies]
    assert len(entries) == len(set(entries))


def test_states_are_those_of_a_payment() -> None:
    assert set(catalogue().words_of("payment_state")) <= set(PAYMENT_STATES)
    assert set(catalogue().words_of("negative_amount")) == {"refunded"}
    assert set(catalogue().words_of("bank_result")) == {"paid", "returned"}


@pytest.mark.parametrize("words", [[""], [None]])
def test_an_empty_word_is_refused(words: list[object]) -> None:
    with pytest.raises(pydantic.ValidationError):
        Vocabulary.model_validate({"field": "bank_result", "meaning": "returned", "words": words})


def test_a_new_word_reaches_rules_and_reads_rosters_again(tmp_path: Path) -> None:
    shutil.copytree(HERE, tmp_path / "catalog")
    path = tmp_path / "catalog" / "vocabularies.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("不成功]", "不成功, 未记账]").replace("暂停]", "暂停, 缓发]")
    )
    changed = read(tmp_path / "catalog")
    connection = catalogue_tables.empty(changed)
    assert connection.sql("select word from vocabulary where word = '未记账'").fetchall() == [("未记账",)]
    assert catalogue_part(changed, "roster") != catalogue_part(catalogue(), "roster")
