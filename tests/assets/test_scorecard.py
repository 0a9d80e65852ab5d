import duckdb

from assets import scorecard, warehouse
from assets.catalog import catalogue

ROW = "insert into register_deaths (record_id, delivery_id, county_code, status, as_of, person_id, died_on) values "


def scores(rows: str) -> list[tuple[object, ...]]:
    connection = duckdb.connect()
    warehouse.create(connection, catalogue())
    connection.execute(ROW + rows)
    scorecard.write(connection, catalogue())
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
