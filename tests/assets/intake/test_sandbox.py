"""What the parser child says of itself."""

from __future__ import annotations

from pathlib import Path

from assets.intake import sandbox
from tests.assets.intake import forge


def test_the_child_says_what_it_used_at_most(tmp_path: Path) -> None:
    lines = [["姓名", "身份证号"], *[["韦某" * 50, forge.idno(1)] for _ in range(20_000)]]
    small = sandbox.parse(forge.csv(tmp_path / "a.csv", lines[:2]), "a.csv").peak_mb
    large = sandbox.parse(forge.csv(tmp_path / "b.csv", lines), "b.csv").peak_mb
    for peak in (small, large):
        assert 0 < peak["memory"] <= peak["address_space"] < 2048
    assert small["memory"] < large["memory"]
