"""What was typed wrong on the command line, as one Chinese sentence. Decides no exit status."""

from __future__ import annotations

import click


def sentence(mistake: click.ClickException) -> str:
    """Return what is wrong with a command as typed and where to read how it is written."""
    context = mistake.ctx if isinstance(mistake, click.UsageError) else None
    help_of = context.command_path if context else "mingzhang"
    return f"{_what(mistake)}用法见 {help_of} --help。"


def _what(mistake: click.ClickException) -> str:
    """Return what is wrong, in our words; what click says itself only where we know no better."""
    if isinstance(mistake, click.exceptions.NoSuchCommand):
        return f"没有“{mistake.command_name}”这个命令；"
    if isinstance(mistake, click.NoSuchOption):
        near = f"，是不是 {'、'.join(mistake.possibilities)}" if mistake.possibilities else ""
        return f"没有“{mistake.option_name}”这个选项{near}；"
    if isinstance(mistake, click.MissingParameter):
        return f"缺少 {_name(mistake.param)}；"
    if isinstance(mistake, click.BadParameter):
        return f"{_name(mistake.param)} 写得不对，{_expected(mistake.param)}；"
    if isinstance(mistake, click.BadOptionUsage):
        return f"选项 {mistake.option_name} 后面缺少内容，或多写了内容；"
    return f"命令写得不对（{mistake.format_message()}）；"


def _name(parameter: click.Parameter | None) -> str:
    """Return an option as it is typed, an argument as the usage line shows it."""
    if isinstance(parameter, click.Option):
        return parameter.opts[0]
    return parameter.human_readable_name if parameter else "内容"


def _expected(parameter: click.Parameter | None) -> str:
    """Return what may stand there."""
    kind = parameter.type if parameter else None
    if isinstance(kind, click.Choice):
        return f"只能是 {'、'.join(map(str, kind.choices))}"
    if isinstance(kind, click.Path):
        return "找不到这个文件，或它是一个文件夹"
    if isinstance(kind, click.DateTime):
        return "日期请写成 2026-12-31 这样"
    return "这里要写数字" if isinstance(kind, click.types.IntParamType) else "请核对"
