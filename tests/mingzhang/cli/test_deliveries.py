"""Commands about deliveries: what state they fit, who may, and what a load says of the files it was given."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mingzhang.casework.store import Store
from mingzhang.storage.data_folder import DataFolder
from tests.mingzhang.cli.conftest import Done
from tests.mingzhang.intake import hostile_files
from tests.mingzhang.intake.hostile_files import csv, line, lines, roster

COUNTY = hostile_files.COUNTY
KEY = ("--county", COUNTY, "--kind", "roster", "--programme", "农村低保", "--month", "2026-10")
NOW = dt.datetime(2026, 11, 2, 3, 4, tzinfo=dt.UTC)
OTHER = "452923"


class CommandLineCase:
    """A command line over a data folder of its own."""

    def __init__(self, run: Callable[..., Done], data: Path) -> None:
        self.run, self.data = run, data

    def __call__(self, *words: str | Path, status: int = 0) -> Done:
        return self.run(*words, data=self.data, status=status)

    def load(self, path: Path, *words: str, status: int = 0) -> dict[str, Any]:
        done = self("load", path, *(words or KEY), "--by", "clerk", "--json", status=status)
        (outcome,) = json.loads(done.stdout)
        return dict(outcome)

    def people(self, *users: tuple[str, str, tuple[str, ...]]) -> None:
        store = Store.open(DataFolder(self.data).casework_url)
        for name, role, counties in users:
            store.add_user(name, [role], counties, "purple tractor 79", NOW)
        store.close()


@pytest.fixture
def case(mingzhang: Callable[..., Done], tmp_path: Path) -> CommandLineCase:
    return CommandLineCase(mingzhang, tmp_path / "data")


def test_what_was_taken_back_can_be_restored(case: CommandLineCase, tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", roster(lines(4)))
    batch = case.load(path)["delivery_id"]
    assert "没有撤回" in case("restore-delivery", batch, "--by", "主管", "--why", "x", status=2).stderr
    case("take-back", batch, "--by", "clerk", "--why", "报错了月份")
    again = case.load(path, status=1)
    assert (again["status"], again["reason"], again["accepted"]) == ("withdrawn", "withdrawn_before", 0)
    assert f"批次 {batch}" in again["message"] and "restore-delivery" in again["message"]
    assert "已撤回" in case("take-back", batch, "--by", "clerk", "--why", "x", status=2).stderr
    assert "已撤回" in case("certify", batch, "--by", "主管", status=2).stderr
    case("restore-delivery", batch, "--by", "主管", "--why", "没有报错")
    assert case.load(path)["status"] == "already_received"
    restored = [p for p in (case.data / "received").glob("*/receipt-*.json") if "没有报错" in p.read_text("utf-8")]
    assert [json.loads(p.read_text("utf-8"))["restores"] for p in restored] == [batch]
    case("certify", batch, "--by", "主管")


def test_settle_and_certify_fit_the_state(case: CommandLineCase, tmp_path: Path) -> None:
    held = case.load(csv(tmp_path / "a.csv", roster([*lines(3), ["合计", "", "", "", "", 1]])), status=1)["delivery_id"]
    assert "先处理暂缓" in case("certify", held, "--by", "主管", status=2).stderr
    refused = case.load(csv(tmp_path / "b.csv", [["甲", "乙"], ["1", "2"]]), status=2)["delivery_id"]
    assert "未通过" in case("certify", refused, "--by", "主管", status=2).stderr
    assert "未通过" in case("settle", refused, "--by", "主管", "--why", "x", status=2).stderr
    good = case.load(csv(tmp_path / "c.csv", roster([line(n) for n in range(20, 24)])))["delivery_id"]
    assert "已入库" in case("settle", good, "--by", "主管", "--why", "x", status=2).stderr
    whole = csv(tmp_path / "d.csv", roster([line(n, 补贴金额=400) for n in range(20, 24)]))
    case("load", whole, *KEY, "--by", "clerk", "--corrects", good)
    assert "全部替换" in case("certify", good, "--by", "主管", status=2).stderr
    case("settle", held, "--by", "主管", "--why", "合计抄错")


USERS = (
    ("录入", "maker", (COUNTY,)),
    ("复核", "checker", (COUNTY,)),
    ("外县复核", "checker", (OTHER,)),
    ("审计", "auditor", ()),
    ("主管", "supervisor", ()),
)
# act → who may
ACTS = {
    "certify": ({"复核"}, ()),
    "take-back": ({"录入", "复核", "主管"}, ("--why", "报错")),
    "settle": ({"复核", "主管"}, ("--why", "合计抄错")),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_name_on_the_command_line_has_the_rights_it_has_on_the_site(
    case: CommandLineCase, tmp_path: Path, act: str
) -> None:
    may, words = ACTS[act]
    rows = roster([*lines(3), ["合计", "", "", "", "", 1]] if act == "settle" else lines(3))
    batch = case.load(csv(tmp_path / "a.csv", rows), status=int(act == "settle"))["delivery_id"]
    case.people(*USERS)
    assert "没有“nobody”" in case(act, batch, "--by", "nobody", *words, status=2).stderr
    for name, _, _ in USERS:
        if name not in may:
            assert "岗位" in case(act, batch, "--by", name, *words, status=2).stderr, name
    case(act, batch, "--by", sorted(may)[0], *words)
    if act == "take-back":
        for name in ("录入", "外县复核", "审计"):
            case("restore-delivery", batch, "--by", name, "--why", "x", status=2)
        case("restore-delivery", batch, "--by", "复核", "--why", "没有报错")


def test_waiving_and_hiding_need_the_role_and_the_county(case: CommandLineCase, tmp_path: Path) -> None:
    case.load(csv(tmp_path / "a.csv", roster(lines(3))))
    case.people(*USERS)
    words = ("--until", "2099-12-31", "--why", "系统切换")
    for name in ("nobody", "录入", "外县复核", "审计"):
        case("waive", "total_mismatch", "--county", COUNTY, *words, "--by", name, status=2)
        case("withdraw", f"{COUNTY}100201-x", "--why", "x", "--by", name, status=2)
    case("waive", "total_mismatch", *words, "--by", "复核", status=2)  # all counties are not one's own
    case("waive", "total_mismatch", *words, "--by", "主管")
    case("waive", "total_mismatch", "--county", COUNTY, *words, "--by", "复核")
    for code in ("499999", "4529"):
        assert "代码" in case("waive", "total_mismatch", "--county", code, *words, "--by", "主管", status=2).stderr


def test_a_folder_without_what_systems_leave_in_it(case: CommandLineCase, tmp_path: Path) -> None:
    folder = tmp_path / "tree"
    place = folder / COUNTY / "2026-10" / "roster" / "dibao_rural"
    place.mkdir(parents=True)
    csv(place / "a.csv", roster(lines(4)))
    left = ["~$a.xlsx", "a.xlsx.part", "b.tmp", "Thumbs.db", "desktop.ini", ".DS_Store", ".~lock.a.csv#", "a.csv.lock"]
    for name in left:
        (place / name).write_bytes(b"x")
    done = case("load", folder)
    assert done.stdout.count("批次") == 1
    assert f"跳过系统留下的文件 {len(left)} 个" in done.stdout


def test_the_exit_status_is_about_the_files_that_were_named(case: CommandLineCase, tmp_path: Path) -> None:
    waiting = csv(tmp_path / "w.csv", roster(lines(4, {1: {"补贴金额": "待定"}})))
    inbox = case.data / "inbox" / COUNTY / "2026-10" / "roster"
    inbox.mkdir(parents=True)
    os.link(waiting, inbox / "w.csv")
    assert case.load(waiting, status=1)["rejected"] == 1
    good = csv(tmp_path / "g.csv", roster([line(n) for n in range(20, 24)]))
    assert case.load(good)["status"] == "accepted"


@pytest.mark.parametrize("option", [("--county", "459999"), ("--programme", "无此项目"), ("--kind", "无此表")])
def test_a_word_that_means_nothing_is_refused(case: CommandLineCase, tmp_path: Path, option: tuple[str, str]) -> None:
    path = csv(tmp_path / "a.csv", roster(lines(2)))
    for command in ("load", "check-file"):
        words = [word for word in KEY if word not in KEY[KEY.index(option[0]) :][:2]]
        assert option[1] in case(command, path, *words, *option, status=2).stderr
