-- id: K02
-- title: 没有退出记录就不再发放
-- kind: service_lead
-- severity: low
-- version: 2
-- population: payment_months
-- programmes: dibao_*, tekun_*
-- requires: recipient_id
-- needs: civil_affairs_rolls, population, deaths
-- uses: help_declined
-- grain: recipient_id, programme
-- rests_on: last_month
-- fact: last_month = 最后发放月份
-- basis: 社会救助暂行办法；最低生活保障审核确认办法 §32（停止救助要有依据、程序，并告知理由）
-- why: 上几个月还在领，这个月名册上没有了，民政名册里却没有终止的记录。停发要有依据并告诉本人，可能是漏了人。
-- clears: 有终止的决定，只是没有录入；换了户主由家人继续领；改了证号或姓名后以新的记录领取；已迁出由外地发放。
-- ask: 查停发的决定和送达记录；没有的，问清为什么不发，该补的补上。
-- effort: visit
-- setting: window_months = 3; 看最近三个月内停下的（项目约定）
with longest as (
    select max(window_months) as window_months
    from rule_settings
),

candidates as (
    select t.recipient_id, t.programme, t.last_month, n.month as current_month
    from person_programmes as t
    inner join current_months as n on t.first_county = n.county_code and t.programme = n.programme
    cross join longest as s
    where t.last_month < n.month
        and (year(n.month) - year(t.last_month)) * 12 + month(n.month) - month(t.last_month) <= s.window_months
),

here as (
    select p.recipient_id, p.programme, p.county_code, p.village_code, p.month, p.payment_id, p.month_fen
    from candidates as e
    inner join payment_months as p
        on e.recipient_id = p.recipient_id and e.programme = p.programme and e.last_month = p.month
    inner join rule_settings as s
        on p.county_code = s.county_code and p.programme = s.programme and p.month = s.month
    inner join paid_months as w
        on substr(p.village_code, 1, 9) = w.town_code and p.programme = w.programme and w.month = e.current_month
    where (year(e.current_month) - year(p.month)) * 12 + month(e.current_month) - month(p.month) between 0 and s.window_months
),

homes as (
    select h.person_id, h.household_id, e.last_month, e.current_month
    from candidates as e
    inner join household_members as h on e.recipient_id = h.person_id
),

-- the candidates themselves and whoever is at home with them
circle as (
    select c.recipient_id, c.recipient_id as person_id, c.last_month, c.current_month
    from candidates as c
    union
    select m.person_id as recipient_id, h.person_id, m.last_month, m.current_month
    from homes as m
    inner join household_members as h
        on m.household_id = h.household_id
        and (h.valid_from is null or h.valid_from <= last_day(m.current_month))
        and (h.valid_to is null or h.valid_to >= m.current_month)
),

-- paid something else now; of a programme whose month is not in yet, its newest month in which they were helped still
helped as (
    select distinct c.recipient_id as person_id
    from circle as c
    inner join person_programmes as p on c.person_id = p.recipient_id
    inner join current_months as n on p.first_county = n.county_code and p.programme = n.programme
    where p.last_month >= c.current_month or (p.last_month >= n.month and p.last_month >= c.last_month)
)

select
    h.recipient_id,
    h.programme,
    min(h.county_code) as county_code,
    min(h.village_code) as village_code,
    min(h.month) as period_from,
    min(h.month) as period_to,
    list(distinct h.payment_id) as payment_ids,
    []::varchar[] as record_ids,
    sum(h.month_fen)::bigint as amount_fen,
    min(h.month) as last_month
from here as h
where not exists (select 1 from helped as e where e.person_id = h.recipient_id)
    -- still on the roll: K09 asks; ended with a date: there is a record
    and not exists (
        select 1 from civil_affairs_rolls as r
        where r.person_id = h.recipient_id and (r.valid_to is null or r.valid_to >= h.month)
    )
    and not exists (
        select 1 from payments as p
        where p.recipient_id = h.recipient_id and p.programme = h.programme and p.state = 'stopped' and p.period_to > h.month
    )
    and not exists (select 1 from deaths as d where d.person_id = h.recipient_id and d.cancelled_on is null)
    and exists (select 1 from residents as r where r.person_id = h.recipient_id)
    and not exists (
        select 1 from declined_now as n
        where n.person_id = h.recipient_id and coalesce(n.programme, h.programme) = h.programme
    )
group by h.recipient_id, h.programme
