"""What people decided about how files are read, from casework into intake's own words. Decides nothing."""

from __future__ import annotations

from mingzhang.casework.records import Facts
from mingzhang.intake.context import CaseworkFacts, WaivedCheck


def facts_for(facts: Facts) -> CaseworkFacts:
    """Return casework's facts, what `Store.facts()` gave, keyed as intake looks them up."""
    waivers = tuple(WaivedCheck(w.problem, w.county_code, w.kind, w.programme, w.until) for w in facts.waivers)
    return CaseworkFacts(
        settlements={s.delivery_id: s.outcome for s in facts.settlements},
        mappings={(m.county_code, m.kind): dict(zip(m.header, m.fields, strict=True)) for m in facts.mappings},
        waivers=waivers,
    )
