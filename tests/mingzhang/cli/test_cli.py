"""Exit statuses and sentences scripts rely on."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from mingzhang.intake.receive import receipts
from mingzhang.intake.receive.declared import Declared
from mingzhang.operations import deliveries
from mingzhang.storage.data_folder import DataFolder
from tests.mingzhang.cli.conftest import Done
from tests.mingzhang.intake import hostile_files
from tests.paths import HANDMADE


def check(mingzhang: Callable[..., Done], path: Path, data: Path, status: int, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(mingzhang("check-file", path, "--json", *words, data=data, status=status).stdout)
    return found


def test_a_file_that_is_not_what_it_says_is_refused_in_one_sentence(
    mingzhang: Callable[..., Done], tmp_path: Path
) -> None:
    path = tmp_path / "roster.xlsx"
    path.write_bytes(b"<html><body>not a workbook</body></html>")
    result = check(
        mingzhang, path, tmp_path / "data", 2, "--county", "452921", "--month", "2026-10", "--kind", "roster"
    )
    assert result["status"] == "refused"
    assert result["reason"] == "wrong_file_type"


@pytest.mark.parametrize(
    ("rows", "output"),
    [
        (
            "姓名,身份证号码,村,补贴项目,金额\n韦甲,452921195803041238,那良村,低保,300\n",
            "第 2 行的补贴项目“低保”不在目录中",
        ),
        ("序号,村,家庭人口\n1,那良村,3\n", "缺少列：享受人"),
    ],
    ids=["programme", "columns"],
)
def test_a_refused_table_still_says_how_its_header_was_read(
    mingzhang: Callable[..., Done], tmp_path: Path, rows: str, output: str
) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(rows, encoding="gb18030")
    words = ("check-file", path, "--county", "452921", "--month", "2026-10", "--kind", "roster")
    shown = mingzhang(*words, data=tmp_path / "data", status=2).stdout
    assert output in shown
    assert "村→村(居)委会" in shown
    assert json.loads(mingzhang(*words, "--json", data=tmp_path / "data", status=2).stdout)["fields"]["village"]


def test_an_empty_file_is_refused(mingzhang: Callable[..., Done], tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(b"")
    result = check(
        mingzhang, path, tmp_path / "data", 2, "--county", "452921", "--month", "2026-10", "--kind", "roster"
    )
    assert (result["status"], result["lines"]) == ("refused", 0)


def test_a_missing_path_and_an_unknown_kind_are_refused(mingzhang: Callable[..., Done], tmp_path: Path) -> None:
    done = mingzhang("load", tmp_path / "nothing.xlsx", data=tmp_path / "data", status=2)
    assert "找不到" in done.stderr
    done = mingzhang("template", "nonsense", "--out", tmp_path / "t.xlsx", data=tmp_path / "data", status=2)
    assert "nonsense" in done.stderr
    assert not (tmp_path / "t.xlsx").exists()


@pytest.mark.parametrize(
    ("typed", "output"),
    [
        (["status", "--nonsense"], "没有“--nonsense”这个选项；"),
        (["findings", "--rul", "B01"], "是不是 --rule"),
        (["nonsense"], "没有“nonsense”这个命令；"),
        (["workbook"], "缺少 DELIVERY；"),
        (["withdraw", "x"], "缺少 --why；"),
        (["demo", "--size", "big"], "只能是 full、tiny"),
        (["restore", "/nothing.tar"], "找不到"),
        (["rules", "try", "B01", "--months", "few"], "这里要写数字"),
        (["waive", "total_mismatch", "--until", "31", "--why", "x", "--by", "y"], "2026-12-31"),
        (["load", "--by"], "--by"),
    ],
    ids=lambda words: words[0] if isinstance(words, list) else "",
)
def test_a_command_typed_wrong_is_refused_in_one_chinese_sentence(
    mingzhang: Callable[..., Done], tmp_path: Path, typed: list[str], output: str
) -> None:
    sentence = mingzhang(*typed, data=tmp_path / "data", status=2).stderr
    assert output in sentence
    assert "--help" in sentence
    assert sentence.count("\n") == 1


def test_a_file_can_only_be_written_into_a_folder_that_is_there(mingzhang: Callable[..., Done], tmp_path: Path) -> None:
    out = tmp_path / "missing" / "x"
    for typed in (["template", "roster"], ["backup"], ["workbook", "0" * 16]):
        done = mingzhang(*typed, "--out", out, data=tmp_path / "data", status=2)
        assert f"没有文件夹 {out.parent}" in done.stderr


def test_loading_twice_is_said_and_adds_nothing(
    mingzhang: Callable[..., Done], data_folder: Path, tiny_district: Path
) -> None:
    roster = next(tiny_district.glob("452921/*/roster/*.xlsx"))
    output = ["--county", "452921", "--month", roster.parts[-3], "--kind", "roster"]
    result = json.loads(mingzhang("load", roster, *output, "--json", data=data_folder).stdout)
    assert [row["status"] for row in result] == ["already_received"]


def test_findings_lead_back_to_cells(mingzhang: Callable[..., Done], data_folder: Path) -> None:
    rows = json.loads(mingzhang("findings", "--json", data=data_folder).stdout)
    assert len(rows) >= 8
    for row in rows:
        assert set(row) >= {
            *("finding_id", "rule", "rule_version", "kind", "severity", "period_from", "period_to", "county_code"),
            *("village_code", "programme", "amount_fen", "status", "lines", "evidence"),
        }
        assert row["lines"], "every finding names its rows"
        assert all(set(line) == {"file", "sheet", "row"} for line in row["lines"])


def test_findings_of_a_rule_or_county_that_is_none_are_refused(
    mingzhang: Callable[..., Done], data_folder: Path
) -> None:
    assert "B99" in mingzhang("findings", "--rule", "B99", data=data_folder, status=2).stderr
    assert "青兰县" in mingzhang("findings", "--county", "青兰县", data=data_folder, status=2).stderr
    by_name = mingzhang("findings", "--county", "青岚县（示例）", "--json", data=data_folder).stdout
    assert json.loads(by_name) == json.loads(
        mingzhang("findings", "--county", "452921", "--json", data=data_folder).stdout
    )
    counted = mingzhang("findings", data=data_folder).stdout
    assert "待核查" in counted
    assert "open" not in counted


def test_findings_before_any_run_say_what_to_do(mingzhang: Callable[..., Done], tmp_path: Path) -> None:
    done = mingzhang("findings", data=tmp_path / "data", status=2)
    assert "mingzhang run" in done.stderr


def test_rules_carry_examples_that_agree(mingzhang: Callable[..., Done], tmp_path: Path) -> None:
    done = mingzhang("rules", "test", "B01", data=tmp_path / "data")
    assert "都对" in done.stdout
    mingzhang("rules", "test", "nonsense", data=tmp_path / "data", status=2)


def test_status_counts_what_waits(mingzhang: Callable[..., Done], data_folder: Path) -> None:
    result = json.loads(mingzhang("status", "--json", data=data_folder).stdout)
    assert result["to_certify"]
    assert result["disk_bytes"]["received"] > 0


def test_a_correction_is_of_the_county_month_and_kind_of_its_original(data_folder: Path, tmp_path: Path) -> None:
    folder, now = DataFolder(data_folder), dt.datetime(2026, 11, 6, tzinfo=dt.UTC)
    original = next(r for r in receipts.receipts(folder) if r.declared.kind == "roster")
    file = tmp_path / "更正.xlsx"
    shutil.copy(receipts.original_of(folder, original), file)
    with file.open("ab") as more:
        more.write(b" ")  # other bytes, the same table
    nothing = Declared(None, None, None, None)
    (outcome,) = deliveries.load_paths([file], nothing, "clerk", now).named
    assert outcome.reason in {"county_missing", "month_missing"}
    (outcome,) = deliveries.load_paths([file], nothing, "clerk", now, original.delivery_id).named
    output = original.declared
    assert (outcome.county_code, outcome.kind, outcome.month) == (output.county, output.kind, output.month)


def test_what_the_staff_unit_hides_the_staff_site_does_not_need(
    mingzhang: Callable[..., Done], data_folder: Path, tmp_path: Path
) -> None:
    unit = (HANDMADE.parents[1] / "deploy" / "mingzhang-staff.service").read_text()
    output = next(line for line in unit.splitlines() if line.startswith("InaccessiblePaths="))
    hidden = [data_folder / path.rpartition("/")[2] for path in output.partition("=")[2].split()]
    assert data_folder / "keys" in hidden
    batches = json.loads(mingzhang("status", "--json", data=data_folder).stdout)["to_certify"]
    for path in hidden:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    written = [
        json.loads(mingzhang("workbook", row["batch"], "--out", tmp_path / "w.xlsx", "--json", data=data_folder).stdout)
        for row in batches[:5]
    ]
    assert any(answer["lines"] for answer in written)
    form = tmp_path / "t.xlsx"
    mingzhang("template", "roster", "--county", "452921", "--out", form, data=data_folder)
    mingzhang("check-file", form, "--county", "452921", "--json", data=data_folder, status=2)
    assert fill_with_every_village(form) > 1
    output = ("--county", "452921", "--month", "2026-10", "--programme", "public_forest", "--json")
    answer = json.loads(mingzhang("check-file", form, *output, data=data_folder).stdout)
    assert [problem for problem in answer["problems"] if problem["column"] == "村(居)委会"] == []


def fill_with_every_village(form: Path) -> int:
    """Fill a roster's form with one line for each village its drop-down offers."""
    book = openpyxl.load_workbook(form)
    sheet, dictionary = book.worksheets
    column = {cell.value: cell.column for cell in sheet[2]}
    offered = next(c for c in dictionary.iter_cols(values_only=True) if c[0] == "村(居)委会选项")
    names = [name for name in offered[1:] if name]
    for number, name in enumerate(names):
        cells = {
            "享受人": hostile_files.name(number),
            "享受人身份证号": hostile_files.idno(number),
            "补贴金额": "9.00",
            "村(居)委会": name,
        }
        for label, value in cells.items():
            sheet.cell(4 + number, column[label]).value = value
    book.save(form)
    return len(names)


