-- Who belonged to which household in which county, over time; one row per person and household.
-- The newest extract of a county counts as it is written. A person listed in another household before, or no longer listed,
-- was a member until then: without own dates until the day before the next household begins for that person, or before the
-- extract that lists them nowhere. Where the next household bears no date, it begins with the extract that first shows it.
with written as (
    select person_id, county_code || ':' || household_no as household_id, county_code, village_code, relation, valid_from,
           valid_to, coalesce(as_of, last_day(month)) as as_of
    from register_population where status = 'accepted' and person_id is not null and household_no is not null),
extracts as (
    select county_code, as_of, lead(as_of) over (partition by county_code order by as_of) as next_as_of
    from (select distinct county_code, coalesce(as_of, last_day(month)) as as_of from register_population
          where status = 'accepted')),
newest as (
    select w.* from written w join extracts e on e.county_code = w.county_code and e.as_of is not distinct from w.as_of
    where e.next_as_of is null),
moved as (
    select distinct person_id from written anti join newest using (person_id, household_id)),
spells as (
    select person_id, household_id, min(as_of) as first_seen, max(as_of) as last_seen
    from written semi join moved using (person_id) group by all),
begun as (
    select s.*, min(s.first_seen) over (partition by s.person_id) as earliest, w.county_code, w.village_code, w.relation,
           w.valid_from, w.valid_to, e.next_as_of
    from spells s
    join written w on w.person_id = s.person_id and w.household_id = s.household_id and w.as_of = s.last_seen
    left join extracts e on e.county_code = w.county_code and e.as_of = s.last_seen),
dated as (
    select * replace (coalesce(valid_from, case when first_seen > earliest then first_seen end) as valid_from) from begun),
ended as (
    select d.*, (select min(coalesce(n.valid_from, n.first_seen)) from dated n
                 where n.person_id = d.person_id and n.first_seen > d.first_seen) - 1 as left_on
    from dated d)
select person_id, household_id, county_code, village_code, relation, valid_from, valid_to, max(as_of) as as_of
from newest anti join moved using (person_id) group by all
union all
select person_id, household_id, county_code, village_code, relation, valid_from,
       case when next_as_of is null then valid_to
            else least(valid_to, left_on, case when left_on is null then next_as_of - 1 end) end as valid_to,
       max(last_seen) as as_of
from ended group by all
