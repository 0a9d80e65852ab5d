"""Poisoned inputs: the gate stops each, names file, field and check, and the last release goes on."""

from __future__ import annotations

import datetime as dt

import pytest

from mingzhang.publishing.release import draft, notices, publish, schema, tables
from mingzhang.storage import publication
from tests.mingzhang.publishing.release_case import NOW, VILLAGE, Case, account_no, id_number
from tests.paths import ROOT

PHONE = "13900000001"  # in the cells as they came, of the person with serial 1


@pytest.fixture
def case(published: Case) -> Case:
    return published


def refused(case: Case) -> set[tuple[str, str]]:
    """Publish, be refused, and see that nothing else changed."""
    before = publication.current(case.folder.releases)
    notice_paths = sorted(path.name for path in (case.folder.releases / "notices").iterdir())
    case.write()
    with pytest.raises(publish.ReleaseRefusedError) as caught:
        case.publish()
    assert publication.current(case.folder.releases) == before
    assert publish.verify(case.folder.releases).ok
    assert sorted(path.name for path in (case.folder.releases / "notices").iterdir()) == notice_paths
    message = str(caught.value)
    assert message.startswith("没有发布")
    for secret in (id_number(1), account_no(1), PHONE):
        assert secret not in message
    return {(hit.field, hit.check) for hit in caught.value.hits}


def test_a_phone_in_a_group_name(case: Case) -> None:
    case.payments[0]["group_name"] = f"第一组{PHONE}"
    assert {("group_name", "phone"), ("group_name", "phone_shape")} <= refused(case)


def test_an_account_in_a_group_name_with_blanks(case: Case) -> None:
    number = account_no(1)
    case.payments[0]["group_name"] = f"一组 {number[:4]} {number[4:8]} {number[8:]}"
    assert ("group_name", "account") in refused(case)


def test_a_full_id_in_a_free_text_field(case: Case) -> None:
    case.notices[0]["decided_by"] = f"青岚县民政局 经办{id_number(1)}"
    assert {("decided_by", "id_number"), ("decided_by", "id_number_shape")} <= refused(case)


