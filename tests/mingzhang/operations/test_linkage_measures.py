"""`mingzhang people`: others' files go in, figures come out; training never writes over a version."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from checks.linkage.evaluation import Measure
from mingzhang.catalog.load import LINKAGE_PARAMETERS
from mingzhang.operations import linkage_measures
from mingzhang.operations.linkage_measures import LabelledFiles
from mingzhang.storage.errors import Refusal
from sample_data import damage


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> LabelledFiles:
    folder = tmp_path_factory.mktemp("pairs")
    damage.write(folder, seed=5, size="tiny")
    text = (folder / "lines.csv").read_text(encoding="utf-8")
    (folder / "lines.csv").write_text(text.replace("record_id,name,", "编号,姓名,", 1), encoding="utf-8")
    return LabelledFiles(
        folder / "lines.csv", folder / "people.csv", folder / "truth.csv", ("record_id=编号", "name=姓名")
    )


def test_evaluate_takes_any_two_files(files: LabelledFiles) -> None:
    measures = linkage_measures.evaluate(files)
    methods = [m["method"].split("（")[0] for m in measures]
    assert methods[:3] == ["明账", "Splink 默认设置", "Splink 默认设置"]
    assert measures[0]["precision"] > 0.97 and measures[0]["recall"] > 0.85
    text = linkage_measures.evaluation_as_text(measures)
    assert text.count("\n") == len(measures) - 1 and text.startswith("明账：准确率 ") and "交人判断" in text


def test_the_sample_is_measured_twice(files: LabelledFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once with wrong characters our tables know, once with others; each figure says which."""
    asked: list[str] = []

    def sample(folder: Path, seed: int, slips: str) -> LabelledFiles:
        asked.append(slips)
        return files

    monkeypatch.setattr(linkage_measures, "_sample", sample)
    monkeypatch.setattr(linkage_measures.evaluation, "evaluate", lambda *_: [Measure("明账", 2, 2, 4)])
    text = linkage_measures.evaluation_as_text(linkage_measures.evaluate(None))
    assert asked == ["own", "other"]
    assert text.splitlines()[0].startswith("样本一") and text.splitlines()[2].startswith("样本二")


def test_training_adds_a_version(files: LabelledFiles, tmp_path: Path) -> None:
    shutil.copytree(LINKAGE_PARAMETERS, tmp_path / "versions")
    newest = max(int(path.stem.split("-")[1]) for path in LINKAGE_PARAMETERS.glob("parameters-*.json"))
    said = linkage_measures.train(files, folder=tmp_path / "versions")
    assert f"已训练第 {newest + 1} 版参数" in said
    assert (tmp_path / "versions" / f"parameters-{newest + 1}.json").is_file()
    text = (tmp_path / "versions" / f"parameters-{newest}.json").read_text(encoding="utf-8")
    # made for comparisons that are no more: counted, not read
    (tmp_path / "versions" / "parameters-9.json").write_text(text.replace('"half"', '"other"'), encoding="utf-8")
    assert "已训练第 10 版参数" in linkage_measures.train(files, folder=tmp_path / "versions")
    assert "已训练第 1 版参数" in linkage_measures.train(files, folder=tmp_path / "empty")


@pytest.mark.parametrize("word", ["name", "name=", "weight=列"])
def test_a_mapping_that_means_nothing(files: LabelledFiles, word: str) -> None:
    with pytest.raises(Refusal, match="看不懂"):
        linkage_measures.evaluate(LabelledFiles(files.left, files.right, files.truth, (word,)))


def test_a_missing_file(files: LabelledFiles, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="找不到文件"):
        linkage_measures.evaluate(LabelledFiles(tmp_path / "none.csv", files.right, files.truth))
