"""Releases: only certified batches, only the whitelist, by class; same content changes nothing; take-down at once."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from mingzhang.catalog.load import catalogue
from mingzhang.publishing.release import notice_files, publish, schema
from mingzhang.storage import publication as publishing
from mingzhang.storage.errors import Refusal
from tests.mingzhang.publishing.release_case import (
    ALL,
    COUNTY,
    FAR,
    MONTH,
    NOW,
    SECOND,
    VILLAGE,
    Case,
    copied,
    id_number,
    person_id,
    small_case,
)

LAND = f"{VILLAGE}-farmland_protection-2026-10"
DIBAO = f"{VILLAGE}-dibao_rural-2026-10"


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Case:
    made = small_case(tmp_path_factory.mktemp("certified") / "data")
    made.certify(*ALL)
    return made


@pytest.fixture
def case(certified: Case, tmp_path: Path) -> Case:
    """Certified, nothing written yet."""
    return copied(certified, tmp_path / "data")


def rows(case: Case, table: str, query: str = "select *") -> list[tuple]:
    current = publishing.current(case.folder.releases)
    assert current is not None
    with notice_files.opened(current.path / "public.duckdb") as connection:
        return connection.execute(f"{query} from old.{table} order by all").fetchall()


def notices(case: Case) -> dict[str, list[tuple]]:
    """Every name on disk: notice id to (name, case number, amount)."""
    found: dict[str, list[tuple]] = {}
    for notice_file in notice_files.listed(case.folder.releases / "notices"):
        with notice_files.opened(notice_file.path) as connection:
            for notice, *line in connection.execute(
                "select notice_id, name, case_no, amount_fen from old.lines order by notice_id, position"
            ).fetchall():
                found.setdefault(notice, []).append(tuple(line))
    return found


def names(case: Case) -> set[str]:
    return {line[0] for lines in notices(case).values() for line in lines}


def test_class_n_is_exact_to_the_village_and_paid_means_paid_less_returned(published: Case) -> None:
    totals = rows(published, "village_totals", "select village_code, programme, people, paid_fen, returned_fen")
    assert totals == [
        (VILLAGE, "dibao_rural", 1, 45000, 20000),
        (VILLAGE, "farmland_protection", 4, 96300, 0),
        (SECOND, "farmland_protection", 1, 18000, 0),
        (FAR, "old_age", 1, 10000, 0),
    ]


def test_classes_a_and_b_appear_by_county_only_rounded_and_not_below_ten(published: Case) -> None:
    assert rows(published, "county_cells") == [(COUNTY, "orphan", MONTH, 10, 11000)]  # 12 orphans, 11,400 yuan
    assert rows(published, "flow", "select programme, documents, amount_fen") == [
        ("farmland_protection", 1, 20_000_000),
        ("orphan", None, 1_200_000),  # rounded to 1,000 yuan; the 4 disabled persons' flow is nowhere
    ]


def test_days_on_the_way_and_what_still_stands_by_county(case: Case) -> None:
    """Class N as it is; class A and B rounded, without the number of documents, and only beside a published cell."""
    for programme, first in (("farmland_protection", 0), ("orphan", 1), ("disabled_living", 2)):
        day, parent = case.flows[first]["dated_on"] + dt.timedelta(days=9), case.flows[first]["document_no"]
        case.flow(programme, "拨付", 1_034_567, dated_on=day, parent_document_no=parent)
    case.write()
    case.publish()
    told = rows(case, "fund_delays", "select programme, hop, documents, median_days, most_days, standing_fen")
    assert sorted(told) == [
        ("farmland_protection", "下达", None, None, None, 18_965_433),
        ("farmland_protection", "拨付", 1, 9, 9, 1_034_567),
        ("orphan", "下达", None, None, None, 200_000),
        ("orphan", "拨付", None, 9, 9, 1_000_000),
    ]


def test_only_certified_batches_are_public(tmp_path: Path) -> None:
    case = small_case(tmp_path / "data")
    case.certify("land")
    case.write()
    result = case.publish()
    assert result.batches == 1
    assert {row[0] for row in rows(case, "village_totals", "select programme")} == {"farmland_protection"}
    assert set(notices(case)) == {LAND, f"{SECOND}-farmland_protection-2026-10"}
    assert rows(case, "county_cells") == []


@pytest.mark.parametrize("state", ["planned", "stopped"])
def test_what_was_not_paid_is_not_told_as_paid(case: Case, state: str) -> None:
    for line in case.payments:
        line["state"] = state if line["programme"] == "old_age" else line["state"]
    case.write()
    case.publish()
    assert "old_age" not in {row[0] for row in rows(case, "village_totals", "select programme")}
    assert f"{FAR}-old_age-2026-10" not in notices(case)


def test_a_notice_lists_names_with_case_numbers_for_namesakes_and_leaves_returned_money_out(published: Case) -> None:
    found = notices(published)
    assert [line[0] for line in found[LAND]] == ["覃阿·明", "韦大山", "韦大山", "黄秀英"]
    first, second = (line[1] for line in found[LAND] if line[0] == "韦大山")
    assert first != second
    assert {line[1] for line in found[LAND] if line[0] != "韦大山"} == {""}
    assert found[DIBAO] == [("黄秀英", "", 45000)]


def test_never_named_programmes_have_no_notice_and_no_village_row(published: Case) -> None:
    assert not [notice for notice in notices(published) if "orphan" in notice or "disabled" in notice]
    assert not [name for name in names(published) if name.startswith(("孤儿", "残"))]


def test_a_minor_is_counted_under_the_head_and_not_named(case: Case) -> None:
    child = case.pay("dibao", "old_age", 300, "韦小宝", 5000, born_on=dt.date(2012, 1, 1))
    child |= {"head_name": "韦大山", "head_id": case.payments[0]["recipient_id"]}
    alone = case.pay("dibao", "old_age", 301, "黄小妹", 6000, born_on=dt.date(2011, 1, 1))
    assert alone["head_id"] == alone["recipient_id"]
    for serial, status in enumerate(("rejected", "held", "withdrawn"), start=302):  # nor is who was refused
        case.pay("dibao", "old_age", serial, "卢未批", 7000, status=status)
    case.write()
    case.publish()
    lines = notices(case)[f"{VILLAGE}-old_age-2026-10"]
    assert lines == [("韦大山", "", 5000)]
    assert {"韦小宝", "黄小妹", "卢未批"}.isdisjoint(names(case))
    totals = rows(case, "village_totals", "select programme, village_code, people, paid_fen")
    assert ("old_age", VILLAGE, 2, 11000) in totals  # both are counted


def test_a_person_of_unknown_age_is_counted_and_not_named(case: Case) -> None:
    line = case.pay("land", "farmland_protection", 310, "蒙不明", 9000)
    del case.identities[line["recipient_id"]]
    case.write()
    case.publish()
    assert "蒙不明" not in names(case)
    assert (5,) in rows(case, "village_totals", "select people")


@pytest.mark.parametrize("odd", ["蒙大山2", "蒙２", "=蒙", f"蒙大山{id_number(310)}"])
def test_an_odd_name_is_counted_and_not_named(case: Case, odd: str) -> None:
    case.pay("land", "farmland_protection", 310, odd, 9000)
    case.write()
    case.publish()
    assert not any("蒙" in name for name in names(case))
    assert (5,) in rows(case, "village_totals", "select people")
    assert notices(case)[f"{VILLAGE}-farmland_protection-2026-10"]


def test_the_same_content_again_changes_nothing_and_the_id_is_its_hash(case: Case, tmp_path: Path) -> None:
    case.write()
    first, again = case.publish(), case.publish()
    assert (again.changed, again.id, again.number) == (False, first.id, 1)
    other = small_case(tmp_path / "other")
    shutil.copytree(case.root / "keys", other.root / "keys")
    other.certify(*reversed(ALL))
    other.payments.reverse()
    other.write()
    assert other.publish().id == first.id


def test_new_content_makes_a_new_release_with_its_predecessor(case: Case) -> None:
    case.write()
    first = case.publish()
    case.pay("land", "farmland_protection", 320, "卢新来", 9000)
    case.write()
    second = case.publish()
    current = publishing.current(case.folder.releases)
    assert current is not None
    manifest = publishing.verify_folder(current.path)
    assert (second.changed, second.number, manifest["predecessor"]) == (True, 2, first.id)
    assert publish.verify(current.path).ok
    assert publish.verify(case.folder.releases / first.id).ok, "the older release's notice was replaced, by record"
    what = [json.loads(line)["what"] for line in (case.folder.releases / "records.jsonl").read_text().splitlines()]
    assert what == ["published", "published", "replaced"]


def test_ended_notices_are_left_out_and_their_totals_stay(case: Case) -> None:
    case.write()
    case.publish(NOW + dt.timedelta(days=60))
    assert notices(case) == {}
    assert len(rows(case, "village_totals")) == 4
    ended = rows(case, "notices", "select ends_on, hash")
    assert {row[1] for row in ended} == {""}


@pytest.mark.parametrize("days", [16, 29])
def test_after_the_clock_passes_an_end_no_name_of_it_is_on_disk(published: Case, days: int) -> None:
    ends = {notice_file.ends_on for notice_file in notice_files.listed(published.folder.releases / "notices")}
    assert ends == {dt.date(2026, 11, 20), dt.date(2026, 12, 3)}
    later = NOW + dt.timedelta(days=days)
    gone = publish.expire(published.folder, published.store, later)
    assert len(gone) == (1 if days == 16 else 3)
    assert DIBAO not in notices(published)
    assert (LAND in notices(published)) == (days == 16)
    assert publish.verify(published.folder.releases).ok
    published.publish(NOW)  # a clock set back shows nothing again
    assert DIBAO not in notices(published)


def test_withdrawn_today_and_for_good_with_a_record_that_names_nobody(published: Case) -> None:
    publish.withdraw(published.folder, published.store, LAND, "韦大山要求撤下", "supervisor", NOW)
    assert LAND not in notices(published)
    assert f"{SECOND}-farmland_protection-2026-10" in notices(published), (
        "the other notice of the same notice_file stays"
    )
    assert publish.verify(published.folder.releases).ok
    assert "韦大山" not in (published.folder.releases / "records.jsonl").read_text(encoding="utf-8")
    published.publish()
    assert LAND not in notices(published)
    with pytest.raises(Refusal):
        publish.withdraw(published.folder, published.store, LAND, "再撤", "supervisor", NOW)


def test_a_withheld_person_appears_nowhere_from_that_moment(published: Case) -> None:
    person = str(published.payments[1]["recipient_id"])  # 黄秀英, on two lists
    publish.withhold(published.folder, published.store, person, "家暴受害人", "supervisor", NOW)
    assert "黄秀英" not in names(published)
    published.publish()
    assert "黄秀英" not in names(published)
    assert "韦大山" in names(published), "the list comes back without the person"
    assert (4,) in rows(published, "village_totals", "select people"), "still counted"
    assert person not in "".join(path.read_text() for path in published.folder.releases.glob("*.jsonl"))


def test_a_lost_pack_is_made_again(published: Case) -> None:
    for notice_file in notice_files.listed(published.folder.releases / "notices"):
        notice_file.path.unlink()
    assert not publish.verify(published.folder.releases).ok
    assert not published.publish().changed
    assert publish.verify(published.folder.releases).ok


@pytest.mark.parametrize(
    "harm",
    ["manifest", "signature", "csv", "database", "notice file", "record", "other key", "notice gone"],
)
def test_verify_refuses_what_was_changed(published: Case, harm: str) -> None:
    releases = published.folder.releases
    current = publishing.current(releases)
    assert current
    folder, notice_file = current.path, sorted((releases / "notices").glob("*.duckdb"))[0]
    key = None

    def flip(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    harms: dict[str, Callable[[], object]] = {
        "manifest": lambda: flip(folder / "manifest.json"),
        "signature": lambda: flip(folder / "manifest.sig"),
        "csv": lambda: flip(folder / "open-data" / "village_totals.csv"),
        "database": lambda: flip(folder / "public.duckdb"),
        "notice file": lambda: flip(notice_file),
        "record": lambda: flip(releases / "records.jsonl"),
        "other key": lambda: None,
        "notice gone": notice_file.unlink,
    }
    assert publish.verify(folder).ok
    harms[harm]()
    if harm == "other key":
        key = b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    answer = publish.verify(folder, key)
    assert not answer.ok
    assert "核验不通过" in answer.as_text()


def test_verify_of_nothing_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="不是一次发布"):
        publish.verify(tmp_path)


def test_a_register_of_notices_cannot_stretch_a_notice_beyond_the_law(case: Case) -> None:
    case.notice("farmland_protection", village_code=SECOND, ends_on=dt.date(2099, 1, 1))
    case.write()
    case.publish()
    ((ends_on,),) = [
        row for row in rows(case, "notices", "select ends_on, village_code, programme") if row[1] == SECOND
    ] and [(next(row[0] for row in rows(case, "notices", "select ends_on, village_code") if row[1] == SECOND),)]
    assert ends_on == dt.date(2026, 11, 30)  # 20 working days after 2 November


def test_a_posting_tells_of_the_newest_payment_before_it_whatever_file_it_came_in(case: Case) -> None:
    september = dt.date(2026, 9, 1)
    case.pay("before", "dibao_rural", 340, "岑上月", 30000, month=september)
    case.certify("before")
    begins, ends = dt.date(2026, 9, 28), dt.date(2026, 10, 20)
    case.notice("dibao_rural", begins_on=begins, ends_on=ends)  # delivered with October's
    case.write()
    case.publish()
    found = {month: dates for month, programme, *dates in rows(case, "notices", "select month, programme, begins_on, ends_on")
             if programme == "dibao_rural"}  # fmt: skip
    assert found == {september: [begins, ends], MONTH: [dt.date(2026, 11, 2), dt.date(2026, 11, 20)]}
    assert "岑上月" not in names(case)
    assert DIBAO in notices(case)


def test_a_batch_certified_long_after_the_money_shows_no_names(case: Case) -> None:
    case.pay("old", "old_age", 330, "岑往年", 10000, month=dt.date(2026, 3, 1))
    case.certify("old")
    case.write()
    case.publish()
    assert "岑往年" not in names(case)
    assert (dt.date(2026, 3, 1),) in rows(case, "village_totals", "select month")


def test_a_column_outside_the_policy_fails_the_build(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = json.loads(json.dumps(catalogue().disclosure, default=str))
    policy["classes"]["N"]["fields"].remove("household_size")
    with pytest.raises(schema.NotInPolicyError, match="household_size"):
        schema.check_policy(policy)


def test_open_data_is_inert_and_without_names(case: Case) -> None:
    case.places = [(code, "=HYPERLINK(1)" if code == VILLAGE else name, *rest) for code, name, *rest in case.places]
    case.write()
    result = case.publish()
    folder = case.folder.releases / result.id / "open-data"
    text = (folder / "places.csv").read_text(encoding="utf-8")
    assert "'=HYPERLINK(1)" in text
    everything = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.csv"))
    assert "韦大山" not in everything
    assert id_number(0) not in everything


def test_publishing_keeps_no_personal_data_in_casework_or_result(case: Case) -> None:
    case.write()
    result = case.publish()
    ((publication),) = case.store.publications()
    assert publication.release_id == result.id
    assert set(publication.batches) == set(ALL)
    assert "已发布" in result.as_text()
    assert result.names == 7
    assert str(person_id(id_number(0))) not in str(result)


def test_public_database_is_readable_by_name_without_the_warehouse(case: Case) -> None:
    case.write()
    result = case.publish()
    copy = case.root / "elsewhere.duckdb"
    shutil.copy(case.folder.releases / result.id / "public.duckdb", copy)
    with duckdb.connect(str(copy), read_only=True) as connection:
        tables = {row[0] for row in connection.execute("select table_name from duckdb_tables()").fetchall()}
    assert tables == set(schema.PUBLIC)


def test_a_waived_check_is_public_without_personal_data_for_good(case: Case) -> None:
    case.write()
    scope = {"county_code": COUNTY, "kind": "roster", "programme": "dibao_rural", "by": "supervisor", "now": NOW}
    case.store.waive("total_mismatch", why="系统切换，合计行由上级生成", until=NOW.date(), **scope)
    case.store.waive("month_mismatch", why="黄秀英的补发单独成册", until=NOW.date(), **scope)
    case.publish(NOW + dt.timedelta(days=1))
    told = [row[1:] for row in rows(case, "policy") if row[1] == "waiver"]
    where = "，".join((catalogue().layout("roster").title, catalogue().programmes["dibao_rural"].name))
    assert [row[:3] for row in told] == [
        (
            "waiver",
            "2026-11-05，supervisor",
            "入库检查“月份不一致”放行，到 2026-11-05 为止。理由：含有个人信息，不公开",
        ),
        (
            "waiver",
            "2026-11-05，supervisor",
            "入库检查“合计与明细不符”放行，到 2026-11-05 为止。理由：系统切换，合计行由上级生成",
        ),
    ]
    assert all(row[3].endswith(where) for row in told)
