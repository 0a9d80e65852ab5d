"""Looks at what `test_one_file` added to the tree it runs in, and prints what it sees as one line of JSON.

python -m tests.one_file_checks WORK RELEASES
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl

import mingzhang
from dashboards.public.app import create_app as public_app
from mingzhang import steps
from mingzhang.casework.store import Store
from mingzhang.catalog import words
from mingzhang.catalog.load import catalogue
from mingzhang.intake.receive import receipts
from mingzhang.intake.receive.declared import Declared
from mingzhang.storage.data_folder import DataFolder
from mingzhang.warehouse import catalogue_tables, database
from sample_data import columns
from sample_data.numbers import check_digit
from tests.dashboards.staff.conftest import PASSWORD, Clock, Site, build
from tests.mingzhang.publishing import release_case

COUNTY, MONTH = "452921", dt.date(2026, 10, 1)
NOW = dt.datetime(2026, 11, 2, 3, 4, tzinfo=dt.UTC)
PEOPLE = {"韦大山": "45292119580304101", "黄小梅": "45292119600708102"}
HIVES = {"韦大山": 0, "黄小梅": 3}
Answers = dict[str, Any]


def idno(name: str) -> str:
    return PEOPLE[name] + check_digit(PEOPLE[name])


def command(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "mingzhang.cli.main", *arguments], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout.strip()


def template_headers(work: Path) -> list[str] | None:
    path = work / "template.xlsx"
    if command("template", "beekeepers", "--out", str(path))[0]:
        return None
    rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    return next([str(cell) for cell in row] for row in rows if "姓名" in row)


def write_csv(path: Path, rows: list[list[Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def deliver(folder: DataFolder, work: Path) -> None:
    """Hand in a roster of the new programme and an extract of the new register."""
    roster = [["姓名", "身份证号码", "补贴项目", "补贴金额"]]
    roster += [[name, idno(name), "试点养蜂补助", "450"] for name in PEOPLE]
    register = [["姓名", "身份证号码", "箱数", "登记日期"]]
    register += [[name, idno(name), HIVES[name], "2026-01-05"] for name in PEOPLE]
    for kind, rows in (("roster", roster), ("beekeepers", register)):
        path = write_csv(work / f"{kind}.csv", rows)
        receipts.receive(folder, path, Declared(COUNTY, kind, None, MONTH), "clerk", NOW)


def judged(work: Path) -> Answers:
    """Return what the whole pipeline makes of the delivered files."""
    folder = DataFolder(work / "data")
    folder.root.mkdir()
    deliver(folder, work)
    store = Store.open(folder.casework_url)
    store.add_user("auditor", ["auditor"], (), PASSWORD, Clock.now)
    store.add_user("maker", ["maker"], (COUNTY,), PASSWORD, Clock.now)
    with database.writer(folder.root, catalogue()) as connection:
        steps.require(steps.perform(steps.Run(connection, folder, catalogue(), store, NOW), steps.rebuilding()))
        found = connection.execute("select finding_id from findings where rule = 'X99'").fetchall()
        paid = "select programme, count(*), sum(amount_fen)::bigint from payment_lines where status = 'accepted' group by 1"
        answers = {
            "paid": connection.execute(paid).fetchall(),
            "records": connection.execute("select hives from register_beekeepers order by 1").fetchall(),
            "findings": len(found),
        }
    store.close()
    site = build(folder.root)
    return {
        **answers,
        "finding_page": site.page("auditor", f"/finding?id={found[0][0]}"),
        "upload_page": site.page("maker", "/upload"),
        **staff(site),
    }


def staff(site: Site) -> Answers:
    return {"staff_page": site.page("auditor", "/beekeepers"), "staff_menu": site.page("auditor", "/")}


def empty_staff(work: Path) -> Answers:
    folder = DataFolder(work / "data")
    folder.root.mkdir()
    Store.open(folder.casework_url).add_user("auditor", ["auditor"], (), PASSWORD, Clock.now)
    return staff(build(folder.root))


def known_to_the_catalogue() -> Answers:
    slug = catalogue().programme_slug("养蜂补助")
    connection = catalogue_tables.empty(catalogue())
    table = connection.execute("select name, disclosure from programmes where slug = 'beekeeping_trial'").fetchall()
    connection.close()
    sample = columns.registers().get("beekeepers")
    return {
        "programme": [slug, catalogue().programmes[slug].name] if slug else None,
        "programme_table": table,
        "title": words.registers().get("beekeepers"),
        "sample_columns": list(sample.labels) if sample else None,
    }


def main(work: Path, releases: Path) -> Answers:
    """Return everything the test compares."""
    public = public_app(releases, lambda: release_case.NOW).test_client().get("/beekeepers")
    known = known_to_the_catalogue()
    return {
        "tree": str(Path(str(mingzhang.__file__)).parents[1]),
        **known,
        "template": template_headers(work),
        "rules_test": command("rules", "test", "X99"),
        "public_page": [public.status_code, public.get_data(as_text=True)],
        **(judged(work) if known["title"] else empty_staff(work)),
    }


if __name__ == "__main__":
    os.umask(0o077)
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2])), default=str, ensure_ascii=False))
