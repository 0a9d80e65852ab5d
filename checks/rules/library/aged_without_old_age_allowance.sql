-- id: K01
-- title: 高龄老人没有高龄津贴
-- kind: service_lead
-- severity: medium
-- version: 3
-- population: population
-- needs: population, deaths
-- uses: help_declined
-- grain: person_id, programme
-- rests_on: ground
-- fact: ground = 应享依据
-- value: age = 年满八十周岁
-- basis: 高龄津贴发放办法（地方规定）；2022年10月20日通知（每季或每半年比对，主动发现）
-- why: 满八十周岁、户口在本地的老人可以领高龄津贴，名册上没有他。这是可能漏了帮助的人，不是疑点。
-- clears: 本人不愿申请；已迁出或在外地领取；按规定已享受其他不能同时领的待遇。
-- ask: 上门或打电话告诉老人可以领高龄津贴，帮助登记。
-- effort: visit
-- setting: wait_months = 3; 够条件满三个月仍未领才提示（项目约定）
-- setting: youngest_years = 80; 八十周岁起（高龄津贴发放办法，地方规定）
with old as (
    select r.person_id, r.county_code, r.village_code, r.record_id, n.month
    from residents as r
    inner join people as i on r.person_id = i.person_id
    inner join current_months as n on r.county_code = n.county_code and n.programme = 'old_age'
    inner join rule_settings as s
        on r.county_code = s.county_code and s.programme = 'old_age' and s.month = n.month
    -- old enough since before the waiting months
    where (year(n.month) - year(i.born_on)) * 12 + month(n.month) - month(i.born_on) >= s.youngest_years * 12 + s.wait_months
)

select
    o.person_id,
    'old_age' as programme,
    min(o.county_code) as county_code,
    min(o.village_code) as village_code,
    min(o.month) as period_from,
    min(o.month) as period_to,
    []::varchar[] as payment_ids,
    list(o.record_id) as record_ids,
    coalesce(max(r.fen), 0)::bigint as amount_fen,
    'age' as ground
from old as o
inner join rates_now as r on o.county_code = r.county_code and r.programme = 'old_age'
where not exists (
        select 1 from provided_lately as p where p.person_id = o.person_id and p.programme = 'old_age'
    )
group by o.person_id
