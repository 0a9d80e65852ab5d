-- id: I04
-- title: 公示名单与发放不一致
-- kind: flow
-- severity: high
-- version: 3
-- population: notices
-- needs: notice
-- uses: fund_flow
-- grain: village_code, programme, posted_month
-- rests_on: listed_count, listed_fen, paid_count, paid_fen
-- fact: posted_month = 公示月份
-- fact: listed_count = 公示人数
-- fact: listed_fen = 公示金额
-- fact: paid_count = 发放人数
-- fact: paid_fen = 实发金额
-- basis: 政府信息公开条例 §26；村民委员会组织法 §30（公布内容应当真实）
-- why: 贴在村里的结果应当和发出去的一样；户数或金额不同，有人被加进来或拿走了。
-- clears: 公示期间异议成立，已更正；停发、退回的行另有说明；公示的是别的月份那一批。
-- ask: 逐行对照公示表和花名册，说明每一处不同。
-- effort: office
with sheets as (
    select
        county_code, village_code, programme, begins_on, list(line_id) as record_ids, sum(listed_count) as listed_count,
        sum(listed_fen) as listed_fen
    from notices
    where stage = '结果公示' and (listed_count is not null or listed_fen is not null)
    group by county_code, village_code, programme, begins_on
),

-- what a month's sheets say together, and what the newest says: a sheet posted again replaces the one before
posted as (
    select
        county_code,
        village_code,
        programme,
        date_trunc('month', begins_on)::date as posted_month,
        max(begins_on) as begins_on,
        flatten(list(record_ids)) as record_ids,
        sum(listed_count) as listed_count,
        sum(listed_fen) as listed_fen,
        arg_max(listed_count, begins_on) as newest_count,
        arg_max(listed_fen, begins_on) as newest_fen
    from sheets
    group by county_code, village_code, programme, date_trunc('month', begins_on)::date
),

months_asked as (
    select county_code, village_code, programme, posted_month as month
    from posted
    union
    select county_code, village_code, programme, date_trunc('month', posted_month - 1)::date as month
    from posted
),

-- a correction may send again what a line of this month already says, or a line of another month; a stopped or returned
-- line may have been posted or left out
sums as (
    select
        s.county_code, s.village_code, s.programme, s.month, min(s.paid_on) filter (not s.is_correction) as paid_on,
        coalesce(sum(s.lines) filter (not s.is_correction), 0) as all_count,
        coalesce(sum(s.fen) filter (not s.is_correction), 0) as all_fen,
        coalesce(sum(s.lines) filter (not s.is_correction and s.is_sent), 0) as sent_count,
        coalesce(sum(s.fen) filter (not s.is_correction and s.is_sent), 0) as sent_fen,
        coalesce(sum(s.lines) filter (not s.is_correction and coalesce(s.state, 'paid') = 'paid'), 0) as paid_count,
        coalesce(sum(s.fen) filter (not s.is_correction and coalesce(s.state, 'paid') = 'paid'), 0) as paid_fen,
        coalesce(sum(s.lines) filter (s.is_sent), 0) as resent_count,
        coalesce(sum(s.fen) filter (s.is_sent), 0) as resent_fen
    from (
        select *, coalesce(state, 'paid') not in ('stopped', 'planned') as is_sent
        from payment_sums
    ) as s
    inner join months_asked as n
        on s.county_code = n.county_code and s.village_code = n.village_code and s.programme = n.programme
        and s.month = n.month
    group by s.county_code, s.village_code, s.programme, s.month
),

-- most sheets say what was sent in their month
candidates as (
    select n.*
    from posted as n
    left join sums as p
        on n.county_code = p.county_code and n.village_code = p.village_code and n.programme = p.programme
        and n.posted_month = p.month
    where not coalesce(
            coalesce(n.listed_count = p.sent_count, n.listed_count is null)
            and coalesce(n.listed_fen = p.sent_fen, n.listed_fen is null), false
        )
),

-- the batch a sheet speaks of: its month's, and the month's before as long as that one was not paid yet
spoken_of as (
    select n.county_code, n.village_code, n.programme, n.posted_month, s.month as paid_month, s.sent_count, s.sent_fen,
        s.all_count, s.all_fen, s.paid_count, s.paid_fen, s.resent_count, s.resent_fen
    from candidates as n
    inner join sums as s
        on n.county_code = s.county_code and n.village_code = s.village_code and n.programme = s.programme
    left join sums as p
        on n.county_code = p.county_code and n.village_code = p.village_code and n.programme = p.programme
        and n.posted_month = p.month
    left join voucher_dates as v
        on p.county_code = v.county_code and p.programme = v.programme and p.month = v.batch_month
    where s.month = n.posted_month
        or (
            s.month = date_trunc('month', n.posted_month - 1)::date
            and (p.month is null or coalesce(p.paid_on, v.dated_on, last_day(p.month)) > n.begins_on)
        )
),

ways as (
    select county_code, village_code, programme, posted_month, sent_count as lines, sent_fen as fen
    from spoken_of
    union
    select county_code, village_code, programme, posted_month, all_count as lines, all_fen as fen
    from spoken_of
    union
    select county_code, village_code, programme, posted_month, paid_count as lines, paid_fen as fen
    from spoken_of
    union
    select county_code, village_code, programme, posted_month, resent_count as lines, resent_fen as fen
    from spoken_of
),

explained as (
    select distinct n.county_code, n.village_code, n.programme, n.posted_month
    from candidates as n
    inner join ways as w
        on n.county_code = w.county_code and n.village_code = w.village_code and n.programme = w.programme
        and n.posted_month = w.posted_month
    where (coalesce(n.listed_count, w.lines) = w.lines and coalesce(n.listed_fen, w.fen) = w.fen)
        or (coalesce(n.newest_count, w.lines) = w.lines and coalesce(n.newest_fen, w.fen) = w.fen)
),

newest as (
    select county_code, village_code, programme, posted_month, max(paid_month) as paid_month
    from spoken_of
    group by county_code, village_code, programme, posted_month
)

select
    n.county_code,
    n.village_code,
    n.programme,
    n.posted_month,
    n.posted_month as period_from,
    n.posted_month as period_to,
    []::varchar[] as payment_ids,
    n.record_ids,
    -- a sheet that tells only how many says nothing of money: none is at stake that could be counted
    abs(n.listed_fen - coalesce(p.sent_fen, 0))::bigint as amount_fen,
    n.listed_count::bigint as listed_count,
    n.listed_fen::bigint as listed_fen,
    coalesce(p.sent_count, 0)::bigint as paid_count,
    coalesce(p.sent_fen, 0)::bigint as paid_fen
from candidates as n
left join newest as m
    on n.county_code = m.county_code and n.village_code = m.village_code and n.programme = m.programme
    and n.posted_month = m.posted_month
left join sums as p
    on m.county_code = p.county_code and m.village_code = p.village_code and m.programme = p.programme
    and m.paid_month = p.month
left join explained as e
    on n.county_code = e.county_code and n.village_code = e.village_code and n.programme = e.programme
    and n.posted_month = e.posted_month
where e.posted_month is null
