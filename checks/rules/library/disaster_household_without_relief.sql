-- id: K07
-- title: 受灾家庭没有得到救助
-- kind: service_lead
-- severity: medium
-- version: 2
-- population: disaster_damage
-- needs: disaster_damage, population, deaths
-- uses: help_declined
-- grain: person_id, event
-- rests_on: damaged_on, damage
-- fact: event = 灾害
-- fact: damaged_on = 受灾日期
-- fact: damage = 受灾情况
-- basis: 自然灾害救助条例 §18、§20、§21（过渡期救助、恢复重建、冬春救助）
-- why: 受灾登记上核定需要救助的家庭，受灾以后没有领到救灾或住房的补助。可能是漏了帮助，去看一看。
-- clears: 经核定能自己解决；已由保险赔付、亲友安置；已用实物救助并签收；本人不愿申请。
-- ask: 看房子和吃穿住，问清还缺什么；符合条件的帮助申报。
-- effort: visit
-- setting: wait_months = 2; 受灾满两个月仍未救助才提示（项目约定）
-- setting: within_months = 24; 只看两年内的灾害（项目约定）
with damaged as (
    select r.person_id, coalesce(r.event, '') as event, r.county_code, r.damaged_on, r.damage, r.programme, r.record_id,
        n.month as current_month
    from disaster_damage as r
    inner join current_months as n on r.county_code = n.county_code and n.programme = ''
    inner join rule_settings as s on r.county_code = s.county_code and s.programme = '' and s.month = n.month
    where r.person_id is not null and r.needs_relief is distinct from false
        and (year(n.month) - year(r.damaged_on)) * 12 + month(n.month) - month(r.damaged_on)
        between s.wait_months and s.within_months
),

homes as (
    select d.*, h.village_code, h.household_id
    from damaged as d
    inner join residents as h on d.person_id = h.person_id
),

members as (
    select distinct h.person_id as named, h.event, h.damaged_on, m.person_id
    from homes as h
    inner join household_members as m
        on h.household_id = m.household_id
        and (m.valid_from is null or m.valid_from <= last_day(h.current_month))
        and (m.valid_to is null or m.valid_to >= h.damaged_on)
    union
    select person_id as named, event, damaged_on, person_id
    from homes
),

relief as (
    select p.recipient_id, p.month
    from payment_months as p
    inner join programmes as g on p.programme = g.slug and g.category in ('DR', 'HS')
    where p.recipient_id is not null
),

helped as (
    select m.named, m.event
    from members as m
    inner join relief as p on m.person_id = p.recipient_id
    where p.month >= date_trunc('month', m.damaged_on)::date
    union
    select m.named, m.event
    from members as m
    inner join declined_now as n on m.person_id = n.person_id
    left join programmes as g on n.programme = g.slug
    where n.programme is null or g.category in ('DR', 'HS')
)

select
    h.person_id,
    h.event,
    max(h.programme) as programme,
    min(h.county_code) as county_code,
    min(h.village_code) as village_code,
    date_trunc('month', min(h.damaged_on))::date as period_from,
    max(h.current_month) as period_to,
    []::varchar[] as payment_ids,
    list(distinct h.record_id) as record_ids,
    0::bigint as amount_fen,
    min(h.damaged_on) as damaged_on,
    min(h.damage) as damage
from homes as h
left join helped as e on h.person_id = e.named and h.event = e.event
where e.named is null
group by h.person_id, h.event
