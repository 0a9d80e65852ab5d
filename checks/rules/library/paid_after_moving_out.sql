-- id: B05
-- title: 户籍迁出后发放
-- kind: suspicion
-- severity: medium
-- version: 1
-- population: payment_months
-- programmes: dibao_*, tekun_*, old_age, disabled_*, elder_*
-- requires: recipient_id
-- needs: population
-- uses: deaths
-- grain: county_code, recipient_id, programme
-- rests_on: moved_on
-- fact: moved_on = 迁出日期
-- basis: 国发〔2015〕52号（迁出的自下月起停发）；最低生活保障审核确认办法（户籍地或按规定的居住地申请）
-- why: 户口已经迁出本县，本县从下个月起不应再发，要问清现在由哪个县发。
-- clears: 居住证试点、同城同省规定可在居住地领；学校集体户口；迁出登记错误。
-- ask: 向公安局核对迁出日期和迁往地；联系迁入地是否已发，避免漏发或重发。
-- effort: office
with candidates as (
    select r.person_id, r.county_code, max(r.valid_to) as moved_on, list(r.record_id) as record_ids
    from population as r
    where r.person_id is not null and r.valid_to is not null
        and not exists (
            select 1 from population as o
            where o.person_id = r.person_id and o.county_code = r.county_code and o.valid_to is null
        )
    group by r.person_id, r.county_code
)

select
    p.county_code,
    p.recipient_id,
    p.programme,
    min(p.month) as period_from,
    max(p.month) as period_to,
    list(distinct p.payment_id) as payment_ids,
    any_value(g.record_ids) as record_ids,
    sum(p.month_fen)::bigint as amount_fen,
    any_value(g.moved_on) as moved_on
from payment_months as p
inner join candidates as g on p.recipient_id = g.person_id and p.county_code = g.county_code
where p.month > g.moved_on
    -- whose registration ended by death is B01's question
    and not exists (
        select 1 from deaths as d where d.person_id = p.recipient_id and d.cancelled_on is null
    )
group by p.county_code, p.recipient_id, p.programme
