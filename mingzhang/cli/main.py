"""The front door for everyone who is not in a browser. Commands call rooms; no data logic here."""

from __future__ import annotations

import datetime as dt
import gc
import json
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import click

from assets.errors import Refusal
from assets.folder import DataFolder, UnsafeKeyError

if TYPE_CHECKING:
    from assets.intake.declared import Declared
    from pipelines.recognising import LabelledFiles

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
    """Turn options into what is declared of a file."""
    from assets.catalog import catalogue
    from assets.intake import declared

    return declared.from_options(catalogue(), county=county, kind=kind, programme=programme, month=month)


def parse_month(text: str) -> dt.date:
    """Return the first day of a month given as `YYYY-MM`.

    Raises:
        Refusal: it is not one.
    """
    try:
        return dt.datetime.strptime(text, "%Y-%m").replace(tzinfo=dt.UTC).date()
    except ValueError:
        raise Refusal(f"月份“{text}”看不懂；请写成 2026-10 这样。") from None


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="mingzhang", message="%(version)s")
def cli() -> None:
    """明账：民生资金公开与核对。数据放在 $MINGZHANG_DATA（默认 ./data）。"""


@cli.command()
@click.argument("kind")
@out_option("写到哪个 .xlsx 文件")
@click.option("--county", default=None, help="带上这个县的村名下拉表")
def template(kind: str, out: Path, county: str | None) -> None:
    """写出一种文件的空白模板：下拉选项、填写说明、身份证列为文本。"""
    from assets.catalog import catalogue
    from assets.intake import template as templates

    declare(county, None, kind, None)
    templates.write(kind, catalogue(), out, county=county, folder=DataFolder.from_environment())
    click.echo(f"模板已写到 {out}。")


@cli.command("check-file")
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
    from assets.intake import report
    from pipelines import loading

    declared = declare(county, month, kind, programme)
    known = loading.context(DataFolder.from_environment(), utc_now())
    result = report.check_file(file, declared, known, file_name, corrects)
    say(result, as_json, lambda: report.as_text(result))
    sys.exit({"refused": REFUSED, "held": WITH_ERRORS, "accepted_with_errors": WITH_ERRORS}.get(result["status"], DONE))


@cli.command()
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
    from pipelines import loading

    outcomes = loading.load_paths(paths, declare(county, month, kind, programme), sender, utc_now(), corrects)
    say([asdict(outcome) for outcome in outcomes], as_json, lambda: loading.as_text(outcomes))
    statuses = {outcome.status for outcome in outcomes}
    if statuses <= {"refused"}:
        sys.exit(REFUSED)
    sys.exit(WITH_ERRORS if statuses & {"refused", "held", "accepted_with_errors"} else DONE)


@cli.command()
@click.option("--month", default=None, help="记作哪个月的运行；默认本月")
def run(month: str | None) -> None:
    """运行整条流水线：装入、认人、核对规则、生成内部快照。"""
    from pipelines import instance

    label = f"{parse_month(month):%Y-%m}" if month else f"{utc_now():%Y-%m}"
    if not instance.run_pipeline(DataFolder.from_environment().root, label):
        click.echo("运行没有成功；请用 mingzhang status 查看，详情在 Dagster 页面。", err=True)
        sys.exit(FAILED)
    click.echo("运行完成。")


@cli.command()
@click.argument("batch")
@click.option("--by", "user", required=True, help="复核人；不能是送报人")
def certify(batch: str, user: str) -> None:
    """复核一个批次；只有复核过的批次才会公开。"""
    from pipelines import loading

    loading.certify(batch, user, utc_now())
    click.echo(f"批次 {batch} 已由 {user} 复核。")


@cli.command()
@click.argument("delivery")
@click.option("--by", "user", required=True, help="处理人")
@click.option("--why", required=True, help="理由")
@click.option("--refuse", is_flag=True, help="不收；不加则确认入库")
def settle(delivery: str, user: str, why: str, refuse: bool) -> None:
    """处理一个暂缓的批次：确认入库或不收，写明理由。"""
    from pipelines import loading

    loading.settle(delivery, "refuse" if refuse else "accept", user, why, utc_now())
    click.echo("已记下；下次运行时生效。")


