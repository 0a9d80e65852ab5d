"""Reconciles lines and money, in whole fen, wherever one stage hands them to the next. Repairs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from mingzhang.catalog.formats import yuan


@dataclass(frozen=True)
class Difference:
    """Lines or money that do not agree between two stages.

    Attributes:
        checkpoint: `ledger`, `warehouse`, `funds`, `snapshot` or `release`.
        key: the delivery, or county and month.
        expected, found: (lines, fen).
    """

    checkpoint: str
    key: str
    expected: tuple[int, int]
    found: tuple[int, int]

    def __str__(self) -> str:
        return (
            f"{CHECKPOINTS[self.checkpoint]}对不上（{self.key}）：应为 {self.expected[0]} 行 {yuan(self.expected[1])}，"
            f"实为 {self.found[0]} 行 {yuan(self.found[1])}；已停止，请联系管理员。"
        )


CHECKPOINTS = {
    "ledger": "账册与明细",
    "warehouse": "明细与发放记录",
    "funds": "资金单据与资金链",
    "snapshot": "发放记录与快照",
    "release": "快照与发布",
}


class ReconciliationError(Exception):
    """Money was lost or made between two stages; nothing may be published."""

    def __init__(self, differences: Sequence[Difference]) -> None:
        super().__init__("；".join(str(difference) for difference in differences[:3]))
        self.differences = tuple(differences)


PAYMENT_KINDS = "('roster', 'dibao_roll', 'relief_table')"
# Replaced and withdrawn lines were accepted once; a reason says the line was rejected before a correction replaced it.
COUNTED = "p.status in ('accepted', 'replaced', 'withdrawn') and l.reason is null"

# What the ledger counts, against the lines themselves.
LEDGER = f"""
    select d.delivery_id, d.accepted, d.total_fen,
           count(p.line_id) filter (where {COUNTED}),
           coalesce(sum(p.amount_fen) filter (where {COUNTED}), 0)::bigint
    from deliveries d left join payment_lines p using (delivery_id) left join lines l on l.line_id = p.line_id
    where d.kind in {PAYMENT_KINDS} and d.status in ('accepted', 'accepted_with_errors') group by all
    union all
    select d.delivery_id, d.held, d.held_fen, count(p.line_id) filter (where p.status = 'held'),
           coalesce(sum(p.amount_fen) filter (where p.status = 'held'), 0)::bigint
    from deliveries d left join payment_lines p using (delivery_id)
    where d.kind in {PAYMENT_KINDS} and d.status = 'held' group by all
    union all
    select d.delivery_id, d.lines, 0, count(l.line_id), 0
    from deliveries d left join lines l using (delivery_id) group by all
"""

# Accepted lines as they came, against what rules and snapshots read.
WAREHOUSE = Path(__file__).with_name("sql") / "reconcile_lines.sql"

BY_COUNTY = """
    select county_code || ' ' || strftime(month, '%Y-%m'), count(*), coalesce(sum(amount_fen), 0)::bigint
    from {source} group by 1
"""


def check_warehouse(connection: duckdb.DuckDBPyConnection) -> list[Difference]:
    """Return the deliveries whose ledger, lines and payments do not agree."""
    found = []
    for checkpoint, query in (("ledger", LEDGER), ("warehouse", WAREHOUSE.read_text(encoding="utf-8"))):
        for key, lines, fen, seen_lines, seen_fen in connection.execute(query).fetchall():
            if (lines, fen) != (seen_lines, seen_fen):
                found.append(Difference(checkpoint, key, (lines, fen), (seen_lines, seen_fen)))
    return found


def check_snapshot(connection: duckdb.DuckDBPyConnection, payments: Iterable[Path]) -> list[Difference]:
    """Compare the warehouse's payments with the lake files a snapshot names, per county and month."""
    paths = [str(path) for path in payments]
    there = _sums(connection, "payments")
    seen = _sums(connection, "read_parquet(?)", [paths]) if paths else {}
    return _differences("snapshot", there, seen)


def check_release(
    connection: duckdb.DuckDBPyConnection, certified: Sequence[str], fed: dict[str, tuple[int, int]]
) -> list[Difference]:
    """Compare what a release was fed, before any disclosure control, with the certified batches.

    Args:
        connection: the warehouse, or a connection with the snapshot's `payments`.
        certified: batch ids.
        fed: batch id → (lines, fen) the release starts from.
    """
    rows = connection.execute(
        """select batch_id, count(*), coalesce(sum(amount_fen), 0)::bigint from payments
           where list_contains(?, batch_id) and state in ('paid', 'returned', 'refunded') group by 1""",
        [list(certified)],
    ).fetchall()
    return _differences("release", {row[0]: (row[1], row[2]) for row in rows}, fed)


def require(differences: Sequence[Difference]) -> None:
    """Raise when anything differs.

    Raises:
        ReconciliationError: names the checkpoint and what differs.
    """
    if differences:
        raise ReconciliationError(differences)


def _sums(
    connection: duckdb.DuckDBPyConnection, source: str, values: list[object] | None = None
) -> dict[str, tuple[int, int]]:
    rows = connection.execute(BY_COUNTY.format(source=source), values or []).fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}


def _differences(
    checkpoint: str, there: dict[str, tuple[int, int]], seen: dict[str, tuple[int, int]]
) -> list[Difference]:
    nothing = (0, 0)
    keys = sorted(there.keys() | seen.keys())
    pairs = ((key, there.get(key, nothing), seen.get(key, nothing)) for key in keys)
    return [Difference(checkpoint, key, expected, found) for key, expected, found in pairs if expected != found]
