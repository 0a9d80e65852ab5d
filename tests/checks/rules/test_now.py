"""The newest month that is in, per county and programme: what one county delivers changes nothing that is said of another."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from checks.rules import examples
from checks.rules.header import load_rules
from checks.rules.prepare import prepare_rules
from mingzhang import steps
from mingzhang.casework.store import Store
from mingzhang.catalog.load import catalogue
from mingzhang.intake.receive import receipts
from mingzhang.intake.receive.declared import Declared
from mingzhang.storage.data_folder import DataFolder
from mingzhang.warehouse import catalogue_tables, database
from tests.conftest import NOW
from tests.mingzhang.publishing.release_case import account_no, id_number

RULES = {rule.slug: rule for rule in load_rules()}
RULE = RULES["published_late"]
OTHER = "452922"
NEWEST = dt.date(2026, 10, 1)
FOLLOWING = dt.date(2026, 11, 1)
# Answers of rules, in which nothing may move; `rule_inputs` is no answer.
ANSWERS = ("findings", "rule_runs")


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    made = catalogue_tables.empty(catalogue())
    yield made
    made.close()


def paid(period: str, *towns: int, county: str = "452921", **more: Any) -> list[dict[str, Any]]:
    """Return a payment in a village of each township."""
    return [
        {"county_code": county, "village_code": f"{county}{town:03d}201", "period": period, **more} for town in towns
    ]


def current(
    connection: duckdb.DuckDBPyConnection, payments: list[dict[str, Any]], **tables: Any
) -> dict[tuple[str, str], str | None]:
    """Return the current month of each county and programme, written `2026-10`."""
    examples.fill(connection, RULE, {"payments": payments, "notices": "missing", **tables})
    prepare_rules(connection, [RULE])
    rows = connection.execute("select county_code, programme, strftime(month, '%Y-%m') from current_months").fetchall()
    assert len({row[:2] for row in rows}) == len(rows)
    return {(county, programme): month for county, programme, month in rows}


def test_each_county_and_programme_has_its_own(connection: duckdb.DuckDBPyConnection) -> None:
    lines = [
        *paid("2026-09", 1, 2),
        *paid("2026-10", 1, 2),
        *paid("2026-09", 1, 2, programme="dibao_rural"),
        *paid("2026-11", 1, county=OTHER),
    ]
    assert current(connection, lines) == {
        ("452921", "old_age"): "2026-10",
        ("452921", "dibao_rural"): "2026-09",
        ("452921", ""): "2026-10",
        (OTHER, "old_age"): "2026-11",
        (OTHER, ""): "2026-11",
    }


@pytest.mark.parametrize(("towns", "month"), [((1,), "2026-10"), ((1, 2), "2026-11"), ((5, 6, 7, 8), "2026-10")])
def test_a_month_is_in_with_half_of_the_townships(
    connection: duckdb.DuckDBPyConnection, towns: tuple[int, ...], month: str
) -> None:
    """A township's first file opens no month, nor do townships that were not paid before."""
    found = current(connection, [*paid("2026-10", 1, 2, 3, 4), *paid("2026-11", *towns)])
    assert found == {("452921", "old_age"): month, ("452921", ""): month}


def test_a_township_two_months_ahead_opens_neither(connection: duckdb.DuckDBPyConnection) -> None:
    lines = [*paid("2026-10", 1, 2, 3, 4), *paid("2026-11", 1), *paid("2026-12", 1)]
    assert set(current(connection, lines).values()) == {"2026-10"}


def test_a_programme_that_shrank_moves_on(connection: duckdb.DuckDBPyConnection) -> None:
    lines = [*paid("2026-06", 1, 2, 3, 4), *(line for month in (7, 8, 9, 10) for line in paid(f"2026-{month:02d}", 1))]
    assert set(current(connection, lines).values()) == {"2026-10"}


def test_a_new_programme_of_one_township_moves_the_county_nowhere(connection: duckdb.DuckDBPyConnection) -> None:
    lines = [*paid("2026-10", 1, 2, 3, 4), *paid("2026-11", 1, programme="dibao_rural")]
    found = current(connection, lines)
    assert (found["452921", ""], found["452921", "dibao_rural"]) == ("2026-10", "2026-11")


def test_programmes_paid_once_per_case_go_by_the_county(connection: duckdb.DuckDBPyConnection) -> None:
    lines = [*paid("2026-05", 1, 2), *paid("2026-10", 1, 2), *paid("2026-05", 2, programme="temporary_aid")]
    assert current(connection, lines)["452921", "temporary_aid"] == "2026-10"


