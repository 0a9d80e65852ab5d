"""Commands about what is public: publish, verify, quality, expire, withdraw, withhold. No data logic here."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mingzhang.cli.options import DONE, REFUSED, utc_now


@click.command()
def publish() -> None:
    """公开已复核的批次；内容没变就什么都不变。"""
    from mingzhang.operations import releases

    click.echo(releases.publish(utc_now()))


@click.command()
@click.argument("release", type=click.Path(path_type=Path))
@click.option("--public-key", type=click.Path(path_type=Path, exists=True), help="另行取得的公钥文件")
def verify(release: Path, public_key: Path | None) -> None:
    """只凭公开材料核验一次发布有没有被改动。"""
    from mingzhang.operations import releases

    text, is_sound = releases.verify(release, public_key)
    click.echo(text)
    sys.exit(DONE if is_sound else REFUSED)


@click.command()
def quality() -> None:
    """为当前发布写一份质量报告（Great Expectations），供内部网站查看。"""
    from mingzhang.operations import releases

    click.echo(releases.quality(utc_now()))


@click.command()
def expire() -> None:
    """撤下到期的公示。"""
    from mingzhang.operations import releases

    click.echo(releases.expire(utc_now()))


@click.command()
@click.argument("notice")
@click.option("--why", required=True)
@click.option("--by", "user", required=True)
def withdraw(notice: str, why: str, user: str) -> None:
    """当天撤下一份公示，公开记录里写明理由但不写姓名。"""
    from mingzhang.operations import releases

    click.echo(releases.withdraw(notice, why, user, utc_now()))


@click.command()
@click.argument("person")
@click.option("--why", required=True)
@click.option("--by", "user", required=True)
def withhold(person: str, why: str, user: str) -> None:
    """不再公开一个有风险的人（PERSON 是人员编号 person_id），各处都不出现。"""
    from mingzhang.operations import releases

    click.echo(releases.withhold(person, why, user, utc_now()))
