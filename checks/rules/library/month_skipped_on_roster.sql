-- id: K10
-- title: 名册前后都在，中间漏发
-- kind: service_lead
-- severity: medium
-- version: 3
-- population: payment_months
-- programmes: frequency=monthly
-- requires: recipient_id, village_code
-- needs: none
-- uses: deaths, custody
-- grain: recipient_id, programme
-- rests_on: skipped_from, skipped_months
-- fact: skipped_from = 漏发月份
-- fact: skipped_months = 漏发月数
-- fact: owed = 欠发情形
-- basis: 最低生活保障审核确认办法（按月发放）；惠民惠农财政补贴资金“一卡通”管理要求（及时足额发放，文号待核对）
-- why: 前面和后面的月份都在领，中间有月份没有他，那个月同乡镇的人都发了。漏发的钱是欠群众的。
-- clears: 那个月停发有决定；钱在别的批次里补过；那个月领的是不能同时领的别的待遇；服刑。
-- ask: 对照那个月的名册和银行回盘；确实漏了的补发。
-- effort: office
-- setting: window_months = 11; 连同当月看十二个月（项目约定）
with candidates as (
    select recipient_id, programme
    from person_programmes
    where months <= (year(last_month) - year(first_month)) * 12 + month(last_month) - month(first_month)
),

monthly as (
    select
        p.recipient_id, p.programme, p.month, min(p.county_code) as county_code, min(p.village_code) as village_code,
        min(p.payment_id) as payment_id, sum(p.month_fen) as month_fen
    from payment_months as p
    where exists (select 1 from candidates as h where h.recipient_id = p.recipient_id and h.programme = p.programme)
    group by p.recipient_id, p.programme, p.month
),

-- the months before and after each hole
sides as (
    select
        m.*,
        lead(m.month) over (partition by m.recipient_id, m.programme order by m.month) as next_month,
        lead(m.payment_id) over (partition by m.recipient_id, m.programme order by m.month) as next_payment_id,
        lead(m.month_fen) over (partition by m.recipient_id, m.programme order by m.month) as next_fen
    from monthly as m
),

skipped as (
    select s.*, w.month as skipped_month
    from sides as s
    inner join paid_months as w
        on substr(s.village_code, 1, 9) = w.town_code and s.programme = w.programme
        and w.month > s.month and w.month < s.next_month
    inner join current_months as n on s.county_code = n.county_code and s.programme = n.programme
    inner join rule_settings as r
        on s.county_code = r.county_code and s.programme = r.programme and r.month = n.month
    where (year(n.month) - year(w.month)) * 12 + month(n.month) - month(w.month) <= r.window_months
),

either_way as (
    select a as programme, b as other
    from exclusive_pairs
    where same = 'month'
    union
    select b as programme, a as other
    from exclusive_pairs
    where same = 'month'
),

-- what the person drew instead in that month, where both may not be drawn
instead as (
    select distinct s.recipient_id, s.programme, s.skipped_month
    from skipped as s
    inner join either_way as e on s.programme = e.programme
    inner join (
        select p.recipient_id, p.programme, p.month
        from payment_months as p
        where p.recipient_id in (select h.recipient_id from candidates as h)
    ) as p
        on s.recipient_id = p.recipient_id and e.other = p.programme and s.skipped_month = p.month
),

told as (
    select t.recipient_id, t.programme, t.period_from, t.period_to
    from payments as t
    where exists (select 1 from candidates as h where h.recipient_id = t.recipient_id and h.programme = t.programme)
)

select
    s.recipient_id,
    s.programme,
    arg_max(s.county_code, s.skipped_month) as county_code,
    arg_max(s.village_code, s.skipped_month) as village_code,
    min(s.skipped_month) as period_from,
    max(s.skipped_month) as period_to,
    list_distinct(flatten(list([s.payment_id, s.next_payment_id]))) as payment_ids,
    []::varchar[] as record_ids,
    -- the lower of the two neighbours: what was certainly due
    sum(least(s.month_fen, s.next_fen))::bigint as amount_fen,
    min(s.skipped_month) as skipped_from,
    count(*)::int as skipped_months,
    'unpaid' as owed
from skipped as s
left join instead as i
    on s.recipient_id = i.recipient_id and s.programme = i.programme and s.skipped_month = i.skipped_month
where i.recipient_id is null
    -- a stopped, returned or planned line says what happened to the month
    and not exists (
        select 1 from told as t
        where t.recipient_id = s.recipient_id and t.programme = s.programme
            and t.period_from <= s.skipped_month and t.period_to >= s.skipped_month
    )
    and not exists (
        select 1 from deaths as d
        where d.person_id = s.recipient_id and d.cancelled_on is null and d.died_on <= last_day(s.skipped_month)
    )
    and not exists (
        select 1 from imprisoned as c
        where c.person_id = s.recipient_id
            and (c.from_on is null or c.from_on <= last_day(s.skipped_month)) and (c.to_on is null or c.to_on >= s.skipped_month)
    )
group by s.recipient_id, s.programme
