"""The fixed schema of what is public: tables, columns, kinds. Nothing outside this list is ever published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checks.privacy.identifiers import Column, Kind

VERSION = 2

PLACE = r"(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})?"
VILLAGE = r"\d{12}"
SLUG = r"[a-z][a-z0-9_]{1,39}"
NOTICE = rf"{VILLAGE}-{SLUG}-\d{{4}}-\d{{2}}"
HASH = r"[0-9a-f]{64}|"
WORD = r"[A-Za-z_]{0,20}"
DECIMAL = r"(\d{1,8}(\.\d{1,4})?)?"
OFFICE_PHONE = r"[0-9+\-—()（）转、/， ]{0,60}"
# Letters of any script, dots and blanks; no digit of any kind. (A counted repetition takes RE2 a second to compile.)
PERSON = r"[^\pN\p{Cc}<>=@]+"


def _column(name: str, kind: Kind, type_: str = "VARCHAR", pattern: str = "") -> Column:
    return Column(name, type_, kind, pattern)


def _text(*names: str) -> tuple[Column, ...]:
    return tuple(_column(name, "text") for name in names)


def _number(*names: str) -> tuple[Column, ...]:
    return tuple(_column(name, "number", "BIGINT") for name in names)


def _date(*names: str) -> tuple[Column, ...]:
    return tuple(_column(name, "date", "DATE") for name in names)


def _digest(pattern: str, *names: str) -> tuple[Column, ...]:
    return tuple(_column(name, "digest", "VARCHAR", pattern) for name in names)


def _code(pattern: str, *names: str) -> tuple[Column, ...]:
    return tuple(_column(name, "code", "VARCHAR", pattern) for name in names)


# public.duckdb and open-data/. No name of a person has a column here.
PUBLIC: dict[str, tuple[Column, ...]] = {
    "meta": (
        *_number("schema_version"),
        *_date("first_month", "last_month"),
        *_digest(r"[0-9a-f]{64}", "catalogue"),
        *_number("batches", "lines", "threshold", "round_people", "round_yuan"),
    ),
    "places": (*_code(PLACE, "place_code"), *_text("place_name"), *_code(PLACE, "parent_code"), *_code(WORD, "level")),
    "programmes": (
        *_code(SLUG, "programme"),
        *_code(r"\d{7}|", "code"),
        *_text("name"),
        *_code(WORD, "category"),
        *_text("department"),
        *_code(WORD, "payment_unit"),
        *_text("unit"),
        *_code(WORD, "frequency"),
        *_code(r"[NBA]", "disclosure"),
        _column("fixed_rate", "flag", "BOOLEAN"),
        *_number("notice_days", "result_days"),
        *_code(WORD, "notice_day_kind"),
        *_text("who", "how", "basis"),
    ),
    "standards": (
        *_code(SLUG, "programme"),
        *_code(PLACE, "region"),
        *_date("valid_from", "valid_to"),
        *_number("fen"),
        *_text("band"),
        *_code(WORD, "per"),
        *_text("basis"),
    ),
    "village_totals": (
        *_code(PLACE, "county_code", "town_code", "village_code"),
        *_code(SLUG, "programme"),
        *_date("month"),
        *_number("people", "lines", "paid_fen", "returned_fen"),
    ),
    "county_cells": (
        *_code(PLACE, "county_code"),
        *_code(SLUG, "programme"),
        *_date("month"),
        *_number("people", "amount_yuan"),
    ),
    "flow": (
        *_code(PLACE, "county_code"),
        *_code(SLUG, "programme"),
        *_text("hop"),
        *_date("month"),
        *_number("documents", "amount_fen"),
    ),
    "fund_delays": (
        *_code(PLACE, "county_code"),
        *_code(SLUG, "programme"),
        *_text("hop"),
        *_date("month"),
        *_number("documents", "median_days", "most_days", "standing_fen"),
    ),
    "notices": (
        *_code(NOTICE, "notice_id"),
        *_code(PLACE, "county_code", "village_code"),
        *_code(SLUG, "programme"),
        *_date("month", "begins_on", "ends_on"),
        _column("estimated", "flag", "BOOLEAN"),
        *_digest(HASH, "hash"),
    ),
    "offices": (
        *_code(PLACE, "county_code"),
        *_text("office"),
        _column("phone", "phone", "VARCHAR", OFFICE_PHONE),
        *_text("address"),
    ),
    "rules": (*_code(r"[A-Z]\d{2}", "id"), *_text("title"), *_code(WORD, "kind"), *_text("basis", "ask")),
    "policy": (*_number("position"), *_text("section", "title", "body", "basis")),
}

OPEN_DATA = ("places", "programmes", "standards", "village_totals", "county_cells", "flow", "fund_delays")

# Packs of notices: the only place where names are, deleted at their end.
PACK: dict[str, tuple[Column, ...]] = {
    "notices": (
        *_code(NOTICE, "notice_id"),
        *_code(PLACE, "county_code", "village_code"),
        *_code(SLUG, "programme"),
        *_date("month", "begins_on", "ends_on"),
        *_text("decided_by"),
        *_number("listed", "unnamed", "total_fen"),
        *_digest(r"[0-9a-f]{64}", "salt"),
    ),
    "lines": (
        *_code(NOTICE, "notice_id"),
        *_number("position"),
        *_text("group_name"),
        _column("name", "name", "VARCHAR", PERSON),
        *_code(r"\d{4}|", "case_no"),
        *_number("household_size"),
        *_code(DECIMAL, "quantity"),
        *_text("unit"),
        *_number("standard_fen", "amount_fen"),
        *_date("period_from", "period_to"),
    ),
}

FILE_NAMES = (
    r"manifest\.json|manifest\.sig|public\.duckdb|"
    rf"open-data/({'|'.join(OPEN_DATA)})\.(csv|parquet)|open-data/README\.txt"
)
PACK_NAMES = r"\d{6}-\d{4}-\d{2}-\d{2}-[0-9a-f]{16}\.duckdb"


class NotInPolicyError(Exception):
    """A column of the schema is not on the whitelist of its disclosure class."""


def definition(columns: tuple[Column, ...]) -> str:
    """Return the columns as SQL writes them."""
    return ", ".join(f'"{column.name}" {column.type}' for column in columns)


def check_policy(disclosure: Mapping[str, Any]) -> None:
    """Compare the tables that speak of recipients with the whitelist in disclosure.yml.

    Raises:
        NotInPolicyError: a column is not listed for its class.
    """
    named = set(disclosure["classes"]["N"]["fields"]) | {"notice_id", "county_code", "salt"}
    counted = set(disclosure["classes"]["A"]["fields"]) & set(disclosure["classes"]["B"]["fields"])
    for allowed, tables in ((named, PACK.values()), (counted, [PUBLIC["county_cells"]])):
        for column in (column for table in tables for column in table):
            if column.name not in allowed:
                raise NotInPolicyError(f"公开字段 {column.name} 不在披露规则里；请先修改 disclosure.yml 并写明理由。")


def as_markdown() -> str:
    """Return the public tables as `docs/public-data.md` has them; a test keeps the two the same."""
    lines = [
        "# 公开数据的表",
        "",
        f"`public.duckdb`（结构版本 {VERSION}）。由 `mingzhang/publishing/release/schema.py` 生成；不在这里的字段不会公开。",
        f"其中 {'、'.join(OPEN_DATA)} 同时以 CSV 和 Parquet 提供。`*_fen` 为分；`amount_yuan` 取整到千元；",
        "`village_totals.paid_fen` 已扣除退回。含姓名的公示名单不在其中，只在公示期内按页显示。",
    ]
    for table, columns in PUBLIC.items():
        lines += ["", f"## {table}", "", "| column | type | kind |", "|---|---|---|"]
        lines += [f"| {column.name} | {column.type} | {column.kind} |" for column in columns]
    return "\n".join(lines) + "\n"
