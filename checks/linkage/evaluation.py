"""How well rows are linked to people: precision, recall and F1 on labelled pairs, Splink's defaults beside ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import polars as pl

from checks.linkage import comparison_rows, probabilistic
from checks.linkage.parameters import Parameters


class PairsFileError(ValueError):
    """A file of pairs cannot be used; the text is one Chinese sentence."""


# Thresholds (match probability) at which Splink's default settings are evaluated.
THRESHOLDS = (0.5, 0.7, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99995, 0.99999, 0.999999, 0.9999999)
# A wrong link sends an auditor to a namesake: at most one in two hundred is acceptable.
WANTED_PRECISION = 0.995


@dataclass(frozen=True)
class Measure:
    """Links found by one method, counted against labelled pairs.

    Attributes:
        method: its name.
        found: links the method would use.
        right: how many of them are true.
        true: true pairs in the labelled data.
        questions: links left to a person; 0 for a method without questions.
        answered: true pairs among the questions.
    """

    method: str
    found: int
    right: int
    true: int
    questions: int = 0
    answered: int = 0

    @property
    def precision(self) -> float:
        """Share of links that are true; 1 when nothing was linked."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of true pairs that were linked; 1 when there are none."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def as_json(self) -> dict[str, str | int | float]:
        """Return the figures, rates to four decimals."""
        return {
            "method": self.method,
            "links": self.found,
            "right": self.right,
            "true": self.true,
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "f1": round(self.f1, 4),
            "questions": self.questions,
            "true_among_questions": self.answered,
        }


def evaluate(lines: pl.DataFrame, people: pl.DataFrame, truth: pl.DataFrame, parameters: Parameters) -> list[Measure]:
    """Measure our links and those of Splink's default settings on the same labelled pairs.

    Args:
        lines: rows to identify, columns of `records.FIELDS`.
        people: the people, likewise.
        truth: `left`, `right`: record ids that are one person.
        parameters: the trained model.

    Returns:
        Our links; Splink's defaults at our probability; at the threshold of their best F1 on these pairs; and, where they
        reach `WANTED_PRECISION`, at the best F1 that reaches it.
    """
    links = probabilistic.link(lines, people, parameters)
    probable, asked = links.filter(pl.col("label") == "probable"), links.filter(pl.col("label") == "question")
    ours = _measure("明账", probable, truth)
    ours = Measure(ours.method, ours.found, ours.right, ours.true, asked.height, _measure("", asked, truth).right)
    scored = default_scores(lines, people)
    same = _measure(f"Splink 默认设置（{parameters.upper}）", scored.filter(pl.col("score") >= parameters.upper), truth)
    found = [(step, _measure("", scored.filter(pl.col("score") >= step), truth)) for step in THRESHOLDS]
    best, best_step = max(((m, step) for step, m in found), key=lambda pair: pair[0].f1)
    sure = [(m, step) for step, m in found if m.precision >= WANTED_PRECISION]
    shown = [replace(best, method=f"Splink 默认设置（F1 最高，{best_step}）")]
    if sure:
        as_sure, step = max(sure, key=lambda pair: pair[0].f1)
        shown.append(replace(as_sure, method=f"Splink 默认设置（准确率不低于 {WANTED_PRECISION:.1%}，{step}）"))
    return [ours, same, *shown]


def _measure(method: str, links: pl.DataFrame, truth: pl.DataFrame) -> Measure:
    pairs = truth.select(line_id="left", person_id="right").unique()
    right = links.join(pairs, on=["line_id", "person_id"], how="semi").height
    return Measure(method, links.height, right, pairs.height)


