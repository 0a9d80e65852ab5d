"""Commands about files: template, check-file, load, workbook. No data logic here."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from mingzhang.cli.options import DONE, REFUSED, WITH_ERRORS, declare, declared_options, out_option, say, utc_now
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.errors import Refusal


@click.command()
@click.argument("kind")
@out_option("写到哪个 .xlsx 文件")
@click.option("--county", default=None, help="带上这个县的村名下拉表")
def template(kind: str, out: Path, county: str | None) -> None:
    """写出一种文件的空白模板：下拉选项、填写说明、身份证列为文本。"""
    from mingzhang.catalog.load import catalogue
    from mingzhang.intake.answer import template as templates

    declare(county, None, kind, None)
    templates.write(kind, catalogue(), out, county=county, folder=DataFolder.from_environment())
    click.echo(f"模板已写到 {out}。")


@click.command("check-file")
@click.argument("file", type=click.Path(path_type=Path))
@declared_options
@click.option("--corrects", default=None, help="更正的是哪一个批次")
@click.option("--file-name", envvar="MINGZHANG_FILE_NAME", default=None, help="送报人给文件起的名，如果与 FILE 不同")
@click.option("--json", "as_json", is_flag=True, help="给程序读的输出")
def check_file(
    file: Path,
    corrects: str | None,
    file_name: str | None,
    county: str | None,
    month: str | None,
    kind: str | None,
    programme: str | None,
    as_json: bool,
) -> None:
    """只检查一个文件，不装入：接收、不收、暂缓各多少行，为什么。"""
    from mingzhang.intake.answer import report
    from mingzhang.operations import deliveries

    declared = declare(county, month, kind, programme)
    known = deliveries.context(DataFolder.from_environment(), utc_now())
    result = report.check_file(file, declared, known, file_name, corrects)
    say(result, as_json, lambda: report.as_text(result))
    sys.exit(
        {"refused": REFUSED, "held": WITH_ERRORS, "withdrawn": WITH_ERRORS, "accepted_with_errors": WITH_ERRORS}.get(
            result["status"], DONE
        )
    )


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@declared_options
@click.option("--by", "sender", default="cli", help="送报人")
@click.option("--corrects", default=None, help="这次更正的是哪一个批次")
@click.option("--json", "as_json", is_flag=True)
def load(
    paths: tuple[Path, ...],
    county: str | None,
    month: str | None,
    kind: str | None,
    programme: str | None,
    sender: str,
    corrects: str | None,
    as_json: bool,
) -> None:
    """接收文件或整个文件夹并装入数据仓。"""
    from mingzhang.operations import deliveries

    loaded = deliveries.load_paths(paths, declare(county, month, kind, programme), sender, utc_now(), corrects)
    say([asdict(outcome) for outcome in loaded.named], as_json, lambda: deliveries.as_text(loaded))
    statuses = {outcome.status for outcome in loaded.named}
    if statuses == {"refused"}:
        sys.exit(REFUSED)
    sys.exit(WITH_ERRORS if statuses & {"refused", "held", "withdrawn", "accepted_with_errors"} else DONE)


@click.command()
@click.argument("delivery")
@out_option("写到哪个 .xlsx 文件")
@click.option("--json", "as_json", is_flag=True)
def workbook(delivery: str, out: Path, as_json: bool) -> None:
    """写出一个批次的更正表：只列要改的行，改好后再送来即可。"""
    from mingzhang.intake.answer import correction_workbook as workbooks
    from mingzhang.operations import deliveries

    folder = DataFolder.from_environment()
    try:
        lines = workbooks.for_delivery(folder, delivery, deliveries.context(folder, utc_now()), out)
    except KeyError:
        raise Refusal(f"没有批次 {delivery}；请用 mingzhang status 查看。") from None
    say({"lines": lines}, as_json, lambda: f"更正表共 {lines} 行，已写到 {out}。" if lines else "没有要改的行。")
