"""The current snapshot's findings with what people decided of them, as `mingzhang findings` shows them. Writes nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import duckdb

from mingzhang.casework.store import Store
from mingzhang.casework.workflow import Decision, finding_status
from mingzhang.catalog import words
from mingzhang.catalog.load import catalogue
from mingzhang.intake.receive.declared import from_options
from mingzhang.operations.rules import chosen_rules
from mingzhang.storage.clock import beijing_day
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.errors import Refusal
from mingzhang.storage.publication_reader import opened_current


@contextmanager
def snapshot(folder: DataFolder) -> Iterator[duckdb.DuckDBPyConnection]:
    """Lend a read-only connection to the current staff snapshot's database.

    Raises:
        Refusal: nothing has been run yet.
    """
    with opened_current(folder.staff_snapshots, "findings.duckdb") as publication:
        if publication is None:
            raise Refusal("还没有内部快照；请先用 mingzhang load 装入文件，再运行 mingzhang run。")
        yield publication.connection


def findings(folder: DataFolder, county: str | None, rule: str | None, now: dt.datetime) -> list[dict[str, Any]]:
    """Return the findings of the current snapshot with what people decided of them.

    Args:
        folder: the data folder.
        county: code or name; None: all.
        rule: id or slug; None: all.
        now: UTC; clearings that ran out by then are open again.

    Raises:
        Refusal: the rule is none of ours; an empty answer would read as nothing found.
        DeclaredError: the county is neither a code nor a county's name.
    """
    rule = chosen_rules(rule)[0].id if rule else None
    county = from_options(catalogue(), county=county).county
    with snapshot(folder) as connection:
        decisions = Store.open(folder.casework_url).latest_decisions()
        rows = as_json(connection, decisions, beijing_day(now))
    return [row for row in rows if (not county or row["county_code"] == county) and (not rule or row["rule"] == rule)]


def findings_as_text(rows: list[dict[str, Any]]) -> str:
    """Return one line per rule and status."""
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for row in rows:
        number, money = counts.get((row["rule"], row["status"]), (0, 0))
        counts[row["rule"], row["status"]] = (number + 1, money + (row["amount_fen"] or 0))
    lines = [
        f"{rule:5} {words.STATUSES[status]} {number:6} 条  {money / 100:14,.2f} 元"
        for (rule, status), (number, money) in sorted(counts.items())
    ]
    return "\n".join(lines) or "没有疑点。"


def as_json(
    connection: duckdb.DuckDBPyConnection,
    decisions: Mapping[str, Decision],
    today: dt.date,
) -> list[dict[str, Any]]:
    """Return the findings of a staff snapshot in the form of `mingzhang findings --json`.

    Args:
        connection: a staff snapshot's `findings.duckdb`.
        decisions: finding_id → its latest decision.
        today: Beijing date; clearings that ran out by then are reopened.

    Returns:
        One entry per finding, ordered by rule and id. `link_score` is null where it stands on numbers or on a person's
        word, else the lowest score of the rows whose person is presumed; `links` names those pairs. `lines` are payment lines, or for a finding about documents
        those documents; `evidence` holds the facts and the register records with file, sheet and row.
    """
    places: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for finding, role, kind, file, sheet, row in connection.execute(
        "select finding_id, role, kind, file_name, sheet, row from finding_lines order by 1, 2, 4, 5, 6"
    ).fetchall():
        place = {"file": file, "sheet": sheet, "row": row} | ({"register": kind} if role == "record" else {})
        places.setdefault(finding, {}).setdefault(role, []).append(place)
    names = (
        *("finding_id", "rule", "rule_version", "kind", "severity", "period_from", "period_to", "county_code"),
        *("village_code", "programme", "amount_fen", "evidence_hash", "facts", "link_score", "link_pairs"),
    )
    rows = connection.execute(f"select {', '.join(names)} from findings order by rule, finding_id").fetchall()
    entries = [dict(zip(names, row, strict=True)) for row in rows]
    words = _presumed(connection)
    for entry in entries:
        entry["links"] = [words[pair] for pair in entry.pop("link_pairs") or [] if pair in words]
    return [_entry(e, places.get(e["finding_id"], {}), decisions.get(e["finding_id"]), today) for e in entries]


def _presumed(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """Return the pairs findings rest on: how sure, in whose word, and the reasons."""
    rows = connection.execute(
        """select distinct pair_id, label, score, reasons from links
           where pair_id in (select unnest(link_pairs) from findings) order by pair_id"""
    ).fetchall()
    return {pair: {"pair_id": pair, "label": label, "score": score, "reasons": why} for pair, label, score, why in rows}


def _entry(
    finding: dict[str, Any], places: Mapping[str, list[dict[str, Any]]], decision: Decision | None, today: dt.date
) -> dict[str, Any]:
    payments, records = places.get("payment", []), places.get("record", [])
    facts = json.loads(finding.pop("facts"))
    state = finding_status(decision, finding.pop("evidence_hash"), today)
    for name in ("period_from", "period_to"):
        finding[name] = finding[name] and f"{finding[name]:%Y-%m}"
    return {
        **finding,
        "status": state.value,
        "lines": payments or [{k: v for k, v in place.items() if k != "register"} for place in records],
        "evidence": {"facts": facts, "records": records if payments else []},
    }
