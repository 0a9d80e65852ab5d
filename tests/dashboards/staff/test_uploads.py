"""An upload is streamed, checked by a real child, shown, and handed to the inbox with its sidecar."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from dashboards.staff.actions import uploads
from mingzhang.casework.workflow import WorkflowError

from .conftest import OURS, PASSWORD, Site

ROSTER = "姓名,身份证号,金额(元),账号\n韦大山,452901195001011234,520.00,6210000000000001\n".encode()
ACCEPTED = {
    "status": "accepted_with_errors", "reason": "id_is_number", "message": "共 2 行，接收 1 行，不收 1 行。", "lines": 2,
    "accepted": 1, "rejected": 1, "held": 0, "warnings": 0, "total_fen": 52000, "declared_total_fen": None,
    "problems": [{"id": "id_is_number", "level": "reject", "sheet": "S1", "row": 3, "column": "身份证号", "message": "=1+1 请改为文本格式。"}],
    "repairs": [{"sheet": "S1", "row": 2, "column": "姓名", "kind": "name_format", "from": "韦 大山", "to": "韦大山"}],
}  # fmt: skip


def send(
    site: Site, who: str = "maker", content: bytes = ROSTER, name: str = "低保.csv", **declared: str
) -> TestResponse:
    form: dict[str, Any] = {"county": "452901", "month": "2026-10", "kind": "roster", "programme": "", **declared}
    form |= {"token": site.token(who), "file": (io.BytesIO(content), name)}
    return site.client(who).post("/do/upload", data=form, headers=OURS, content_type="multipart/form-data")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Let the child say what a test wants; the real child is tested below and in the browser walk."""
    answer = dict(ACCEPTED)

    def run(*_args: Any, **_options: Any) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess([], 1, json.dumps(answer).encode(), b"")

    monkeypatch.setattr(uploads.subprocess, "run", run)
    return answer


def only_upload(site: Site) -> uploads.Upload:
    (found,) = uploads.all_of(site.data / "inbox" / ".incoming")
    return found


def test_from_upload_to_inbox(own_site: Site, answers: dict[str, Any]) -> None:
    sent = send(own_site)
    upload = only_upload(own_site)
    assert sent.headers["Location"] == f"/upload?id={upload.id}"
    assert upload.sha256 == hashlib.sha256(ROSTER).hexdigest()
    shown = own_site.page("maker", f"/upload?id={upload.id}")
    for text in ("低保.csv", "请改为文本格式", "韦 大山", "提交入库", "520.00 元"):
        assert text in shown
    assert not list((own_site.data / "inbox").glob("[!.]*")), "nothing reaches the inbox before it is submitted"
    assert own_site.post("maker", "/do/submit", id=upload.id).headers["Location"] == "/batches?message=submitted"
    (placed,) = (own_site.data / "inbox/452901/2026-10/roster").glob("*.csv")
    assert placed.read_bytes() == ROSTER
    sidecar = json.loads(placed.with_name(placed.name + ".json").read_text())
    assert sidecar == {
        "sender": "maker",
        "file_name": "低保.csv",
        "county": "452901",
        "month": "2026-10",
        "kind": "roster",
    }
    assert "正在入库" in own_site.page("checker", "/batches")
    assert own_site.post("maker", "/do/submit", id=upload.id).status_code == 409, "once is enough"


def test_before_submission_every_name_is_hidden(own_site: Site, answers: dict[str, Any]) -> None:
    send(own_site)
    names = [path.name for path in (own_site.data / "inbox").rglob("*") if path.is_file()]
    assert names
    assert all(name.startswith(".") for name in names), "whoever watches the inbox takes only submitted files"


def test_other_peoples_uploads_do_not_exist(own_site: Site, answers: dict[str, Any]) -> None:
    send(own_site)
    upload = only_upload(own_site)
    assert "低保.csv" not in own_site.page("other", f"/upload?id={upload.id}")
    for path in ("/do/submit", "/do/discard"):
        assert own_site.post("other", path, id=upload.id).status_code == 404
    assert own_site.client("other").get(f"/file/upload-problems.xlsx?id={upload.id}").status_code == 404
    assert own_site.client("maker").get(f"/file/upload-problems.xlsx?id={upload.id}").status_code == 200


