"""Turns what casework kept into what intake asks. Nothing is decided here."""

from __future__ import annotations

from assets.intake.context import CaseworkFacts
from casework.records import Facts


def facts_for(facts: Facts) -> CaseworkFacts:
    """Return casework's facts, what `Store.facts()` gave, keyed as intake looks them up."""
    return CaseworkFacts(
        settlements={s.delivery_id: s.outcome for s in facts.settlements},
        mappings={(m.county_code, m.kind): dict(zip(m.header, m.fields, strict=True)) for m in facts.mappings},
        waivers=facts.waivers,
    )
