-- id: K03
-- title: 重度残疾人没有护理补贴
-- kind: service_lead
-- severity: medium
-- version: 2
-- population: disability
-- needs: population, disability, deaths
-- uses: help_declined
-- probable: disability
-- grain: person_id, programme
-- rests_on: ground
-- fact: ground = 应享依据
-- value: severe_disability = 重度残疾
-- basis: 国发〔2015〕52号（重度残疾人护理补贴）；2022年10月20日通知（每季或每半年比对，主动发现）
-- why: 残疾等级一级、二级的人可以领护理补贴，名册上没有他。这是可能漏了帮助的人，不是疑点。
-- clears: 本人不愿申请；已迁出或在外地领取；已领特困供养金、工伤护理费等不能同时领的待遇。
-- ask: 上门或打电话告诉本人和家人可以申请护理补贴，帮助办理。
-- effort: visit
-- setting: wait_months = 3; 发证满三个月仍未领才提示（项目约定）
with disabled as (
    select r.person_id, r.county_code, r.record_id, n.month
    from disability as r
    inner join current_months as n on r.county_code = n.county_code and n.programme = 'disabled_care'
    inner join rule_settings as s
        on r.county_code = s.county_code and s.programme = 'disabled_care' and s.month = n.month
    where r.person_id is not null
        and (r.disability_level like '%一%' or r.disability_level like '%二%' or r.disability_level in ('1', '2', '1级', '2级'))
        and (
            r.valid_from is null
            or (year(n.month) - year(r.valid_from)) * 12 + month(n.month) - month(r.valid_from) >= s.wait_months
        )
        and (r.valid_to is null or r.valid_to >= last_day(n.month))
)

select
    h.person_id,
    'disabled_care' as programme,
    min(h.county_code) as county_code,
    min(h.village_code) as village_code,
    min(d.month) as period_from,
    min(d.month) as period_to,
    []::varchar[] as payment_ids,
    list(d.record_id) as record_ids,
    coalesce(max(r.fen), 0)::bigint as amount_fen,
    'severe_disability' as ground
from disabled as d
inner join residents as h on d.person_id = h.person_id
inner join rates_now as r on h.county_code = r.county_code and r.programme = 'disabled_care'
where not exists (
        select 1 from provided_lately as p where p.person_id = h.person_id and p.programme = 'disabled_care'
    )
group by h.person_id
