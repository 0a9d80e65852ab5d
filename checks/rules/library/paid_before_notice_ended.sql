-- id: I01
-- title: 未公示满期即发放
-- kind: flow
-- severity: high
-- version: 2
-- population: payments
-- programmes: notice_required=true
-- requires: village_code
-- needs: notice
-- uses: fund_flow
-- grain: village_code, programme, paid_month
-- rests_on: begins_on, ends_on
-- fact: paid_month = 发放月份
-- fact: begins_on = 公示开始
-- fact: ends_on = 公示结束
-- fact: paid_on = 发放日期
-- basis: 最低生活保障审核确认办法 §19；特困人员认定办法 §15；自然灾害救助条例 §20；各项目的公示规定（见项目目录）
-- why: 法律要求先公示、期满无异议再发钱；公示没有做或没有满期就发了，村民没有机会提意见。
-- clears: 公示记录没有录入；紧急临时救助可先发后公示；按批次公示、后续月份不再公示的新增为零。
-- ask: 补录公示记录和照片；确实没有公示的，补公示并说明。
-- effort: office
-- setting: look_back_months = 12; 十二个月内没有公示视为没有（项目约定）
with village_batches as (
    select
        s.county_code,
        s.village_code,
        s.programme,
        s.month as paid_month,
        -- rolls without a date: the voucher's; without a voucher the last day it can have been
        coalesce(min(s.paid_on), min(v.dated_on), last_day(s.month)) as paid_on,
        max(s.last_paid_on) as last_paid_on
    from payment_sums as s
    left join voucher_dates as v
        on s.county_code = v.county_code and s.programme = v.programme and s.month = v.batch_month
    -- a planned line was not paid yet
    where coalesce(s.state, 'paid') not in ('stopped', 'planned') and not s.is_correction
    group by s.county_code, s.village_code, s.programme, s.month
),

-- of several batches in a month the first and the last
days_paid as (
    select county_code, village_code, programme, paid_month, paid_on
    from village_batches
    union all
    select county_code, village_code, programme, paid_month, last_paid_on as paid_on
    from village_batches
    where last_paid_on > paid_on
),

first_notices as (
    select
        village_code, programme, date_trunc('month', begins_on)::date as month,
        min(begins_on) as begins_on, max(coalesce(ends_on, date '9999-12-31')) as ends_on
    from notices
    where coalesce(stage, '初审公示') = '初审公示'
    group by village_code, programme, date_trunc('month', begins_on)
),

-- a notice begun in the month of payment and ended before it, with none that runs on, is the usual case and in order
candidates as (
    select b.*
    from days_paid as b
    left join first_notices as n
        on b.village_code = n.village_code and b.programme = n.programme
        and date_trunc('month', b.paid_on) = n.month and n.begins_on <= b.paid_on and n.ends_on < b.paid_on
    where n.month is null
),

posted as (
    select
        b.village_code,
        b.programme,
        b.paid_month,
        b.paid_on,
        n.line_id,
        n.begins_on,
        n.ends_on,
        n.listed_count
    from candidates as b
    inner join notices as n
        on b.county_code = n.county_code and b.village_code = n.village_code and b.programme = n.programme
        and coalesce(n.stage, '初审公示') = '初审公示' and n.begins_on <= b.paid_on
    inner join rule_settings as s
        on b.county_code = s.county_code and b.programme = s.programme and b.paid_month = s.month
    where (year(b.paid_on) - year(n.begins_on)) * 12 + month(b.paid_on) - month(n.begins_on) <= s.look_back_months
),

newest as (
    select village_code, programme, paid_month, paid_on, max(begins_on) as begins_on, min(ends_on) < paid_on as ended_one
    from posted
    group by village_code, programme, paid_month, paid_on
),

last_notice as (
    select
        p.village_code, p.programme, p.paid_month, p.paid_on, p.begins_on, bool_or(n.ended_one) as ended_one,
        max(p.ends_on) as ends_on, sum(p.listed_count) as listed_count, list(p.line_id) as record_ids
    from posted as p
    inner join newest as n
        on p.village_code = n.village_code and p.programme = n.programme and p.paid_month = n.paid_month
        and p.paid_on = n.paid_on and p.begins_on = n.begins_on
    group by p.village_code, p.programme, p.paid_month, p.paid_on, p.begins_on
),

too_early as (
    select b.*, l.begins_on, l.ends_on, l.record_ids, l.ended_one, l.listed_count
    from candidates as b
    left join last_notice as l
        on b.village_code = l.village_code and b.programme = l.programme and b.paid_month = l.paid_month
        and b.paid_on = l.paid_on
    where l.ends_on is null or b.paid_on <= l.ends_on
),

-- `exists`, not a join: the engine then asks each line about the few villages, not the villages about all lines
lines_of as (
    select p.county_code, p.village_code, p.programme, p.month, p.period_from, p.period_to, p.payment_id, p.amount_fen, p.paid_on
    from payments as p
    where exists (
            select 1 from too_early as b
            where b.county_code = p.county_code and b.village_code = p.village_code and b.programme = p.programme
                and b.paid_month = p.month
        )
        and coalesce(p.state, 'paid') not in ('stopped', 'planned') and p.corrects is null
),

-- what was paid until the day asked about, and while the notice was running
early as (
    select
        b.county_code, b.village_code, b.programme, b.paid_month, b.paid_on, b.begins_on, b.ends_on,
        min(p.period_from) as period_from, max(p.period_to) as period_to, list(p.payment_id) as payment_ids,
        sum(p.amount_fen) as amount_fen, max(b.record_ids) as record_ids,
        bool_or(b.ended_one) as ended_one, max(b.listed_count) as listed_count, count(*) as lines
    from too_early as b
    inner join lines_of as p
        on b.county_code = p.county_code and b.village_code = p.village_code and b.programme = p.programme
        and b.paid_month = p.month
    where coalesce(p.paid_on, b.paid_on) <= coalesce(b.ends_on, b.paid_on)
        and (b.begins_on is null or coalesce(p.paid_on, b.paid_on) >= b.begins_on)
    group by b.county_code, b.village_code, b.programme, b.paid_month, b.paid_on, b.begins_on, b.ends_on
),

month_before as (
    select b.village_code, b.programme, b.paid_month, sum(s.lines) as lines
    from (select distinct village_code, programme, paid_month from too_early) as b
    inner join payment_sums as s
        on b.village_code = s.village_code and b.programme = s.programme
        and (year(b.paid_month) - year(s.month)) * 12 + month(b.paid_month) - month(s.month) = 1
    where coalesce(s.state, 'paid') not in ('stopped', 'planned') and not s.is_correction
    group by b.village_code, b.programme, b.paid_month
)

select
    b.county_code,
    b.village_code,
    b.programme,
    b.paid_month,
    min(b.period_from) as period_from,
    max(b.period_to) as period_to,
    list_distinct(flatten(list(b.payment_ids))) as payment_ids,
    list_distinct(flatten(list(coalesce(b.record_ids, []::varchar[])))) as record_ids,
    max(b.amount_fen)::bigint as amount_fen,
    min(b.begins_on) as begins_on,
    max(b.ends_on) as ends_on,
    min(b.paid_on) as paid_on
from early as b
-- whose own notice ended long ago are paid on while newcomers hang: nobody more than the month before, nobody new
left join month_before as w
    on b.village_code = w.village_code and b.programme = w.programme and b.paid_month = w.paid_month
where not coalesce(b.ended_one and coalesce(b.listed_count, 0) < b.lines and b.lines <= w.lines, false)
group by b.county_code, b.village_code, b.programme, b.paid_month
