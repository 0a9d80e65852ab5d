-- id: B01
-- title: 死亡后仍发放
-- kind: suspicion
-- severity: high
-- version: 2
-- population: payment_months
-- programmes: payable_after_death=false
-- requires: recipient_id
-- needs: deaths
-- uses: cremations
-- probable: payments, deaths, cremations
-- grain: recipient_id, programme
-- rests_on: died_on, offset_fen
-- fact: died_on = 死亡日期
-- fact: offset_fen = 已抵扣
-- fact: months_paid = 多发月数
-- basis: 国发〔2015〕52号（死亡的自下月起停发）；最低生活保障审核确认办法 §32；特困人员认定办法 §24、§26
-- why: 人去世以后，从下个月起就不能再领按人发放的补贴；低保户主去世后，家庭在复核期内可继续领，过期未复核的要问。
-- clears: 死亡登记已撤销或登错人；发放的是丧葬费、抚恤金；多发部分已抵扣丧葬费或已退回。
-- ask: 核对死亡日期与发放月份；问清多发的钱由谁领取，是否已抵扣丧葬费或退回。
-- effort: office
-- setting: grace_months = 0; 国发〔2015〕52号：死亡的自下月起停发
-- setting: household_recheck_months = 3; 低保家庭成员死亡后三个月内复核（复核期提示，项目约定）
with records as (
    select d.person_id, d.died_on, d.record_id, 0 as offset_fen
    from deaths as d
    where d.person_id is not null and d.cancelled_on is null
    union all
    select c.person_id, c.died_on, c.record_id, coalesce(c.offset_fen, 0) as offset_fen
    from cremations as c
    where c.person_id is not null
),

dead as (
    select
        r.person_id,
        min(r.died_on) as died_on,
        max(r.offset_fen) as offset_fen,
        list_sort(list(r.record_id)) as record_ids,
        count(distinct date_trunc('month', r.died_on)::date) > 1 as sources_disagree
    from records as r
    -- a cancelled registration is proof of life on that day, whatever another source says
    where not exists (
        select 1 from deaths as c
        where c.person_id = r.person_id and c.cancelled_on is not null and r.died_on <= c.cancelled_on
    )
    group by r.person_id
),

-- a line of its own that takes money back (退款、冲销)
taken_back as (
    select p.recipient_id, p.programme, -sum(p.amount_fen) as fen
    from payments as p
    where p.state = 'refunded' and p.amount_fen < 0 and p.recipient_id in (select d.person_id from dead as d)
    group by p.recipient_id, p.programme
),

late as (
    select
        p.recipient_id,
        p.programme,
        p.month,
        p.payment_id,
        p.month_fen,
        d.died_on,
        d.offset_fen + coalesce(b.fen, 0) as offset_fen,
        d.record_ids,
        d.sources_disagree,
        p.programme in ('dibao_urban', 'dibao_rural') as is_dibao,
        (year(p.month) - year(d.died_on)) * 12 + month(p.month) - month(d.died_on) as months_after,
        s.household_recheck_months
    from payment_months as p
    inner join dead as d on p.recipient_id = d.person_id
    left join taken_back as b on p.recipient_id = b.recipient_id and p.programme = b.programme
    inner join programmes as g on p.programme = g.slug
    inner join rule_settings as s
        on p.county_code = s.county_code and p.programme = s.programme and p.month = s.month
    where (g.payment_unit = 'person' or p.programme in ('dibao_urban', 'dibao_rural'))
        and (year(p.month) - year(d.died_on)) * 12 + month(p.month) - month(d.died_on) > s.grace_months
)

select
    recipient_id,
    programme,
    min(month) as period_from,
    max(month) as period_to,
    list(distinct payment_id) as payment_ids,
    any_value(record_ids) as record_ids,
    (sum(month_fen) - any_value(offset_fen))::bigint as amount_fen,
    case
        when bool_and(is_dibao and months_after <= household_recheck_months) then 'low'
        when bool_or(sources_disagree) then 'medium'
        else 'high'
    end as severity,
    any_value(died_on) as died_on,
    any_value(offset_fen)::bigint as offset_fen,
    count(distinct month) as months_paid
from late
group by recipient_id, programme
having sum(month_fen) > any_value(offset_fen)
