"""Commands about record linkage: evaluate, train. No data logic here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mingzhang.cli.options import say
from mingzhang.storage.errors import Refusal

if TYPE_CHECKING:
    from mingzhang.operations.linkage_measures import LabelledFiles


@click.group()
def people() -> None:
    """认人：没有可用证号的行是谁；量一量认得准不准，训练新参数。"""


def labelled_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the files of labelled pairs; without them the sample district's labelled damage is used."""
    for option in (
        click.option("--seed", default=1, help="示例损坏样本的种子"),
        click.option("--truth-columns", nargs=2, default=("left", "right"), help="真值文件的左列和右列"),
        click.option("--right-column", "right_columns", multiple=True, help="右文件的 字段=列名，可多次"),
        click.option("--left-column", "left_columns", multiple=True, help="左文件的 字段=列名，可多次"),
        click.option("--truth", type=click.Path(path_type=Path), help="真值对 CSV"),
        click.option("--right", type=click.Path(path_type=Path), help="人员 CSV"),
        click.option("--left", type=click.Path(path_type=Path), help="要认的行 CSV"),
    ):
        command = option(command)
    return command


def labelled(values: dict[str, Any]) -> LabelledFiles | None:
    """Return the labelled files of the options, or None where none is given.

    Raises:
        Refusal: only some of the three files are given.
    """
    from mingzhang.operations.linkage_measures import LabelledFiles

    given = [values[name] for name in ("left", "right", "truth")]
    if not any(given):
        return None
    if not all(given):
        raise Refusal("请同时给出 --left、--right、--truth 三个文件。")
    names = ("left", "right", "truth", "left_columns", "right_columns", "truth_columns")
    return LabelledFiles(**{name: values[name] for name in names})


@people.command("evaluate")
@labelled_options
@click.option("--json", "as_json", is_flag=True)
def people_evaluate(as_json: bool, seed: int, **files: Any) -> None:
    """在带标注的样本上给出准确率、召回率和 F1，旁边是 Splink 默认设置。"""
    from mingzhang.operations import linkage_measures

    measures = linkage_measures.evaluate(labelled(files), seed)
    say(measures, as_json, lambda: linkage_measures.evaluation_as_text(measures))


@people.command("train")
@labelled_options
def people_train(seed: int, **files: Any) -> None:
    """用带标注的样本训练下一版参数；旧版本不改。"""
    from mingzhang.operations import linkage_measures

    click.echo(linkage_measures.train(labelled(files), seed))