@pytest.mark.parametrize("key", ["", "..", "../../casework.db", "0" * 24, "x" * 24, "0" * 24 + "/.."])
def test_ids_are_never_paths(own_site: Site, key: str) -> None:
    assert uploads.read(own_site.data / "inbox" / ".incoming", key) is None
    assert own_site.client("maker").get("/file/upload-problems.xlsx", query_string={"id": key}).status_code == 404


@pytest.mark.parametrize(
    ("declared", "sentence"),
    [
        ({"county": "45"}, "县"),
        ({"county": "../../"}, "县"),
        ({"month": "2026-13"}, "月份"),
        ({"month": ""}, "月份"),
        ({"kind": "../roster"}, "种类"),
        ({"programme": "a/b"}, "补贴项目"),
        ({"name": "名册.exe"}, ".xlsx"),
        ({"name": "名册.pdf"}, "PDF"),
    ],
)
def test_refused_before_anything_is_kept(
    own_site: Site, answers: dict[str, Any], declared: dict[str, str], sentence: str
) -> None:
    answer = send(own_site, **declared)
    assert answer.status_code == 409
    assert sentence in answer.text
    assert uploads.all_of(own_site.data / "inbox" / ".incoming") == []


@pytest.mark.parametrize("name", ["名册.et", "代发.DBF", "导出.htm", "带宏.xlsm"])
def test_names_of_other_programs_are_taken(own_site: Site, answers: dict[str, Any], name: str) -> None:
    assert send(own_site, name=name).status_code == 303


def test_another_county_is_refused(own_site: Site, answers: dict[str, Any]) -> None:
    assert send(own_site, county="452902").status_code == 403
    assert send(own_site, who="other", county="452902").status_code == 303


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.csv", "/etc/passwd.csv", "a\u202efdp.csv", "<img src=x>.csv", ".csv", "名 册.CSV"]
)
def test_the_senders_name_is_never_a_path(own_site: Site, answers: dict[str, Any], name: str) -> None:
    assert send(own_site, name=name).status_code in (303, 409)
    for path in own_site.data.rglob("*"):
        assert "passwd" not in path.name
        assert "img" not in path.name


def test_too_large_is_a_sentence(own_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 1000)
    answer = send(own_site, content=b"x" * 5000)
    assert answer.status_code == 409
    assert "50 MB" in answer.text
    assert not list((own_site.data / "inbox" / ".incoming").glob(".part-*")), "nothing is left behind"


def test_a_refused_file_cannot_be_submitted(own_site: Site, answers: dict[str, Any]) -> None:
    answers.update(status="refused", message="这不是表格文件，请另存为 .xlsx 后再上传。")
    send(own_site)
    upload = only_upload(own_site)
    shown = own_site.page("maker", f"/upload?id={upload.id}")
    assert "另存为 .xlsx" in shown
    assert "提交入库" not in shown
    assert own_site.post("maker", "/do/submit", id=upload.id).status_code == 409


def test_downloaded_problems_are_inert(own_site: Site, answers: dict[str, Any]) -> None:
    import zipfile

    send(own_site)
    content = own_site.client("maker").get(f"/file/upload-problems.xlsx?id={only_upload(own_site).id}").data
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))
    assert "<f>" not in xml
    assert "=1+1" in xml


def test_discarded_and_forgotten_uploads_are_deleted(own_site: Site, answers: dict[str, Any]) -> None:
    send(own_site)
    upload = only_upload(own_site)
    own_site.post("maker", "/do/discard", id=upload.id)
    assert not (own_site.data / "inbox" / ".incoming" / upload.id).exists()
    send(own_site)
    incoming = own_site.data / "inbox" / ".incoming"
    uploads.sweep(incoming, own_site.clock.now + dt.timedelta(hours=23))
    assert uploads.all_of(incoming)
    uploads.sweep(incoming, own_site.clock.now + dt.timedelta(hours=25))
    assert not uploads.all_of(incoming)


