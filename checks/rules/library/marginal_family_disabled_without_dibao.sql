-- id: K04
-- title: 低保边缘家庭的重度残疾人没有单人保
-- kind: service_lead
-- severity: medium
-- version: 2
-- population: civil_affairs_rolls
-- needs: population, civil_affairs_rolls, disability, deaths
-- uses: help_declined
-- grain: person_id
-- rests_on: ground
-- fact: ground = 应享依据
-- value: marginal_disabled = 低保边缘家庭的重度残疾人
-- basis: 最低生活保障审核确认办法 §8（低保边缘家庭中的重度残疾人和三级智力、精神残疾人可以单人申请低保）
-- why: 低保边缘家庭里的一、二级残疾人和三级智力、精神残疾人，可以参照单人户申请低保，名册上没有他。这是可能漏了帮助的人，不是疑点。
-- clears: 本人不愿申请；已享受特困供养；家庭情况已变化、不再是低保边缘家庭。
-- ask: 告诉本人和家人可以单人申请低保，帮助准备材料。
-- effort: visit
-- setting: wait_months = 3; 列入边缘家庭、发证都满三个月仍未领才提示（项目约定）
with marginal as (
    select r.person_id, r.county_code, r.record_id, n.month
    from civil_affairs_rolls as r
    inner join current_months as n on r.county_code = n.county_code and n.programme = ''
    inner join rule_settings as s on r.county_code = s.county_code and s.programme = '' and s.month = n.month
    where r.person_id is not null and r.roll = '低保边缘'
        and (
            r.valid_from is null
            or (year(n.month) - year(r.valid_from)) * 12 + month(n.month) - month(r.valid_from) >= s.wait_months
        )
        and (r.valid_to is null or r.valid_to >= last_day(n.month))
),

disabled as (
    select m.person_id, m.record_id as roll_id, r.record_id, m.month
    from marginal as m
    inner join disability as r on m.person_id = r.person_id
    inner join rule_settings as s on m.county_code = s.county_code and s.programme = '' and s.month = m.month
    where (
        r.disability_level like '%一%' or r.disability_level like '%二%' or r.disability_level in ('1', '2', '1级', '2级')
        or (
            (r.disability_level like '%三%' or r.disability_level in ('3', '3级'))
            and (r.disability_type like '%智力%' or r.disability_type like '%精神%')
        )
    )
    and (
        r.valid_from is null
        or (year(m.month) - year(r.valid_from)) * 12 + month(m.month) - month(r.valid_from) >= s.wait_months
    )
    and (r.valid_to is null or r.valid_to >= last_day(m.month))
)

select
    h.person_id,
    null::varchar as programme,
    min(h.county_code) as county_code,
    min(h.village_code) as village_code,
    min(d.month) as period_from,
    min(d.month) as period_to,
    []::varchar[] as payment_ids,
    flatten(list([d.roll_id, d.record_id])) as record_ids,
    0::bigint as amount_fen,
    'marginal_disabled' as ground
from disabled as d
inner join residents as h on d.person_id = h.person_id
where not exists (
        select 1 from drawn_lately as e
        where e.recipient_id = h.person_id and (e.programme like 'dibao%' or e.programme like 'tekun%')
    )
    and not exists (
        select 1 from declined_now as n
        where n.person_id = h.person_id and coalesce(n.programme, 'dibao') like 'dibao%'
    )
group by h.person_id
