-- id: L01
-- title: 人口库查无此人
-- kind: data_error
-- severity: medium
-- version: 1
-- population: payments
-- requires: recipient_id
-- needs: population
-- grain: recipient_id
-- rests_on: is_known
-- fact: is_known = 人口库中有此人
-- basis: 社会救助暂行办法（身份核对）；GB 11643 公民身份号码
-- why: 证号格式正确，公安人口登记中却没有这个人：可能抄错，可能是新生儿未登记，也可能是虚构的人。
-- clears: 身份证或户口簿复印件；新生儿、刚落户；外地户口、按规定在急难发生地救助的；人口数据没有抽全。
-- ask: 请乡镇提供身份证复印件，请公安局查询该证号。
-- effort: office
-- setting: newborn_months = 6; 出生六个月内可能还未登记（项目约定）
with unknown as (
    select distinct n.recipient_id
    from person_names as n
    where not exists (select 1 from population as r where r.person_id = n.recipient_id)
)

select
    p.recipient_id,
    min(p.period_from) as period_from,
    max(p.period_to) as period_to,
    list(p.payment_id) as payment_ids,
    []::varchar[] as record_ids,
    sum(p.amount_fen)::bigint as amount_fen,
    false as is_known
from payments as p
inner join unknown as u on p.recipient_id = u.recipient_id
inner join rule_settings as s
    on p.county_code = s.county_code and p.programme = s.programme and p.month = s.month
left join people as i on p.recipient_id = i.person_id
where i.born_on is null
    or (year(p.month) - year(i.born_on)) * 12 + month(p.month) - month(i.born_on) >= s.newborn_months
group by p.recipient_id
