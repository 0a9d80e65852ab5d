-- Counties that lately paid a programme, with its lowest standard at the run's month (NULL where none is known): where nobody is
-- paid, nobody is left out.
select d.county_code, d.programme, min(t.fen) as fen
from (select distinct county_code, programme from drawn_lately) as d
left join standards as t
    on d.programme = t.programme and starts_with(d.county_code, t.region)
    and t.valid_from <= $month and (t.valid_to is null or t.valid_to >= $month)
group by d.county_code, d.programme