def test_an_id_in_a_name(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """The builder leaves such a name out; one that forgot to is stopped."""
    monkeypatch.setattr(notices, "NAMED", notices.NAMED.replace(schema.PERSON, ".*"))
    case.payments[0] |= {"recipient_name": f"韦大山{id_number(1)}", "head_name": f"韦大山{id_number(1)}"}
    assert {("name", "id_number"), ("name", "pattern")} <= refused(case)


def test_an_id_in_a_unit(case: Case) -> None:
    case.payments[0]["unit"] = id_number(1)
    assert ("unit", "id_number") in refused(case)


def test_a_phone_in_a_village_name(case: Case) -> None:
    case.places[1] = (VILLAGE, f"青桐村{PHONE}", "452921101", "village")
    assert ("place_name", "phone") in refused(case)


def test_the_15_digit_form_of_a_real_id(case: Case) -> None:
    number = id_number(1)
    case.payments[0]["group_name"] = number[:6] + number[8:17]
    assert ("group_name", "id_number") in refused(case)


def test_an_id_in_a_hop_of_the_fund_flow(case: Case) -> None:
    case.flows[0]["hop"] = id_number(1)
    assert ("hop", "id_number") in refused(case)


def test_what_is_not_published_may_hold_anything(case: Case) -> None:
    case.payments[0] |= {"note": id_number(1), "plot_code": account_no(1), "item_serial": PHONE}
    case.pay("land", "farmland_protection", 500, "卢新来", 9000, note=id_number(2))
    case.write()
    assert case.publish().changed


def test_a_document_number_never_leaves(case: Case) -> None:
    case.flows[0] |= {"document_no": id_number(1), "note": id_number(1), "from_office": id_number(1)}
    case.flow("farmland_protection", "拨付", 1)
    case.write()
    assert case.publish().changed


@pytest.mark.parametrize(
    ("table", "harm", "check"),
    [
        (
            "county_cells",
            "insert into public_out.county_cells values ('452921','orphan','2026-09-01',5,5000)",
            "small_cell",
        ),
        ("county_cells", "update public_out.county_cells set people = 12", "small_cell"),
        ("county_cells", "update public_out.county_cells set amount_yuan = 11400", "small_cell"),
        ("flow", "update public_out.flow set amount_fen = 1234567 where programme = 'orphan'", "small_cell"),
        (
            "fund_delays",
            "update public_out.fund_delays set standing_fen = 1234567 where programme = 'orphan'",
            "small_cell",
        ),
        ("fund_delays", "update public_out.fund_delays set documents = 1 where programme = 'orphan'", "small_cell"),
        (
            "fund_delays",
            "insert into public_out.fund_delays by name select * replace ('disabled_living' as programme) "
            "from public_out.fund_delays where programme = 'orphan'",
            "small_cell",
        ),
        (
            "village_totals",
            "update public_out.village_totals set programme = 'orphan' where programme = 'old_age'",
            "unnamed_programme_by_village",
        ),
        ("notices", "update public_out.notices set programme = 'orphan'", "never_named"),
    ],
)
def test_a_builder_that_forgets_a_rule_is_stopped(
    case: Case, monkeypatch: pytest.MonkeyPatch, table: str, harm: str, check: str
) -> None:
    """Mutants: the tables are spoiled after they were built; the gate must not trust the builder."""
    original = draft.content_hash

    def spoiled(connection, alias):  # type: ignore[no-untyped-def]
        connection.execute(harm)
        return original(connection, alias)

    monkeypatch.setattr(draft, "content_hash", spoiled)
    assert (table, check) in refused(case)


def test_a_builder_that_names_a_minor_is_stopped(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.pay("dibao", "old_age", 300, "韦小宝", 5000, born_on=dt.date(2012, 1, 1))
    sql = notices.NAMED
    assert "not recipient_is_adult" in sql
    broken = sql.replace("exists (from adults a where a.person_id = l.recipient_id)", "true")
    broken = broken.replace("exists (from adults a where a.person_id = l.head_id)", "true")
    monkeypatch.setattr(notices, "NAMED", broken)
    assert ("name", "minor_named") in refused(case)


def test_a_builder_that_names_a_withheld_person_is_stopped(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.store.withhold(str(case.payments[0]["recipient_id"]), "有风险", "supervisor", NOW)
    case.pay("dibao", "dibao_rural", 301, "卢新来", 5000)
    monkeypatch.setattr(notices, "NAMED", notices.NAMED.replace("case when withheld", "case when false"))
    assert ("name", "withheld_named") in refused(case)


def test_a_builder_that_keeps_ended_notices_is_stopped(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.pay("dibao", "dibao_rural", 301, "卢新来", 5000)
    select = notices.select_named
    monkeypatch.setattr(notices, "select_named", lambda *a, **k: select(*a, **{**k, "today": dt.date(2026, 1, 1)}))
    case.write()
    with pytest.raises(publish.ReleaseRefusedError) as caught:
        case.publish(NOW + dt.timedelta(days=60))
    assert {("notices", "ended")} <= {(hit.field, hit.check) for hit in caught.value.hits}


def test_a_file_that_does_not_belong_is_stopped(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.pay("dibao", "dibao_rural", 301, "卢新来", 5000)
    original = draft._open_data

    def with_attachment(connection, folder):  # type: ignore[no-untyped-def]
        original(connection, folder)
        (folder / "open-data" / f"名单-{account_no(1)}.xlsx").write_bytes(b"")

    monkeypatch.setattr(draft, "_open_data", with_attachment)
    assert ("file name", "file_name_not_listed") in refused(case)


def test_document_properties_are_searched(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.pay("dibao", "dibao_rural", 301, "卢新来", 5000)
    original = draft._open_data

    def with_author(connection, folder):  # type: ignore[no-untyped-def]
        original(connection, folder)
        with (folder / "open-data" / "README.txt").open("a") as file:
            file.write(f"author {id_number(1)}")

    monkeypatch.setattr(draft, "_open_data", with_author)
    assert ("bytes", "id_number") in refused(case)


def test_every_public_column_has_a_rule() -> None:
    for table, columns in {**schema.PUBLIC, **schema.NOTICE_FILE}.items():
        for column in columns:
            assert column.kind in ("text", "name", "number", "date", "flag") or column.pattern, (table, column.name)
    assert {c.name for c in schema.NOTICE_FILE["lines"]} & {"id_number", "account_no", "born_on", "person_id"} == set()


def test_never_named_stays_never_named_whatever_the_programme_says() -> None:
    from mingzhang.catalog.load import catalogue

    classes = tables.public_class(catalogue())
    assert {classes[slug] for slug in ("orphan", "unattended_child", "yulu")} == {"A"}


def test_the_documented_schema_is_the_schema() -> None:
    documented = ROOT / "docs" / "public-data.md"
    assert documented.read_text(encoding="utf-8") == schema.as_markdown()
