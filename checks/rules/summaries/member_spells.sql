-- Whose means count with a payment, from which month to which: the recipient, the household members counted with them
-- (degree 0), and relatives beyond the household (degree 1 to 3) where a county's settings ask for them.
-- A newcomer counts from the month after joining (from the same, if on its first day): the month's aid was confirmed before.
-- A member the roll does not count (§7 of 最低生活保障审核确认办法), or of a single-person case (§8), is left out, and so is
-- whoever has a single-person case of their own.
with members as (
    select
        t.recipient_id, t.programme, m.person_id as member_id, m.relation, 0 as degree,
        greatest(
            t.first_month, (date_trunc('month', h.valid_from - 1) + interval 1 month)::date,
            (date_trunc('month', m.valid_from - 1) + interval 1 month)::date
        ) as from_month,
        least(t.last_month, date_trunc('month', h.valid_to)::date, date_trunc('month', m.valid_to)::date) as to_month
    from means_tested as t
    inner join programmes as g on t.programme = g.slug and g.payment_unit = 'household'
    inner join household_members as h on t.recipient_id = h.person_id
    inner join household_members as m
        on h.household_id = m.household_id and h.county_code = m.county_code and m.person_id <> h.person_id
    union all
    select
        t.recipient_id, t.programme, r.relative_id as member_id, r.relation, r.degree,
        greatest(t.first_month, date_trunc('month', r.valid_from)::date) as from_month,
        least(t.last_month, date_trunc('month', r.valid_to)::date) as to_month
    from means_tested as t
    inner join relatives as r on t.recipient_id = r.person_id
    where not exists (
            select 1
            from household_members as h
            inner join household_members as o on h.household_id = o.household_id and h.county_code = o.county_code
            where h.person_id = t.recipient_id and o.person_id = r.relative_id
        )
),

uncounted as (
    select r.person_id, r.valid_from, r.valid_to
    from civil_affairs_rolls as r
    where r.person_id is not null and r.roll = '低保' and (r.is_counted = false or r.single_case = true)
),

single as (
    select r.person_id, r.valid_from, r.valid_to
    from civil_affairs_rolls as r
    where r.person_id is not null and r.roll = '低保' and r.single_case = true
),

-- where somebody is left out for a time, month by month; the others in one row
cut as (
    select m.recipient_id, m.programme, m.member_id, m.relation, m.degree, n.month
    from members as m
    inner join months as n on n.month between m.from_month and m.to_month
    where m.degree = 0
        and (
            m.member_id in (select u.person_id from uncounted as u)
            or m.recipient_id in (select u.person_id from single as u)
        )
)

select recipient_id, programme, recipient_id as member_id, '本人' as relation, 0 as degree, first_month as from_month,
    last_month as to_month
from means_tested
union all
select m.recipient_id, m.programme, m.member_id, m.relation, m.degree, m.from_month, m.to_month
from members as m
where m.from_month <= m.to_month
    and (
        m.degree > 0
        or (
            m.member_id not in (select u.person_id from uncounted as u)
            and m.recipient_id not in (select u.person_id from single as u)
        )
    )
union all
select c.recipient_id, c.programme, c.member_id, c.relation, c.degree, c.month as from_month, c.month as to_month
from cut as c
where not exists (
        select 1 from uncounted as u
        where u.person_id = c.member_id
            and (u.valid_from is null or u.valid_from <= last_day(c.month)) and (u.valid_to is null or u.valid_to >= c.month)
    )
    and not exists (
        select 1 from single as u
        where u.person_id = c.recipient_id
            and (u.valid_from is null or u.valid_from <= last_day(c.month)) and (u.valid_to is null or u.valid_to >= c.month)
    )
