"""Turns what casework kept into what intake asks. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable

from assets.intake.context import CaseworkFacts
from assets.intake.receive import Receipt
from casework.records import Facts, Waiver


def facts_for(facts: Facts, receipts: Iterable[Receipt] = ()) -> CaseworkFacts:
    """Return casework's facts keyed as intake looks them up.

    Args:
        facts: what `Store.facts()` gave.
        receipts: the deliveries waivers may touch; a waiver names county, kind and programme ('' is all).
    """
    return CaseworkFacts(
        settlements={s.delivery_id: s.outcome for s in facts.settlements},
        mappings={(m.county_code, m.kind): dict(zip(m.header, m.fields, strict=True)) for m in facts.mappings},
        waivers={
            receipt.delivery_id: waived
            for receipt in receipts
            if (waived := frozenset(w.problem for w in facts.waivers if _covers(w, receipt)))
        },
    )


def _covers(waiver: Waiver, receipt: Receipt) -> bool:
    said = receipt.declared
    wanted = ((waiver.county_code, said.county), (waiver.kind, said.kind), (waiver.programme, said.programme))
    return (
        all(not word or word == (found or "") for word, found in wanted) and receipt.received_at.date() <= waiver.until
    )
