"""The command that brings a data folder of an older version to this one. No data logic here."""

from __future__ import annotations

import click

from mingzhang.cli.options import say, utc_now
from mingzhang.storage.data_folder import DataFolder


@click.command()
@click.option("--json", "as_json", is_flag=True)
def upgrade(as_json: bool) -> None:
    """把旧版本的数据文件夹升级到本版本：核查数据库先留副本（在 PostgreSQL 上的请先用 pg_dump 备份），数据仓按原件重建。"""
    from mingzhang.operations import upgrade as upgrading

    result = upgrading.upgrade(DataFolder.from_environment(), utc_now())
    say(result.as_json(), as_json, result.as_text)