def test_certifying_needs_a_second_person(mingzhang: Callable[..., Done], data_folder: Path) -> None:
    batch = json.loads(mingzhang("status", "--json", data=data_folder).stdout)["to_certify"][0]["batch"]
    mingzhang("certify", batch, "--by", "clerk", data=data_folder, status=2)
    mingzhang("certify", batch, "--by", "checker", data=data_folder)
    waiting = json.loads(mingzhang("status", "--json", data=data_folder).stdout)["to_certify"]
    assert batch not in [row["batch"] for row in waiting]
    mingzhang("certify", "0" * 16, "--by", "checker", data=data_folder, status=2)


def test_a_batch_taken_back_counts_no_more(mingzhang: Callable[..., Done], data_folder: Path) -> None:
    batch = json.loads(mingzhang("status", "--json", data=data_folder).stdout)["to_certify"][0]["batch"]
    mingzhang("take-back", batch, "--by", "clerk", "--why", "报错了月份", data=data_folder)
    with duckdb.connect(str(data_folder / "warehouse.duckdb"), read_only=True) as connection:
        left = connection.execute("select count(*) from payments where batch_id = ?", [batch]).fetchone()
        kept = connection.execute("select count(*) from lines where delivery_id = ?", [batch]).fetchone()
    assert left == (0,)
    assert kept is not None
    assert kept[0] > 0
    assert list((data_folder / "received").glob("*/file"))
    mingzhang("take-back", "0" * 16, "--by", "clerk", "--why", "x", data=data_folder, status=2)


