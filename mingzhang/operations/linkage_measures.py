"""`mingzhang people`: measure how well rows are linked to people, and train a new version of the parameters. No matching here."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl

from checks.linkage import comparison_rows, evaluation, parameters, training
from mingzhang.catalog.load import LINKAGE_PARAMETERS
from mingzhang.storage.errors import Refusal

# What the sample's wrong characters of names are drawn from: the first favours us, the second nobody.
SAMPLES = {
    "own": "样本一：错字取自同音字和常见形近字（与认人所用的对照表同源）",
    "other": "样本二：错字取自对照表之外（南方口音混同、同部首邻近字）",
}


@dataclass(frozen=True)
class LabelledFiles:
    """Two CSV files, which column of each is which field, and the file of true pairs.

    Attributes:
        left: rows to identify.
        right: the people.
        truth: pairs of record ids.
        left_columns: `field=column` words for the left file; a field named as its column need not be said.
        right_columns: the same for the right file.
        truth_columns: the left and right column of the truth file.
    """

    left: Path
    right: Path
    truth: Path
    left_columns: tuple[str, ...] = ()
    right_columns: tuple[str, ...] = ()
    truth_columns: tuple[str, str] = ("left", "right")


def evaluate(files: LabelledFiles | None, seed: int = 1) -> list[dict[str, Any]]:
    """Return the figures of our links and of Splink's default settings.

    Args:
        files: labelled pairs; None: the sample district's labelled damage.
        seed: of that damage.

    Raises:
        Refusal: a file or column is not there, or cannot be read.
    """
    model = parameters.newest(LINKAGE_PARAMETERS)
    measures: list[dict[str, Any]] = []
    for slips, words in {"": ""}.items() if files else SAMPLES.items():
        with _labelled(files, seed, slips) as (left, right, truth):
            measures += [{"sample": words, **m.as_json()} for m in evaluation.evaluate(left, right, truth, model)]
    return measures


def evaluation_as_text(measures: Iterable[dict[str, Any]]) -> str:
    """Return the figures in plain lines, under the sample they were measured on."""
    lines = []
    for sample, group in groupby(measures, key=lambda m: m["sample"]):
        lines += [f"{sample}："] if sample else []
        lines += [_measure_as_text(m) for m in group]
    return "\n".join(lines)


def _measure_as_text(m: dict[str, Any]) -> str:
    return (
        f"{m['method']}：准确率 {m['precision']:.2%}，召回率 {m['recall']:.2%}，F1 {m['f1']:.2%}"
        f"（认出 {m['links']:,} 行，其中 {m['right']:,} 行正确，应认出 {m['true']:,} 行）"
        + (f"；另有 {m['questions']:,} 对交人判断" if m["questions"] else "")
    )


def train(files: LabelledFiles | None, seed: int = 1, folder: Path = LINKAGE_PARAMETERS) -> str:
    """Write the next version of the parameters, learned from labelled pairs; return the sentence to show.

    Args:
        files: labelled pairs; None: the sample district's labelled damage.
        seed: of that damage.
        folder: where versions lie.

    Raises:
        Refusal: as `evaluate`.
    """
    # by the file's name: a version made for other comparison levels can only be counted, not read
    before = max(parameters.versions(folder), default=0)
    where = (
        f"虚构样例县区的带标注损坏样本（种子 {seed}）" if files is None else f"{files.left.name} 与 {files.right.name}"
    )
    with _labelled(files, seed, "own") as (left, right, truth):
        path = training.train(left, right, truth, before + 1, where).save(folder)
    return f"已训练第 {before + 1} 版参数：{path.name}。请先用 mingzhang people evaluate 查看效果；不用时删除此文件即回到上一版。"


@contextmanager
def _labelled(
    files: LabelledFiles | None, seed: int, slips: str
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]]:
    with tempfile.TemporaryDirectory() as scratch:
        chosen = files or _sample(Path(scratch), seed, slips)
        try:
            left = evaluation.read_records(chosen.left, _mapping(chosen.left_columns))
            right = evaluation.read_records(chosen.right, _mapping(chosen.right_columns))
            truth = evaluation.read_truth(chosen.truth, *chosen.truth_columns)
        except evaluation.PairsFileError as error:
            raise Refusal(str(error)) from error
        yield left, right, truth


def _sample(folder: Path, seed: int, slips: str) -> LabelledFiles:
    """Let the generator write its labelled damage, in a process of its own: only the front door starts it."""
    words = ["--out", str(folder), "--seed", str(seed), "--slips", slips]
    subprocess.run([sys.executable, "-m", "sample_data.damage", *words], check=True)
    return LabelledFiles(folder / "lines.csv", folder / "people.csv", folder / "truth.csv")


def _mapping(words: tuple[str, ...]) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    for field, equals, column in pairs:
        if field not in comparison_rows.FIELDS or not equals or not column:
            raise Refusal(
                f"列名对应“{field}{equals}{column}”看不懂；请写成 字段=列名，字段可用：{'、'.join(comparison_rows.FIELDS)}。"
            )
    return {field: column for field, _, column in pairs}
