"""Runs a command line in this process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from mingzhang.cli import main


@dataclass(frozen=True)
class Done:
    stdout: str
    stderr: str


@pytest.fixture
def mingzhang(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Run a command line in this process; the status is asserted."""

    def run(*words: str | Path, data: Path, status: int = 0) -> Done:
        monkeypatch.setenv("MINGZHANG_DATA", str(data))
        monkeypatch.delenv("MINGZHANG_DEBUG", raising=False)
        monkeypatch.setattr(sys, "argv", ["mingzhang", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.main()
        output = Done(*capsys.readouterr())
        assert ended.value.code == status, output
        assert "Traceback" not in output.stdout + output.stderr
        return output

    return run
