-- id: B03
-- title: 死亡后新增入册
-- kind: suspicion
-- severity: high
-- version: 2
-- population: payment_months
-- programmes: payable_after_death=false
-- requires: recipient_id
-- needs: deaths
-- grain: recipient_id, programme
-- rests_on: died_on, first_month
-- fact: died_on = 死亡日期
-- fact: first_month = 起始月份
-- basis: 社会救助暂行办法 §68（虚报、冒领）；特困人员认定办法 §24
-- why: 一个人去世以后才第一次出现在名册上：可能生前申请、去世后才批下来，也可能不是本人申请的。
-- clears: 生前已申请、审批在途；证号抄成了已故的人；死亡登记登错人或已撤销。
-- ask: 调申请表和审批表，看谁申请、谁签字、钱进谁的卡；属实的移送。
-- effort: office
with dead as (
    select d.person_id, min(d.died_on) as died_on, list(d.record_id) as record_ids
    from deaths as d
    where d.person_id is not null and d.cancelled_on is null
    group by d.person_id
),

-- the first month a township's roster is known for: whoever is on it was not "added"
known as (
    select county_code, town_code, programme, min(month) as first_month
    from paid_months
    group by county_code, town_code, programme
),

entered as (
    select
        p.recipient_id,
        p.programme,
        p.county_code,
        arg_min(coalesce(substr(p.village_code, 1, 9), ''), p.month) as town_code,
        min(p.month) as first_month,
        max(p.month) as last_month,
        list(distinct p.payment_id) as payment_ids,
        sum(p.month_fen) as amount_fen
    from payment_months as p
    where p.recipient_id in (select d.person_id from dead as d)
    group by p.recipient_id, p.programme, p.county_code
)

select
    e.recipient_id,
    e.programme,
    min(e.first_month) as period_from,
    max(e.last_month) as period_to,
    flatten(list(e.payment_ids)) as payment_ids,
    flatten(list(d.record_ids)) as record_ids,
    sum(e.amount_fen)::bigint as amount_fen,
    min(d.died_on) as died_on,
    min(e.first_month) as first_month
from entered as e
inner join dead as d on e.recipient_id = d.person_id
inner join known as k
    on e.county_code = k.county_code and e.town_code = coalesce(k.town_code, '') and e.programme = k.programme
where e.first_month > k.first_month and e.first_month > d.died_on
group by e.recipient_id, e.programme
