"""Commands about rules: list, test, try. No data logic here."""

from __future__ import annotations

import sys

import click

from mingzhang.cli.options import DONE, FAILED, say
from mingzhang.storage.data_folder import DataFolder


@click.group()
def rules() -> None:
    """规则：列出、测试、试算。"""


@rules.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.option("--markdown", is_flag=True, help="写成 README 里的表")
def rules_list(as_json: bool, markdown: bool) -> None:
    """列出全部规则。"""
    from mingzhang.operations import rules as rule_tools

    click.echo(rule_tools.rules_list(as_json, markdown))


@rules.command("test")
@click.argument("rule", required=False)
def rules_test(rule: str | None) -> None:
    """用每条规则自带的例子检查规则：不适用、不应报、应报、边界。"""
    from mingzhang.operations import rules as rule_tools

    text, is_good = rule_tools.rules_test(rule)
    click.echo(text)
    sys.exit(DONE if is_good else FAILED)


@rules.command("try")
@click.argument("rule")
@click.option("--months", default=12, help="看最近几个月")
@click.option("--json", "as_json", is_flag=True)
def rules_try(rule: str, months: int, as_json: bool) -> None:
    """试算一条规则：会多报多少、涉及多少钱、哪些县；什么都不写。"""
    from mingzhang.operations import rules as rule_tools

    result = rule_tools.rules_try(DataFolder.from_environment(), rule, months)
    say(result, as_json, lambda: rule_tools.try_as_text(result))
