-- id: B02
-- title: 已故户主仍为收款人
-- kind: suspicion
-- severity: medium
-- version: 1
-- population: payments
-- programmes: payment_unit=household, !dibao_*
-- requires: payee_id
-- needs: deaths
-- grain: payee_id, programme
-- rests_on: died_on
-- fact: died_on = 死亡日期
-- fact: heirs_months = 死亡后月数
-- basis: 财办〔2020〕37号（待核对）：收款账户应为享受人或户主本人的有效账户；承包经营权由家庭成员继续享有
-- why: 按户、按面积发的钱，户主去世满继承办理期后还打进他的卡，要换人换卡。
-- clears: 已换收款人但名册没改；承包合同仍在已故户主名下，正在办理变更。
-- ask: 问家里人这张卡现在由谁用；请乡镇按承包合同或户籍变更户主和账号。
-- effort: office
-- setting: heirs_months = 12; 继承和换卡办理期十二个月（项目约定）
with dead as (
    select d.person_id, min(d.died_on) as died_on, list(d.record_id) as record_ids
    from deaths as d
    where d.person_id is not null and d.cancelled_on is null
    group by d.person_id
)

select
    p.payee_id,
    p.payee_id as person_id,
    p.programme,
    min(p.period_from) as period_from,
    max(p.period_to) as period_to,
    list(p.payment_id) as payment_ids,
    any_value(d.record_ids) as record_ids,
    sum(p.amount_fen)::bigint as amount_fen,
    any_value(d.died_on) as died_on,
    max(s.heirs_months)::int as heirs_months
from payments as p
inner join dead as d on p.payee_id = d.person_id
inner join rule_settings as s
    on p.county_code = s.county_code and p.programme = s.programme and p.month = s.month
where coalesce(p.state, 'paid') not in ('stopped', 'returned', 'refunded')
    and (year(coalesce(p.paid_on, p.month)) - year(d.died_on)) * 12
    + month(coalesce(p.paid_on, p.month)) - month(d.died_on) > s.heirs_months
group by p.payee_id, p.programme
