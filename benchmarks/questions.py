"""How often clean files are asked about, and how often a file is read wrongly.

python -m benchmarks.questions [--size tiny|full]

Clean files: the sample district, the hand-made files and those of the bad-file corpus that are accepted whole. A question is
a problem that holds the delivery and that neither the sample's own list of planted faults nor the corpus expects. A wrong
reading is an accepted file whose lines or money differ from what is written down for it (`expected_intake.csv`, the
hand-made expectations, the corpus).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mingzhang.catalog.load import catalogue
from mingzhang.intake.answer.report import check_file
from mingzhang.intake.context import Context
from mingzhang.intake.receive.declared import Declared, from_folder, from_options
from sample_data.generate import generate
from tests.mingzhang.intake import corpus, corpus_tables, hostile_files
from tests.paths import HANDMADE

TODAY = dt.date(2026, 11, 1)
PLANTED = {"total_mismatch"}  # what the sample district and the hand-made files hold on purpose
COUNTED = ("lines", "accepted", "rejected", "total_fen")


@dataclass(frozen=True)
class Checked:
    """One clean file: its source, its questions, and whether it was read as expected (None where nothing is expected)."""

    source: str
    name: str
    questions: tuple[str, ...]
    is_right: bool | None


def main() -> None:
    """Print questions and wrong readings per hundred clean files, by source."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", choices=["tiny", "full"], default="full")
    with tempfile.TemporaryDirectory() as folder:
        checked = list(files(Path(folder), options.parse_args().size))
    for source in dict.fromkeys(one.source for one in checked):
        print(line(source, [one for one in checked if one.source == source]))
    print(line("all", checked))
    for one in checked:
        if one.questions or one.is_right is False:
            print(f"  {one.source} {one.name}: {', '.join(one.questions) or 'read wrongly'}")


def line(source: str, checked: list[Checked]) -> str:
    """Return the counts of some files as one line."""
    asked = sum(bool(one.questions) for one in checked)
    wrong = sum(one.is_right is False for one in checked)
    hundred = 100 / max(len(checked), 1)
    return (
        f"{source}: {len(checked)} clean files, {asked * hundred:.1f} with a question and "
        f"{wrong * hundred:.1f} read wrongly per hundred"
    )


def files(folder: Path, size: Any) -> Iterator[Checked]:
    """Check every clean file.

    Args:
        folder: an empty folder for the files that are made.
        size: of the sample district, tiny or full.
    """
    yield from _district(folder / "district", size)
    for path in sorted(HANDMADE.glob("*.expected.json")):
        expected = json.loads(path.read_text(encoding="utf-8"))
        file = next(f for f in HANDMADE.iterdir() if f.stem == path.name.removesuffix(".expected.json"))
        answer = check_file(file, from_options(catalogue(), **expected["options"]), Context(catalogue(), TODAY))
        yield Checked("hand-made", file.name, _questions(answer, PLANTED), None)
    for number, case in enumerate([*corpus.cases(), *corpus_tables.cases()]):
        if case.status == corpus.OK:
            yield _of_corpus(case, folder / str(number))


def _district(folder: Path, size: Any) -> Iterator[Checked]:
    folder.mkdir()
    generate(folder, size=size)
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.parent != folder):
        answer = check_file(path, from_folder(folder, path, catalogue()), Context(catalogue(), TODAY))
        declared = answer["declared_total_fen"]
        is_whole = declared is None or answer["status"] != "accepted" or answer["total_fen"] == declared
        yield Checked("district", path.name, _questions(answer, PLANTED), is_whole)


def _of_corpus(case: corpus.Case, folder: Path) -> Checked:
    folder.mkdir()
    programme = ({"programme": "dibao_rural"} | case.declared)["programme"]
    declared = Declared(hostile_files.COUNTY, "roster", programme, hostile_files.MONTH)
    places = {"places": hostile_files.places()} if case.with_places else {}
    answer = check_file(case.build(folder), declared, Context(catalogue(), TODAY, **places))
    wrong = {key: value for key, value in case.counts.items() if key in COUNTED and answer[key] != value}
    return Checked("corpus", case.name, _questions(answer, set(case.has)), not wrong)


def _questions(answer: dict[str, Any], expected: set[str]) -> tuple[str, ...]:
    found = Counter(problem["id"] for problem in answer["problems"] if problem["level"] == "hold")
    return tuple(code for code in found if code not in expected)


if __name__ == "__main__":
    main()
