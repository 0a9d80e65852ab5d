-- id: H01
-- title: 面积超过确权（承包）面积
-- kind: suspicion
-- severity: medium
-- version: 2
-- population: payments
-- programmes: farmland_protection, actual_grain, soy_corn_strip
-- requires: recipient_id, quantity
-- needs: land_rights, population
-- uses: land_transfers
-- grain: home, programme, season
-- rests_on: base_mu, claimed_mu
-- fact: season = 年度
-- fact: base_mu = 确权面积（亩）
-- fact: claimed_mu = 申报面积（亩）
-- basis: 财农〔2016〕26号（待核对）：补贴面积以确权（承包）面积等为基数；实际种粮补贴给实际种植者
-- why: 一家申报的面积超过确权面积（实际种粮的，减去租出、加上租入），多出来的要有依据。
-- clears: 重新测量有记录；不同项目、不同季节的基数不同；有代耕代种合同。
-- ask: 对照确权证和流转合同，必要时到田里量。
-- effort: visit
-- setting: tolerance_mu = 0.05; 丈量误差（项目约定）
-- setting: tolerance_percent = 1; 丈量误差（项目约定）
-- setting: medium_percent = 5; 超过百分之五列为中等（规则书）
-- setting: high_percent = 50; 超过一半列为重点（规则书）
with belonging as (
    -- one row for a person and a home: whose relation to the head changes within a year has two in the register
    select person_id, household_id, min(coalesce(valid_from, date '0001-01-01')) as valid_from,
        max(coalesce(valid_to, date '9999-12-31')) as valid_to
    from household_members
    group by person_id, household_id
),

homes as (
    select
        p.*,
        year(p.period_to) as season,
        coalesce(h.household_id, p.recipient_id::varchar) as home
    from payments as p
    left join belonging as h
        on p.recipient_id = h.person_id and h.valid_from <= last_day(p.period_to) and h.valid_to >= p.period_from
    where coalesce(p.state, 'paid') not in ('planned', 'stopped', 'returned', 'refunded') and p.corrects is null
),

claims as (
    select
        home,
        programme,
        season,
        min(county_code) as county_code,
        min(village_code) as village_code,
        min(recipient_id) as recipient_id,
        min(period_from) as period_from,
        max(period_to) as period_to,
        max(month) as paid_month,
        list(payment_id) as payment_ids,
        round(sum(quantity), 4) as claimed_mu,
        sum(amount_fen) as paid_fen
    from homes
    group by home, programme, season
),

people_of_home as (
    select distinct c.home, c.programme, c.season, m.person_id
    from claims as c
    inner join household_members as m
        on c.home = m.household_id and (m.valid_from is null or m.valid_from <= last_day(c.period_to))
        and (m.valid_to is null or m.valid_to >= c.period_from)
    union
    select home, programme, season, recipient_id as person_id
    from homes
),

held as (
    select h.home, h.programme, h.season, r.area_mu, r.record_id
    from people_of_home as h
    inner join land_rights as r on h.person_id = r.person_id
    where (r.valid_from is null or year(r.valid_from) <= h.season) and (r.valid_to is null or year(r.valid_to) >= h.season)
    union all
    select h.home, h.programme, h.season, -t.area_mu as area_mu, t.record_id
    from people_of_home as h
    inner join claims as c on h.home = c.home and h.programme = c.programme and h.season = c.season
    inner join land_transfers as t on h.person_id = t.holder_id
    where h.programme <> 'farmland_protection'
        -- a lease that ran out before the last month claimed for gave the land back
        and (t.valid_from is null or year(t.valid_from) <= h.season) and (t.valid_to is null or t.valid_to >= c.period_to)
    union all
    select h.home, h.programme, h.season, t.area_mu, t.record_id
    from people_of_home as h
    inner join land_transfers as t on h.person_id = t.tenant_id
    where h.programme <> 'farmland_protection'
        and (t.valid_from is null or year(t.valid_from) <= h.season) and (t.valid_to is null or year(t.valid_to) >= h.season)
),

base as (
    select home, programme, season, round(sum(area_mu), 4) as base_mu, list(record_id) as record_ids
    from held
    group by home, programme, season
),

compared as (
    select c.*, coalesce(b.base_mu, 0) as base_mu, coalesce(b.record_ids, []::varchar[]) as record_ids
    from claims as c
    left join base as b on c.home = b.home and c.programme = b.programme and c.season = b.season
)

select
    c.home,
    c.programme,
    c.season,
    c.county_code,
    c.village_code,
    c.recipient_id,
    c.period_from,
    c.period_to,
    c.payment_ids,
    c.record_ids,
    round(c.paid_fen * (c.claimed_mu - greatest(c.base_mu, 0)) / c.claimed_mu)::bigint as amount_fen,
    case
        when c.claimed_mu > greatest(c.base_mu, 0) * (1 + s.high_percent / 100) then 'high'
        when c.claimed_mu > greatest(c.base_mu, 0) * (1 + s.medium_percent / 100) then 'medium'
        else 'low'
    end as severity,
    round(c.base_mu, 2)::varchar as base_mu,
    round(c.claimed_mu, 2)::varchar as claimed_mu
from compared as c
inner join rule_settings as s
    on c.county_code = s.county_code and c.programme = s.programme and c.paid_month = s.month
where c.claimed_mu > 0
    and round(c.claimed_mu - greatest(c.base_mu, 0), 4) > greatest(s.tolerance_mu, c.base_mu * s.tolerance_percent / 100)
