-- id: I02
-- title: 公示期不足
-- kind: flow
-- severity: medium
-- version: 2
-- population: notices
-- programmes: notice_required=true
-- needs: notice
-- grain: village_code, programme, begins_on
-- rests_on: begins_on, ends_on
-- fact: begins_on = 公示开始
-- fact: ends_on = 公示结束
-- fact: days = 实际天数
-- fact: required_days = 应公示天数
-- fact: day_kind = 天数种类
-- value: working = 工作日
-- value: calendar = 自然日
-- basis: 最低生活保障审核确认办法 §19（公示七日）；县级公开目录多写七个工作日，按较严的算；民法典 §201（当日不算入）
-- why: 公示要满规定的天数，开始当天不算。
-- clears: 本县规定的天数不同（改设置或项目目录）；公示日期录错。
-- ask: 核对公示照片上的日期；不足的补足天数。
-- effort: desk
with posted as (
    select n.*, g.notice_days, g.notice_day_kind
    from notices as n
    inner join programmes as g on n.programme = g.slug
    where coalesce(n.stage, '初审公示') = '初审公示' and g.notice_days > 0
        -- whose end is not written may still hang: nothing to count yet
        and n.ends_on is not null
),

spans as (
    select distinct begins_on, ends_on, notice_day_kind
    from posted
),

-- a region's notices share few pairs of dates
counted as (
    select
        p.begins_on, p.ends_on, p.notice_day_kind,
        -- the first day is not counted
        case when p.notice_day_kind = 'calendar' then date_diff('day', p.begins_on, p.ends_on) else count(w.day) end as days
    from spans as p
    left join workdays as w on w.day > p.begins_on and w.day <= p.ends_on
    group by p.begins_on, p.ends_on, p.notice_day_kind
)

select
    p.county_code,
    p.village_code,
    p.programme,
    p.begins_on,
    date_trunc('month', p.begins_on)::date as period_from,
    date_trunc('month', p.begins_on)::date as period_to,
    []::varchar[] as payment_ids,
    list(p.line_id) as record_ids,
    coalesce(max(p.listed_fen), 0)::bigint as amount_fen,
    max(p.ends_on) as ends_on,
    max(c.days) as days,
    max(p.notice_days) as required_days,
    max(p.notice_day_kind) as day_kind
from posted as p
inner join counted as c
    on p.begins_on = c.begins_on and p.ends_on is not distinct from c.ends_on and p.notice_day_kind = c.notice_day_kind
where c.days < p.notice_days
group by p.county_code, p.village_code, p.programme, p.begins_on
