-- id: K01
-- title: 应享未享
-- kind: service_lead
-- severity: medium
-- version: 1
-- population: population
-- needs: population, disability, deaths
-- probable: disability
-- grain: person_id, programme
-- rests_on: ground
-- basis: 2022年10月20日通知（每季或每半年比对，主动发现）；国发〔2015〕52号；高龄津贴发放办法
-- why: 名单上看够条件却没有领：一、二级重度残疾人没有护理补贴，满八十周岁的老人没有高龄津贴。这是可能漏了帮助的人，不是疑点。
-- clears: 本人不愿申请；已迁出或在外地领取；按规定已享受特困供养等其他待遇。
-- ask: 上门或打电话告诉本人可以申请，帮助办理。
-- effort: visit
-- setting: wait_months = 3; 够条件满三个月仍未领才提示（项目约定）
with here as (
    select r.person_id, r.county_code, min(r.village_code) as village_code, list(r.record_id) as record_ids
    from population as r
    where r.person_id is not null
        and (r.valid_from is null or r.valid_from <= $month) and (r.valid_to is null or r.valid_to >= last_day($month))
        and not exists (select 1 from deaths as d where d.person_id = r.person_id and d.cancelled_on is null)
    group by r.person_id, r.county_code
),

-- county and programme pairs that pay at all: where nobody is paid, nobody is left out
paying as (
    select distinct p.county_code, p.programme
    from payment_months as p
    inner join rule_settings as s
        on p.county_code = s.county_code and p.programme = s.programme and p.month = s.month
    where (year($month) - year(p.month)) * 12 + month($month) - month(p.month) between 0 and s.wait_months
),

old as (
    select h.*, 'old_age' as programme, 'age_80' as ground
    from here as h
    inner join people as i on h.person_id = i.person_id
    inner join rule_settings as s
        on h.county_code = s.county_code and s.programme = 'old_age' and s.month = $month
    -- eighty since before the waiting months
    where (year($month) - year(i.born_on)) * 12 + month($month) - month(i.born_on) >= 80 * 12 + s.wait_months
),

disabled as (
    select h.person_id, h.county_code, h.village_code, list(r.record_id) as record_ids,
        'disabled_care' as programme, 'severe_disability' as ground
    from here as h
    inner join disability as r on h.person_id = r.person_id
    inner join rule_settings as s
        on h.county_code = s.county_code and s.programme = 'disabled_care' and s.month = $month
    where (r.disability_level like '%一%' or r.disability_level like '%二%' or r.disability_level in ('1', '2'))
        and (
            r.valid_from is null
            or (year($month) - year(r.valid_from)) * 12 + month($month) - month(r.valid_from) >= s.wait_months
        )
        and (r.valid_to is null or r.valid_to >= last_day($month))
        -- their care is paid by other means
        and not exists (
            select 1 from payment_months as t
            where t.recipient_id = h.person_id and t.programme like 'tekun%'
                and (year($month) - year(t.month)) * 12 + month($month) - month(t.month) between 0 and s.wait_months
        )
    group by h.person_id, h.county_code, h.village_code
),

leads as (
    select person_id, county_code, village_code, record_ids, programme, ground from old
    union all
    select person_id, county_code, village_code, record_ids, programme, ground from disabled
),

rates as (
    select l.person_id, l.programme, min(t.fen) as fen
    from leads as l
    inner join standards as t
        on l.programme = t.programme and starts_with(l.county_code, t.region) and t.valid_from <= $month
        and (t.valid_to is null or t.valid_to >= $month)
    group by l.person_id, l.programme
),

enrolled as (
    select distinct t.recipient_id, t.programme
    from payment_months as t
    inner join rule_settings as s
        on t.county_code = s.county_code and t.programme = s.programme and t.month = s.month
    where (year($month) - year(t.month)) * 12 + month($month) - month(t.month) between 0 and s.wait_months
)

select
    l.person_id,
    l.programme,
    min(l.county_code) as county_code,
    min(l.village_code) as village_code,
    $month as period_from,
    $month as period_to,
    []::varchar[] as payment_ids,
    flatten(list(l.record_ids)) as record_ids,
    coalesce(max(r.fen), 0)::bigint as amount_fen,
    min(l.ground) as ground
from leads as l
inner join paying as p on l.county_code = p.county_code and l.programme = p.programme
left join rates as r on l.person_id = r.person_id and l.programme = r.programme
left join enrolled as e on l.person_id = e.recipient_id and l.programme = e.programme
where e.recipient_id is null
group by l.person_id, l.programme