def test_uploads_are_readable_by_this_user_only(own_site: Site, answers: dict[str, Any]) -> None:
    send(own_site)
    folder = own_site.data / "inbox" / ".incoming"
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("ended", "sentence"),
    [
        (subprocess.CompletedProcess([], 3, b"", b"Traceback (most recent call last):\n  secret"), "检查程序出错"),
        (subprocess.CompletedProcess([], 2, b"", "没有“x”这种文件。\n".encode()), "没有“x”这种文件。"),
        (subprocess.CompletedProcess([], 0, b"not json", b""), "检查程序出错"),
        (subprocess.TimeoutExpired("x", 1), "用时过长"),
    ],
)
def test_whatever_becomes_of_the_child_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ended: Any, sentence: str
) -> None:
    def run(*_args: Any, **_options: Any) -> Any:
        if isinstance(ended, Exception):
            raise ended
        return ended

    monkeypatch.setattr(uploads.subprocess, "run", run)
    answer = uploads.run_mingzhang(tmp_path, ["check-file", "x"])
    assert answer["status"] == "refused"
    assert sentence in answer["message"]
    assert "secret" not in answer["message"]


def test_the_real_child_answers(own_site: Site) -> None:
    """No stand-in: the file goes through `mingzhang check-file` under the sender's name and comes back judged."""
    send(own_site, name="2026年9月低保.csv", programme="dibao_rural")
    upload = only_upload(own_site)
    result = uploads.result_of(own_site.data / "inbox" / ".incoming", upload)
    assert result
    assert result["status"] in ("accepted", "accepted_with_errors", "held", "refused"), result
    assert result["reason"] == "month_mismatch", "the month in the sender's own file name is seen before it is loaded"
    assert {"lines", "accepted", "problems", "repairs"} <= set(result)


def test_submission_needs_a_check(own_site: Site, answers: dict[str, Any]) -> None:
    from dataclasses import replace

    send(own_site)
    incoming, upload = own_site.data / "inbox" / ".incoming", only_upload(own_site)
    with pytest.raises(WorkflowError):
        uploads.submit(own_site.data, incoming, replace(upload, state="checking"))


def test_a_confirmed_header_is_remembered_and_checked_again(own_site: Site, answers: dict[str, Any]) -> None:
    answers.update(
        status="refused",
        reason="missing_column",
        message="缺少“金额”一列。",
        fields={"recipient_name": "享受人姓名", "amount_fen": "金额(元)"},
        sheets=[{"sheet": "S1", "header_row": 1, "columns": [{"header": "姓\n名", "field": "recipient_name"}, {"header": "到手钱数", "field": None}]}],
    )  # fmt: skip
    send(own_site)
    upload = only_upload(own_site)
    shown = own_site.page("maker", f"/upload?id={upload.id}")
    assert "到手钱数" in shown
    assert "享受人姓名" in shown
    assert '"open": true' in shown, "the question is in sight"
    answers.update(status="accepted", reason=None, problems=[])
    form = {"header": ["姓\n名", "到手钱数"], "field": ["recipient_name", "amount_fen"]}
    answer = own_site.post("maker", "/do/mapping", id=upload.id, **form)
    assert answer.headers["Location"] == f"/upload?id={upload.id}"
    (mapping,) = own_site.store.facts().mappings
    assert (mapping.county_code, mapping.kind, mapping.fields) == ("452901", "roster", ("recipient_name", "amount_fen"))
    assert "检查通过" in own_site.page("maker", f"/upload?id={upload.id}")


@pytest.mark.parametrize("form", [{}, {"header": ["a", "b"], "field": ["x"]}])
def test_half_a_mapping_is_refused(own_site: Site, answers: dict[str, Any], form: dict[str, Any]) -> None:
    send(own_site)
    answer = own_site.post("maker", "/do/mapping", id=only_upload(own_site).id, **form)
    assert answer.status_code == 409
    assert own_site.store.facts().mappings == ()


def test_a_correction_names_a_delivery_of_ones_own_county(own_site: Site, answers: dict[str, Any]) -> None:
    assert send(own_site, corrects="0000000000000003").status_code == 403
    assert send(own_site, corrects="0000000000000001").status_code == 303
    upload = only_upload(own_site)
    own_site.post("maker", "/do/submit", id=upload.id)
    (sidecar,) = (own_site.data / "inbox/452901/2026-10/roster").glob("*.json")
    assert json.loads(sidecar.read_text())["corrects"] == "0000000000000001"


