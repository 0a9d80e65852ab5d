"""Commands about the audit log. No data logic here."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mingzhang.cli.options import DONE, REFUSED, say
from mingzhang.storage.data_folder import DataFolder


@click.group()
def audit() -> None:
    """审计日志：谁在什么时候看了什么、做了什么。"""


@audit.command("verify")
@click.option(
    "--head",
    "heads",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="另行取得的公开记录（公开网站的 /records.jsonl、镜像或以前的下载）；不写则用本机的那一份，但发现不了整份重写",
)
@click.option("--entry", type=click.IntRange(min=1), default=None, help="再证明第几条在公布的树根之内")
@click.option("--json", "as_json", is_flag=True)
def verify(heads: Path | None, entry: int | None, as_json: bool) -> None:
    """核验审计日志有没有被改动或删减，是不是从历次发布公布的树根接着记下来的。"""
    from mingzhang.operations import audit as auditing

    result = auditing.verify(DataFolder.from_environment(), heads, entry)
    say(result.as_json(), as_json, result.as_text)
    sys.exit(DONE if result.is_sound else REFUSED)
