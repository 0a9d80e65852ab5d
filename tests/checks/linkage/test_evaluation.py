"""The figures of who-is-who on labelled pairs, and the files others bring."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import polars as pl
import pytest

from checks.linkage import comparison_rows, evaluation, parameters, spelling, training
from checks.linkage.evaluation import Measure, PairsFileError
from mingzhang.catalog.load import LINKAGE_PARAMETERS
from sample_data import damage

NAME_CHARACTERS = "覃韦黄莫兰建国军明华秀英丽梅"
MODEL = parameters.newest(LINKAGE_PARAMETERS)


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Labelled damage on the full sample district, of a seed nobody trained on."""
    folder = tmp_path_factory.mktemp("labelled")
    damage.write(folder, seed=31)
    return folder


def frames(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    lines, people = (evaluation.read_records(folder / f"{name}.csv", {}) for name in ("lines", "people"))
    return lines, people, evaluation.read_truth(folder / "truth.csv")


@pytest.mark.slow
def test_precision_recall_and_splink_beside(labelled: Path) -> None:
    ours, same, best, as_sure = evaluation.evaluate(*frames(labelled), MODEL)
    assert ours.precision >= 0.995 and ours.recall >= 0.95, ours
    assert ours.f1 >= max(other.f1 for other in (same, best, as_sure)), (ours, same, best, as_sure)
    assert 0 < ours.questions < ours.true * 0.05


@pytest.mark.slow
def test_wrong_characters_our_tables_do_not_know(tmp_path: Path) -> None:
    """Splink's defaults link more of these, and one in a hundred wrongly; as sure as wanted, about as many as we."""
    damage.write(tmp_path, seed=31, slips="other")
    ours, same, _, as_sure = evaluation.evaluate(*frames(tmp_path), MODEL)
    assert ours.precision >= 0.995 and ours.recall >= 0.95, ours
    assert 10 * (ours.found - ours.right) <= same.found - same.right, (ours, same)
    assert as_sure.precision >= 0.995 and ours.recall >= as_sure.recall - 0.01, (ours, as_sure)


def test_what_the_ear_confuses_is_another_sound_to_us() -> None:
    rng, (heard, _) = random.Random(1), damage.WRONG["other"]
    wrong = [heard(character, rng) for character in NAME_CHARACTERS]
    changed = [(right, other) for right, other in zip(NAME_CHARACTERS, wrong, strict=True) if right != other]
    assert len(changed) > 5
    for right, other in changed:
        # not the first of the name: a surname has readings of its own
        one, two = spelling.sound(pl.Series([f"韦{right}", f"韦{other}"]))
        assert one != two, (right, other)


def test_damage_is_the_same_for_a_seed_and_never_valid(labelled: Path, tmp_path: Path) -> None:
    damage.write(tmp_path, seed=31)
    for name in ("lines", "people", "truth"):
        assert (tmp_path / f"{name}.csv").read_bytes() == (labelled / f"{name}.csv").read_bytes()
    lines, people, truth = frames(labelled)
    assert comparison_rows.prepare(lines)["number_valid"].null_count() == lines.height
    assert comparison_rows.prepare(people)["number_valid"].null_count() == 0
    assert 0.05 < 1 - truth.height / lines.height < 0.15  # whose person is not there


def test_training_is_counting_and_repeatable(tmp_path: Path) -> None:
    damage.write(tmp_path, seed=1, size="tiny")
    first, again = (training.train(*frames(tmp_path), 7, "test") for _ in range(2))
    assert first == again
    assert first.agrees["name"]["same"] > 0.5 > first.chance["name"]["same"]
    for table in (first.agrees, first.chance):
        assert all(0 < share <= 1 for levels in table.values() for share in levels.values())
    path = first.save(tmp_path / "kept")
    assert parameters.load(path) == first == parameters.newest(tmp_path / "kept")
    with pytest.raises(FileExistsError):
        first.save(tmp_path / "kept")


def test_parameters_of_another_model_are_refused(tmp_path: Path) -> None:
    text = MODEL.save(tmp_path).read_text(encoding="utf-8").replace('"born_near"', '"born_almost"')
    (tmp_path / "parameters-2.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="train again"):
        parameters.newest(tmp_path)
    with pytest.raises(FileNotFoundError):
        parameters.newest(tmp_path / "nothing")


def test_measures() -> None:
    measure = Measure("m", found=8, right=6, true=12)
    assert (measure.precision, measure.recall, round(measure.f1, 4)) == (0.75, 0.5, 0.6)
    assert Measure("m", 0, 0, 5).f1 == 0 and Measure("m", 0, 0, 0).f1 == 1


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8-sig")
    return path


def test_any_two_files_with_their_own_columns(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv", "编号,姓名,出生\n1,韦建国,1980-1-2\n2,,19800103\n".replace("1980-1-2", "1980年01月02日")
    )
    frame = evaluation.read_records(path, {"record_id": "编号", "name": "姓名", "born_on": "出生"})
    assert frame.columns == list(comparison_rows.FIELDS)
    assert frame.select("record_id", "name", "born_on").rows() == [
        ("1", "韦建国", dt.date(1980, 1, 2)),
        ("2", None, dt.date(1980, 1, 3)),
    ]
    truth = write(tmp_path / "t.csv", "左,右\n1,9\n")
    assert evaluation.read_truth(truth, "左", "右").rows() == [("1", "9")]


@pytest.mark.parametrize(
    ("text", "columns", "sentence"),
    [
        ("record_id,name\n1,甲\n1,乙\n", {}, "编号列有空值或重复"),
        ("id,name\n1,甲\n", {}, "没有“record_id”这一列"),
        ("record_id,name\n1,甲\n", {"name": "姓名"}, "没有“姓名”这一列"),
        ("record_id,born_on\n1,1980-02-30\n", {}, "第 2 行的出生日期无法识别"),
    ],
)
def test_what_a_file_is_refused_for(tmp_path: Path, text: str, columns: dict[str, str], sentence: str) -> None:
    with pytest.raises(PairsFileError, match=sentence):
        evaluation.read_records(write(tmp_path / "a.csv", text), columns)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(PairsFileError, match="找不到文件"):
        evaluation.read_truth(tmp_path / "none.csv")
    (tmp_path / "gb.csv").write_bytes("左,右\n".encode("gb18030"))
    with pytest.raises(PairsFileError, match="UTF-8"):
        evaluation.read_truth(tmp_path / "gb.csv")
