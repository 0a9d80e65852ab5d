-- id: F04
-- title: 村干部代领
-- kind: suspicion
-- severity: high
-- version: 1
-- population: payment_months
-- requires: recipient_id
-- needs: officials, population
-- uses: agreements
-- grain: recipient_id, programme, official_id
-- rests_on: official_id, positions
-- fact: positions = 职务
-- basis: 最低生活保障审核确认办法 §26（代领须书面委托并报县级备案）；财办〔2020〕37号（待核对）
-- why: 别人家的补贴进了村干部或经办人员的卡，又没有备案的书面委托，要当面核实本人收到没有。
-- clears: 有备案的书面委托；是同一家人；同名不同人。
-- ask: 先问享受人钱收到没有、收到多少；请村干部说明卡的来历和委托；没有委托、又说不清钱去向的，按程序移送。
-- effort: visit
with candidates as (
    -- an account belongs to whoever is paid on it in their own name
    select distinct p.account_id, p.recipient_id as owner_id
    from payment_months as p
    where p.account_id is not null and p.payee_id = p.recipient_id
        and p.recipient_id in (select o.person_id from officials as o where o.person_id is not null)
),

taken as (
    select p.payment_id, p.recipient_id, p.programme, p.month, p.month_fen, p.account_id, p.payee_id as official_id
    from payment_months as p
    where p.payee_id <> p.recipient_id
        and p.payee_id in (select o.person_id from officials as o where o.person_id is not null)
    union
    select p.payment_id, p.recipient_id, p.programme, p.month, p.month_fen, p.account_id, c.owner_id as official_id
    from payment_months as p
    inner join candidates as c on p.account_id = c.account_id and p.recipient_id <> c.owner_id
),

by_officials as (
    select
        t.payment_id,
        t.recipient_id,
        t.programme,
        t.month,
        t.official_id,
        min(t.month_fen) as month_fen,
        list(o.record_id) as record_ids,
        list(coalesce(o.position, '')) as positions
    from taken as t
    inner join officials as o on t.official_id = o.person_id
    where (o.serves_from is null or o.serves_from <= last_day(t.month))
        and (o.serves_to is null or o.serves_to >= t.month)
        and not exists (
            select 1
            from household_members as r
            inner join household_members as h on r.household_id = h.household_id
            where r.person_id = t.recipient_id and h.person_id = t.official_id
                and (r.valid_from is null or r.valid_from <= last_day(t.month))
                and (r.valid_to is null or r.valid_to >= t.month)
                and (h.valid_from is null or h.valid_from <= last_day(t.month))
                and (h.valid_to is null or h.valid_to >= t.month)
        )
        and not exists (
            select 1 from agreements as a
            where a.person_id = t.recipient_id
                and (a.payee_id = t.official_id or a.account_id = t.account_id)
                and (a.valid_from is null or a.valid_from <= last_day(t.month))
                and (a.valid_to is null or a.valid_to >= t.month)
        )
    group by t.payment_id, t.recipient_id, t.programme, t.month, t.official_id
)

select
    recipient_id,
    programme,
    official_id,
    min(month) as period_from,
    max(month) as period_to,
    list(distinct payment_id) as payment_ids,
    flatten(list(record_ids)) as record_ids,
    sum(month_fen)::bigint as amount_fen,
    array_to_string(list_sort(list_distinct(flatten(list(positions)))), '、') as positions
from by_officials
group by recipient_id, programme, official_id
