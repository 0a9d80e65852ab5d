-- id: E03
-- title: 儿童津贴与困难残疾生活补贴同月
-- kind: suspicion
-- severity: high
-- version: 2
-- population: payment_months
-- programmes: orphan, unattended_child, disabled_living, tekun_*
-- requires: recipient_id
-- needs: none
-- uses: civil_affairs_rolls
-- grain: person_id, a, b
-- rests_on: first_month
-- fact: a = 项目一
-- fact: b = 项目二
-- fact: first_month = 起始月份
-- basis: 民发〔2019〕62号；国发〔2015〕52号；特困人员认定办法 §9（儿童在孤儿、事实无人抚养与特困中选一种）
-- why: 全额领孤儿或事实无人抚养儿童津贴的，同一个月不再领困难残疾人生活补贴，也不再领特困供养金。
-- clears: 儿童津贴是补差，不是全额；转换当月；只领护理补贴。
-- ask: 核对津贴是全额还是补差；涉及儿童，只在办案范围内查看。
-- effort: desk
with full_rates as (
    select t.programme, t.region, max(t.fen) as fen, t.valid_from, t.valid_to
    from standards as t
    group by t.programme, t.region, t.valid_from, t.valid_to
),

judged as (
    select p.person_id, p.a, p.b, p.county_code, p.month, p.payment_ids, p.record_ids, p.a_fen, p.b_fen, max(t.fen) as full_fen
    from pair_months as p
    left join full_rates as t
        on p.a = t.programme and starts_with(p.county_code, t.region)
        and t.valid_from <= p.month and (t.valid_to is null or t.valid_to >= p.month)
    where p.rule = 'E03'
    group by p.person_id, p.a, p.b, p.county_code, p.month, p.payment_ids, p.record_ids, p.a_fen, p.b_fen
)

select
    person_id,
    a,
    b,
    county_code,
    b as programme,
    min(month) as period_from,
    max(month) as period_to,
    flatten(list(payment_ids)) as payment_ids,
    flatten(list(record_ids)) as record_ids,
    sum(b_fen)::bigint as amount_fen,
    min(month) as first_month,
    -- where no standard is known, nobody can say that it was the full rate
    case when b like 'tekun%' or bool_or(full_fen is null) then 'medium' else 'high' end as severity
from judged
-- a top-up below the full rate is lawful
where a_fen >= coalesce(full_fen, 0)
group by person_id, a, b, county_code
