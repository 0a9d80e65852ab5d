"""The command line's entry: all commands, and how every failure ends. Commands stand in the modules beside this one."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from pathlib import Path
from typing import NoReturn

import click

from mingzhang.cli import audit, deliveries, files, findings, linkage, operate, releases, rules, upgrade, users
from mingzhang.cli.options import DONE, FAILED, REFUSED, utc_now
from mingzhang.storage.data_folder import DataFolder, UnsafeKeyError
from mingzhang.storage.errors import Refusal

COMMANDS = (
    files.template,
    files.check_file,
    files.load,
    files.workbook,
    deliveries.certify,
    deliveries.settle,
    deliveries.take_back,
    deliveries.restore_delivery,
    deliveries.waive,
    findings.findings,
    rules.rules,
    releases.publish,
    releases.verify,
    releases.quality,
    releases.expire,
    releases.withdraw,
    releases.withhold,
    linkage.people,
    users.user,
    audit.audit,
    operate.run,
    operate.status,
    upgrade.upgrade,
    operate.rebuild,
    operate.backup,
    operate.restore,
    operate.serve,
    operate.demo,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="mingzhang", message="%(version)s")
def cli() -> None:
    """明账：民生资金公开与核对。数据放在 $MINGZHANG_DATA（默认 ./data）。"""


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
    from checks.rules.header import RuleError
    from mingzhang.casework.workflow import WorkflowError
    from mingzhang.intake.receive.declared import DeclaredError
    from mingzhang.storage.publication import DamagedPublicationError
    from mingzhang.warehouse.declaration import TableError
    from mingzhang.warehouse.reconciliation import ReconciliationError

    return (
        Refusal,
        RuleError,
        UnsafeKeyError,
        DeclaredError,
        ReconciliationError,
        TableError,
        DamagedPublicationError,
        WorkflowError,
    )


def main() -> NoReturn:
    """Run the command line; every failure ends in one sentence and an exit status."""
    os.umask(0o077)  # originals, warehouse and casework are nobody else's to read; publishing opens what is public
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as help_text:
        help_text.show()
        sys.exit(REFUSED)
    except click.ClickException as mistake:
        from mingzhang.cli.errors import sentence

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
    at the end would make the answer a third slower. It writes nothing, so it may leave at once.
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


for command in COMMANDS:
    cli.add_command(command)

if __name__ == "__main__":
    enter()