@cli.command()
@click.argument("delivery")
@out_option("写到哪个 .xlsx 文件")
@click.option("--json", "as_json", is_flag=True)
def workbook(delivery: str, out: Path, as_json: bool) -> None:
    """写出一个批次的更正表：只列要改的行，改好后再送来即可。"""
    from assets.intake import workbook as workbooks
    from pipelines import loading

    folder = DataFolder.from_environment()
    try:
        lines = workbooks.for_delivery(folder, delivery, loading.context(folder, utc_now()), out)
    except KeyError:
        raise Refusal(f"没有批次 {delivery}；请用 mingzhang status 查看。") from None
    say({"lines": lines}, as_json, lambda: f"更正表共 {lines} 行，已写到 {out}。" if lines else "没有要改的行。")


@cli.command()
@click.option("--county", default=None)
@click.option("--rule", default=None)
@click.option("--json", "as_json", is_flag=True)
def findings(county: str | None, rule: str | None, as_json: bool) -> None:
    """按规则和状态数疑点；--json 逐条列出，每条都能回到原文件的那一行。"""
    from pipelines import looking

    rows = looking.findings(DataFolder.from_environment(), county, rule, utc_now())
    say(rows, as_json, lambda: looking.findings_as_text(rows))


@cli.group()
def rules() -> None:
    """规则：列出、测试、试算。"""


@rules.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.option("--markdown", is_flag=True, help="写成 README 里的表")
def rules_list(as_json: bool, markdown: bool) -> None:
    """列出全部规则。"""
    from pipelines import looking

    click.echo(looking.rules_list(as_json, markdown))


@rules.command("test")
@click.argument("rule", required=False)
def rules_test(rule: str | None) -> None:
    """用每条规则自带的例子检查规则：不适用、不应报、应报、边界。"""
    from pipelines import looking

    text, is_good = looking.rules_test(rule)
    click.echo(text)
    sys.exit(DONE if is_good else FAILED)


@rules.command("try")
@click.argument("rule")
@click.option("--months", default=12, help="看最近几个月")
@click.option("--json", "as_json", is_flag=True)
def rules_try(rule: str, months: int, as_json: bool) -> None:
    """试算一条规则：会多报多少、涉及多少钱、哪些县；什么都不写。"""
    from pipelines import looking

    result = looking.rules_try(DataFolder.from_environment(), rule, months)
    say(result, as_json, lambda: looking.try_as_text(result))


@cli.command()
def publish() -> None:
    """公开已复核的批次；内容没变就什么都不变。"""
    from pipelines import releasing

    click.echo(releasing.publish(utc_now()))


@cli.command()
@click.argument("release", type=click.Path(path_type=Path))
@click.option("--public-key", type=click.Path(path_type=Path, exists=True), help="另行取得的公钥文件")
def verify(release: Path, public_key: Path | None) -> None:
    """只凭公开材料核验一次发布有没有被改动。"""
    from pipelines import releasing

    text, is_sound = releasing.verify(release, public_key)
    click.echo(text)
    sys.exit(DONE if is_sound else REFUSED)


@cli.command()
def quality() -> None:
    """为当前发布写一份质量报告（Great Expectations），供内部网站查看。"""
    from pipelines import releasing

    click.echo(releasing.quality(utc_now()))


@cli.command()
def expire() -> None:
    """撤下到期的公示。"""
    from pipelines import releasing

    click.echo(releasing.expire(utc_now()))


@cli.command()
@click.argument("notice")
@click.option("--why", required=True)
@click.option("--by", "user", required=True)
def withdraw(notice: str, why: str, user: str) -> None:
    """当天撤下一份公示，公开记录里写明理由但不写姓名。"""
    from pipelines import releasing

    click.echo(releasing.withdraw(notice, why, user, utc_now()))


@cli.command()
@click.argument("person")
@click.option("--why", required=True)
@click.option("--by", "user", required=True)
def withhold(person: str, why: str, user: str) -> None:
    """不再公开一个有风险的人（PERSON 是人员编号 person_id），各处都不出现。"""
    from pipelines import releasing

    click.echo(releasing.withhold(person, why, user, utc_now()))


