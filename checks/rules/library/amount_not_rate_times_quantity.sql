-- id: A08
-- title: 金额不等于标准×数量
-- kind: suspicion
-- severity: medium
-- version: 1
-- population: payments
-- programmes: fixed_rate=true
-- requires: standard_fen
-- needs: none
-- grain: payment_id
-- rests_on: standard_fen, units, paid_fen
-- fact: paid_fen = 实发金额
-- fact: expected_fen = 应发金额
-- fact: standard_fen = 标准
-- fact: units = 数量
-- fact: periods = 期数
-- basis: 各项目补贴标准文件（见项目目录的标准与依据）
-- why: 定额补贴的金额应当等于标准乘数量，按月的再乘月数，加上分类施保等增发。
-- clears: 有计算单：期间内调标、分档、补差、增发或更正。
-- ask: 请经办单位给出这一行的计算过程，核对标准文件和数量。
-- effort: desk
-- setting: tolerance_fen = 100; 一元以内不计（项目约定）
-- exempt: 补发, 补差, 更正, 扣回; 补发、补差、更正和扣回的行另有计算单
with units_of_standards as (
    select programme, min(per) as per
    from standards
    group by programme
),

rated as (
    select
        p.*,
        coalesce(p.quantity, 1) as units,
        (year(p.period_to) - year(p.period_from)) * 12 + month(p.period_to) - month(p.period_from) + 1 as months,
        coalesce(
            u.per,
            case g.frequency when 'monthly' then 'month' when 'quarterly' then 'quarter' when 'yearly' then 'year' else 'once' end
        ) as per
    from payments as p
    inner join programmes as g on p.programme = g.slug
    left join units_of_standards as u on p.programme = u.programme
    where p.corrects is null and coalesce(p.state, 'paid') not in ('stopped', 'returned', 'refunded')
),

counted as (
    select
        r.*,
        case r.per
            when 'month' then r.months
            when 'quarter' then (r.months + 2) // 3
            when 'year' then (r.months + 11) // 12
            else 1
        end as periods
    from rated as r
),

narrowest as (
    select min(tolerance_fen) as tolerance_fen
    from rule_settings
),

-- most lines are right to the fen; only the others are compared with the standards of old
doubtful as (
    select
        c.*,
        round(c.standard_fen * c.units * c.periods)::bigint + coalesce(c.extra_fen, 0) as expected_fen,
        -- where the sheet's quantity is the number of months itself
        round(c.standard_fen * c.units)::bigint + coalesce(c.extra_fen, 0) as months_as_quantity_fen
    from counted as c
    cross join narrowest as s
    where abs(c.amount_fen - (round(c.standard_fen * c.units * c.periods)::bigint + coalesce(c.extra_fen, 0))) > s.tolerance_fen
),

nearest as (
    select c.county_code, c.programme, max(length(t.region)) as region_length
    from (select distinct county_code, programme from doubtful) as c
    inner join standards as t on c.programme = t.programme and starts_with(c.county_code, t.region)
    group by c.county_code, c.programme
),

history as (
    select
        c.payment_id,
        sum(
            t.fen * ((year(least(coalesce(t.valid_to, c.period_to), c.period_to))
                - year(greatest(t.valid_from, c.period_from))) * 12
            + month(least(coalesce(t.valid_to, c.period_to), c.period_to))
            - month(greatest(t.valid_from, c.period_from)) + 1)
        ) as fen_per_unit
    from doubtful as c
    inner join nearest as n on c.county_code = n.county_code and c.programme = n.programme
    inner join standards as t
        on c.programme = t.programme and starts_with(c.county_code, t.region) and length(t.region) = n.region_length
        and t.band = '' and t.per = 'month'
        and t.valid_from <= c.period_to and (t.valid_to is null or t.valid_to >= c.period_from)
    group by c.payment_id
),

expected as (
    select
        c.*,
        round(h.fen_per_unit * c.units)::bigint + coalesce(c.extra_fen, 0) as history_fen
    from doubtful as c
    left join history as h on c.payment_id = h.payment_id
)

select
    e.payment_id,
    e.recipient_id,
    e.programme,
    e.county_code,
    e.village_code,
    e.period_from,
    e.period_to,
    list_value(e.payment_id) as payment_ids,
    []::varchar[] as record_ids,
    abs(e.amount_fen - e.expected_fen)::bigint as amount_fen,
    e.amount_fen as paid_fen,
    e.expected_fen,
    e.standard_fen,
    e.units::varchar as units,
    e.periods
from expected as e
inner join rule_settings as s
    on e.county_code = s.county_code and e.programme = s.programme and e.month = s.month
where abs(e.amount_fen - e.expected_fen) > s.tolerance_fen
    and not (e.units = e.months and abs(e.amount_fen - e.months_as_quantity_fen) <= s.tolerance_fen)
    and (e.history_fen is null or abs(e.amount_fen - e.history_fen) > s.tolerance_fen)
    and not exists (
        select 1 from rule_exempt as x
        where x.county_code = e.county_code and x.programme = e.programme and x.month = e.month
            and e.note like '%' || x.word || '%'
    )