def default_scores(lines: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Return the best candidate of each row by Splink's own comparison library, trained as in its user guide.

    Library comparisons with their default levels, blocking on name, birth date, number and account, prior and u from the
    data, m by expectation maximisation in two passes.
    """
    import splink.comparison_library as cl
    from splink import SettingsCreator, block_on

    left, right = (_plain(comparison_rows.complete(frame)) for frame in (lines, people))
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="record_id",
        comparisons=[
            cl.NameComparison("name"),
            cl.LevenshteinAtThresholds("idno"),
            cl.DateOfBirthComparison("born", input_is_string=True),
            cl.ExactMatch("sex"),
            cl.ExactMatch("village_code").configure(term_frequency_adjustments=True),
            cl.NameComparison("head_name"),
            cl.ExactMatch("account"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("name"),
            block_on("born"),
            block_on("idno"),
            block_on("account"),
            block_on("village_code", "head_name"),
        ],
    )
    with duckdb.connect() as connection:
        linker = probabilistic.linker_of(connection, left, right, settings)
        linker.training.estimate_probability_two_random_records_match(
            [block_on("name", "village_code"), block_on("account")], recall=0.8
        )
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        for rule in (block_on("name"), block_on("account")):
            linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=1e6)
        predicted = linker.inference.predict().physical_name
        frame: pl.DataFrame = connection.sql(
            f"""select record_id_l as line_id, record_id_r as person_id, match_probability as score from {predicted}
               qualify row_number() over (partition by record_id_l order by match_probability desc, record_id_r) = 1"""
        ).pl()
    return frame.sort("line_id")


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col("born_on").dt.to_string("%Y-%m-%d").alias("born")).drop("born_on")


def read_records(path: Path, columns: Mapping[str, str]) -> pl.DataFrame:
    """Read a CSV file (UTF-8) of rows to compare.

    Args:
        path: the file.
        columns: field of `records.FIELDS` → column of the file; fields named like their column may be left out.

    Raises:
        PairsFileError: a column is missing, an id is missing or repeated, or a birth date is no date.
    """
    table = _read(path)
    mapping = {field: columns.get(field, field) for field in comparison_rows.FIELDS}
    absent = [
        column
        for field, column in mapping.items()
        if column not in table.columns and (field in columns or field == "record_id")
    ]
    if absent:
        raise PairsFileError(f"文件 {path.name} 没有“{absent[0]}”这一列；请核对列名对应关系。")
    frame = table.select(
        pl.col(column).replace("", None).alias(field) for field, column in mapping.items() if column in table.columns
    )
    if frame["record_id"].null_count() or frame["record_id"].is_duplicated().any():
        raise PairsFileError(f"文件 {path.name} 的编号列有空值或重复；每行需要一个不重复的编号。")
    if "born_on" in frame.columns:
        born = frame["born_on"].str.replace_all("[-/.年月日]", "").str.to_date("%Y%m%d", strict=False)
        if wrong := (born.is_null() & frame["born_on"].is_not_null()).arg_true().to_list():
            raise PairsFileError(f"文件 {path.name} 第 {wrong[0] + 2} 行的出生日期无法识别；请写成 1980-01-02。")
        frame = frame.with_columns(born.alias("born_on"))
    return comparison_rows.complete(frame)


def read_truth(path: Path, left: str = "left", right: str = "right") -> pl.DataFrame:
    """Read the pairs that are one person: two columns of record ids.

    Raises:
        PairsFileError: a column is missing.
    """
    table = _read(path)
    for column in (left, right):
        if column not in table.columns:
            raise PairsFileError(f"文件 {path.name} 没有“{column}”这一列；请指明左右两个编号列。")
    return table.select(left=pl.col(left), right=pl.col(right))


def _read(path: Path) -> pl.DataFrame:
    try:
        return pl.read_csv(path.read_bytes().decode("utf-8-sig").encode(), infer_schema=False)
    except FileNotFoundError:
        raise PairsFileError(f"找不到文件 {path.name}；请核对路径。") from None
    except (UnicodeDecodeError, pl.exceptions.PolarsError):
        raise PairsFileError(f"文件 {path.name} 不是 UTF-8 编码的 CSV 表；请另存为 CSV UTF-8 后再试。") from None
