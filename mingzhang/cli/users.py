"""Commands about the staff site's users. No data logic here."""

from __future__ import annotations

import click

from mingzhang.catalog.words import ROLES
from mingzhang.cli.options import known_county, utc_now
from mingzhang.storage.data_folder import DataFolder


@click.group()
def user() -> None:
    """内部网站的用户。"""


@user.command("add")
@click.argument("name")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    help="、".join(f"{role}（{title}）" for role, title in ROLES.items()),
)
@click.option("--county", "counties", multiple=True, help="可看的县；不写则全部")
@click.option("--password", default=None, help="不写则随机生成并显示一次")
def user_add(name: str, roles: tuple[str, ...], counties: tuple[str, ...], password: str | None) -> None:
    """新增一个用户。"""
    from mingzhang.operations import maintenance

    for county in counties:
        known_county(county)
    click.echo(maintenance.add_user(DataFolder.from_environment(), name, roles, counties, password, utc_now()))
