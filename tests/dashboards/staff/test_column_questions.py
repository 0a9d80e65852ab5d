"""A question about columns is shown with the columns it is about, and one click answers it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashboards.staff.column_questions import columns_of, questions
from tests.dashboards.staff_snapshot import TABLES, write_snapshot

from .conftest import Site
from .test_uploads import answers, only_upload, send  # noqa: F401 - `answers` is a fixture

HELD = "0000000000000002"
TWO = {
    "id": "field_claimed_twice", "level": "hold", "sheet": "名册", "row": 1, "column": "补贴金额",
    "message": "列“补贴金额”、“发放金额”都可以是“金额”；请选定以哪一列为准。",
}  # fmt: skip
ONE = {
    "id": "column_unexplained", "level": "hold", "sheet": "名册", "row": 1, "column": "联系电话",
    "message": "列“联系电话”里像是证号、账号、金额或别的月份，但看不出是什么；请选定它是哪一栏。",
}  # fmt: skip
SUM = {
    "id": "total_mismatch", "level": "hold", "sheet": "名册", "row": 9, "column": None,
    "message": "合计行为 1.00 元，明细相加为 2.00 元。",
}  # fmt: skip
COLUMNS = [
    {"header": "姓名", "field": "recipient_name", "samples": ["韦大山"]},
    {"header": "补贴\n金额", "field": "amount_fen", "samples": ["300.00", "280.00", "260.00"]},
    {"header": "发放金额", "field": None, "samples": ["250.00"]},
    {"header": "联系电话", "field": None, "samples": []},
]


def two() -> dict[str, Any]:
    return {**TWO, "message": TWO["message"].replace("补贴金额", "补贴\n金额")}


def test_the_columns_a_question_names_are_its_candidates() -> None:
    claimed, unexplained = questions([SUM, two(), {**TWO, "level": "warn"}, ONE], COLUMNS)
    assert (claimed.at, claimed.field) == (1, "amount_fen")
    assert [candidate.header for candidate in claimed.candidates] == ["补贴\n金额", "发放金额"]
    assert claimed.candidates[0].samples == ("300.00", "280.00", "260.00")
    assert claimed.answer("1") == {"补贴\n金额": "", "发放金额": "amount_fen"}
    assert claimed.answer("0") == {"补贴\n金额": "amount_fen", "发放金额": ""}
    assert unexplained.answer("0") == {"联系电话": ""}
    assert unexplained.answer("0", "account_no") == {"联系电话": "account_no"}
    for choice in ("", "2", "-1", "x"):
        assert claimed.answer(choice) is None


def test_what_names_no_column_of_the_file_is_no_question_of_columns() -> None:
    assert questions([SUM, {**TWO, "message": "列“甲”、“乙”都可以是“金额”。"}], COLUMNS) == []
    assert questions([TWO], []) == []


def test_columns_of_one_name_are_told_apart() -> None:
    sheet = {"header": ["姓名", "金额", "", "金额"], "fields": ["recipient_name", "amount_fen", None, None]}
    assert [column["header"] for column in columns_of([sheet])] == ["姓名", "金额", "金额（第2个）"]


@pytest.fixture
def asked(own_site: Site, answers: dict[str, Any]) -> Site:  # noqa: F811
    sheet = {"sheet": "名册", "header_row": 1, "columns": COLUMNS, "ignored": None}
    fields = {"recipient_name": "姓名", "amount_fen": "金额", "account_no": "账号"}
    answers |= {"status": "held", "problems": [SUM, two(), ONE], "sheets": [sheet], "fields": fields}
    send(own_site)
    return own_site


def test_the_upload_page_shows_the_columns_and_takes_the_answer(asked: Site) -> None:
    upload = only_upload(asked)
    shown = asked.page("maker", f"/upload?id={upload.id}")
    for text in (
        "请回答",
        "请选定",
        "补贴 金额",
        "发放金额",
        "300.00、280.00、260.00",
        "以选中的列为准",
        "就这样读",
        "第 9 行",
    ):
        assert text in shown, text
    answer = asked.post("maker", "/do/choose", id=upload.id, question="1", choice="1")
    assert answer.headers["Location"] == f"/upload?id={upload.id}"
    asked.post("maker", "/do/choose", id=upload.id, question="2", choice="0", field="account_no")
    (mapping,) = asked.store.facts().mappings
    assert dict(zip(mapping.header, mapping.fields, strict=True)) == {
        "补贴\n金额": "",
        "发放金额": "amount_fen",
        "联系电话": "account_no",
    }
    assert mapping.by == "maker"


@pytest.mark.parametrize(
    "form", [{"question": "1"}, {"question": "0", "choice": "0"}, {"question": "9", "choice": "0"}]
)
def test_nothing_chosen_changes_nothing(asked: Site, form: dict[str, str]) -> None:
    assert asked.post("maker", "/do/choose", id=only_upload(asked).id, **form).status_code == 409
    assert asked.store.facts().mappings == ()


def test_somebody_elses_upload_is_not_answered(asked: Site) -> None:
    upload = only_upload(asked)
    assert asked.post("other", "/do/choose", id=upload.id, question="1", choice="1").status_code == 404
    assert asked.post("checker", "/do/choose", id=upload.id, question="1", choice="1").status_code == 403


@pytest.fixture
def held(own_site: Site) -> Site:
    """A held delivery whose header has two columns that could be the amount."""
    problem = {"delivery_id": HELD, "line_id": None, "column_name": TWO["column"]}
    problem |= {name: TWO[name] for name in ("sheet", "row", "id", "level", "message")}
    names = ("delivery_id", "line_id", "sheet", "row", "column_name", "id", "level", "message")
    values = ", ".join(f"{_sql(problem[name])} as {name}" for name in names)
    sheet = f"""select * from ({TABLES["sheets"]}) where delivery_id <> '{HELD}' union all
        select '{HELD}', '名册', 1, 1, ['姓名', '补贴金额', '发放金额'], ['recipient_name', 'amount_fen', null], null"""
    write_snapshot(own_site.data, 2, {"problems": f"select {values}", "sheets": sheet})
    return own_site


def _sql(value: Any) -> str:
    return "null::varchar" if value is None else json.dumps(value, ensure_ascii=False).replace('"', "'")


def test_a_held_delivery_is_answered_on_its_page(held: Site) -> None:
    for who in ("maker", "checker", "boss"):
        assert "以选中的列为准" in held.page(who, f"/batch?id={HELD}"), who
    assert "以选中的列为准" not in held.page("auditor", f"/batch?id={HELD}")
    form = {"id": HELD, "question": "0", "choice": "1"}
    assert held.post("auditor", "/do/choose-of-delivery", **form).status_code == 403
    assert held.post("other", "/do/choose-of-delivery", **form).status_code == 404
    assert held.post("checker", "/do/choose-of-delivery", **form).status_code == 303
    (mapping,) = held.store.facts().mappings
    assert (mapping.header, mapping.fields) == (("补贴金额", "发放金额"), ("", "amount_fen"))


def test_a_withdrawn_delivery_is_restored_through_the_inbox(own_site: Site) -> None:
    batch = "0000000000000001"
    assert own_site.post("checker", "/do/restore", id=batch, why="x").status_code == 409
    deliveries = (
        f"select * replace (if(delivery_id = '{batch}', 'withdrawn', status) as status) from ({TABLES['deliveries']})"
    )
    write_snapshot(own_site.data, 2, {"deliveries": deliveries})
    assert "恢复此批次" in own_site.page("checker", f"/batch?id={batch}")
    assert "恢复此批次" not in own_site.page("maker", f"/batch?id={batch}")
    assert own_site.post("maker", "/do/restore", id=batch, why="没有报错").status_code == 403
    assert own_site.post("checker", "/do/restore", id=batch, why=" ").status_code == 409
    assert own_site.post("checker", "/do/certify", id=batch).status_code == 409
    assert own_site.post("checker", "/do/restore", id=batch, why="没有报错").status_code == 303
    request = json.loads((own_site.data / "inbox" / f"{batch}.restore.json").read_text("utf-8"))
    assert request == {"by": "checker", "why": "没有报错"}


def test_original_and_correction_lead_to_each_other(own_site: Site) -> None:
    original, correction = "0000000000000001", "0000000000000002"
    corrects = f"select * replace (case when delivery_id = '{correction}' then '{original}' end as corrects) from ({TABLES['deliveries']})"
    write_snapshot(own_site.data, 2, {"deliveries": corrects})
    assert f"/batch?id={correction}" in own_site.page("checker", f"/batch?id={original}")
    assert f"/batch?id={original}" in own_site.page("checker", f"/batch?id={correction}")
