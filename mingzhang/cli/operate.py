"""Commands an operator runs: run, status, rebuild, backup, restore, serve, demo. No data logic here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click

from mingzhang.cli.options import DONE, FAILED, out_option, say, utc_now
from mingzhang.storage.data_folder import DataFolder


@click.command()
def run() -> None:
    """运行整条流水线：装入、认人、核对规则、生成内部快照；没有新内容时什么都不做。"""
    from mingzhang.operations import runs
    from pipelines import instance

    folder = DataFolder.from_environment()
    if runs.is_current(folder, utc_now()):
        click.echo("没有新的文件，也没有新的决定；内部快照已是最新，不必运行。")
        return
    if not instance.run_pipeline(folder.root):
        click.echo("运行没有成功；请用 mingzhang status 查看，详情在 Dagster 页面。", err=True)
        sys.exit(FAILED)
    click.echo("运行完成。")


@click.command()
@click.option("--json", "as_json", is_flag=True)
def status(as_json: bool) -> None:
    """哪些暂缓、哪些过期、公开到哪里、占多少磁盘。"""
    from mingzhang.operations import status as status_report

    result = status_report.status(DataFolder.from_environment(), utc_now())
    say(result, as_json, lambda: status_report.as_text(result))


@click.command()
def rebuild() -> None:
    """只凭收到的原件和人工决定重建数据仓，并比较前后的内容哈希。"""
    from mingzhang.operations import maintenance

    text, is_same = maintenance.rebuild(DataFolder.from_environment(), utc_now())
    click.echo(text)
    sys.exit(DONE if is_same else FAILED)


@click.command()
@out_option("写到哪个 .tar 文件")
def backup(out: Path) -> None:
    """备份原件、人工决定、密钥和发布；数据仓可由它们重建。"""
    from mingzhang.operations import maintenance

    click.echo(maintenance.backup(DataFolder.from_environment(), out))


@click.command()
@click.argument("archive", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(archive: Path) -> None:
    """从备份恢复到一个空的数据文件夹，并重建数据仓。"""
    from mingzhang.operations import maintenance

    click.echo(maintenance.restore(DataFolder.from_environment(), archive, utc_now()))


@click.command()
@click.argument("which", type=click.Choice(["public", "staff", "all"]), default="all")
@click.option("--public-port", default=8050)
@click.option("--staff-port", default=8051)
def serve(which: str, public_port: int, staff_port: int) -> None:
    """启动公开网站、内部网站和后台任务；按 Ctrl-C 停下。"""
    from mingzhang.operations import processes
    from pipelines.instance import prepare_home

    folder = DataFolder.from_environment()
    sys.exit(processes.serve(folder, which, public_port, staff_port, prepare_home(folder.root)))


@click.command()
@click.option("--no-serve", is_flag=True, help="做完就结束，不启动网站")
@click.option("--seed", default=1)
@click.option("--size", type=click.Choice(["full", "tiny"]), default="full")
@click.option("--public-port", default=8050)
@click.option("--staff-port", default=8051)
def demo(no_serve: bool, seed: int, size: Literal["full", "tiny"], public_port: int, staff_port: int) -> None:
    """用虚构的示例县走一遍：生成、装入、核对、复核、公开、启动网站。"""
    from mingzhang.cli import demo as demonstration

    sys.exit(demonstration.run(DataFolder.from_environment(), seed, size, not no_serve, public_port, staff_port))