@cli.command()
@click.argument("which", type=click.Choice(["public", "staff", "all"]), default="all")
@click.option("--public-port", default=8050)
@click.option("--staff-port", default=8051)
def serve(which: str, public_port: int, staff_port: int) -> None:
    """启动公开网站、内部网站和后台任务；按 Ctrl-C 停下。"""
    from pipelines import serving

    sys.exit(serving.serve(DataFolder.from_environment(), which, public_port, staff_port))


@cli.command()
@click.option("--no-serve", is_flag=True, help="做完就结束，不启动网站")
@click.option("--seed", default=1)
@click.option("--size", type=click.Choice(["full", "tiny"]), default="full")
@click.option("--public-port", default=8050)
@click.option("--staff-port", default=8051)
def demo(no_serve: bool, seed: int, size: Literal["full", "tiny"], public_port: int, staff_port: int) -> None:
    """用虚构的示例县走一遍：生成、装入、核对、复核、公开、启动网站。"""
    from pipelines import demo as demonstration

    sys.exit(demonstration.run(DataFolder.from_environment(), seed, size, not no_serve, public_port, staff_port))


@cli.group()
def people() -> None:
    """认人：没有可用证号的行是谁；量一量认得准不准，训练新参数。"""


def labelled_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the files of labelled pairs; without them the sample district's labelled damage is used."""
    for option in (
        click.option("--seed", default=1, help="示例损坏样本的种子"),
        click.option("--truth-columns", nargs=2, default=("left", "right"), help="真值文件的左列和右列"),
        click.option("--right-column", "right_columns", multiple=True, help="右文件的 字段=列名，可多次"),
        click.option("--left-column", "left_columns", multiple=True, help="左文件的 字段=列名，可多次"),
        click.option("--truth", type=click.Path(path_type=Path), help="真值对 CSV"),
        click.option("--right", type=click.Path(path_type=Path), help="人员 CSV"),
        click.option("--left", type=click.Path(path_type=Path), help="要认的行 CSV"),
    ):
        command = option(command)
    return command


def labelled(values: dict[str, Any]) -> LabelledFiles | None:
    """Return the labelled files of the options, or None where none is given.

    Raises:
        Refusal: only some of the three files are given.
    """
    from pipelines.recognising import LabelledFiles

    given = [values[name] for name in ("left", "right", "truth")]
    if not any(given):
        return None
    if not all(given):
        raise Refusal("请同时给出 --left、--right、--truth 三个文件。")
    names = ("left", "right", "truth", "left_columns", "right_columns", "truth_columns")
    return LabelledFiles(**{name: values[name] for name in names})


@people.command("evaluate")
@labelled_options
@click.option("--json", "as_json", is_flag=True)
def people_evaluate(as_json: bool, seed: int, **files: Any) -> None:
    """在带标注的样本上给出准确率、召回率和 F1，旁边是 Splink 默认设置。"""
    from pipelines import recognising

    measures = recognising.evaluate(labelled(files), seed)
    say(measures, as_json, lambda: recognising.evaluation_as_text(measures))


@people.command("train")
@labelled_options
def people_train(seed: int, **files: Any) -> None:
    """用带标注的样本训练下一版参数；旧版本不改。"""
    from pipelines import recognising

    click.echo(recognising.train(labelled(files), seed))


@cli.command("take-back")
@click.argument("delivery")
@click.option("--by", "user", required=True, help="撤回人")
@click.option("--why", required=True, help="理由")
def take_back(delivery: str, user: str, why: str) -> None:
    """撤回一个已装入的批次：原件保留，记录不再计入。"""
    from pipelines import loading

    loading.take_back(delivery, user, why, utc_now())
    click.echo(f"批次 {delivery} 已撤回；原件仍保留。")


@cli.command()
@click.argument("problem")
@click.option("--county", default="", help="县代码")
@click.option("--kind", default="", help="文件种类；不写则全部")
@click.option("--programme", default="", help="补贴项目；不写则全部")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="有效至 YYYY-MM-DD")
@click.option("--why", required=True, help="理由")
@click.option("--by", "user", required=True, help="批准人")
def waive(problem: str, county: str, kind: str, programme: str, until: dt.datetime, why: str, user: str) -> None:
    """暂时放行一种检查问题（如 total_mismatch），写明谁批准、为什么、到哪天。"""
    from pipelines import loading

    loading.waive(problem, (county, kind, programme), until.date(), why, user, utc_now())
    click.echo("已记下；下次运行时生效。")


