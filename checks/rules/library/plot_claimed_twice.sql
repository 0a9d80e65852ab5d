-- id: H02
-- title: 同一地块重复申报
-- kind: suspicion
-- severity: high
-- version: 2
-- population: payments
-- programmes: unit=亩
-- requires: plot_code
-- needs: land_rights
-- grain: plot_code, programme, season
-- rests_on: claimants_key
-- fact: plot_code = 地块代码
-- fact: season = 年度
-- fact: people = 人数
-- fact: claimed_mu = 申报面积（亩）
-- fact: area_mu = 面积（亩）
-- basis: 财农〔2016〕26号（待核对）；NY/T 2537 农村土地承包经营权要素编码（地块编码唯一）
-- why: 同一块地、同一个项目、同一季被两个人申报，合起来又超过这块地的面积。
-- clears: 双季作物；几个共有人分开申报、合计不超；地块编码重号。
-- ask: 对照地块示意图和承包合同，确认由谁种、由谁申报。
-- effort: visit
-- setting: tolerance_mu = 0.05; 丈量误差（项目约定）
with claims as (
    select
        p.plot_code,
        p.programme,
        year(p.period_to) as season,
        p.county_code,
        p.month,
        p.period_from,
        p.period_to,
        p.payment_id,
        p.amount_fen,
        coalesce(p.recipient_id::varchar, p.payment_id) as claimant,
        p.quantity
    from payments as p
    where coalesce(p.state, 'paid') not in ('planned', 'stopped', 'returned', 'refunded') and p.corrects is null
),

plots as (
    select plot_code, max(area_mu) as area_mu
    from land_rights
    group by plot_code
),

twice as (
    select
        plot_code,
        programme,
        season,
        min(county_code) as county_code,
        min(period_from) as period_from,
        max(period_to) as period_to,
        max(month) as paid_month,
        list(payment_id) as payment_ids,
        sum(amount_fen) - max(amount_fen) as extra_fen,
        round(sum(quantity), 4) as claimed_mu,
        array_to_string(list_sort(list(distinct claimant)), ',') as claimants,
        count(distinct claimant) as people
    from claims
    group by plot_code, programme, season
    having count(distinct claimant) > 1
)

select
    t.plot_code,
    t.programme,
    t.season,
    t.county_code,
    t.period_from,
    t.period_to,
    t.payment_ids,
    []::varchar[] as record_ids,
    t.extra_fen::bigint as amount_fen,
    sha256(t.claimants) as claimants_key,
    t.people,
    t.claimed_mu::varchar as claimed_mu,
    r.area_mu::varchar as area_mu
from twice as t
inner join rule_settings as s
    on t.county_code = s.county_code and t.programme = s.programme and t.paid_month = s.month
left join plots as r on t.plot_code = r.plot_code
-- co-holders may share a plot as long as their parts fit into it
where r.area_mu is null or t.claimed_mu is null or t.claimed_mu > r.area_mu + s.tolerance_mu
