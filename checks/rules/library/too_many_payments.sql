-- id: L08
-- title: 次数或年度金额超限
-- kind: suspicion
-- severity: low
-- version: 2
-- population: payments
-- requires: recipient_id
-- needs: none
-- grain: recipient_id, season
-- rests_on: is_over_lines, is_over_sum
-- fact: season = 年度
-- fact: paid_fen = 实发金额
-- fact: is_over_lines = 次数超限
-- fact: is_over_sum = 金额超限
-- fact: lines = 次数
-- basis: 项目约定（一个真实系统以一年四十次为限）
-- why: 一个人一年里领的次数或总额特别多，把各项目放在一起看一遍。
-- clears: 分期发放；项目本来就多、每项都合规。
-- ask: 逐项列出本人当年的发放，看有没有不该同时领的。
-- effort: desk
-- setting: most_lines = 60; 一人一年多于六十行（项目约定）
-- setting: most_fen = 10000000; 一人一年超过十万元（项目约定）
with limits as (
    select min(most_lines) as most_lines, min(most_fen) as most_fen
    from rule_settings
),

-- who stays below the lowest limit in all years stays below it in each
many as (
    select t.recipient_id
    from person_programmes as t
    cross join limits as s
    group by t.recipient_id
    having sum(t.lines) > min(s.most_lines) or sum(t.lines * t.highest_fen) > min(s.most_fen)
),

year_sums as (
    select
        p.recipient_id,
        year(p.month) as season,
        min(p.county_code) as county_code,
        min(p.period_from) as period_from,
        max(p.period_to) as period_to,
        list(p.payment_id) as payment_ids,
        count(*) as lines,
        sum(p.amount_fen) as paid_fen,
        min(s.most_lines) as most_lines,
        min(s.most_fen) as most_fen
    from payments as p
    inner join programmes as g on p.programme = g.slug and g.payment_unit = 'person'
    inner join rule_settings as s
        on p.county_code = s.county_code and p.programme = s.programme and p.month = s.month
    where coalesce(p.state, 'paid') not in ('planned', 'stopped', 'returned', 'refunded')
        and exists (select 1 from many as k where k.recipient_id = p.recipient_id)
    group by p.recipient_id, year(p.month)
)

select
    recipient_id,
    season,
    county_code,
    period_from,
    period_to,
    payment_ids,
    []::varchar[] as record_ids,
    -- what lies above the limit, not what may all be lawful
    greatest(paid_fen - most_fen, 0)::bigint as amount_fen,
    paid_fen::bigint as paid_fen,
    lines > most_lines as is_over_lines,
    paid_fen > most_fen as is_over_sum,
    lines
from year_sums
where lines > most_lines or paid_fen > most_fen
