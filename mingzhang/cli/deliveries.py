"""Commands about deliveries: certify, settle, take back, restore, waive a check. No data logic here."""

from __future__ import annotations

import datetime as dt

import click

from mingzhang.cli.options import declare, utc_now


@click.command()
@click.argument("batch")
@click.option("--by", "user", required=True, help="复核人；不能是送报人")
def certify(batch: str, user: str) -> None:
    """复核一个批次；只有复核过的批次才会公开。"""
    from mingzhang.operations import deliveries

    deliveries.certify(batch, user, utc_now())
    click.echo(f"批次 {batch} 已由 {user} 复核。")


@click.command()
@click.argument("delivery")
@click.option("--by", "user", required=True, help="处理人")
@click.option("--why", required=True, help="理由")
@click.option("--refuse", is_flag=True, help="不收；不加则确认入库")
def settle(delivery: str, user: str, why: str, refuse: bool) -> None:
    """处理一个暂缓的批次：确认入库或不收，写明理由。"""
    from mingzhang.operations import deliveries

    deliveries.settle(delivery, "refuse" if refuse else "accept", user, why, utc_now())
    click.echo("已记下；下次运行时生效。")


@click.command("take-back")
@click.argument("delivery")
@click.option("--by", "user", required=True, help="撤回人")
@click.option("--why", required=True, help="理由")
def take_back(delivery: str, user: str, why: str) -> None:
    """撤回一个已装入的批次：原件保留，记录不再计入。"""
    from mingzhang.operations import deliveries

    deliveries.take_back(delivery, user, why, utc_now())
    click.echo(f"批次 {delivery} 已撤回；原件仍保留。")


@click.command("restore-delivery")
@click.argument("delivery")
@click.option("--by", "user", required=True, help="恢复人")
@click.option("--why", required=True, help="理由")
def restore_delivery(delivery: str, user: str, why: str) -> None:
    """恢复一个撤回的批次：记录重新计入，撤回和恢复都留有回执。"""
    from mingzhang.operations import deliveries

    deliveries.restore_delivery(delivery, user, why, utc_now())
    click.echo(f"批次 {delivery} 已恢复，记录重新计入。")


@click.command()
@click.argument("problem")
@click.option("--county", default="", help="县代码")
@click.option("--kind", default="", help="文件种类；不写则全部")
@click.option("--programme", default="", help="补贴项目；不写则全部")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="有效至 YYYY-MM-DD")
@click.option("--why", required=True, help="理由")
@click.option("--by", "user", required=True, help="批准人")
def waive(problem: str, county: str, kind: str, programme: str, until: dt.datetime, why: str, user: str) -> None:
    """暂时放行一种检查问题（如 total_mismatch），写明谁批准、为什么、到哪天。"""
    from mingzhang.operations import deliveries

    meant = declare(county or None, None, kind or None, programme or None)
    where = (meant.county or "", meant.kind or "", meant.programme or "")
    deliveries.waive(problem, where, until.date(), why, user, utc_now())
    click.echo("已记下；下次运行时生效。")
