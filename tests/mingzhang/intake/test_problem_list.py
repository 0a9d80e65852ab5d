"""The page of problems has each code once in its part; `tests/docs` holds that the committed page is current."""

from __future__ import annotations

from mingzhang.intake.answer.problem_list import markdown
from mingzhang.intake.problems import PROBLEMS, REFUSED


def test_every_code_is_there_once_in_its_part() -> None:
    for part, codes in zip(markdown().split("## 整份不收"), (PROBLEMS, REFUSED), strict=True):
        assert all(part.count(f"| `{code}` |") == 1 for code in codes)