def test_documents_of_a_county_that_paid_nothing_are_judged_at_their_own_month(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    flow = {"county_code": OTHER, "month": "2026-08", "hop": "下达", "document_no": "A"}
    assert current(connection, paid("2026-10", 1), fund_flows=[flow])[OTHER, ""] is None
    as_of = connection.execute("select as_of from current_months where county_code = ?", [OTHER]).fetchone()
    assert as_of == (dt.date(2026, 8, 31),)


def test_the_share_is_a_setting_with_region_and_programme(connection: duckdb.DuckDBPyConnection) -> None:
    lines = [
        line
        for county in ("452921", OTHER)
        for programme in ("old_age", "dibao_rural")
        for line in (
            *paid("2026-10", 1, 2, 3, 4, county=county, programme=programme),
            *paid("2026-11", 1, county=county, programme=programme),
        )
    ]
    lower = {"name": "current_months.least_share", "region": OTHER, "programme": "old_age", "value": 0.25}
    newer = {key for key, month in current(connection, lines, settings=[lower]).items() if month == "2026-11"}
    assert newer == {(OTHER, "old_age")}


def test_working_days_do_not_depend_on_the_data(connection: duckdb.DuckDBPyConnection) -> None:
    def days() -> Any:
        prepare_rules(connection, [RULE])
        return connection.execute("select count(*), min(day), max(day) from workdays").fetchone()

    before = days()
    examples.fill(connection, RULE, {"notices": [{"begins_on": "2011-01-01", "ends_on": "2039-12-31"}]})
    assert days() == before


def roster(path: Path, serials: list[int], more: list[tuple[str, str]]) -> Path:
    """Write a roster of fictional people: made from serials, or given by name and ID number."""
    people = [(f"岑阿{'甲乙丙丁'[n]}", id_number(serial)) for n, serial in enumerate(serials)] + more
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["序号", "姓名", "身份证号", "银行账号", "发放金额"])
        for number, (name, idno) in enumerate(people, 1):
            table.writerow([number, name, idno, account_no(900_000 + number + serials[0]), "100.00"])
    return path


def judged(root: Path, path: Path | None = None, declared: Declared | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """Receive a file if there is one, make everything up to the findings, and return the answers."""
    folder = DataFolder(root)
    store = Store.open(folder.casework_url)
    if path and declared:
        receipt = receipts.receive(folder, path, declared, "clerk", NOW)
        # nobody of last month stands in it: a person says that this is right
        store.settle(receipt.delivery_id, "accept", by="checker", why="新增人员", now=NOW)
    with database.writer(root, catalogue()) as connection:
        run = steps.Run(connection, folder, catalogue(), store, NOW)
        steps.require(steps.perform(run, steps.rebuilding()[:-1]))
        if declared:
            came = connection.execute(
                "select count(*) from payment_lines where county_code = ? and month = ? and status = 'accepted'",
                [declared.county, declared.month],
            ).fetchone()
            assert came is not None
            assert came[0] >= 3
        answers = {name: connection.execute(f"from {name} order by all").fetchall() for name in ANSWERS}
    store.close()
    return answers


# Rules whose findings are about a person or an account wherever they are paid.
ACROSS = {rule.id for rule in RULES.values() if "county_code" not in rule.grain}


def of_others(answers: dict[str, list[tuple[Any, ...]]], root: Path, person: str | None) -> dict[str, set[str]]:
    """Return what is said of every county but `OTHER`.

    Args:
        answers: rows of `ANSWERS`.
        root: the data folder they come from.
        person: who stands in both counties: findings across counties about them are left out, and how many there are.
    """
    with database.writer(root, catalogue()) as connection:
        columns = {name: [row[0] for row in connection.execute(f"describe {name}").fetchall()] for name in ANSWERS}
    kept: dict[str, set[str]] = {name: set() for name in answers}
    for name, rows in answers.items():
        for row in (dict(zip(columns[name], row, strict=True)) for row in rows):
            is_across = person is not None and row["rule"] in ACROSS
            if is_across and name == "rule_runs":
                del row["flagged"], row["outcome"]
            if row["county_code"] != OTHER and not (is_across and str(row.get("person_id")) == person):
                kept[name].add(repr(row))
    return kept


@pytest.mark.slow
@pytest.mark.parametrize("stands_in_both", [False, True])
def test_a_delivery_of_one_county_changes_nothing_of_another(
    data_folder: Path, tmp_path: Path, stands_in_both: bool
) -> None:
    """Three lines of one programme, of the newest and of the following month."""
    with database.writer(data_folder, catalogue()) as connection:
        row = connection.execute(
            """select p.recipient_name, i.id_number, i.person_id::varchar from payment_lines p
               join identity i on i.person_id = p.recipient_id
               where p.programme = 'old_age' and p.status = 'accepted' order by i.id_number limit 1"""
        ).fetchone()
    assert row is not None
    name, number, person_id = row
    person = person_id if stands_in_both else None
    before = of_others(judged(data_folder), data_folder, person)
    assert len(before["findings"]) > 50
    for month, serials in ((NEWEST, [101, 102, 103]), (FOLLOWING, [101, 102, 104])):
        path = roster(tmp_path / f"{month:%Y%m}.csv", serials, [(name, number)] if stands_in_both else [])
        answers = judged(data_folder, path, Declared(OTHER, "roster", "old_age", month))
        after = of_others(answers, data_folder, person)
        for table in ANSWERS:
            assert sorted(before[table] ^ after[table]) == []
    about = {row[1] for row in answers["findings"] if person_id in map(str, row)}
    assert not stands_in_both or about & ACROSS


@pytest.mark.slow
def test_a_township_early_file_takes_back_nothing_said_of_its_county(data_folder: Path, tmp_path: Path) -> None:
    with database.writer(data_folder, catalogue()) as connection:
        row = connection.execute(
            "select county_code, max(month) from payment_lines where programme = 'old_age' group by 1 order by 1"
        ).fetchone()
    assert row is not None
    assert row[1] == NEWEST
    before = set(map(repr, judged(data_folder)["findings"]))
    path = roster(tmp_path / "early.csv", [201, 202, 203], [])
    after = set(map(repr, judged(data_folder, path, Declared(row[0], "roster", "old_age", FOLLOWING))["findings"]))
    assert before - after == set()
