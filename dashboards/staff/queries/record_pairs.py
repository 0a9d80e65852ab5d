"""Queries on pairs of rows that may be about one person, within the viewer's counties; every reading is logged. No pages here."""

from __future__ import annotations

from typing import Any

from dashboards.staff.queries.deliveries import COUNTY, MINE, SnapshotQueries
from mingzhang.casework.records import Answer
from mingzhang.storage.publication_reader import Rows

PAGE_SIZE = 10
WAITING, ANSWERED, PROBABLE = "waiting", "answered", "probable"
# An answer given after the snapshot was made counts at once; a probable link needs no answer but may be checked.
STATES = {
    WAITING: "label = 'question' and not list_contains($answered::varchar[], pair_id)",
    ANSWERED: "list_contains($answered::varchar[], pair_id)",
    PROBABLE: "label = 'probable' and not list_contains($answered::varchar[], pair_id)",
}


class RecordPairQueries(SnapshotQueries):
    """The pairs one viewer may see."""

    def answers(self) -> dict[str, Answer]:
        """Return the newest answers by pair."""
        return self.context.site.store.pair_answers()

    def count(self, state: str, county: str) -> int:
        """Return how many pairs are in a state."""
        row = self._rows(f"select count(*) as count {self._where(state)}", **self._values(county)).first()
        return int(row["count"]) if row else 0

    def page(self, state: str, county: str, page: int) -> list[dict[str, Any]]:
        """Return one page of pairs, each with `rows`: the row without a number and the person's row.

        A person's row in a county the viewer may not see is left out.
        """
        pairs = self._pairs(
            f"""{self._where(state)}
                order by score desc, pair_id, person_line_id limit {PAGE_SIZE} offset $offset""",
            **self._values(county),
            offset=(page - 1) * PAGE_SIZE,
        )
        if pairs:
            self._log("read.pairs", state, count=len(pairs), county=county or None)
        return pairs

    def named(self, pair_ids: list[str]) -> list[dict[str, Any]]:
        """Return these pairs, as `page` does, if the viewer may see them."""
        pairs = self._pairs(
            f"""from links k where list_contains($pairs::varchar[], k.pair_id) and {MINE.format(table="k.")}
                order by score, pair_id, person_line_id""",
            pairs=pair_ids,
        )
        if pairs:
            self._log("read.pairs", pair_ids[0], count=len(pairs))
        return pairs

    def _pairs(self, where: str, **values: Any) -> list[dict[str, Any]]:
        found = self._rows(
            f"""select k.*, {COUNTY.format(table="k.")},
                       (select min(place_name) from places where place_code = k.village_code) as place_name {where}""",
            **values,
        )
        pairs = [dict(row) for row in found]
        sides = list(self._sides([pair["pair_id"] for pair in pairs]))
        for pair in pairs:
            pair["rows"] = {side["side"]: side for side in sides if side["pair_id"] == pair["pair_id"]}
        return pairs

    def pair(self, pair_id: str) -> dict[str, Any] | None:
        """Return a pair's county, or None when it is not the viewer's."""
        return self._rows(
            f"select pair_id, county_code from links k where pair_id = $id and {MINE.format(table='k.')} limit 1",
            id=pair_id,
        ).first()

    def _where(self, state: str) -> str:
        return f"""from links k where {STATES[state]} and {MINE.format(table="k.")}
                   and ($county = '' or k.county_code = $county)"""

    def _values(self, county: str) -> dict[str, Any]:
        return {"answered": sorted(self.answers()), "county": county}

    def _sides(self, pair_ids: list[str]) -> Rows:
        return self._rows(
            f"""select l.* from link_lines l where list_contains($pairs::varchar[], l.pair_id) and {MINE.format(table="l.")}
                order by l.pair_id, l.side, l.line_id""",
            pairs=pair_ids,
        )
