-- id: F03
-- title: 人卡不一致
-- kind: suspicion
-- severity: medium
-- version: 1
-- population: payment_months
-- programmes: !tekun_institution, !farm_service
-- requires: recipient_id, payee_id
-- needs: population
-- uses: agreements
-- grain: recipient_id, programme, payee_id
-- rests_on: payee_id
-- basis: 财办〔2020〕37号（待核对）：收款人应为享受人或户主本人；最低生活保障审核确认办法 §26（代领须书面委托并备案）
-- why: 收钱的人既不是享受人，也不是这一家的户主，又没有监护或代领备案，要问清钱到了谁手里。
-- clears: 有监护、代领备案；户主登记不全；姓名写法不同的同一个人。
-- ask: 看卡在谁手里；补办备案，或改到本人卡上；问本人钱收到没有。
-- effort: visit
with candidates as (
    select distinct p.recipient_id, p.payee_id
    from payment_months as p
    where p.payee_id <> p.recipient_id and (p.head_id is null or p.payee_id <> p.head_id)
),

strange as (
    select p.*
    from payment_months as p
    inner join candidates as c on p.recipient_id = c.recipient_id and p.payee_id = c.payee_id
    where (p.head_id is null or p.payee_id <> p.head_id)
        and not exists (
            select 1
            from household_members as r
            inner join household_members as h on r.household_id = h.household_id and h.relation = '户主'
            where r.person_id = p.recipient_id and h.person_id = p.payee_id
                and (r.valid_from is null or r.valid_from <= last_day(p.month))
                and (r.valid_to is null or r.valid_to >= p.month)
        )
        and not exists (
            select 1 from agreements as a
            where a.person_id = p.recipient_id
                and (a.payee_id = p.payee_id or a.account_id = p.account_id)
                and (a.valid_from is null or a.valid_from <= last_day(p.month))
                and (a.valid_to is null or a.valid_to >= p.month)
        )
),

named as (
    select s.*, l.recipient_name = l.payee_name as is_same_name
    from strange as s
    inner join payments as l
        on s.payment_id = l.payment_id and s.recipient_id = l.recipient_id and s.payee_id = l.payee_id
    inner join candidates as c on l.recipient_id = c.recipient_id and l.payee_id = c.payee_id
)

select
    recipient_id,
    programme,
    payee_id,
    min(month) as period_from,
    max(month) as period_to,
    list(distinct payment_id) as payment_ids,
    []::varchar[] as record_ids,
    sum(month_fen)::bigint as amount_fen,
    -- one name with two numbers is a slip of the pen, not a stranger
    case when bool_and(coalesce(is_same_name, false)) then 'data_error' else 'suspicion' end as kind,
    case when bool_and(coalesce(is_same_name, false)) then 'return' else 'medium' end as severity
from named
group by recipient_id, programme, payee_id