@cli.group()
def user() -> None:
    """内部网站的用户。"""


@user.command("add")
@click.argument("name")
@click.option(
    "--role", "roles", multiple=True, required=True, help="maker、checker、auditor、supervisor、administrator"
)
@click.option("--county", "counties", multiple=True, help="可看的县；不写则全部")
@click.option("--password", default=None, help="不写则随机生成并显示一次")
def user_add(name: str, roles: tuple[str, ...], counties: tuple[str, ...], password: str | None) -> None:
    """新增一个用户。"""
    from pipelines import upkeep

    click.echo(upkeep.add_user(DataFolder.from_environment(), name, roles, counties, password, utc_now()))


@cli.command()
@click.option("--json", "as_json", is_flag=True)
def status(as_json: bool) -> None:
    """哪些暂缓、哪些过期、公开到哪里、占多少磁盘。"""
    from pipelines import status as looking_after

    result = looking_after.status(DataFolder.from_environment(), utc_now())
    say(result, as_json, lambda: looking_after.as_text(result))


@cli.command()
def rebuild() -> None:
    """只凭收到的原件和人工决定重建数据仓，并比较前后的内容哈希。"""
    from pipelines import upkeep

    text, is_same = upkeep.rebuild(DataFolder.from_environment(), utc_now())
    click.echo(text)
    sys.exit(DONE if is_same else FAILED)


@cli.command()
@out_option("写到哪个 .tar 文件")
def backup(out: Path) -> None:
    """备份原件、人工决定、密钥和发布；数据仓可由它们重建。"""
    from pipelines import upkeep

    click.echo(upkeep.backup(DataFolder.from_environment(), out))


@cli.command()
@click.argument("archive", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(archive: Path) -> None:
    """从备份恢复到一个空的数据文件夹，并重建数据仓。"""
    from pipelines import upkeep

    click.echo(upkeep.restore(DataFolder.from_environment(), archive, utc_now()))


def _log_failure(error: BaseException) -> Path:
    """Write where the program failed, without messages: an exception's text may hold a person's data."""
    folder = DataFolder.from_environment().root / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "failures.log"
    frames = [f"  {Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    with path.open("a", encoding="utf-8") as file:
        file.write("\n".join([f"{utc_now().isoformat()} {type(error).__name__}", *frames, ""]))
    return path


def _mistakes() -> tuple[type[Exception], ...]:
    """Return the exceptions whose text is a sentence for the person who typed the command."""
    from assets.intake.declared import DeclaredError
    from assets.intake.joints import JointError
    from assets.publishing import DamagedPublicationError
    from casework.workflow import WorkflowError

    return (Refusal, UnsafeKeyError, DeclaredError, JointError, DamagedPublicationError, WorkflowError)


def main() -> NoReturn:
    """Run the command line; every failure ends in one sentence and an exit status."""
    os.umask(0o077)  # originals, warehouse and casework are nobody else's to read; publishing opens what is public
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as help_text:
        help_text.show()
        sys.exit(REFUSED)
    except click.ClickException as mistake:
        from pipelines.mistakes import sentence

        click.echo(sentence(mistake), err=True)
        sys.exit(REFUSED)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except Exception as error:
        if os.environ.get("MINGZHANG_DEBUG"):
            raise
        if isinstance(error, _mistakes()):
            click.echo(str(error), err=True)
            sys.exit(REFUSED)
        click.echo(f"程序自身出错，没有完成；详情记在 {_log_failure(error)}，请把它交给维护人员。", err=True)
        sys.exit(FAILED)
    sys.exit(DONE)


def enter() -> NoReturn:
    """Run the command line as a process of its own.

    A clerk waits for `check-file`, and most of it is loading modules: searching them for garbage and taking them apart
    at the end would cost him a third more. It writes nothing, so it may leave at once.
    """
    if sys.argv[1:2] != ["check-file"]:
        main()
    gc.disable()
    try:
        main()
    except SystemExit as ended:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(ended.code if isinstance(ended.code, int) else FAILED)


if __name__ == "__main__":
    enter()
