"""Runs one rule: its flags with ids and hashes, and its three outcomes. Places and source cells are joined later."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from checks.rules import presumed
from checks.rules.header import NOT_FACTS, Rule, RuleError, unlabelled
from checks.rules.limits import limit
from checks.rules.outcomes import RunCount, count

MUST_RETURN = ("period_from", "period_to", "payment_ids", "record_ids", "amount_fen")


@dataclass(frozen=True)
class RuleResult:
    """Result of a rule; its flags are in the connection's temporary table `table`."""

    rule: Rule
    table: str
    counts: tuple[RunCount, ...]
    flagged: int
    amount_fen: int

    @property
    def checked(self) -> int:
        """Rows of the population that were checked."""
        return sum(count.rows for count in self.counts if count.reason is None)

    @property
    def not_applicable(self) -> int:
        """Rows of the population that could not be judged."""
        return sum(count.rows for count in self.counts if count.reason is not None)


def run_rule(connection: duckdb.DuckDBPyConnection, rule: Rule) -> RuleResult:
    """Run one rule after `prepare`.

    Returns:
        The counts; the flags are the temporary table `flags_<slug>`: finding_id, rule, rule_version, kind, severity,
        county_code, village_code, programme, person_id, period_from, period_to, payment_ids, record_ids, amount_fen,
        facts (JSON), evidence_hash, link_score, link_pairs (see `presumed.mark`).

    Raises:
        RuleError: the rule's SQL fails, lacks a column its header promises, or flags one grain twice.
    """
    table = f"flags_{rule.slug}"
    try:
        # ids and hashes are computed for the flags alone, never for every row the rule read
        connection.execute(f"create or replace temp table rule_flags as {limit(connection, rule)}")
        columns = [row[0] for row in connection.execute("describe rule_flags").fetchall()]
        _check_columns(rule, columns)
        connection.execute(
            f"create or replace temp table {table} as {_with_ids(rule, columns, presumed.mark(connection, rule))}"
        )
    except duckdb.Error as error:
        # DuckDB's message may quote a value of the data; its type is enough for the log.
        raise RuleError(f"{rule.slug}.sql: {type(error).__name__}") from error
    total = connection.execute(
        f"select count(*), count(distinct finding_id), coalesce(sum(amount_fen), 0)::bigint from {table}"
    ).fetchone()
    flagged, distinct, amount_fen = total or (0, 0, 0)
    if flagged != distinct:
        raise RuleError(f"{rule.slug}.sql: flags {flagged - distinct} grain values twice")
    return RuleResult(rule, table, count(connection, rule), flagged, amount_fen)


def _check_columns(rule: Rule, columns: list[str]) -> None:
    missing = [name for name in (*MUST_RETURN, *rule.grain, *rule.rests_on) if name not in columns]
    if missing:
        raise RuleError(f"{rule.slug}.sql: the SELECT lacks {', '.join(missing)}")
    if without := unlabelled(columns, rule.fact_labels):
        raise RuleError(f"{rule.slug}.sql: no label (fact: name = label) for {', '.join(without)}")
    if strange := [name for name in rule.fact_labels if name not in columns]:
        raise RuleError(f"{rule.slug}.sql: a label for {', '.join(strange)}, which the SELECT does not return")


def _text(column: str) -> str:
    return f"coalesce(cast({column} as varchar), '')"


def _hashed(parts: list[str]) -> str:
    return f"substr(sha256(concat_ws(chr(31), {', '.join(parts)})), 1, 16)"


def _with_ids(rule: Rule, columns: list[str], flags: str) -> str:
    facts = [name for name in columns if name not in NOT_FACTS]
    evidence = [f"'{name}=' || {_text(name)}" for name in sorted(rule.rests_on)] or ["''"]
    # A finding cleared because a row was another person's opens again when the pair is confirmed or the right number comes;
    # one that rested on numbers is not opened again by a presumed row.
    presumed = "case when link_score is not null then 'presumed' end"
    person = next((name for name in ("recipient_id", "person_id") if name in columns), "null::uuid")

    def own(name: str, otherwise: str) -> str:
        return f"coalesce({name}, {otherwise})" if name in columns else otherwise

    return f"""
        select {_hashed([f"'{rule.id}'", *(_text(name) for name in rule.grain)])} as finding_id,
               '{rule.id}' as rule, {rule.version} as rule_version,
               {own("kind", f"'{rule.kind}'")} as kind, {own("severity", f"'{rule.severity}'")} as severity,
               {own("county_code", "null::varchar")} as county_code, {own("village_code", "null::varchar")} as village_code,
               {own("programme", "null::varchar")} as programme, {person} as person_id,
               period_from, period_to, list_sort(list_distinct(payment_ids)) as payment_ids,
               list_sort(list_distinct(record_ids)) as record_ids, amount_fen::bigint as amount_fen,
               to_json(struct_pack({", ".join(f"{name} := {name}" for name in facts) or "none := null"}))::varchar as facts,
               {_hashed([*evidence, presumed])} as evidence_hash, link_score, link_pairs
        from {flags}"""
