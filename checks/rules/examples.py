"""Runs a rule's examples: small tables in, expected findings out. Used by `mingzhang rules test`."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

import duckdb

from checks.rules.header import Rule
from checks.rules.prepare import KINDS, prepare_rules
from checks.rules.run import run_rule
from checks.rules.texts import reads

GROUPS = ("not_applicable", "passing", "failing", "boundary")
COUNTY = "452921"
MONTH = "2026-10"
# Values of columns an example leaves out.
DEFAULTS: dict[str, dict[str, Any]] = {
    "payments": {
        "programme": "old_age",
        "village_code": "452921001201",
        "state": "paid",
        "amount_fen": 10000,
        "period": MONTH,
    },
    "fund_flows": {"programme": "dibao_rural"},
    "notices": {"programme": "dibao_rural", "village_code": "452921001201"},
}
COMMON = {"county_code": COUNTY, "status": "accepted", "month": MONTH}
OWN_ID = {"payments": ("payment_lines", "line_id", "p"), "fund_flows": ("fund_flows", "line_id", "f")}
WHOLE_TABLES = (
    "exclusive_pairs",
    "settings",
    "standards",
    "household_members",
    "programmes",
    "deliveries",
    "identity",
    "links",
)


class ExampleError(AssertionError):
    """A rule disagrees with one of its examples."""


def person(word: str) -> uuid.UUID:
    """Return the id of the person, account or household that an example names by a short word."""
    return uuid.UUID(hashlib.md5(word.encode(), usedforsecurity=False).hexdigest())


def run_examples(
    rule: Rule, examples: Mapping[str, list[dict[str, Any]]], connection: duckdb.DuckDBPyConnection
) -> int:
    """Run every example of a rule.

    Args:
        rule: the rule.
        examples: `not_applicable`, `passing`, `failing` and `boundary` lists; each example maps table names to rows,
            a needed register to `missing`, and holds `finds`: ids of payments or records of each finding, or mappings
            with `ids` and columns to compare. `current` is a mapping with `month` and `as_of`, the same for every county and
            programme (else October 2026), or `payments`: worked out of the example's payments as in a run.
        connection: with empty warehouse tables and the catalogue's tables; each example is rolled back.

    Returns:
        How many examples ran.

    Raises:
        ExampleError: naming the rule, group and number of the first example that disagrees.
    """
    ran = 0
    if unknown := set(examples) - set(GROUPS):
        raise ExampleError(f"{rule.slug}: unknown group {sorted(unknown)}")
    for group in GROUPS:
        for number, example in enumerate(examples.get(group) or [], 1):
            connection.execute("begin")
            try:
                _run(rule, group, number, dict(example), connection)
            finally:
                connection.execute("rollback")
            ran += 1
    return ran


def _run(rule: Rule, group: str, number: int, example: dict[str, Any], connection: duckdb.DuckDBPyConnection) -> None:
    finds = example.pop("finds", [])
    current = example.pop("current", {})
    example.pop("because", None)
    fill(connection, rule, example)
    _keep_registers_read(connection, rule)
    prepare_rules(connection, [rule], None if current == "payments" else _current(current))
    result = run_rule(connection, rule)
    found = connection.execute(f"select * from {result.table}")
    names = [column[0] for column in found.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    where = f"{rule.slug} {group} {number}"
    if group == "not_applicable" and (result.checked or rows or not result.not_applicable):
        raise ExampleError(
            f"{where}: {result.checked} checked, {len(rows)} flagged, {result.not_applicable} not applicable"
        )
    if group == "passing" and (rows or finds):
        raise ExampleError(f"{where}: flags {[_ids(row) for row in rows]}")
    if group == "failing" and not finds:
        raise ExampleError(f"{where}: a failing example needs `finds`")
    _compare(where, rows, finds)


def _current(given: Mapping[str, Any]) -> tuple[dt.date, dt.date]:
    values = {"month": MONTH, "as_of": "2026-10-31", **given}
    return _date(values["month"]), _date(values["as_of"])


def _keep_registers_read(connection: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """Keep only the registers this rule reads: preparing two dozen empty ones would take most of an example's time."""
    wanted = ["population", *reads(rule.query), *rule.needs, *rule.uses, *rule.presumes]
    connection.execute("delete from register_titles where not list_contains(?, register)", [wanted])


def _ids(row: Mapping[str, Any]) -> list[str]:
    return sorted([*(row["payment_ids"] or []), *(row["record_ids"] or [])])


