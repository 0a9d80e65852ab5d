-- id: A09
-- title: 单价不在有效标准内
-- kind: suspicion
-- severity: medium
-- version: 1
-- population: payments
-- programmes: fixed_rate=true
-- requires: standard_fen
-- needs: none
-- grain: county_code, programme, subject, standard_fen
-- rests_on: standard_fen
-- fact: standard_fen = 标准
-- basis: 各项目补贴标准文件（见项目目录的标准与依据）
-- why: 定额补贴的单价应当是当地、当期有效标准中的一个。
-- clears: 补发旧期间、用的是旧标准；标准文件没有录入目录；分档另有文件。
-- ask: 请经办单位给出这一单价的文件依据；文件有效的，把标准补进目录。
-- effort: desk
-- exempt: 补发, 补差; 补发按所补期间的标准，补差不是定额
with rates as (
    select distinct county_code, programme, standard_fen, period_from, period_to
    from payments
),

nearest as (
    select c.county_code, c.programme, max(length(t.region)) as region_length
    from (select distinct county_code, programme from rates) as c
    inner join standards as t on c.programme = t.programme and starts_with(c.county_code, t.region)
    group by c.county_code, c.programme
),

odd_rates as (
    select p.*
    from rates as p
    inner join nearest as n on p.county_code = n.county_code and p.programme = n.programme
    where not exists (
            select 1 from standards as t
            where t.programme = p.programme and starts_with(p.county_code, t.region)
                and length(t.region) = n.region_length and t.fen = p.standard_fen
                and t.valid_from <= p.period_to and (t.valid_to is null or t.valid_to >= p.period_from)
        )
        -- a period before every known standard cannot be judged by them
        and exists (
            select 1 from standards as t
            where t.programme = p.programme and starts_with(p.county_code, t.region) and t.valid_from <= p.period_to
        )
),

odd as (
    select p.*, coalesce(p.recipient_id::varchar, p.payment_id) as subject
    from payments as p
    inner join odd_rates as o
        on p.county_code = o.county_code and p.programme = o.programme and p.standard_fen = o.standard_fen
        and p.period_from = o.period_from and p.period_to = o.period_to
    where coalesce(p.state, 'paid') not in ('stopped', 'returned', 'refunded')
        and not exists (
            select 1 from rule_exempt as e
            where e.county_code = p.county_code and e.programme = p.programme and e.month = p.month
                and p.note like '%' || e.word || '%'
        )
)

select
    county_code,
    programme,
    subject,
    any_value(recipient_id) as recipient_id,
    min(period_from) as period_from,
    max(period_to) as period_to,
    list(payment_id) as payment_ids,
    []::varchar[] as record_ids,
    sum(amount_fen)::bigint as amount_fen,
    standard_fen
from odd
group by county_code, programme, subject, standard_fen
