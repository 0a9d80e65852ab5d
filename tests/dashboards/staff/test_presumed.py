"""What rests on a presumed person says so: in the list, on the page, on paper, in the export."""

from __future__ import annotations

import io

from openpyxl import load_workbook

from .conftest import Site

PRESUMED, CONFIRMED, PLAIN = (f"f{number:015d}" for number in (12, 13, 14))


def test_the_list_marks_who_is_only_presumed(site: Site) -> None:
    page = site.page("auditor", "/findings?county=452901")
    assert page.count("按推断认定") == 1


def test_the_page_shows_both_rows_the_reasons_and_where_to_answer(site: Site) -> None:
    page = site.page("auditor", f"/finding?id={PRESUMED}")
    for text in ("按推断认定", "把握 97%", "凭什么认定是此人", "姓名同音、同村、账号不同", "覃建国", "秦健国"):
        assert text in page, text
    assert "/questions?pair=pair12" in page
    assert "凭什么认定是此人" in site.page("auditor", f"/clue?id={PRESUMED}")
    assert any(entry.subject == "pair12" for entry in site.store.audit_lines("pair12"))


def test_a_confirmed_pair_is_shown_without_doubt(site: Site) -> None:
    page = site.page("auditor", f"/finding?id={CONFIRMED}")
    assert "经人核对是此人" in page and "按推断认定" not in page and "凭什么认定是此人" in page


def test_a_finding_on_numbers_says_nothing_of_it(site: Site) -> None:
    page = site.page("auditor", f"/finding?id={PLAIN}")
    assert "按推断认定" not in page and "凭什么认定是此人" not in page


def test_the_probable_pair_of_a_finding_can_be_answered(own_site: Site) -> None:
    page = own_site.page("auditor", "/questions?pair=pair12")
    assert "很可能是同一人" in page and "保存回答" in page and page.count("保存回答") == 1
    form = {"id": "pair12", "answer": "not_same", "seen_version": 0, "why": "", "pair": "pair12"}
    answer = own_site.post("auditor", "/do/answer", **form)
    assert answer.status_code == 303 and "pair=pair12" in answer.headers["Location"]
    assert own_site.store.pair_words() == {"pair12": "not_same"}


def test_a_pair_of_another_county_is_not_shown(site: Site) -> None:
    page = site.page("local", "/questions?pair=pair13")
    assert "没有这一对记录" in page and "覃建国" not in page


def test_the_export_says_it_too(site: Site) -> None:
    content = site.client("auditor").get("/file/findings.xlsx").data
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    cells = [row[-1] for row in sheet.iter_rows(values_only=True) if row[0] == PRESUMED]
    assert cells == ["按推断认定，把握 97%"]
