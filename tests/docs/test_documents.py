"""What the documents promise exists: links, commands, options, files."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from mingzhang.cli import reference
from mingzhang.cli.main import cli
from tests.paths import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "mingzhang").rglob("*.md")])
COMMAND = re.compile(r"(?<!-group )\bmingzhang ([a-z][^`|\n#·、；;]*)")
READMES = ["README.md", "README.zh-CN.md"]


def names(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def commands(text: str) -> Iterator[list[str]]:
    """Yield the words of every `mingzhang …` in backquotes or code blocks."""
    code = re.findall(r"```sh\n(.*?)```", text, re.S) + re.findall(
        r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S)
    )
    for piece in code:
        for found in COMMAND.findall(piece.replace("\\|", "/")):
            yield shlex.split(found.replace("[", " ").replace("]", " "))


def resolve(words: list[str]) -> list[tuple[click.Command, list[str]]]:
    """Return the commands words name (`rules list/test` names two) with the options written after them."""
    group: click.Command = cli
    for position, word in enumerate(words):
        assert isinstance(group, click.Group)
        missing = [name for name in word.split("/") if name not in group.commands]
        assert not missing, f"no command {missing} in {words}"
        found = [group.commands[name] for name in word.split("/")]
        if not isinstance(found[0], click.Group):
            options = [word.split("=")[0] for word in words[position + 1 :] if word.startswith("--")]
            return [(command, options if len(found) == 1 else []) for command in found]
        group = found[0]
    raise AssertionError(f"{words} names a group only")


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_relative_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("#"):
            assert (page.parent / target.split("#")[0]).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_documented_commands_and_options_exist(page: Path) -> None:
    for words in commands(page.read_text(encoding="utf-8")):
        for command, options in resolve(words):
            known = {name for parameter in command.params for name in parameter.opts}
            assert set(options) <= known, words


@pytest.mark.parametrize("name", READMES)
def test_the_readme_is_short(name: str) -> None:
    assert len((ROOT / name).read_bytes()) <= 6 * 1024


@pytest.mark.parametrize("name", reference.PAGES)
def test_reference_pages_are_generated(name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == reference.PAGES[name](), "run: make docs"


def test_the_page_of_commands_names_every_command() -> None:
    text = reference.commands_page()
    assert [command for command in cli.commands if not re.search(rf"`mingzhang {command}\b", text)] == []


@pytest.mark.parametrize("name", READMES)
def test_make_targets_of_the_readme_exist(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", (ROOT / name).read_text(encoding="utf-8"), re.M):
        assert re.search(rf"^{target}:", makefile, re.M), target


def test_a_command_that_does_not_exist_is_noticed() -> None:
    with pytest.raises(AssertionError, match="no command"):
        resolve(["frobnicate", "--all"])


def test_documents_are_found() -> None:
    assert {"README.md", "docs/operator.md"} <= {names(page) for page in PAGES}
    assert sum(1 for _ in commands((ROOT / "docs" / "commands.zh-CN.md").read_text(encoding="utf-8"))) >= 15


def test_tests_named_in_the_promises_exist() -> None:
    text = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:tests|benchmarks|docs|deploy)/[\w./-]+)`", text)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
