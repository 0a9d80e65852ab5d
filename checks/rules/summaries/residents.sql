-- Who lives in the county in its current month: registered for the whole of it, not known to be dead. One row per record.
select r.person_id, r.county_code, r.village_code, r.county_code || ':' || r.household_no as household_id, r.record_id
from population as r
inner join current_months as n on r.county_code = n.county_code and n.programme = ''
where r.person_id is not null
    and (r.valid_from is null or r.valid_from <= n.month) and (r.valid_to is null or r.valid_to >= last_day(n.month))
    and not exists (select 1 from deaths as d where d.person_id = r.person_id and d.cancelled_on is null)
