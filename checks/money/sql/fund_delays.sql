-- Documents and money per pair of hops and number of days; whoever shows quantiles counts them from these rows.
create or replace temp table fund_delays as
select m.county_code, m.programme, greatest(m.town_code, m.from_town_code) as town_code, m.from_hop, m.hop, m.month,
       greatest(date_diff('day', m.from_on, m.moved_on), 0)::integer as days,
       greatest(date_diff('day', a.due_on, m.moved_on), 0)::integer as late_days,
       count(*) as documents, sum(m.fen)::bigint as fen
from fund_moves m join fund_accounts a on a.line_id = m.from_id
where m.from_hop <> m.hop and m.fen > 0
group by all
