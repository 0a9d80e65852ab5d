-- Who may have drawn both programmes of an exclusive pair in one month, alone or as a counted member of a dibao household;
-- or one programme as a member of two households. Dates are looked at in the view `pair_months`.
with counted as (
    select t.recipient_id as person_id, t.recipient_id, t.programme, t.month_mask
    from person_programmes as t
    where t.programme in (select a from exclusive_pairs union select b from exclusive_pairs)
    union all
    select m.person_id, t.recipient_id, t.programme, t.month_mask
    from person_programmes as t
    inner join household_members as h on t.recipient_id = h.person_id
    inner join household_members as m
        on h.household_id = m.household_id and h.county_code = m.county_code and m.person_id <> h.person_id
    inner join civil_affairs_rolls as r on m.person_id = r.person_id and r.roll = '低保' and r.is_counted = true
    where t.programme in ('dibao_urban', 'dibao_rural')
)

select distinct x.person_id
from exclusive_pairs as e
inner join counted as x on e.a = x.programme
inner join counted as y on e.b = y.programme and x.person_id = y.person_id
where e.same = 'month' and e.scope = 'person' and (x.month_mask & y.month_mask) <> 0
    and (e.a <> e.b or x.recipient_id <> y.recipient_id)
