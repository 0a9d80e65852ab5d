-- Counties that lately paid a programme, with its lowest standard in its current month (NULL where none is known): where
-- nobody is paid, nobody is left out.
select d.county_code, d.programme, min(t.fen) as fen
from (select distinct county_code, programme from drawn_lately) as d
inner join current_months as n on d.county_code = n.county_code and d.programme = n.programme
left join standards as t
    on d.programme = t.programme and starts_with(d.county_code, t.region)
    and t.valid_from <= n.month and (t.valid_to is null or t.valid_to >= n.month)
group by d.county_code, d.programme
