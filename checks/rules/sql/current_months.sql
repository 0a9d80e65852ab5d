-- The newest month that is in, per county and programme; programme '' is the county's own, over all programmes. A month is in
-- when at least the share `current_months.least_share` of the townships paid in the three payment months before it is in it,
-- so a township's first file opens no month for the others; a first month is in whoever is paid in it. Programmes paid once
-- per case have no rhythm of their own: the county's month is theirs. A county that paid nothing yet has no month; its
-- documents are judged as at the end of the newest month they were delivered for.
create or replace temp table current_months as
with rosters as (
    select distinct county_code, programme, month, coalesce(substr(village_code, 1, 9), '') as town_code
    from payment_groups where county_code is not null and programme is not null and month is not null),
paid as (
    select county_code, programme, month, list(town_code) as towns
    from (from rosters union select county_code, '', month, town_code from rosters) group by all),
compared as (
    select *, list_distinct(flatten(list(towns) over (
        partition by county_code, programme order by month rows between 3 preceding and 1 preceding))) as towns_before
    from paid),
judged as (
    select c.county_code, c.programme, c.month,
           coalesce(len(list_intersect(c.towns, c.towns_before)) >= s.value * len(c.towns_before), true) as is_in
    from compared c left join settings s
      on s.name = 'current_months.least_share' and starts_with(c.county_code, s.region)
     and s.programme in ('', c.programme) and c.month >= s.valid_from and (s.valid_to is null or c.month <= s.valid_to)
    qualify row_number() over (
        partition by c.county_code, c.programme, c.month
        order by length(s.region) desc, s.programme desc, s.valid_from desc, s.value) = 1),
newest as (
    select county_code, programme, max(month) as month from judged where is_in group by all),
documents as (
    select county_code, max(month) as month from (
        select county_code, month from fund_flows where status = 'accepted'
        union all select county_code, month from notices where status = 'accepted'
        union all select county_code, month from bank_lines where status = 'accepted')
    where county_code is not null and month is not null group by county_code)
select n.county_code, n.programme, case g.frequency when 'once' then c.month else n.month end as month,
       last_day(case g.frequency when 'once' then c.month else n.month end) as as_of
from newest n join newest c on c.county_code = n.county_code and c.programme = ''
left join programmes g on g.slug = n.programme
union all
select d.county_code, '', null, last_day(d.month) from documents d
where not exists (from newest n where n.county_code = d.county_code)
