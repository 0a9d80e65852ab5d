-- Residents of a home nobody of which was reached lately: one payment to anybody of the home is help, and so is a signed word
-- that none is wanted. How long ago a payment may be is the rule's setting `wait_months`.
with helped as (
    select recipient_id as person_id
    from drawn_lately
    union all
    select person_id
    from declined_now
    where programme is null
),

reached as (
    select distinct m.household_id
    from household_members as m
    where (m.valid_from is null or m.valid_from <= last_day($month)) and (m.valid_to is null or m.valid_to >= $month)
        and m.person_id in (select person_id from helped)
)

select h.person_id, h.household_id as home, h.county_code, h.village_code
from residents as h
left join reached as r on h.household_id = r.household_id
where h.household_id is not null and r.household_id is null
