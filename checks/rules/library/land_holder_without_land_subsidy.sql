-- id: K08
-- title: 承包户没有耕地地力保护补贴
-- kind: service_lead
-- severity: low
-- version: 2
-- population: land_rights
-- needs: land_rights, population, deaths
-- uses: help_declined
-- grain: person_id, season
-- rests_on: held_mu
-- fact: season = 年度
-- fact: held_mu = 承包面积（亩）
-- basis: 财农〔2016〕26号（待核对）：耕地地力保护补贴给有土地承包权的农户
-- why: 有确权耕地的农户，全家这一年没有领到耕地地力保护补贴，地块也没有别人申报。地租出去了，这笔补贴仍归承包户。
-- clears: 地已改作鱼塘、果园、建房或被征用；长年抛荒；由同户或继承人用别的户名申报；本人不愿申请。
-- ask: 问农户地还种不种、为什么没有登记；应当有的，帮助补登记。
-- effort: visit
-- setting: least_mu = 0.3; 不到三分地的不提示（项目约定）
-- exempt: 林地, 园地, 草地, 水面, 鱼塘, 设施, 建设用地, 征用; 不属于补贴范围的地类（财农〔2016〕26号，待核对）
with seasons as (
    select p.county_code, substr(p.village_code, 1, 9) as town_code, max(year(p.period_to)) as season
    from payment_months as p
    where p.programme = 'farmland_protection' and p.village_code is not null
    group by p.county_code, substr(p.village_code, 1, 9)
),

claimed as (
    select p.recipient_id, p.plot_code, year(p.period_to) as season
    from payment_months as p
    where p.programme = 'farmland_protection'
),

held as (
    select r.person_id, r.plot_code, r.area_mu, r.record_id, r.county_code, h.village_code, h.household_id, t.season
    from land_rights as r
    inner join residents as h on r.person_id = h.person_id
    inner join seasons as t on h.county_code = t.county_code and substr(h.village_code, 1, 9) = t.town_code
    inner join current_months as n on r.county_code = n.county_code and n.programme = 'farmland_protection'
    where r.area_mu > 0
        and (r.valid_from is null or year(r.valid_from) <= t.season) and (r.valid_to is null or year(r.valid_to) >= t.season)
        and not exists (
            select 1 from rule_exempt as e
            where e.county_code = r.county_code and e.programme = 'farmland_protection' and e.month = n.month
                and r.land_type like '%' || e.word || '%'
        )
),

members as (
    select distinct h.person_id as named, h.season, m.person_id
    from held as h
    inner join household_members as m
        on h.household_id = m.household_id and (m.valid_from is null or year(m.valid_from) <= h.season)
    union
    select person_id as named, season, person_id
    from held
),

reached as (
    select m.named, m.season
    from members as m
    inner join claimed as c on m.person_id = c.recipient_id and m.season = c.season
    union
    select h.person_id as named, h.season
    from held as h
    inner join claimed as c on h.plot_code = c.plot_code and h.season = c.season
    union
    select m.named, m.season
    from members as m
    inner join declined_now as n on m.person_id = n.person_id
    where coalesce(n.programme, 'farmland_protection') = 'farmland_protection'
),

rates as (
    select p.county_code, min(t.fen) as fen
    from (select distinct county_code from seasons) as p
    inner join current_months as n on p.county_code = n.county_code and n.programme = 'farmland_protection'
    inner join standards as t
        on t.programme = 'farmland_protection' and starts_with(p.county_code, t.region)
        and t.valid_from <= n.month and (t.valid_to is null or t.valid_to >= n.month)
    group by p.county_code
),

left_out as (
    select
        h.person_id, h.season, min(h.county_code) as county_code, min(h.village_code) as village_code,
        list(distinct h.record_id) as record_ids, round(sum(h.area_mu), 2) as held_mu
    from held as h
    left join reached as e on h.person_id = e.named and h.season = e.season
    where e.named is null
    group by h.person_id, h.season
)

select
    l.person_id,
    'farmland_protection' as programme,
    l.season,
    l.county_code,
    l.village_code,
    make_date(l.season, 1, 1) as period_from,
    make_date(l.season, 12, 1) as period_to,
    []::varchar[] as payment_ids,
    l.record_ids,
    coalesce(round(l.held_mu * r.fen), 0)::bigint as amount_fen,
    l.held_mu::varchar as held_mu
from left_out as l
inner join current_months as n on l.county_code = n.county_code and n.programme = 'farmland_protection'
inner join rule_settings as s
    on l.county_code = s.county_code and s.programme = 'farmland_protection' and s.month = n.month
left join rates as r on l.county_code = r.county_code
where l.held_mu >= s.least_mu