def _compare(where: str, rows: list[dict[str, Any]], finds: list[Any]) -> None:
    wanted = [
        find if isinstance(find, Mapping) else {"ids": find if isinstance(find, list) else [find]} for find in finds
    ]
    left = list(rows)
    for want in wanted:
        ids = sorted(want["ids"])
        # bare ids name the payments of the finding, or its records when it has no payments
        match = next((r for r in left if ids in (_ids(r), sorted(r["payment_ids"] or r["record_ids"]))), None)
        if match is None:
            raise ExampleError(f"{where}: does not find {ids}; finds {[_ids(row) for row in rows]}")
        left.remove(match)
        for column, value in want.items():
            if column != "ids" and str(match[column]) != str(_date(value)):
                raise ExampleError(f"{where}: {column} of {ids} is {match[column]}, not {value}")
    if left:
        raise ExampleError(f"{where}: also finds {[_ids(row) for row in left]}")


def fill(connection: duckdb.DuckDBPyConnection, rule: Rule, example: Mapping[str, Any]) -> None:
    """Put an example's rows into the connection; a needed register that is not mentioned gets one unrelated record."""
    registers = {row[0] for row in connection.execute("select register from register_titles").fetchall()}
    tables = dict(example)
    for need in (*rule.needs, *rule.uses):
        table = KINDS[need][0] if need in KINDS else need
        if table not in tables and need in rule.needs:
            tables[table] = unrelated_record(table)
    for table, rows in tables.items():
        if rows == "missing":
            continue
        if table in registers:
            _insert(connection, f"register_{table}", [_register_row(table, n, row) for n, row in enumerate(rows, 1)])
        elif table in WHOLE_TABLES:
            _insert(connection, table, [_plain_row(table, row) for row in rows])
        else:
            target, key, letter = OWN_ID.get(table, (table, "line_id", table[0]))
            _insert(connection, target, [_line_row(table, key, letter, n, row) for n, row in enumerate(rows, 1)])


def unrelated_record(table: str) -> list[dict[str, Any]]:
    """Return a record about a person of no example, so that a table is present without matching anything."""
    if table == "notices":
        return [{"begins_on": "1999-01-01", "ends_on": "1999-01-08", "village_code": "000000000000"}]
    if table == "population":
        return [{"person_id": "somebody else", "household_no": "0"}]
    return [{"person_id": "somebody else"}] if table not in ("fund_flows", "bank_lines") else [{}]


def _register_row(table: str, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    made = {"as_of": "2026-10-31", **COMMON, "record_id": f"{table[0]}{number}", **row}
    if table in ("public_payroll", "social_insurance"):
        made["month"] = row.get("pay_month") or row.get("paid_month") or MONTH
    return {"delivery_id": f"{table}-{made['county_code']}-{made['month']}-{made['as_of']}", **made}


def _line_row(table: str, key: str, letter: str, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    made = {**COMMON, **DEFAULTS.get(table, {}), key: f"{letter}{number}", **row}
    if "payment_id" in made:
        made[key] = made.pop("payment_id")
    if (period := made.pop("period", None)) is not None:
        made = {"period_from": period, "period_to": period, **made}
    if table == "payments":
        made["month"] = row.get("month") or made["period_to"]
        made = {"head_id": made.get("recipient_id"), "payee_id": made.get("recipient_id"), **made}
    return {"delivery_id": made.pop("batch_id", f"{table}-{made['county_code']}-{made['month']}"), **made}


def _plain_row(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    if table == "household_members":
        return {"county_code": COUNTY, "village_code": "452921001201", "relation": "本人", **row}
    if table == "settings":
        return {"word": "", "region": "45", "programme": "", "valid_from": "1900-01-01", "basis": "example", **row}
    return dict(row)


def _date(value: Any) -> Any:
    """Return a date for `2026-10` or `2026-10-01`, anything else as it is."""
    if isinstance(value, str) and len(value) in (7, 10) and value[4] == "-":
        return dt.date.fromisoformat(value if len(value) == 10 else f"{value}-01")
    return value


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    kinds = {row[0]: row[1] for row in connection.execute(f"describe {table}").fetchall()}
    for row in rows:
        # common columns that a table does not have are left out; others are a mistake of the example
        if unknown := set(row) - set(kinds) - {*COMMON, "delivery_id", "line_id", "as_of"}:
            raise ExampleError(f"{table} has no column {sorted(unknown)}")
        values = {
            name: person(value) if kinds[name] == "UUID" and isinstance(value, str) else _date(value)
            for name, value in row.items()
            if name in kinds
        }
        marks = ", ".join("?" * len(values))
        connection.execute(f"insert into {table} ({', '.join(values)}) values ({marks})", list(values.values()))