def test_only_what_a_person_may_let_pass_can_be_waived(mingzhang: Callable[..., Done], data_folder: Path) -> None:
    output = ["--county", "452921", "--until", "2099-12-31", "--why", "系统切换", "--by", "supervisor"]
    mingzhang("waive", "total_mismatch", *output, data=data_folder)
    assert "不能豁免" in mingzhang("waive", "id_is_number", *output, data=data_folder, status=2).stderr
    told = [*output, "--why", "452921 19600101 1013 的姓名有误"]
    assert "请去掉" in mingzhang("waive", "total_mismatch", *told, data=data_folder, status=2).stderr


def test_people_need_all_three_files(mingzhang: Callable[..., Done], tmp_path: Path) -> None:
    done = mingzhang("people", "evaluate", "--left", tmp_path / "a.csv", data=tmp_path / "data", status=2)
    assert "--truth" in done.stderr


def test_the_programs_own_failure_is_a_sentence_and_a_log_without_messages(
    mingzhang: Callable[..., Done], data_folder: Path
) -> None:
    (data_folder / "warehouse.duckdb").write_bytes(b"not a database 452921199001011234")
    done = mingzhang("rebuild", data=data_folder, status=3)
    assert len(done.stderr.strip().splitlines()) == 1
    log = (data_folder / "logs" / "failures.log").read_text(encoding="utf-8")
    assert "452921199001011234" not in log


