"""Register tables: a register's YAML file is their declaration; here it becomes a table like any other."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import polars as pl

from checks.schemas.lines import DTYPES
from mingzhang.catalog.models import Field, Register
from mingzhang.warehouse.declaration import SQL_TYPES, Table, column, declare
from mingzhang.warehouse.tables.deliveries import LINE_STATUSES

MEANINGS = {"idno": "（人员编号）", "account": "（账户编号）", "village": "（12 位代码）", "month": "（当月第一天）"}


class RegisterRecord(Table):
    """A record of a register; the columns every register table begins with."""

    # Rules pick a few ids out of many: kept as they are they take twice the room and a third of the time to pick.
    record_id: pl.String = column("line", nullable=False, compression="uncompressed")
    delivery_id: pl.String = column("delivery", nullable=False)
    county_code: pl.String = column("county, 6 digits")
    month: pl.Date = column("month of the delivery, as its first day")
    status: pl.String = column("whether the record counts", isin=LINE_STATUSES)
    as_of: pl.Date = column("day the extract is true for")


class RegisterScorecard(Table):
    """How fresh and how full a county's newest extract of a register is."""

    register: pl.String = column("slug of the register", nullable=False)
    county_code: pl.String = column("county, 6 digits")
    as_of: pl.Date = column("day of the extract")
    records: pl.Int64 = column("accepted records", "records", ge=0)
    filled_percent: pl.Float64 = column("cells that are filled", "percent")
    invalid_ids: pl.Int64 = column("records without a usable identity number", "records", ge=0)
    overlap_percent: pl.Float64 = column("records whose key was in the extract before", "percent")
    without_kin: pl.Int64 = column("officials in office without any relative on file", "people")


def columns_of(field: Field) -> list[tuple[str, str]]:
    """Return the warehouse columns (name, SQL type) a layout field is stored in.

    An identity number `x_idno` is stored as `x_id`, an account as `account_id`, a village as `village_code`.
    """
    if field.type == "idno":
        return [(field.name.removesuffix("_idno") + "_id", "UUID")]
    if field.type == "account":
        return [("account_id", "UUID")]
    if field.type == "period":
        return [("period_from", "DATE"), ("period_to", "DATE")]
    if field.type == "village":
        return [("village_code", "VARCHAR")]
    return [(field.name, SQL_TYPES[DTYPES.get(field.type, pl.String)()])]


@lru_cache(maxsize=256)
def register_table(register: Register) -> type[Table]:
    """Return the declaration of `register_<slug>`: the common columns, then the YAML's."""
    dtypes = {sql: dtype for dtype, sql in SQL_TYPES.items()} | {"UUID": pl.String()}
    columns: dict[str, tuple[Any, Any]] = {}
    for field in register.fields:
        meaning, unit = field.label + MEANINGS.get(field.type, ""), "fen" if field.type == "fen" else None
        for name, sql in columns_of(field):
            columns[name] = dtypes[sql], column(meaning, unit, sql="UUID" if sql == "UUID" else None)
    meaning = f"{register.title}（{register.department}）。"
    return declare(f"register_{register.slug}", meaning, columns, RegisterRecord)
