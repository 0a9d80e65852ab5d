"""What the parser process reports about itself."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import pytest

from mingzhang.intake import parser_process
from mingzhang.intake.parser import text, text_scan
from mingzhang.intake.parser.refusal import RefusedError
from tests.mingzhang.intake import hostile_files


def test_the_child_says_what_it_used_at_most(tmp_path: Path) -> None:
    lines = [["姓名", "身份证号"], *[["韦某" * 50, hostile_files.idno(1)] for _ in range(20_000)]]
    small = parser_process.parse(hostile_files.csv(tmp_path / "a.csv", lines[:2]), "a.csv").peak_mb
    large = parser_process.parse(hostile_files.csv(tmp_path / "b.csv", lines), "b.csv").peak_mb
    for peak in (small, large):
        assert 0 < peak["memory"] <= peak["address_space"] < 2048
    assert small["memory"] < large["memory"]


LINE = "韦某,452921199001011234,310.00\n"
TEXTS = {
    "clean": (LINE * 40).encode(),
    "other encoding": (LINE * 40).encode("gb18030"),
    "quoted fields": (LINE * 30 + '"韦,某",1,2\n' * 10).encode(),
    "bad byte near the end": (LINE * 40).encode() + b"\xff,1,2\n" + LINE.encode() * 3,
    "bad byte near the start": LINE.encode() + b"\xff,1,2\n" + (LINE * 40).encode(),
    "a quote over lines near the end": (LINE * 40 + '"韦\n某",1,2\n').encode(),
    "a quote over lines near the start": ('"韦\n某",1,2\n' + LINE * 40).encode(),
    "a wide line near the end": (LINE * 40 + "韦,1,2,3,4\n").encode(),
    "a long cell near the end": (LINE * 4000 + "韦" * 40_000 + ",1,2\n").encode(),
    "cut off": (LINE * 40 + "韦,1").encode(),
    "no end of line": (LINE * 40).encode().removesuffix(b"\n"),
    "one line": LINE.encode(),
    "blank lines": (LINE * 20 + "\n" * 9 + LINE * 20).encode(),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_looked_at_by_two_processes_is_read_as_by_one(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forks, fork = [], os.fork
    monkeypatch.setattr(os, "fork", lambda: forks.append(name) or fork())

    def read(large: int) -> object:
        monkeypatch.setattr(text_scan, "LARGE", large)
        out = Path(tempfile.mkdtemp(dir=tmp_path))
        with (tmp_path / "file").open("rb") as file:
            try:
                found: object = text.read(file, out), (out / "sheet-1.csv").read_bytes()
            except RefusedError as refusal:
                found = refusal.reason, refusal.facts
        return found

    (tmp_path / "file").write_bytes(TEXTS[name])
    alone = read(1 << 40)
    assert not forks
    assert name.startswith("a quote over lines") is ("'numbered': True" in str(alone)), "then records are no lines"
    assert read(1) == alone
    assert forks or name == "one line"


def test_a_process_that_dies_is_no_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*given: object) -> text_scan.TextFacts:
        if os.getpid() != own:
            os._exit(9)
        return text_scan.TextFacts(None)

    own = os.getpid()
    monkeypatch.setattr(text_scan, "LARGE", 1)
    monkeypatch.setattr(text_scan, "_scan_part", die)
    (tmp_path / "file").write_bytes(TEXTS["clean"])
    with (tmp_path / "file").open("rb") as file, pytest.raises(json.JSONDecodeError):
        text.read(file, tmp_path)
