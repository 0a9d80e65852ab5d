"""Options and answers that commands share, and the one place commands read the clock. No data logic here."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.errors import Refusal

if TYPE_CHECKING:
    from mingzhang.intake.receive.declared import Declared

DONE, WITH_ERRORS, REFUSED, FAILED = 0, 1, 2, 3


def utc_now() -> dt.datetime:
    """Return UTC now: the one place commands read the clock."""
    return dt.datetime.now(dt.UTC)


def say(value: Any, as_json: bool, text: Callable[[], str]) -> None:
    """Print a result for a program or for a person."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str) if as_json else text())


def declared_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add what a sender may declare of a file; what is left out comes from the folder tree, else from the file."""
    for option, text in (
        ("--programme", "补贴项目：代码、英文短名、中文名或别名"),
        ("--kind", "文件种类，如 roster、dibao_roll，或部门数据名"),
        ("--month", "所属月份 YYYY-MM"),
        ("--county", "县（市、区）代码，六位"),
    ):
        command = click.option(option, default=None, help=text)(command)
    return command


def out_option(help_text: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add `--out`, a file in a folder that is there."""
    kind = click.Path(path_type=Path, dir_okay=False)
    return click.option("--out", required=True, type=kind, callback=_in_a_folder, help=help_text)


def _in_a_folder(_context: click.Context, _parameter: click.Parameter, out: Path) -> Path:
    """Refuse a file whose folder is missing before any work is done for it."""
    if not out.absolute().parent.is_dir():
        raise Refusal(f"没有文件夹 {out.absolute().parent}；请先建好，或写到别处。")
    return out


def declare(county: str | None, month: str | None, kind: str | None, programme: str | None) -> Declared:
    """Turn options into what is declared of a file.

    Args:
        county: code or name.
        month: `YYYY-MM`.
        kind: slug of a kind of file or register.
        programme: code, slug, name or alias.

    Raises:
        DeclaredError: a word that means nothing in the catalogue, or a month that is none.
        Refusal: six digits that are no county's.
    """
    from mingzhang.catalog.load import catalogue
    from mingzhang.intake.receive import declared

    known_county(county)
    return declared.from_options(catalogue(), county=county, kind=kind, programme=programme, month=month)


def known_county(county: str | None) -> None:
    """Refuse six digits that are no county's: a slip would make a county of its own.

    Raises:
        Refusal: neither the division table nor what was published for the staff knows the county.
    """
    from mingzhang.catalog.load import catalogue

    code = catalogue().county_code(county.strip()) if county else None
    if code and not any(place.code == code and place.level == "county" for place in catalogue().places):
        from mingzhang.operations.deliveries import has_county

        if not has_county(DataFolder.from_environment(), code):
            raise Refusal(f"没有代码为 {code} 的县（市、区）；请核对六位行政区划代码。")
