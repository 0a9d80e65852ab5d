-- Residents of a home nobody of which was reached lately: one payment to anybody of the home is help, and so is a signed word
-- that none is wanted. How long before the county's current month a payment may be is the rule's setting `wait_months`.
with helped as (
    select t.recipient_id as person_id
    from person_programmes as t
    inner join current_months as n on t.first_county = n.county_code and n.programme = ''
    inner join rule_settings as s on t.first_county = s.county_code and t.programme = s.programme and s.month = n.month
    where t.first_month <= n.month
        and (year(n.month) - year(t.last_month)) * 12 + month(n.month) - month(t.last_month) <= s.wait_months
    union all
    select person_id
    from declined_now
    where programme is null
),

reached as (
    select distinct m.household_id
    from household_members as m
    inner join current_months as n on m.county_code = n.county_code and n.programme = ''
    where (m.valid_from is null or m.valid_from <= last_day(n.month)) and (m.valid_to is null or m.valid_to >= n.month)
        and m.person_id in (select person_id from helped)
)

select h.person_id, h.household_id as home, h.county_code, h.village_code
from residents as h
left join reached as r on h.household_id = r.household_id
where h.household_id is not null and r.household_id is null
