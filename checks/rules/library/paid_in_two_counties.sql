-- id: E05
-- title: 跨县跨乡重复享受
-- kind: suspicion
-- severity: high
-- version: 2
-- population: payment_months
-- requires: recipient_id
-- needs: none
-- grain: recipient_id, programme
-- rests_on: places
-- fact: places = 地点
-- basis: 财政部门惠民惠农补贴“一卡通”管理要求：同一对象同一项目同一期间只发一次；社会救助暂行办法 §68
-- why: 同一个人、同一项目、同一个月在两个县或两个乡镇领钱，只应由一处发。
-- clears: 搬迁、出嫁后交接的那个月；两处的地块、牲畜、机具各算各的；一处已退回。
-- ask: 两地核对户籍和居住，确定由哪里发，另一处停发并收回重叠月份。
-- effort: office
with candidates as (
    select recipient_id, programme
    from person_programmes
    where lines > months
),

placed as (
    select
        p.recipient_id,
        p.programme,
        p.month,
        p.payment_id,
        p.month_fen,
        p.county_code,
        coalesce(substr(p.village_code, 1, 9), p.county_code) as town_code
    from payment_months as p
    inner join programmes as g on p.programme = g.slug
    -- plots, herds, boats and machines are where they are
    where g.unit not in ('亩', '头', '艘', '台') and p.corrects is null and p.state is distinct from 'planned'
        and exists (
            select 1 from candidates as r where r.recipient_id = p.recipient_id and r.programme = p.programme
        )
),

spans as (
    select recipient_id, programme, town_code, min(month) as first_month, max(month) as last_month
    from placed
    group by recipient_id, programme, town_code
),

-- the month in which one town ends and the other begins
handed_over as (
    select x.recipient_id, x.programme, x.last_month as month
    from spans as x
    inner join spans as y
        on x.recipient_id = y.recipient_id and x.programme = y.programme and x.town_code <> y.town_code
        and x.last_month = y.first_month and x.first_month < x.last_month
),

twice as (
    select
        recipient_id,
        programme,
        month,
        min(county_code) as county_code,
        list(payment_id) as payment_ids,
        list(distinct town_code) as towns,
        sum(month_fen) - max(month_fen) as extra_fen
    from placed
    group by recipient_id, programme, month
    -- towns of one county when both are known, else counties
    having count(distinct town_code) > 1
        and (count(distinct county_code) > 1 or bool_and(length(town_code) = 9))
)

select
    t.recipient_id,
    t.programme,
    min(t.county_code) as county_code,
    min(t.month) as period_from,
    max(t.month) as period_to,
    flatten(list(t.payment_ids)) as payment_ids,
    []::varchar[] as record_ids,
    sum(t.extra_fen)::bigint as amount_fen,
    array_to_string(list_sort(list_distinct(flatten(list(t.towns)))), '、') as places
from twice as t
left join handed_over as h
    on t.recipient_id = h.recipient_id and t.programme = h.programme and t.month = h.month
where h.recipient_id is null
group by t.recipient_id, t.programme
