-- id: I04
-- title: 公示名单与发放不一致
-- kind: flow
-- severity: high
-- version: 1
-- population: notices
-- needs: notice
-- grain: village_code, programme, posted_month
-- rests_on: listed_count, listed_fen, paid_count, paid_fen
-- basis: 政府信息公开条例 §26；村民委员会组织法 §30（公布内容应当真实）
-- why: 贴在村里的结果应当和发出去的一样；户数或金额不同，有人被加进来或拿走了。
-- clears: 公示期间异议成立，已更正；停发、退回的行另有说明。
-- ask: 逐行对照公示表和花名册，说明每一处不同。
-- effort: office
with candidates as (
    select
        county_code,
        village_code,
        programme,
        date_trunc('month', begins_on)::date as posted_month,
        list(line_id) as record_ids,
        sum(listed_count) as listed_count,
        sum(listed_fen) as listed_fen
    from notices
    where stage = '结果公示' and (listed_count is not null or listed_fen is not null)
    group by county_code, village_code, programme, date_trunc('month', begins_on)::date
),

paid as (
    select s.county_code, s.village_code, s.programme, s.month, sum(s.lines) as paid_count, sum(s.fen) as paid_fen
    from payment_sums as s
    inner join candidates as n
        on s.county_code = n.county_code and s.village_code = n.village_code and s.programme = n.programme
        and s.month = n.posted_month
    group by s.county_code, s.village_code, s.programme, s.month
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
    abs(coalesce(n.listed_fen, 0) - coalesce(p.paid_fen, 0))::bigint as amount_fen,
    n.listed_count::bigint as listed_count,
    n.listed_fen::bigint as listed_fen,
    coalesce(p.paid_count, 0)::bigint as paid_count,
    coalesce(p.paid_fen, 0)::bigint as paid_fen
from candidates as n
left join paid as p
    on n.county_code = p.county_code and n.village_code = p.village_code and n.programme = p.programme
    and n.posted_month = p.month
where n.listed_count is distinct from coalesce(p.paid_count, 0)
    or (n.listed_fen is not null and n.listed_fen <> coalesce(p.paid_fen, 0))
