"""Ranks findings by expected value of checking them: money × precision × link score ÷ effort. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

from checks.rules.texts import statement

# Effort of checking one finding, in units of one check at the desk.
EFFORT = {"desk": 1.0, "office": 2.0, "visit": 4.0}
# Beta prior as pseudo-counts (confirmed, cleared): in published comparisons 8–35 % of flags were confirmed.
PRIOR = {"suspicion": (1.0, 4.0), "data_error": (4.0, 1.0), "flow": (2.0, 2.0), "service_lead": (1.0, 2.0)}
# A rule that only hints (severity low) starts far lower.
PRIOR_HINT = (0.5, 9.5)
INTERVAL = 0.9


@dataclass(frozen=True)
class Precision:
    """How often a rule's findings were confirmed: Beta posterior mean and the middle 90 %.

    Attributes:
        reviewed: decisions it rests on; unsure ones count for neither side.
    """

    mean: float
    low: float
    high: float
    reviewed: int


def precision(kind: str, severity: str, confirmed: int, cleared: int) -> Precision:
    """Return the precision of a rule so far; with few decisions mostly the prior of its kind and severity.

    Args:
        kind: kind of finding.
        severity: severity of the rule.
        confirmed: decisions that confirmed a finding.
        cleared: decisions that cleared one.
    """
    from scipy.special import betaincinv  # its import takes a moment

    prior = PRIOR_HINT if (kind, severity) == ("suspicion", "low") else PRIOR[kind]
    a, b = prior[0] + confirmed, prior[1] + cleared
    tail = (1 - INTERVAL) / 2
    return Precision(a / (a + b), float(betaincinv(a, b, tail)), float(betaincinv(a, b, 1 - tail)), confirmed + cleared)


def tally(decisions: Iterable[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """Return rule → (confirmed, cleared) of the latest decisions.

    Args:
        decisions: rule and outcome of each finding's latest decision.
    """
    counts: dict[str, tuple[int, int]] = {}
    for rule, outcome in decisions:
        confirmed, cleared = counts.get(rule, (0, 0))
        counts[rule] = (confirmed + (outcome == "confirmed"), cleared + (outcome == "cleared"))
    return counts


def rank(connection: duckdb.DuckDBPyConnection, counts: Mapping[str, tuple[int, int]]) -> None:
    """Create the temporary table `finding_ranks` over `findings`, `rules` and `household_members`.

    Columns: finding_id, rank (1 is first; no two alike), case_id (findings about one household share it), case_size,
    expected_fen (money × precision × link score), score (expected_fen ÷ effort), precision_mean, precision_low, precision_high,
    reviewed, effort.

    Args:
        connection: after `prepare` and `findings.write`.
        counts: rule → (confirmed, cleared), see `tally`.
    """
    kinds = connection.execute("select id, kind, severity, effort from rules order by id").fetchall()
    rows = []
    for rule, kind, severity, effort in kinds:
        so_far = precision(kind, severity, *counts.get(rule, (0, 0)))
        rows.append((rule, so_far.mean, so_far.low, so_far.high, so_far.reviewed, effort, EFFORT[effort]))
    connection.execute(
        """create or replace temp table rule_precision
           (rule varchar, precision_mean double, precision_low double, precision_high double, reviewed bigint,
            effort varchar, cost double)"""
    )
    if rows:
        connection.executemany("insert into rule_precision values (?, ?, ?, ?, ?, ?, ?)", rows)
    connection.execute(statement("finding_ranks"))
