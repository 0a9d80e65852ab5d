"""A small fictional warehouse with certified batches, for the tests of releases and of the public site."""

from __future__ import annotations

import copy
import datetime as dt
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from mingzhang.casework.store import Store
from mingzhang.catalog.load import catalogue
from mingzhang.publishing.release import publish as release
from mingzhang.storage.data_folder import DataFolder
from mingzhang.warehouse.database import writer
from mingzhang.warehouse.declaration import Table, example_row, frame_schema, name_of
from mingzhang.warehouse.tables.deliveries import LineCells
from mingzhang.warehouse.tables.money import FundFlows, Notices, PaymentLines
from mingzhang.warehouse.tables.people import Account, Identity, Places

NOW = dt.datetime(2026, 11, 5, 2, 0, tzinfo=dt.UTC)
MONTH = dt.date(2026, 10, 1)
COUNTY, OTHER = "452921", "452922"
VILLAGE, SECOND, FAR = "452921101201", "452921101202", "452922100201"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(serial: int, born_on: dt.date = dt.date(1960, 1, 1)) -> str:
    """Make a fictional ID number of the unassigned prefix 4529xx with a valid check digit."""
    body = f"4529{21 + serial // 900 % 70:02d}{born_on:%Y%m%d}{serial % 900 + 100:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def account_no(serial: int) -> str:
    """Make a fictional 19-digit account that passes Luhn's check."""
    body = f"621000{serial:012d}"
    total = sum(sum(divmod(int(d) * (2 - place % 2), 10)) for place, d in enumerate(reversed(body)))
    return body + str(-total % 10)


def person_id(number: str) -> uuid.UUID:
    """Stand in for the keyed pseudonym."""
    return uuid.uuid5(uuid.NAMESPACE_OID, number)


