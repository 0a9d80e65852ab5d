-- id: L04
-- title: 非名单人员享受名单类补助
-- kind: suspicion
-- severity: medium
-- version: 1
-- population: payments
-- programmes: yulu, microloan_interest, transport_*, relocation
-- requires: recipient_id
-- needs: monitoring, population
-- probable: payments
-- grain: recipient_id, programme
-- rests_on: is_listed
-- fact: is_listed = 在名单中
-- basis: 雨露计划、小额信贷贴息、外出务工交通补贴等政策：面向脱贫户和防止返贫监测对象
-- why: 这些补助只给脱贫户和监测户，享受时本人和家里都不在名单上的要问。
-- clears: 评定时在册、后来退出；名单版本不同；家庭成员登记不全。
-- ask: 查评定当时的名单版本，核对户号。
-- effort: desk
with span as (
    select min(first_month) as first_month, max(last_month) as last_month
    from person_names
),

-- on the list for as long as anybody was paid: these need no look at single payments
steady as (
    select r.person_id
    from monitoring as r
    cross join span as s
    where r.person_id is not null and (r.valid_from is null or r.valid_from <= s.first_month)
        and (r.valid_to is null or r.valid_to >= s.last_month)
),

at_home as (
    select h.person_id
    from steady as r
    inner join household_members as m on r.person_id = m.person_id
    inner join household_members as h on m.household_id = h.household_id
    cross join span as s
    where (h.valid_from is null or h.valid_from <= s.first_month) and (h.valid_to is null or h.valid_to >= s.last_month)
        and (m.valid_from is null or m.valid_from <= s.first_month) and (m.valid_to is null or m.valid_to >= s.last_month)
),

doubtful as (
    select p.recipient_id, p.payment_id, p.programme, p.period_from, p.period_to, p.amount_fen
    from payments as p
    where coalesce(p.state, 'paid') not in ('stopped', 'returned', 'refunded')
        and not exists (select 1 from steady as r where r.person_id = p.recipient_id)
        and not exists (select 1 from at_home as r where r.person_id = p.recipient_id)
),

households as (
    select p.payment_id, m.person_id
    from doubtful as p
    inner join household_members as h
        on p.recipient_id = h.person_id
        and (h.valid_from is null or h.valid_from <= last_day(p.period_to))
        and (h.valid_to is null or h.valid_to >= p.period_from)
    inner join household_members as m
        on h.household_id = m.household_id
        and (m.valid_from is null or m.valid_from <= last_day(p.period_to))
        and (m.valid_to is null or m.valid_to >= p.period_from)
    union
    select payment_id, recipient_id as person_id
    from doubtful
),

listed as (
    select distinct h.payment_id
    from households as h
    inner join doubtful as p on h.payment_id = p.payment_id
    inner join monitoring as r on h.person_id = r.person_id
    where (r.valid_from is null or r.valid_from <= last_day(p.period_to))
        and (r.valid_to is null or r.valid_to >= p.period_from)
)

select
    p.recipient_id,
    p.programme,
    min(p.period_from) as period_from,
    max(p.period_to) as period_to,
    list(p.payment_id) as payment_ids,
    []::varchar[] as record_ids,
    sum(p.amount_fen)::bigint as amount_fen,
    false as is_listed
from doubtful as p
left join listed as l on p.payment_id = l.payment_id
where l.payment_id is null
group by p.recipient_id, p.programme
