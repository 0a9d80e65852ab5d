-- id: I03
-- title: 超期公开
-- kind: flow
-- severity: medium
-- version: 3
-- population: payments
-- programmes: disclosure=N
-- requires: village_code
-- needs: notice
-- uses: fund_flow
-- grain: village_code, programme, paid_month
-- rests_on: paid_on, posted_on
-- fact: paid_month = 发放月份
-- fact: paid_on = 发放日期
-- fact: posted_on = 公开日期
-- fact: due_on = 期限
-- fact: due_is_estimated = 期限为推算
-- basis: 政府信息公开条例 §26（信息形成之日起二十个工作日内公开）；各项目的结果公开期限（见项目目录）
-- why: 钱发了以后，结果要在规定的工作日内在村里公开；拖久了，群众想提意见也晚了。
-- clears: 已公开但公示记录没有录入；法律、法规对公开期限另有规定。
-- ask: 补录结果公示记录和照片；没有公开的立即公开并说明。
-- effort: office
with numbered as (
    select day, estimated, row_number() over (order by day) as number
    from workdays
),

-- every day some village of a batch may have been paid: rolls without a date have the voucher's, or the month's last
days_paid as (
    select s.county_code, s.programme, s.month as paid_month, coalesce(s.paid_on, v.dated_on, last_day(s.month)) as paid_on
    from (
        select distinct county_code, programme, month, paid_on
        from payment_sums
        where coalesce(state, 'paid') not in ('stopped', 'planned') and not is_correction
    ) as s
    left join voucher_dates as v
        on s.county_code = v.county_code and s.programme = v.programme and s.month = v.batch_month
),

starts as (
    select b.paid_on, g.slug as programme, min(n.number) + min(g.result_days) - 1 as number
    from (select distinct paid_on, programme from days_paid) as b
    inner join programmes as g on b.programme = g.slug and g.result_days > 0
    inner join numbered as n on n.day > b.paid_on
    group by b.paid_on, g.slug
),

due as (
    select s.paid_on, s.programme, n.day as due_on, n.estimated
    from starts as s
    inner join numbered as n on s.number = n.number
),

-- a county that enters no results of a programme posts them elsewhere: it is asked for the register, not village by village
keepers as (
    select distinct county_code, programme
    from notices
    where stage = '结果公示'
),

-- the narrowest time any village of a batch has: until its first due day, and before any later batch was paid
batch_days as (
    select d.county_code, d.programme, d.paid_month, min(e.due_on) as due_on, min(d.paid_on) as paid_on
    from days_paid as d
    inner join keepers as k on d.county_code = k.county_code and d.programme = k.programme
    inner join due as e on d.paid_on = e.paid_on and d.programme = e.programme
    group by d.county_code, d.programme, d.paid_month
),

batches as (
    select
        b.*,
        min(b.paid_on) over (
            partition by b.county_code, b.programme order by b.paid_month rows between 1 following and unbounded following
        ) as next_paid_on
    from batch_days as b
),

-- a village whose results were posted in the batch's month, within that time, is in order; most are
candidates as (
    select distinct s.village_code, s.programme
    from payment_sums as s
    inner join batches as b on s.county_code = b.county_code and s.programme = b.programme and s.month = b.paid_month
    left join notices as n
        on s.village_code = n.village_code and s.programme = n.programme and n.stage = '结果公示'
        and s.month = date_trunc('month', n.begins_on)::date and n.begins_on >= b.paid_month and n.begins_on <= b.due_on
        and n.begins_on < coalesce(b.next_paid_on, b.due_on + 1)
    where n.line_id is null and coalesce(s.state, 'paid') not in ('stopped', 'planned') and not s.is_correction
),

village_batches as (
    select
        s.county_code, s.village_code, s.programme, s.month as paid_month,
        coalesce(min(s.paid_on), min(v.dated_on), last_day(s.month)) as paid_on, sum(s.fen)::bigint as fen
    from payment_sums as s
    inner join candidates as c on s.village_code = c.village_code and s.programme = c.programme
    left join voucher_dates as v
        on s.county_code = v.county_code and s.programme = v.programme and s.month = v.batch_month
    where coalesce(s.state, 'paid') not in ('stopped', 'planned') and not s.is_correction
    group by s.county_code, s.village_code, s.programme, s.month
),

-- what is posted after the next payment speaks of that one
followed as (
    select b.*, lead(b.paid_on) over (partition by b.village_code, b.programme order by b.paid_month) as next_paid_on
    from village_batches as b
),

posted as (
    select b.village_code, b.programme, b.paid_month, min(n.begins_on) as posted_on
    from followed as b
    inner join notices as n
        on b.county_code = n.county_code and b.village_code = n.village_code and b.programme = n.programme
        and n.stage = '结果公示' and n.begins_on >= b.paid_month
    where b.next_paid_on is null or n.begins_on < b.next_paid_on
    group by b.village_code, b.programme, b.paid_month
),

late as (
    select b.*, p.posted_on, d.due_on, d.estimated
    from followed as b
    inner join due as d on b.paid_on = d.paid_on and b.programme = d.programme
    inner join keepers as k on b.county_code = k.county_code and b.programme = k.programme
    left join posted as p
        on b.village_code = p.village_code and b.programme = p.programme and b.paid_month = p.paid_month
    inner join current_months as c on b.county_code = c.county_code and c.programme = ''
    where coalesce(p.posted_on, c.as_of) > d.due_on
),

lines_of as (
    select p.county_code, p.village_code, p.programme, p.month, list(p.payment_id) as payment_ids
    from payments as p
    where exists (
            select 1 from late as l
            where l.county_code = p.county_code and l.village_code = p.village_code and l.programme = p.programme
                and l.paid_month = p.month
        )
        and coalesce(p.state, 'paid') not in ('stopped', 'planned') and p.corrects is null
    group by p.county_code, p.village_code, p.programme, p.month
)

select
    l.county_code,
    l.village_code,
    l.programme,
    l.paid_month,
    l.paid_month as period_from,
    l.paid_month as period_to,
    any_value(p.payment_ids) as payment_ids,
    []::varchar[] as record_ids,
    max(l.fen)::bigint as amount_fen,
    max(l.paid_on) as paid_on,
    max(l.posted_on) as posted_on,
    max(l.due_on) as due_on,
    max(l.estimated::int) > 0 as due_is_estimated
from late as l
inner join lines_of as p
    on l.county_code = p.county_code and l.village_code = p.village_code and l.programme = p.programme
    and l.paid_month = p.month
group by l.county_code, l.village_code, l.programme, l.paid_month
