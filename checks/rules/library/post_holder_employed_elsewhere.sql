-- id: C04
-- title: 公益岗人员他处就业
-- kind: suspicion
-- severity: medium
-- version: 1
-- population: payment_months
-- programmes: public_post, forest_ranger
-- requires: recipient_id
-- needs: social_insurance
-- grain: recipient_id, programme
-- rests_on: employers
-- fact: employers = 工作单位
-- basis: 公益性岗位开发管理办法（不得由已在他处全日制就业的人占用）
-- why: 领公益性岗位补贴的当月，又有别的单位按全日制职工替他缴社保，要看人在哪里上班。
-- clears: 劳务派遣公司代缴；离职后单位仍在缴；岗位为非全日制。
-- ask: 查岗位考勤和工资；问缴费单位该人当月是否在岗。
-- effort: visit
-- exempt: 公益性岗位, 灵活就业, 城乡居民; 岗位本身缴的社保、个人缴费不算他处就业
with employed as (
    select
        p.recipient_id,
        p.programme,
        p.payment_id,
        p.month,
        min(p.month_fen) as month_fen,
        list(s.record_id) as record_ids,
        list(coalesce(s.employer, '')) as employers
    from payment_months as p
    inner join social_insurance as s on p.recipient_id = s.person_id and p.month = s.paid_month
    where s.payer_kind is not null
        and not exists (
            select 1 from rule_exempt as e
            where e.county_code = p.county_code and e.programme = p.programme and e.month = p.month
                and e.word = s.payer_kind
        )
    group by p.recipient_id, p.programme, p.payment_id, p.month
)

select
    recipient_id,
    programme,
    min(month) as period_from,
    max(month) as period_to,
    list(distinct payment_id) as payment_ids,
    flatten(list(record_ids)) as record_ids,
    sum(month_fen)::bigint as amount_fen,
    array_to_string(list_sort(list_distinct(flatten(list(employers)))), '、') as employers
from employed
group by recipient_id, programme