def test_the_correction_workbook_comes_from_a_child(own_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def run(command: list[str], **_options: Any) -> subprocess.CompletedProcess[bytes]:
        asked.append(command)
        Path(command[command.index("--out") + 1]).write_bytes(b"PK workbook")
        return subprocess.CompletedProcess(command, 0, b'{"lines": 2}', b"")

    monkeypatch.setattr(uploads.subprocess, "run", run)
    answer = own_site.client("maker").get("/file/workbook.xlsx?id=0000000000000001")
    assert answer.data == b"PK workbook"
    assert asked[0][3:5] == ["workbook", "0000000000000001"]
    assert own_site.store.audit_lines(limit=1)[0].action == "read.workbook"
    assert own_site.client("other").get("/file/workbook.xlsx?id=0000000000000001").status_code == 404
    assert own_site.client("auditor").get("/file/workbook.xlsx?id=0000000000000001").status_code == 403
    assert not list((own_site.data / "inbox").rglob(".workbook.xlsx")), "no copy is left behind"


def test_nothing_to_correct_is_a_sentence(own_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    done = subprocess.CompletedProcess([], 0, b'{"lines": 0}', b"")
    monkeypatch.setattr(uploads.subprocess, "run", lambda *_a, **_k: done)
    answer = own_site.client("maker").get("/file/workbook.xlsx?id=0000000000000001")
    assert answer.status_code == 409
    assert "没有需要更正的行" in answer.text


def test_only_bureaus_are_offered_the_correction(own_site: Site) -> None:
    assert "下载更正表" in own_site.page("maker", "/batch?id=0000000000000001")
    assert "上传更正" in own_site.page("maker", "/batch?id=0000000000000001")
    assert "上传更正" not in own_site.page("checker", "/batch?id=0000000000000001")
    assert "下载更正表" not in own_site.page("auditor", "/batch?id=0000000000000001")


def test_every_kind_and_county_is_offered_also_without_data(own_site: Site) -> None:
    from mingzhang.catalog import words
    from mingzhang.catalog.load import catalogue

    known = catalogue()
    assert {slug: known.layout(slug).title for slug in known.kinds} == words.kinds()
    assert {slug: known.layout(slug).title for slug in known.registers} == words.registers()
    with_data = own_site.page("maker", "/upload")
    (own_site.data / "snapshots" / "staff" / "CURRENT").unlink()
    for shown in (with_data, own_site.page("maker", "/upload")):
        assert all(f'"value": "{slug}"' in shown for slug in [*known.kinds, *known.registers])
        assert '"value": "452901"' in shown
        assert '"value": "452902"' not in shown, "not their county"


def test_counties_without_data_can_be_chosen(own_site: Site) -> None:
    from tests.dashboards.staff_snapshot import TABLES, write_snapshot

    places = f"{TABLES['places']} union all select '452903', '空白县', '4529', 'county', null, null"
    write_snapshot(own_site.data, 2, {"places": places})
    own_site.store.add_user("all", ["maker"], (), PASSWORD, own_site.clock.now)
    assert "空白县" in own_site.page("all", "/upload")
    assert "空白县" not in own_site.page("maker", "/upload")


def test_a_template_comes_from_the_real_child(own_site: Site) -> None:
    import openpyxl

    shown = own_site.page("maker", "/upload")
    assert "/file/template.xlsx?kind=deaths&county=452901" in shown
    answer = own_site.client("maker").get("/file/template.xlsx?kind=roster&county=452901")
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert "身份证" in "".join(str(cell.value) for cell in sheet[2])
    assert not list((own_site.data / "inbox").rglob(".template.xlsx")), "no copy is left behind"


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 404), ("kind=nothing", 404), ("kind=roster&county=--help", 404), ("kind=roster&county=452902", 403)],
)
def test_no_template_for_what_is_not_ours(own_site: Site, query: str, status: int) -> None:
    assert own_site.client("maker").get(f"/file/template.xlsx?{query}").status_code == status


def test_a_register_has_no_money(own_site: Site) -> None:
    assert "元" not in own_site.page("maker", "/receipt?id=0000000000000004")
    assert "元" in own_site.page("maker", "/receipt?id=0000000000000001")
