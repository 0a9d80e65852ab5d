"""What rules found, and what each rule checked. Declarations only."""

from __future__ import annotations

import polars as pl

from mingzhang.warehouse.declaration import Table, Texts, column

FINDING_KINDS = ("suspicion", "data_error", "flow", "service_lead")


class Findings(Table):
    """A rule's answer about one subject, with the records it rests on."""

    finding_id: pl.String = column("hash of the rule and its grain: the same finding next month", nullable=False)
    rule: pl.String = column("rule id, such as `B01`", nullable=False)
    rule_version: pl.Int32 = column("version of the rule")
    kind: pl.String = column("kind of finding", isin=FINDING_KINDS)
    severity: pl.String = column("severity", isin=("high", "medium", "low", "return"))
    county_code: pl.String = column("county, 6 digits")
    town_code: pl.String = column("township, 9 digits")
    village_code: pl.String = column("village, 12 digits")
    programme: pl.String = column("programme slug")
    person_id: pl.String = column("person the finding is about; empty for a question to an office", sql="UUID")
    period_from: pl.Date = column("first month concerned, as its first day")
    period_to: pl.Date = column("last month concerned, as its first day")
    payment_ids: Texts = column("payments it rests on")
    record_ids: Texts = column("records and documents it rests on")
    amount_fen: pl.Int64 = column("money in question", "fen")
    facts: pl.String = column("facts as JSON; the rule's header gives their labels")
    evidence_hash: pl.String = column("hash of the facts a decision rests on; another hash reopens it")
    link_score: pl.Float64 = column("lowest score of the presumed persons it rests on", "0 to 0.99")
    link_pairs: Texts = column("`pair_id` of the links it rests on")


class RuleRuns(Table):
    """What a rule checked in one county in the newest run, or why it could not."""

    rule: pl.String = column("rule id", nullable=False)
    rule_version: pl.Int32 = column("version of the rule")
    county_code: pl.String = column("county, 6 digits")
    month: pl.Date = column("newest month of the population, as its first day")
    outcome: pl.String = column("outcome", isin=("flagged", "clean", "not_applicable"))
    reason: pl.String = column("why it was not applicable, in words")
    checked: pl.Int64 = column("rows of the population checked", "rows", ge=0)
    flagged: pl.Int64 = column("findings", "findings", ge=0)
    not_applicable: pl.Int64 = column("rows that could not be judged", "rows", ge=0)


class RuleInputs(Table):
    """What a rule last ran over; a rule whose inputs are the same need not run again. Not part of the logical hash."""

    rule: pl.String = column("rule id", nullable=False)
    inputs_hash: pl.String = column("hash of all that decides the rule's answer", nullable=False)
