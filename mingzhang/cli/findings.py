"""The command that lists findings. No data logic here."""

from __future__ import annotations

import click

from mingzhang.cli.options import known_county, say, utc_now
from mingzhang.storage.data_folder import DataFolder


@click.command()
@click.option("--county", default=None)
@click.option("--rule", default=None)
@click.option("--json", "as_json", is_flag=True)
def findings(county: str | None, rule: str | None, as_json: bool) -> None:
    """按规则和状态数疑点；--json 逐条列出，每条都能回到原文件的那一行。"""
    from mingzhang.operations import findings as current_findings

    known_county(county)
    rows = current_findings.findings(DataFolder.from_environment(), county, rule, utc_now())
    say(rows, as_json, lambda: current_findings.findings_as_text(rows))