def load_places(mingzhang: Callable[..., Done], district: Path, data: Path) -> None:
    """Load the name lists of towns and villages, and make the snapshot that check-file reads."""
    for path in district.glob("*/*/places/*.xlsx"):
        output = ["--county", path.parts[-4], "--month", path.parts[-3], "--kind", "places"]
        mingzhang("load", path, *output, data=data)
    mingzhang("run", data=data)


@pytest.mark.parametrize("name", sorted(path.name for path in HANDMADE.glob("*.expected.json")))
def test_hand_made_files_count_as_reasoned_by_hand(
    mingzhang: Callable[..., Done], name: str, tiny_district: Path, tmp_path: Path
) -> None:
    expected = json.loads((HANDMADE / name).read_text(encoding="utf-8"))
    file = next(path for path in HANDMADE.glob(name.replace(".expected.json", ".*")) if path.suffix != ".json")
    data = tmp_path / "data"
    options = [word for key, value in expected["options"].items() for word in (f"--{key}", value)]
    if expected["needs_places"]:
        load_places(mingzhang, tiny_district, data)
    status = {"accepted": 0, "refused": 2}.get(expected["status"], 1)
    result = check(mingzhang, file, data, status, *options)
    for key in ("status", "lines", "accepted", "rejected", "held", "total_fen", "declared_total_fen"):
        assert result[key] == expected[key], key


def test_the_installed_command_answers(tmp_path: Path) -> None:
    environment = {**os.environ, "MINGZHANG_DATA": str(tmp_path)}
    command = [str(Path(sys.executable).with_name("mingzhang")), "--help"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0
    assert "check-file" in done.stdout


def test_nobody_else_reads_the_data_folder_but_everybody_the_release(
    mingzhang: Callable[..., Done], data_folder: Path
) -> None:
    batch = json.loads(mingzhang("status", "--json", data=data_folder).stdout)["to_certify"][0]["batch"]
    mingzhang("certify", batch, "--by", "checker", data=data_folder)
    mingzhang("rebuild", data=data_folder)
    mingzhang("publish", data=data_folder)
    mode = {path: path.stat().st_mode & 0o077 for path in data_folder.rglob("*")}
    assert (data_folder / "releases" / "CURRENT").stat().st_mode & 0o044 == 0o044
    closed = [
        path
        for path, bits in mode.items()
        if data_folder / "releases" in path.parents and path.name != ".lock" and not bits & 0o044
    ]
    assert not closed, "the public site's own user reads these"
    for name in ("warehouse.duckdb", "keys/person.key"):
        assert mode[data_folder / name] == 0, name


def test_an_unknown_person_cannot_be_withheld(mingzhang: Callable[..., Done], data_folder: Path) -> None:
    done = mingzhang("withhold", "nobody", "--why", "x", "--by", "supervisor", data=data_folder, status=2)
    assert "nobody" in done.stderr


def test_where_there_are_users_a_certifier_is_one_of_them(mingzhang: Callable[..., Done], data_folder: Path) -> None:
    batch = json.loads(mingzhang("status", "--json", data=data_folder).stdout)["to_certify"][0]["batch"]
    mingzhang("user", "add", "王复核", "--role", "checker", data=data_folder)
    mingzhang("certify", batch, "--by", "李四", data=data_folder, status=2)
    mingzhang("certify", batch, "--by", "王复核", data=data_folder)


def test_nothing_certified_is_nothing_to_publish(mingzhang: Callable[..., Done], data_folder: Path) -> None:
    done = mingzhang("publish", data=data_folder, status=2)
    assert "certify" in done.stderr
    assert not (data_folder / "releases" / "CURRENT").exists()
