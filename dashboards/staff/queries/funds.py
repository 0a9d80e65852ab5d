"""Queries on the money chain: flows, balances, standing money, days between hops. No personal data here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from dashboards.staff.queries.deliveries import COUNTY, MINE, PAGE_SIZE, Filter, SnapshotQueries
from dashboards.staff.queries.sql_files import sql_file
from mingzhang.storage.publication_reader import Rows

DELAYS = sql_file("delay_days")
SOON_DAYS = 30
QUOTAS = 20  # quota documents on a page, below what the page is about
# Longest chain that is followed from one document; the chain has four hops, and money is carried over for two years.
DEPTH = 12
# Most documents, and most villages, on one page; a page says when there are more.
MOST = 400
_NAMED = f"""
    p.name as programme_name, p.department, {COUNTY.format(table="a.")},
    (select min(place_name) from places where place_code = a.town_code) as town_name"""
_WANTED = """
    {mine} and ($county = '' or {t}county_code = $county) and ($programme = '' or {t}programme = $programme)"""
_STANDING = f"""
    select a.*, ($today - a.dated_on)::bigint as days, ($today - a.due_on)::bigint as late_days,
           case when a.due_on < $today then 'late' when a.due_on <= $today + {SOON_DAYS} then 'soon'
                else 'waiting' end as state
    from fund_accounts a
    where {_WANTED.format(mine=MINE.format(table="a."), t="a.")} and a.standing_fen > 0 and a.hop not in ('支付', '重发')
      and ($town = '' or a.town_code = $town) and ($hop = '' or a.hop = $hop)"""
_WORST_FIRST = """
    case state when 'late' then 0 when 'soon' then 1 else 2 end,
    case when state = 'late' then standing_fen::double * late_days end desc nulls last,
    due_on nulls last, standing_fen desc, line_id"""


@dataclass(frozen=True)
class FundFilter(Filter):
    """Which money; '' leaves a filter open."""

    county: str = ""
    programme: str = ""
    town: str = ""
    hop: str = ""
    state: str = ""


class FundQueries(SnapshotQueries):
    """The money chain as one viewer may see it."""

    def newest(self) -> dt.date | None:
        """Return the date of the newest document the viewer's counties have sent."""
        row = self._rows(f"select max(dated_on) as day from fund_accounts a where {MINE.format(table='a.')}").first()
        return row["day"] if row else None

    def links(self, wanted: FundFilter) -> Rows:
        """Return the fen that went from hop to hop; without a `from_hop` they came from above or from nowhere (`gap`)."""
        where = _WANTED.format(mine=MINE.format(table="m."), t="m.")
        return self._rows(
            f"""select m.from_hop, m.hop, m.gap, sum(m.fen)::bigint as fen, count(distinct m.line_id) as documents
                from fund_moves m where {where} group by all having sum(m.fen) <> 0 order by 1, 2, 3""",
            county=wanted.county,
            programme=wanted.programme,
        )

    def balances(self, wanted: FundFilter) -> Rows:
        """Return opening, received, passed and closing fen per hop and month."""
        where = _WANTED.format(mine=MINE.format(table="b."), t="b.")
        names = ("opening", "received", "passed", "closing", "above", "unexplained")
        sums = ", ".join(f"sum({name}_fen)::bigint as {name}_fen" for name in names)
        return self._rows(
            f"select hop, month, {sums} from fund_balances b where {where} group by all order by month, hop",
            county=wanted.county,
            programme=wanted.programme,
        )

    def standing(self, wanted: FundFilter, page: int = 1) -> Rows:
        """Return a page of the documents whose money has not gone on, most money and longest past its limit first.

        Beside the document's own columns: `days` it has stood, `late_days` past its limit, `state` (late, soon, waiting).
        """
        return self._rows(
            f"""with standing as ({_STANDING}), page as (
                  select * from standing where $state = '' or state = $state
                  order by {_WORST_FIRST} limit {PAGE_SIZE} offset {(page - 1) * PAGE_SIZE})
                select a.*, {_NAMED} from page a left join programmes p on p.slug = a.programme order by {_WORST_FIRST}""",
            today=self.context.today,
            **wanted.__dict__,
        )

    def standing_sums(self, wanted: FundFilter) -> dict[str, dict[str, int]]:
        """Return per state how many documents have standing money, how much, and fen times days past the limit."""
        rows = self._rows(
            f"""select state, count(*) as documents, sum(standing_fen)::bigint as fen,
                       coalesce(sum(standing_fen * late_days) filter (state = 'late'), 0)::bigint as fen_days
                from ({_STANDING}) group by 1""",
            today=self.context.today,
            **{name: value for name, value in wanted.__dict__.items() if name != "state"},
        )
        return {row["state"]: row for row in rows}

    def delays(self, wanted: FundFilter, by: str = "month") -> Rows:
        """Return days between hops: median, nine in ten, longest, by `month`, `programme`, `town` or `county`.

        `late_yuan_days` is money times days past its limit.
        """
        return self._rows(
            DELAYS,
            by=by,
            county=wanted.county,
            programme=wanted.programme,
            town=wanted.town,
        )

    def quotas(self, wanted: FundFilter, page: int = 1) -> Rows:
        """Return a page of the quota documents, newest first, with what was passed on, what is left and `of` how many."""
        where = _WANTED.format(mine=MINE.format(table="a."), t="a.")
        return self._rows(
            f"""select a.*, {_NAMED}, count(*) over () as of
                from fund_accounts a left join programmes p on p.slug = a.programme
                where {where} and a.hop = '指标'
                order by a.dated_on desc, a.line_id limit {QUOTAS} offset {(page - 1) * QUOTAS}""",
            county=wanted.county,
            programme=wanted.programme,
        )

    def towns(self, county: str = "") -> dict[str, str]:
        """Return the townships of a county (of all, if '') that hold money of their own, by code."""
        rows = self._rows(
            f"""select a.town_code, coalesce(min(pl.place_name), a.town_code) as name
                from fund_accounts a left join places pl on pl.place_code = a.town_code
                where {MINE.format(table="a.")} and ($county = '' or a.county_code = $county) and a.town_code <> ''
                group by 1 order by 1""",
            county=county,
        )
        return {row["town_code"]: row["name"] for row in rows}

    def document(self, line_id: str) -> dict[str, Any] | None:
        """Return one document with names and its source file, or None when it is not in the viewer's counties."""
        return self._rows(
            f"""select a.*, {_NAMED}, ($today - a.due_on)::bigint as late_days, d.file_name, d.delivery_id
                from fund_accounts a left join programmes p on p.slug = a.programme
                left join deliveries d on d.delivery_id = split_part(a.line_id, '/', 1)
                where a.line_id = $id and {MINE.format(table="a.")}""",
            id=line_id,
            today=self.context.today,
        ).first()

    def history(self, line_id: str) -> Rows:
        """Return the documents before and after one along the chain, in order of date; `step` < 0 is where money came from.

        At most MOST of them; `of` says how many there are.
        """
        up = "select m.from_id, step - 1 from up join fund_moves m on m.to_id = up.id where m.from_id is not null"
        down = "select m.to_id, step + 1 from down join fund_moves m on m.from_id = down.id where m.to_id <> down.id"
        return self._rows(
            f"""with recursive
                up(id, step) as (select $id, 0 union {up} and step > -{DEPTH}),
                down(id, step) as (select $id, 0 union {down} and step < {DEPTH}),
                related as (select id, min(step) as step from (from up union from down) group by id),
                came as (select to_id, min(from_on) as from_on from fund_moves where from_id is not null group by 1)
                select a.*, {_NAMED}, r.step, count(*) over () as of, (a.dated_on - c.from_on)::bigint as days
                from related r join fund_accounts a on a.line_id = r.id
                left join programmes p on p.slug = a.programme left join came c on c.to_id = a.line_id
                where {MINE.format(table="a.")} order by a.dated_on, r.step, a.line_id limit {MOST}""",
            id=line_id,
        )

    def villages(self, county: str, programme: str, months: list[dt.date], towns: list[str]) -> Rows:
        """Return what each village got by the rolls of those months.

        At most MOST rows; each has the sum and the number of all rows, those left out included: `all_fen` and `of`.

        Args:
            county: six-digit code.
            programme: slug.
            months: first days of the months.
            towns: nine-digit codes; empty means all.
        """
        return self._rows(
            f"""select t.village_code, coalesce(min(pl.place_name), t.village_code) as village_name, t.month,
                       (select min(place_name) from places where place_code = t.town_code) as town_name,
                       max(t.lines)::bigint as lines, max(t.paid_fen + t.returned_fen)::bigint as paid_fen,
                       count(*) over () as of, (sum(max(t.paid_fen + t.returned_fen)) over ())::bigint as all_fen
                from totals t left join places pl on pl.place_code = t.village_code
                where {MINE.format(table="t.")} and t.county_code = $county and t.programme = $programme
                  and list_contains($months::date[], t.month)
                  and (len($towns::varchar[]) = 0 or list_contains($towns::varchar[], t.town_code))
                group by t.village_code, t.town_code, t.month order by t.month, t.village_code limit {MOST}""",
            county=county,
            programme=programme,
            months=months,
            towns=towns,
        )
