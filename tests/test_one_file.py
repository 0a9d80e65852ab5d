"""One file for one thing: a programme, a register, a rule and two pages are added, nothing else is touched, all work.

The new files stand in a scratch copy of the tree, in which `tests/one_file_checks.py` then runs as a program of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.mingzhang.publishing.release_case import Case
from tests.paths import ROOT

ROOMS = ("mingzhang", "checks", "assets", "pipelines", "dashboards", "sample_data", "tests")
PROGRAMME = """\
name: 试点养蜂补助
aliases: [养蜂补助]
category: AG
department: 农业农村局
payment_unit: household
unit: 箱
frequency: yearly
basis:
  - {title: 示例意见}
notice: {before_payment: true, days: 7, named: true, basis: 示例意见}
disclosure: N
who: 在本村养蜂并已经登记蜂箱的农户，一户一份。
how: 向村委会申报，公示后由乡镇发放；有异议的向村委会提出。
"""
REGISTER = """\
title: 养蜂登记
table: register_beekeepers
department: 农业农村局
versions: latest
valid_from: registered_on
fields:
  - {name: person_name, label: 姓名, type: name, required: true}
  - {name: person_idno, label: 身份证号码, type: idno, synonyms: [身份证号], required: true}
  - {name: hives, label: 蜂箱数, type: count, synonyms: [箱数]}
  - {name: registered_on, label: 登记日期, type: date, past: true}
"""
RULE = """\
-- id: X99
-- title: 领补助的蜂箱没有登记
-- kind: suspicion
-- severity: medium
-- version: 1
-- population: payments
-- programmes: beekeeping_trial
-- requires: recipient_id
-- needs: beekeepers
-- grain: recipient_id, programme
-- rests_on: registered_hives
-- fact: registered_hives = 登记蜂箱数
-- fact: grade = 登记情况
-- value: no_hives = 登记为零箱
-- basis: 示例意见
-- why: 没有蜂箱的不应领养蜂补助。
-- clears: 登记更新不及时。
-- ask: 到户看蜂箱。
select
    p.recipient_id,
    p.programme,
    min(p.period_from) as period_from,
    max(p.period_to) as period_to,
    list(p.payment_id) as payment_ids,
    list(b.record_id) as record_ids,
    sum(p.amount_fen)::bigint as amount_fen,
    any_value(b.hives) as registered_hives,
    'no_hives' as grade
from payments as p
inner join beekeepers as b on p.recipient_id = b.person_id
where b.hives = 0
group by p.recipient_id, p.programme
"""
EXAMPLES = """\
not_applicable:
  - payments: [{recipient_id: a, programme: beekeeping_trial}]
    beekeepers: missing
passing:
  - payments: [{recipient_id: a, programme: beekeeping_trial}]
    beekeepers: [{person_id: a, hives: 2}]
failing:
  - payments: [{recipient_id: a, programme: beekeeping_trial}]
    beekeepers: [{person_id: a, hives: 0}]
    finds: [p1]
boundary:
  - payments: [{recipient_id: a, programme: beekeeping_trial}]
    beekeepers: [{person_id: a, hives: 1}]
"""
PUBLIC_PAGE = '''\
"""What beekeepers may read."""

from dashboards.public.page import Page


def beekeepers(_site, release):
    """Return the page."""
    return Page("message.html", {"title": "养蜂户", "message": "第一箱", "href": "/", "link": "首页"})


ROUTES = {"/beekeepers": beekeepers}
LASTING = frozenset(ROUTES)
'''
STAFF_PAGE = '''\
"""养蜂: what the staff may read."""

from dash import html

from dashboards.staff.auth import guard

PAGE = {"path": "/beekeepers", "name": "养蜂", "roles": guard.STAFF, "menu": 9}


def layout(context, query):
    """Return the page."""
    return html.Div([html.H1("养蜂"), html.P("蜂箱一览")])
'''
NEW_FILES = {
    "mingzhang/catalog/programmes/beekeeping_trial.yml": PROGRAMME,
    "mingzhang/catalog/registers/beekeepers.yml": REGISTER,
    "checks/rules/library/paid_without_hives.sql": RULE,
    "checks/rules/library/paid_without_hives.yml": EXAMPLES,
    "dashboards/public/pages/beekeepers.py": PUBLIC_PAGE,
    "dashboards/staff/pages/beekeepers.py": STAFF_PAGE,
}
Answers = dict[str, Any]


def answers_of(tree: Path, work: Path, releases: Path) -> Answers:
    """Run the checks in a tree and return what they saw."""
    work.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tests.one_file_checks", str(work), str(releases)],
        cwd=tree,
        env={**os.environ, "MINGZHANG_DATA": str(work / "data"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: Answers = json.loads(done.stdout.splitlines()[-1])
    assert found["tree"] == str(tree)
    return found


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("one_file") / "tree"
    for room in ROOMS:
        shutil.copytree(ROOT / room, tree / room, ignore=shutil.ignore_patterns("__pycache__"))
    return tree


@pytest.fixture(scope="module")
def answers(scratch: Path, released: Case, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    for name, text in NEW_FILES.items():
        assert not (scratch / name).exists()
        (scratch / name).write_text(text, encoding="utf-8")
    return answers_of(scratch, tmp_path_factory.mktemp("one_file") / "work", released.folder.releases)


def test_a_programme_is_one_file(answers: Answers) -> None:
    assert answers["programme"] == ["beekeeping_trial", "试点养蜂补助"]
    assert answers["programme_table"] == [["试点养蜂补助", "N"]]
    assert answers["paid"] == [["beekeeping_trial", 2, 90000]]


def test_a_register_is_one_file(answers: Answers) -> None:
    assert answers["template"] == ["姓名", "身份证号码", "蜂箱数", "登记日期"]
    assert answers["sample_columns"] == answers["template"]
    assert answers["title"] == "养蜂登记"
    assert answers["records"] == [[0], [3]]
    assert "养蜂登记" in answers["upload_page"]


def test_a_rule_is_its_text_and_its_examples(answers: Answers) -> None:
    assert answers["rules_test"] == [0, "X99   领补助的蜂箱没有登记：4 个例子都对"]
    assert answers["findings"] == 1
    for words in ("登记蜂箱数", "登记情况", "登记为零箱"):
        assert words in answers["finding_page"]


def test_a_page_is_one_module(answers: Answers) -> None:
    assert answers["public_page"][0] == 200
    assert "第一箱" in answers["public_page"][1]
    assert "蜂箱一览" in answers["staff_page"]
    assert "养蜂" in answers["staff_menu"]


def test_without_the_files_nothing_of_it_is_there(released: Case, tmp_path: Path) -> None:
    found = answers_of(ROOT, tmp_path / "work", released.folder.releases)
    assert found["programme"] is None
    assert found["title"] is None
    assert found["rules_test"][0] != 0
    assert found["public_page"][0] == 404
    assert "没有这个页面" in found["staff_page"]
