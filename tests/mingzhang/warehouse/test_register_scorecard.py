import duckdb

from checks import register_quality
from mingzhang.catalog.load import catalogue
from mingzhang.warehouse import database, register_scorecard
from mingzhang.warehouse.declaration import ddl
from mingzhang.warehouse.tables.registers import RegisterScorecard

ROW = "insert into register_deaths (record_id, delivery_id, county_code, status, as_of, person_id, died_on) values "


def scores(rows: str) -> list[tuple[object, ...]]:
    connection = duckdb.connect()
    database.create(connection, catalogue())
    connection.execute(ROW + rows)
    register_scorecard.write(connection, catalogue())
    return connection.execute(
        "select county_code, records, invalid_ids, overlap_percent from register_scorecard where register = 'deaths'"
    ).fetchall()


PERSON = "'00000000-0000-0000-0000-00000000000{}'::uuid"


def test_counts_missing_identities_of_the_newest_extract_only() -> None:
    old = "('a', 'd1', '452921', 'accepted', '2026-01-01', null, null)"
    new = f"('b', 'd2', '452921', 'accepted', '2026-02-01', {PERSON.format(1)}, '2026-01-05')"
    assert scores(f"{old}, {new}") == [("452921", 1, 0, 0.0)]


def test_overlap_with_the_extract_before() -> None:
    rows = ", ".join(
        f"('{delivery}{n}', '{delivery}', '452921', 'accepted', '{date}', {PERSON.format(n)}, '2026-01-05')"
        for delivery, date, people in (("d1", "2026-01-01", (1, 2)), ("d2", "2026-02-01", (2, 3)))
        for n in people
    )
    assert scores(rows) == [("452921", 2, 0, 50.0)]


def test_first_extract_has_nothing_to_overlap() -> None:
    assert scores(f"('a', 'd1', '452921', 'accepted', '2026-01-01', {PERSON.format(1)}, '2026-01-05')") == [
        ("452921", 1, 0, None)
    ]


def test_officials_in_office_without_relatives_are_counted_and_doubted() -> None:
    connection = duckdb.connect()
    database.create(connection, catalogue())
    for person, left in ((1, "null"), (2, "null"), (3, "'2025-01-01'")):
        connection.execute(
            f"""insert into register_officials (record_id, county_code, status, as_of, person_id, serves_to)
                values ('{person}', '452921', 'accepted', '2026-02-01', {PERSON.format(person)}, {left})"""
        )
    kin = "insert into register_kin (record_id, county_code, status, as_of, person_id, kin_id) values "
    connection.execute(kin + f"('k', '452921', 'accepted', '2026-02-01', {PERSON.format(1)}, {PERSON.format(9)})")
    register_scorecard.write(connection, catalogue())
    found = connection.execute("select register, without_kin from register_scorecard order by all").fetchall()
    assert found == [("kin", 1), ("officials", None)]
    assert register_quality.failed_scorecard_checks(connection, "kin")["officials_have_kin"] == ["452921"]


def test_every_doubt_speaks_and_a_sound_register_raises_none() -> None:
    connection = duckdb.connect()
    connection.execute(f"create temp table register_scorecard ({ddl(RegisterScorecard)})")
    rows = "('bad', '452921', null, 100, 69.9, 2, 49.9, 1), ('good', '452921', null, 100, 70, 1, 50, 0)"
    connection.execute(f"insert into register_scorecard values {rows}")
    assert register_quality.failed_scorecard_checks(connection, "bad") == {
        check: ["452921"] for check in register_quality.SCORECARD_CHECKS
    }
    assert register_quality.failed_scorecard_checks(connection, "good") == {
        check: [] for check in register_quality.SCORECARD_CHECKS
    }
    assert set(register_quality.descriptions("kin", 3)) == {register_quality.FRESH, *register_quality.SCORECARD_CHECKS}
