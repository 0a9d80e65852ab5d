"""Who is probably meant by rows without a number: from the warehouse's tables to `links`, and what people answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from checks.linkage import idno
from mingzhang.catalog.load import catalogue
from mingzhang.storage.data_folder import DataFolder
from mingzhang.warehouse import database, person_ids, record_links

COUNTY, VILLAGE = "452921", "452921100203"
MONTH = dt.date(2026, 10, 1)
FIELDS = ["recipient_name", "recipient_idno", "village", "account_no"]


def number(body: str) -> str:
    return body + idno.check_digit(body)


JIANGUO, NAMESAKE, SEEN = number("45292119800102001"), number("45292119550505003"), number("45292119620304002")


class Warehouse:
    """A warehouse filled by hand."""

    def __init__(self, root: Path) -> None:
        self.folder = DataFolder(root)
        self.connection = duckdb.connect()
        database.create(self.connection, catalogue())
        person_ids.prepare(self.connection, self.folder.key("person"))
        self.run("insert into sheets values ('d1', '表一', 1, 1, $f, $f, null)", f=FIELDS)

    def run(self, sql: str, **values: object) -> list[tuple[object, ...]]:
        return self.connection.execute(sql, values or None).fetchall()

    def person(self, row: int, name: str, idno: str, household: str, village: str = VILLAGE) -> None:
        self.run(
            """insert into register_population by name select $id as record_id, 'pop' as delivery_id, $county as county_code,
               $month::date as month, 'accepted' as status, $month::date as as_of, $name as person_name,
               person_id($idno) as person_id, $household as household_no, '户主' as relation, $village as village_code""",
            id=f"pop/1/{row}", county=COUNTY, month=MONTH, name=name, idno=idno, household=household,
            village=village,
        )  # fmt: skip
        self.run(
            """insert into identity select person_id($idno), $idno, strptime(substr($idno, 7, 8), '%Y%m%d')::date,
               case when substr($idno, 17, 1)::int % 2 = 1 then '男' else '女' end""",
            idno=idno,
        )

    def payment(self, row: int, name: str, written: str, account: str | None = None, month: dt.date = MONTH) -> str:
        line = f"d1/1/{row}"
        valid = written if len(written) == 18 and number(written[:17]) == written else None
        self.run(
            "insert into lines values ($line, 'd1', $county, 'roster', $month, '表一', $row, 'accepted', null)",
            line=line, county=COUNTY, month=month, row=row,
        )  # fmt: skip
        self.run(
            "insert into line_cells values ($line, 'd1', $cells)",
            line=line, cells="\0".join([name, written, "大坡村", account or ""]),
        )  # fmt: skip
        self.run(
            """insert into payment_lines by name select $line as line_id, 'd1' as delivery_id, $county as county_code,
               $month::date as month, 'accepted' as status, $village as village_code, $name as recipient_name,
               person_id($valid) as recipient_id, account_id($account) as account_id, $month::date as period_to""",
            line=line, county=COUNTY, month=month, village=VILLAGE, name=name, valid=valid, account=account,
        )  # fmt: skip
        return line

    def build(self, **answers: str) -> list[tuple[object, ...]]:
        record_links.build(self.connection, self.folder, catalogue(), answers)
        return self.run("select line_id, person_line_id, label, answer, slip from links order by all")

    def pair(self) -> str:
        return str(self.run("select min(pair_id) from links")[0][0])


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    made = Warehouse(tmp_path)
    made.person(1, "韦建国", JIANGUO, "h1")
    made.person(2, "黄秀英", SEEN, "h2")
    for n in range(80):  # elsewhere, so that names and villages are as rare as they are
        name = "莫蒙农陆梁"[n % 5] + "兰芳丽梅春花玉珍"[n // 10] + "生福"[n // 5 % 2]
        made.person(10 + n, name, number(f"4529211970{n % 12 + 1:02d}15{n:03d}"), f"x{n}", f"45292110020{n % 4 + 4}")
    yield made
    made.connection.close()


def test_a_slip_of_the_pen_is_a_probable_link(warehouse: Warehouse) -> None:
    line = warehouse.payment(1, "韦建国", JIANGUO[:10] + "9" + JIANGUO[11:])
    assert warehouse.build() == [(line, "pop/1/1", "probable", None, "replaced")]
    row = warehouse.run("select source, role, score > 0.95, reasons, parameters, county_code from links")[0]
    assert row == ("payments", "recipient", True, ["姓名相同", "证号仅差一位或相邻两位颠倒", "同村"], 2, COUNTY)


def test_an_account_known_from_an_earlier_month_counts(warehouse: Warehouse) -> None:
    warehouse.payment(1, "黄秀英", SEEN, "6299450001", dt.date(2026, 9, 1))
    line = warehouse.payment(2, "黄秀英", "", "6299450001")
    assert warehouse.build() == [(line, "pop/1/2", "probable", None, None)]


def test_a_row_with_a_number_needs_no_link(warehouse: Warehouse) -> None:
    warehouse.payment(1, "黄秀英", SEEN)
    assert warehouse.build() == []


def test_a_register_row_without_a_number_is_asked_about(warehouse: Warehouse) -> None:
    warehouse.run(
        """insert into register_deaths by name select 'd2/1/5' as record_id, 'd2' as delivery_id, $county as county_code,
           'accepted' as status, '韦建国' as person_name, '男' as sex""",
        county=COUNTY,
    )
    warehouse.run("insert into sheets values ('d2', '表二', 1, 1, ['证号'], ['person_idno'], null)")
    warehouse.run("insert into lines values ('d2/1/5', 'd2', '452921', 'deaths', null, '表二', 5, 'accepted', null)")
    warehouse.run("insert into line_cells values ('d2/1/5', 'd2', '45292119800102')")
    warehouse.build()
    found = warehouse.run("select line_id, source, role, person_line_id, label from links")
    assert found == [("d2/1/5", "deaths", "person", "pop/1/1", "question")]


def test_not_the_same_is_never_asked_again_while_both_rows_are_unchanged(warehouse: Warehouse) -> None:
    warehouse.payment(1, "韦建国", "45292119800102")
    assert warehouse.build()[0][2] in ("probable", "question")
    pair = warehouse.pair()
    warehouse.payment(
        2, "韦建国", "45292119800102", month=dt.date(2026, 11, 1)
    )  # the same row next month, in another line
    assert warehouse.build(**{pair: "not_same"}) == []
    warehouse.payment(3, "韦建国", "4529211980010200")  # another spelling of the number is another row
    assert [row[0] for row in warehouse.build(**{pair: "not_same"})] == ["d1/1/3"]
    warehouse.run(
        "update register_population set household_no = 'h9', village_code = '452921100204' where record_id = 'pop/1/1'"
    )
    assert {row[0] for row in warehouse.build(**{pair: "not_same"})} == {
        "d1/1/1",
        "d1/1/2",
        "d1/1/3",
    }  # the person's row changed


def test_the_same_settles_it_and_cannot_tell_stays_a_question(warehouse: Warehouse) -> None:
    warehouse.person(3, "韦建国", NAMESAKE, "h3")
    line = warehouse.payment(1, "韦建国", "")
    assert [(row[0], row[2]) for row in warehouse.build()] == [(line, "question"), (line, "question")]
    pair = str(warehouse.run("select pair_id from links where person_line_id = 'pop/1/3'")[0][0])
    assert warehouse.build(**{pair: "same"}) == [(line, "pop/1/3", "same", "same", None)]
    unsure = warehouse.build(**{pair: "cannot_tell"})
    assert (line, "pop/1/3", "question", "cannot_tell", None) in unsure and len(unsure) == 2


def test_the_same_warehouse_gives_the_same_links(warehouse: Warehouse) -> None:
    warehouse.payment(1, "韦建国", JIANGUO[:17])
    warehouse.payment(2, "黄秀瑛", SEEN[:5] + "9" + SEEN[6:])
    warehouse.build()
    first = database.table_hash(warehouse.connection, "links")
    warehouse.run("create table shuffled as select * from register_population order by record_id desc")
    warehouse.run("delete from register_population")
    warehouse.run("insert into register_population from shuffled")
    warehouse.build()
    assert database.table_hash(warehouse.connection, "links") == first


def test_no_number_leaves_the_identity_table(warehouse: Warehouse) -> None:
    warehouse.payment(1, "韦建国", JIANGUO[:17])
    warehouse.build()
    text = str(warehouse.run("select * from links"))
    assert JIANGUO[:17] not in text and "韦建国" not in text
    assert not warehouse.run("select 1 from duckdb_tables() where table_name like 'link\\_%' escape '\\'")
