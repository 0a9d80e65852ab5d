-- Who was asked and declined, or is provided for elsewhere, in the county's current month; no programme means all of them.
select r.person_id, r.programme
from help_declined as r
inner join current_months as n on r.county_code = n.county_code and n.programme = ''
where r.person_id is not null
    and (r.valid_from is null or r.valid_from <= last_day(n.month)) and (r.valid_to is null or r.valid_to >= n.month)