@dataclass
class Case:
    """A data folder under construction; `write` puts the rows into its warehouse."""

    root: Path
    payments: list[dict[str, Any]] = field(default_factory=list)
    identities: dict[uuid.UUID, tuple[str, dt.date]] = field(default_factory=dict)
    accounts: dict[uuid.UUID, str] = field(default_factory=dict)
    cells: list[list[str]] = field(default_factory=list)
    notices: list[dict[str, Any]] = field(default_factory=list)
    flows: list[dict[str, Any]] = field(default_factory=list)
    places: list[tuple[str, str, str, str]] = field(default_factory=list)

    @property
    def folder(self) -> DataFolder:
        return DataFolder(self.root)

    @property
    def store(self) -> Store:
        self.root.mkdir(parents=True, exist_ok=True)
        return Store.open(self.folder.casework_url)

    def person(self, serial: int, born_on: dt.date = dt.date(1960, 1, 1)) -> uuid.UUID:
        number = id_number(serial, born_on)
        person = person_id(number)
        self.identities[person] = (number, born_on)
        account = person_id(account_no(serial))
        self.accounts[account] = account_no(serial)
        return person

    def pay(self, batch: str, programme: str, serial: int, name: str, fen: int, **more: Any) -> dict[str, Any]:
        """Add one paid line of a recipient."""
        person = self.person(serial, more.pop("born_on", dt.date(1960, 1, 1)))
        line = {
            "line_id": f"{batch}/1/{len(self.payments) + 2}",
            "delivery_id": batch,
            "county_code": COUNTY,
            "month": MONTH,
            "status": "accepted",
            "programme": programme,
            "village_code": VILLAGE,
            "group_name": "第一组",
            "recipient_name": name,
            "recipient_id": person,
            "head_name": name,
            "head_id": person,
            "payee_id": person,
            "account_id": person_id(account_no(serial)),
            "period_from": more.get("month", MONTH),
            "period_to": more.get("month", MONTH),
            "paid_on": more.get("month", MONTH).replace(day=20),
            "state": "paid",
            "amount_fen": fen,
            **more,
        }
        self.payments.append(line)
        self.cells.append([str(serial), name, id_number(serial), account_no(serial), f"139{serial:08d}", "备注"])
        return line

    def notice(self, programme: str, **more: Any) -> None:
        """Add one line of the notices register."""
        self.notices.append(
            {
                "line_id": f"notice/1/{len(self.notices)}",
                "delivery_id": "notice",
                "county_code": COUNTY,
                "month": MONTH,
                "status": "accepted",
                "programme": programme,
                "village_code": VILLAGE,
                "stage": "结果公示",
                "begins_on": dt.date(2026, 11, 2),
                "ends_on": dt.date(2026, 11, 20),
                "decided_by": "青岚县民政局",
                **more,
            }
        )

    def flow(self, programme: str, hop: str, fen: int, **more: Any) -> None:
        """Add one document of the fund flow."""
        self.flows.append(
            {
                "line_id": f"flow/1/{len(self.flows)}",
                "delivery_id": "flow",
                "county_code": COUNTY,
                "month": MONTH,
                "status": "accepted",
                "hop": hop,
                "programme": programme,
                "document_no": f"示财〔2026〕{len(self.flows)}号",
                "dated_on": MONTH,
                "batch_month": MONTH,
                "amount_fen": fen,
                **more,
            }
        )

    def certify(self, *batches: str, at: dt.datetime = NOW) -> None:
        for batch in batches:
            self.store.certify(batch, by="checker", sender="clerk", now=at)

    @contextmanager
    def warehouse(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with writer(self.root, catalogue()) as connection:
            yield connection

    def write(self) -> None:
        """Replace the warehouse's rows by this case's."""
        with self.warehouse() as connection:
            for table in (PaymentLines, Identity, Account, LineCells, Notices, FundFlows, Places):
                connection.execute(f"delete from {name_of(table)}")
            _insert(connection, PaymentLines, self.payments)
            _insert(connection, Notices, self.notices)
            _insert(connection, FundFlows, self.flows)
            known = [{"person_id": p, "id_number": n, "born_on": b} for p, (n, b) in self.identities.items()]
            _insert(connection, Identity, known)
            _insert(connection, Account, [{"account_id": a, "account_no": n} for a, n in self.accounts.items()])
            _insert(
                connection, LineCells, [{"line_id": str(i), "cells": "\0".join(c)} for i, c in enumerate(self.cells)]
            )
            names = ("place_code", "place_name", "parent_code", "level")
            _insert(
                connection, Places, [{**dict(zip(names, p, strict=True)), "status": "accepted"} for p in self.places]
            )

    def publish(self, now: dt.datetime = NOW) -> release.ReleaseResult:
        with self.warehouse() as connection:
            return release.publish(connection, self.folder, catalogue(), self.store, now)


def copied(case: Case, root: Path) -> Case:
    """Copy a case with everything it wrote and published to another folder."""
    shutil.copytree(case.root, root)
    return replace(copy.deepcopy(case), root=root)


def _insert(connection: duckdb.DuckDBPyConnection, table: type[Table], rows: list[dict[str, Any]]) -> None:
    texts = [{k: str(v) if isinstance(v, uuid.UUID) else v for k, v in row.items()} for row in rows]
    full = [example_row(table, **row) for row in texts]
    frame = pl.DataFrame(full, schema=frame_schema(table), strict=False)
    connection.register("rows_in", frame.to_arrow())
    connection.execute(f"insert into {name_of(table)} by name select * from rows_in")
    connection.unregister("rows_in")


ALL = ("land", "dibao", "far", "orphan", "disabled")


def small_case(root: Path) -> Case:
    """Two counties, three villages, five programmes of all three classes, one month."""
    case = Case(root)
    case.places = [
        ("452921101", "清溪镇", COUNTY, "town"),
        (VILLAGE, "青桐村", "452921101", "village"),
        (SECOND, "白石村", "452921101", "village"),
        ("452922100", "城关镇", OTHER, "town"),
        (FAR, "渡口村", "452922100", "village"),
    ]
    acres = {"unit": "亩", "standard_fen": 9000}
    for serial, (name, mu) in enumerate([("韦大山", 3.2), ("黄秀英", 4.5), ("覃阿·明", 1.0), ("韦大山", 2.0)]):
        case.pay("land", "farmland_protection", serial, name, round(mu * 9000), quantity=mu, household_size=4, **acres)
    case.pay("land", "farmland_protection", 9, "农月娥", 18000, quantity=2.0, village_code=SECOND, **acres)
    case.pay("dibao", "dibao_rural", 1, "黄秀英", 45000, quantity=2, unit="人", household_size=2)
    case.pay("dibao", "dibao_rural", 10, "陆小满", 20000, quantity=1, unit="人", state="returned")
    case.pay("far", "old_age", 20, "梁百岁", 10000, county_code=OTHER, village_code=FAR, born_on=dt.date(1930, 3, 4))
    for serial in range(100, 112):
        case.pay(
            "orphan",
            "orphan",
            serial,
            f"孤儿{'甲乙丙丁戊己庚辛壬癸子丑'[serial - 100]}",
            95000,
            born_on=dt.date(2015, 5, 5),
        )
    for serial in range(200, 204):
        case.pay("disabled", "disabled_living", serial, "残某", 8000)
    case.notice("dibao_rural")
    case.flow("farmland_protection", "下达", 20_000_000)
    case.flow("orphan", "下达", 1_234_567)
    case.flow("disabled_living", "下达", 3_200_000)
    return case
