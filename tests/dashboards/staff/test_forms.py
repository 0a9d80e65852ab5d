"""What forms do: certify, settle, decide, manage users; and what downloads hold."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import openpyxl
import pytest

from mingzhang.casework.workflow import Outcome
from tests.dashboards.staff_snapshot import write_snapshot

from .conftest import OURS, Site

BATCH, HELD, FOREIGN = "0000000000000001", "0000000000000002", "0000000000000003"


def decision(**changed: Any) -> dict[str, Any]:
    form = {
        "id": "f000000000000001",
        "outcome": "confirmed",
        "reason": "家属承认代领",
        "seen_version": "0",
        "seen_evidence": "e1",
        "request_id": "req-1",
    }
    return form | changed


def test_a_second_person_certifies(own_site: Site) -> None:
    answer = own_site.post("checker", "/do/certify", id=BATCH)
    assert answer.headers["Location"] == f"/batch?id={BATCH}&message=certified"
    assert own_site.store.certified_batches() == {BATCH}
    assert "checker" in own_site.page("maker", f"/batch?id={BATCH}")


def test_nobody_certifies_his_own(own_site: Site) -> None:
    write_snapshot(own_site.data, 2, {"deliveries": _deliveries("sender", "'checker'")})
    answer = own_site.post("checker", "/do/certify", id=BATCH)
    assert answer.status_code == 409
    assert "不能复核自己提交的文件" in answer.text
    assert own_site.store.certified_batches() == frozenset()
    assert "复核通过" not in own_site.page("checker", f"/batch?id={BATCH}")


def _deliveries(column: str, value: str) -> str:
    from tests.dashboards.staff_snapshot import TABLES

    return f"select * replace ({value} as {column}) from ({TABLES['deliveries']})"


@pytest.mark.parametrize(("key", "status"), [(FOREIGN, 404), ("nothing", 404), ("", 404), (HELD, 409)])
def test_what_cannot_be_certified(own_site: Site, key: str, status: int) -> None:
    assert own_site.post("checker", "/do/certify", id=key).status_code == status
    assert own_site.store.certified_batches() == frozenset()


def test_a_hold_is_settled_with_a_reason(own_site: Site) -> None:
    refused = own_site.post("checker", "/do/settle", id=HELD, outcome="accept", why=" ")
    assert refused.status_code == 409
    assert "理由" in refused.text
    assert own_site.post("checker", "/do/settle", id=BATCH, outcome="accept", why="x").status_code == 409
    assert own_site.post("checker", "/do/settle", id=HELD, outcome="accept", why="合计抄错").status_code == 303
    assert [(s.delivery_id, s.by) for s in own_site.store.facts().settlements] == [(HELD, "checker")]
    assert "合计抄错" in own_site.page("checker", f"/batch?id={HELD}")


def test_decide_and_find_it_again(own_site: Site) -> None:
    shown = own_site.page("auditor", "/finding?id=f000000000000001")
    assert "作出结论" in shown
    assert "452901195001011234" in shown, "the source cells, as they came"
    answer = own_site.post("auditor", "/do/decide", **decision(amount="1,200.5"))
    assert answer.headers["Location"] == "/finding?id=f000000000000001&message=decided"
    made = own_site.store.history("f000000000000001")[0]
    assert (made.outcome, made.amount_fen, made.rule, made.county_code) == (Outcome.CONFIRMED, 120050, "B01", "452901")
    shown = own_site.page("auditor", "/finding?id=f000000000000001")
    assert "家属承认代领" in shown
    assert "重新打开" in shown


def test_a_confirmed_amount_left_blank_is_the_findings_own(own_site: Site) -> None:
    own_site.post("auditor", "/do/decide", **decision())
    assert own_site.store.history("f000000000000001")[0].amount_fen == 10_000


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"reason": " "}, 409, "理由"),
        ({"outcome": "guilty"}, 409, "结论"),
        ({"outcome": ""}, 409, "结论"),
        ({"seen_version": "1"}, 409, "已有其他人"),
        ({"seen_version": "x"}, 409, "结论"),
        ({"seen_evidence": "e0"}, 409, "已有其他人"),
        ({"amount": "12,00.555"}, 409, "金额"),
        ({"amount": "-5"}, 409, "金额"),
        ({"amount": "٣"}, 409, "金额"),
        ({"id": "f999"}, 404, ""),
    ],
)
def test_refused_decisions(own_site: Site, changed: dict[str, str], status: int, sentence: str) -> None:
    answer = own_site.post("auditor", "/do/decide", **decision(**changed))
    assert answer.status_code == status
    assert sentence in answer.text
    assert "Traceback" not in answer.text
    assert own_site.store.decisions() == []


def test_a_finding_of_another_county_cannot_be_decided(own_site: Site) -> None:
    answer = own_site.post("local", "/do/decide", **decision(id="f000000000000061", seen_evidence="e61"))
    assert answer.status_code == 404
    assert own_site.store.decisions() == []


def test_the_second_of_two_reviewers_is_told(own_site: Site) -> None:
    own_site.post("auditor", "/do/decide", **decision())
    answer = own_site.post("boss", "/do/decide", **decision(request_id="req-2", outcome="cleared"))
    assert answer.status_code == 409
    assert "已有其他人作出结论" in answer.text
    assert len(own_site.store.decisions()) == 1


def test_cleared_stays_cleared_until_its_evidence_changes(own_site: Site) -> None:
    from tests.dashboards.staff_snapshot import TABLES

    own_site.post("auditor", "/do/decide", **decision(outcome="cleared"))
    grown = TABLES["findings"].replace("(i * 10000)", "(i * 20000)")
    write_snapshot(own_site.data, 2, {"findings": grown})
    assert "已排除" in own_site.page("auditor", "/finding?id=f000000000000001"), "more money is the same evidence"
    changed = grown.replace("'e' || i", "'other' || i").replace("2026-07-15", "2026-07-01")
    write_snapshot(own_site.data, 3, {"findings": changed})
    shown = own_site.page("auditor", "/finding?id=f000000000000001")
    assert "重新打开" in shown
    assert "家属承认代领" in shown, "the earlier decision is still there to read"


def test_a_finding_that_is_gone_says_why_and_keeps_its_decisions(own_site: Site) -> None:
    own_site.store.decide(
        "gone1", Outcome.CONFIRMED, "已退款", by="auditor", roles={"auditor"}, seen_version=0, seen_evidence="e",
        evidence_now="e", request_id="r", now=own_site.clock.now, county_code="452902",
    )  # fmt: skip
    assert "数据已更正" in own_site.page("auditor", "/finding?id=gone1")
    assert "已退款" in own_site.page("auditor", "/finding?id=gone1")
    assert "已退款" not in own_site.page("local", "/finding?id=gone1"), "another county's decision"
    assert "没有这条疑点" in own_site.page("auditor", "/finding?id=never")


def sheet(content: bytes) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))


def test_the_export_is_the_screen(own_site: Site) -> None:
    query = "county=452901&severity=high"
    rows = sheet(own_site.client("auditor").get(f"/file/findings.xlsx?{query}").data)
    ids = [row[0] for row in rows[1:] if row[0] and str(row[0]).startswith("f0")]
    shown = own_site.page("auditor", f"/findings?{query}") + own_site.page("auditor", f"/findings?{query}&page=2")
    on_screen = re.findall(r"/finding\?id=(f0\d+)", shown)
    assert ids == on_screen
    assert f"共 {len(ids)} 条" in shown
    assert len(ids) == 48


def test_exports_are_inert(own_site: Site) -> None:
    content = own_site.client("auditor").get("/file/findings.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    evil = [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith("=")]
    assert len(evil) == 1, "the planted name is there, as text"
    assert b"<f>" not in _sheet_xml(content)
    assert all(cell.hyperlink is None for cell in cells)


def _sheet_xml(content: bytes) -> bytes:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist() if "worksheets" in name)


@pytest.mark.parametrize("path", ["/file/problems.xlsx", "/file/receipt.json"])
def test_downloads_of_another_county_do_not_exist(own_site: Site, path: str) -> None:
    assert own_site.client("maker").get(f"{path}?id={BATCH}").status_code == 200
    assert own_site.client("other").get(f"{path}?id={BATCH}").status_code == 404
    assert own_site.client("maker").get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/file/findings.xlsx", f"/file/problems.xlsx?id={BATCH}", f"/file/receipt.json?id={BATCH}"]
)
def test_downloads_are_attachments_whose_headers_a_real_server_sends(site: Site, path: str) -> None:
    answer = site.client("auditor").get(path)
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    assert all(value.isascii() for value in answer.headers.values()), "gunicorn refuses anything else"


def test_the_receipt_is_proof_without_personal_data(own_site: Site) -> None:
    own_site.post("checker", "/do/certify", id=BATCH)
    answer = own_site.client("maker").get(f"/file/receipt.json?id={BATCH}")
    assert "attachment" in answer.headers["Content-Disposition"]
    receipt = json.loads(answer.data)
    assert (receipt["lines"], receipt["accepted"], receipt["rejected"]) == (100, 98, 2)
    assert receipt["certified_by"] == "checker"
    assert len(receipt["sha256"]) == 64
    assert "韦" not in answer.text


def test_the_problem_list_names_sheet_and_row(own_site: Site) -> None:
    rows = sheet(own_site.client("maker").get(f"/file/problems.xlsx?id={BATCH}").data)
    assert rows[0] == ("处理", "工作表", "行", "列", "问题")
    assert rows[1][:4] == ("不收此行", "Sheet1", 5, "身份证号")


def test_users_are_added_changed_and_stopped(own_site: Site) -> None:
    added = own_site.post(
        "admin", "/do/user-add", name="new", password="brown kettle 17", role=["auditor", "supervisor"], counties="452901，452902"
    )  # fmt: skip
    assert added.headers["Location"] == "/users?message=added"
    user = next(user for user in own_site.store.users() if user.viewer.name == "new")
    assert user.viewer.counties == {"452901", "452902"}
    client = own_site.app.server.test_client()
    form = {"name": "new", "password": "brown kettle 17"}
    client.post("/do/login", data=form, headers=OURS)
    assert client.get("/").status_code == 200
    own_site.post("admin", "/do/user-change", name="new", step="disable")
    assert client.get("/").status_code == 303, "stopped means stopped now"
    own_site.post("admin", "/do/user-change", name="new", step="enable")
    own_site.post("admin", "/do/user-change", name="new", step="password", password="grey window 55")
    own_site.post("admin", "/do/user-change", name="new", step="roles", role=["checker"], counties="")
    user = next(user for user in own_site.store.users() if user.viewer.name == "new")
    assert (user.viewer.roles, user.viewer.counties) == ({"checker"}, frozenset())


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": "new", "password": "short", "role": ["maker"]}, "密码"),
        ({"name": "new", "password": "brown kettle 17", "role": ["maker", "checker"]}, "兼任"),
        ({"name": "new", "password": "brown kettle 17"}, "岗位"),
        ({"name": "new", "password": "brown kettle 17", "role": ["king"]}, "岗位"),
        ({"name": "new", "password": "brown kettle 17", "role": ["maker"], "counties": "45"}, "六位"),
        ({"name": "auditor", "password": "brown kettle 17", "role": ["maker"]}, "已被使用"),
    ],
)
def test_users_that_are_refused(own_site: Site, form: dict[str, Any], sentence: str) -> None:
    before = len(own_site.store.users())
    answer = own_site.post("admin", "/do/user-add", **form)
    assert answer.status_code == 409
    assert sentence in answer.text
    assert len(own_site.store.users()) == before


def test_an_administrator_cannot_promote_himself(own_site: Site) -> None:
    answer = own_site.post("admin", "/do/user-change", name="admin", step="roles", role=["auditor"])
    assert answer.status_code == 409


def test_changing_ones_password_needs_the_old_one(own_site: Site) -> None:
    assert own_site.post("auditor", "/do/password", old="wrong", new="green table 12").status_code == 409
    assert own_site.post("auditor", "/do/password", old="purple tractor 79", new="short").status_code == 409
    answer = own_site.post("auditor", "/do/password", old="purple tractor 79", new="green table 12")
    assert answer.headers["Location"] == "/login?message=changed"
    assert own_site.client("auditor").get("/").status_code == 303


def test_sentences_are_escaped(own_site: Site) -> None:
    answer = own_site.post(
        "admin", "/do/user-add", name="n", password="brown kettle 17", role=["<img src=x onerror=a()>"]
    )
    assert "<img" not in answer.text
    assert "&lt;img" in answer.text


def test_large_type_is_remembered(own_site: Site) -> None:
    client = own_site.client("auditor")
    client.post("/do/type", data={"next": "/findings"}, headers=OURS)
    assert '"data-type": "large"' in own_site.page("auditor", "/findings")
    client.post("/do/type", data={"next": "/"}, headers=OURS)
    assert '"data-type": "normal"' in own_site.page("auditor", "/")
