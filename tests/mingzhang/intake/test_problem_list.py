"""The page of problems says what `problems.py` says."""

from __future__ import annotations

from mingzhang.intake.answer.problem_list import markdown
from mingzhang.intake.problems import PROBLEMS, REFUSED
from tests.paths import ROOT

PAGE = ROOT / "docs" / "problems.zh-CN.md"


def test_the_committed_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(), (
        "run: python -m mingzhang.intake.answer.problem_list > docs/problems.zh-CN.md"
    )


def test_every_code_is_there_once_in_its_part() -> None:
    page = markdown()
    for part, codes in zip(page.split("## 整份不收"), (PROBLEMS, REFUSED), strict=True):
        assert all(part.count(f"| `{code}` |") == 1 for code in codes)
