-- Payment months with every person they rest on: the recipient, and the household members counted with them.
-- A member the roll does not count (§7 of 最低生活保障审核确认办法), or of a single-person case (§8), is left out.
with uncounted as (
    select r.person_id, r.valid_from, r.valid_to
    from civil_affairs_rolls as r
    where r.person_id is not null and r.roll = '低保' and r.is_counted = false
),

single as (
    select r.person_id, r.valid_from, r.valid_to
    from civil_affairs_rolls as r
    where r.person_id is not null and r.roll = '低保' and r.single_case = true
)

select p.*, p.recipient_id as member_id, '本人' as relation
from payment_months as p
where p.recipient_id is not null
union all
select p.*, m.person_id as member_id, m.relation
from payment_months as p
inner join programmes as g on p.programme = g.slug and g.payment_unit = 'household'
inner join household_members as h
    on p.recipient_id = h.person_id
    and (h.valid_from is null or h.valid_from <= last_day(p.month)) and (h.valid_to is null or h.valid_to >= p.month)
inner join household_members as m
    on h.household_id = m.household_id and h.county_code = m.county_code and m.person_id <> h.person_id
    and (m.valid_from is null or m.valid_from <= last_day(p.month)) and (m.valid_to is null or m.valid_to >= p.month)
where not exists (
        select 1 from uncounted as u
        where u.person_id = m.person_id
            and (u.valid_from is null or u.valid_from <= last_day(p.month)) and (u.valid_to is null or u.valid_to >= p.month)
    )
    and not exists (
        select 1 from single as u
        where u.person_id = p.recipient_id
            and (u.valid_from is null or u.valid_from <= last_day(p.month)) and (u.valid_to is null or u.valid_to >= p.month)
    )
