-- Months in which somebody draws both programmes of an exclusive pair; one row per pair, person (or household) and month.
-- A planned line was not drawn. A dibao household counts the members its roll counts, newcomers from the month after they came:
-- dibao is paid from the month after it was confirmed. `handover_month` exempts the one month of changing over.
with books as (
    select county_code, case_no, count(distinct person_id) as people
    from civil_affairs_rolls
    where roll = '低保' and is_counted = true and case_no is not null
    group by county_code, case_no
),

counted as (
    select
        p.payment_id, p.programme, p.county_code, p.village_code, p.month, p.month_fen, p.recipient_id as person_id,
        p.recipient_id, null::varchar as record_id
    from payment_months as p
    inner join pair_people as k on p.recipient_id = k.person_id
    where p.state is distinct from 'planned'
    union all
    select
        p.payment_id, p.programme, p.county_code, p.village_code, p.month, p.month_fen, m.person_id,
        p.recipient_id, r.record_id
    from pair_people as k
    inner join household_members as m on k.person_id = m.person_id
    inner join household_members as h
        on m.household_id = h.household_id and m.county_code = h.county_code and m.person_id <> h.person_id
    inner join payment_months as p
        on h.person_id = p.recipient_id
        and (h.valid_from is null or h.valid_from <= p.month) and (h.valid_to is null or h.valid_to >= p.month)
        and (m.valid_from is null or m.valid_from <= p.month) and (m.valid_to is null or m.valid_to >= p.month)
    inner join civil_affairs_rolls as r
        on m.person_id = r.person_id and r.roll = '低保' and r.is_counted = true and r.single_case is distinct from true
        and (r.valid_from is null or r.valid_from <= p.month) and (r.valid_to is null or r.valid_to >= p.month)
    where p.programme in ('dibao_urban', 'dibao_rural') and p.state is distinct from 'planned'
        -- a single-person case counts nobody else (§8)
        and not exists (
            select 1 from civil_affairs_rolls as u
            where u.person_id = p.recipient_id and u.roll = '低保' and u.single_case = true
                and (u.valid_from is null or u.valid_from <= last_day(p.month))
                and (u.valid_to is null or u.valid_to >= p.month)
        )
        -- whoever is in another book than the one paid is counted there, unless it is paid for more than it names
        and not exists (
            select 1
            from civil_affairs_rolls as u
            inner join books as b on u.county_code = b.county_code and u.case_no = b.case_no
            where u.person_id = p.recipient_id and u.roll = '低保' and u.case_no <> r.case_no
                and coalesce(p.household_size, p.quantity, 0) <= b.people
                and (u.valid_from is null or u.valid_from <= last_day(p.month))
                and (u.valid_to is null or u.valid_to >= p.month)
        )
),

monthly as (
    select
        c.programme, c.person_id, c.month,
        min(c.county_code) as county_code,
        min(c.village_code) as village_code,
        list(distinct c.payment_id) as payment_ids,
        list(distinct c.record_id) filter (c.record_id is not null) as record_ids,
        sum(c.month_fen) as fen,
        max(c.month_fen) as highest_fen,
        count(distinct c.recipient_id) as heads
    from counted as c
    group by c.programme, c.person_id, c.month
),

spans as (
    select programme, person_id, min(month) as first_month, max(month) as last_month
    from monthly
    group by programme, person_id
)

select
    e.rule, e.a, e.b, x.person_id, x.county_code, x.village_code, x.month,
    list_concat(x.payment_ids, y.payment_ids) as payment_ids,
    list_concat(
        coalesce(x.record_ids, []::varchar[]),
        coalesce(y.record_ids, []::varchar[])
    ) as record_ids,
    x.fen as a_fen,
    y.fen as b_fen,
    case when e.a = e.b then x.fen - x.highest_fen else least(x.fen, y.fen) end as lower_fen
from exclusive_pairs as e
inner join monthly as x on e.a = x.programme and starts_with(x.county_code, e.region)
inner join monthly as y on e.b = y.programme and x.person_id = y.person_id and x.month = y.month
inner join spans as sx on x.programme = sx.programme and x.person_id = sx.person_id
inner join spans as sy on y.programme = sy.programme and y.person_id = sy.person_id
where e.same = 'month' and e.scope = 'person'
    -- a programme paired with itself: counted in two households
    and (e.a <> e.b or x.heads > 1)
    and not (
        e.exempt = 'handover_month' and e.a <> e.b
        and (
            (sx.first_month < x.month and sx.last_month = x.month and sy.first_month = x.month)
            or (sy.first_month < x.month and sy.last_month = x.month and sx.first_month = x.month)
        )
    )
