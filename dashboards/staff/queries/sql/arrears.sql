-- One row is one programme and township: people and fen unpaid, short, returned, and paid late.
select o.county_code, min(o.county_name) as county_name, o.town_code,
       (select min(place_name) from places where place_code = o.town_code) as town_name,
       o.programme, min(o.programme_name) as programme_name,
       count(distinct o.person_id) filter (o.owed <> 'late') as people,
       coalesce(sum(o.amount_fen) filter (o.owed = 'unpaid'), 0)::bigint as unpaid_fen,
       coalesce(sum(o.amount_fen) filter (o.owed = 'short'), 0)::bigint as short_fen,
       coalesce(sum(o.amount_fen) filter (o.owed = 'returned'), 0)::bigint as returned_fen,
       coalesce(sum(o.amount_fen) filter (o.owed <> 'late'), 0)::bigint as owed_fen,
       coalesce(sum(o.amount_fen) filter (o.owed = 'late'), 0)::bigint as late_fen
from owed o
where ($county = '' or o.county_code = $county) and ($programme = '' or o.programme = $programme)
group by o.county_code, o.town_code, o.programme
order by o.county_code, owed_fen desc, late_fen desc, o.programme, o.town_code
