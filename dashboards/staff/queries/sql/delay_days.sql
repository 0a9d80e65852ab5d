-- One row is one step from hop to hop under one label ($by: month, programme, town or county), with its days.
with named as (
    select case $by when 'month' then strftime(d.month, '%Y-%m')
                    when 'programme' then p.name
                    when 'town' then (select min(place_name) from places where place_code = d.town_code)
                    when 'county' then (select min(place_name) from places where place_code = d.county_code)
           end as label, d.*
    from fund_delays d left join programmes p on p.slug = d.programme
    where (len($counties::varchar[]) = 0 or list_contains($counties::varchar[], d.county_code))
      and ($county = '' or d.county_code = $county) and ($programme = '' or d.programme = $programme)
      and ($town = '' or d.town_code = $town) and d.hop in ('下达', '拨付', '支付', '重发')),
counted as (
    select label, from_hop, hop, days, sum(documents) as n, sum(fen::double * late_days) as late
    from named where label is not null group by all),
ordered as (
    select *, sum(n) over (partition by label, from_hop, hop order by days) as upto,
           sum(n) over (partition by label, from_hop, hop) as whole from counted)
select label, from_hop, hop, min(days) filter (upto * 2 >= whole) as median_days,
       min(days) filter (upto * 10 >= whole * 9) as most_days, max(days) as longest_days,
       max(whole)::bigint as documents, (sum(late) / 100)::bigint as late_yuan_days
from ordered group by all order by label, from_hop, hop
