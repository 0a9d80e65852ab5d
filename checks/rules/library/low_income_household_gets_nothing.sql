-- id: K05
-- title: 低收入家庭一年没有任何到户资金
-- kind: service_lead
-- severity: medium
-- version: 2
-- population: civil_affairs_rolls
-- needs: civil_affairs_rolls, population, deaths
-- uses: help_declined
-- grain: home
-- rests_on: listed_as
-- fact: listed_as = 名单类别
-- basis: 社会救助暂行办法（专项救助、临时救助）；刚性支出困难家庭认定办法（2025年起，文号待核对）
-- why: 民政认定的低保边缘家庭、刚性支出困难家庭，一年里没有领到任何到户的钱。可能是漏了帮助，也可能不需要，去看一看。
-- clears: 困难已经缓解；享受的是医疗、教育等不发到户的救助；本人不愿申请；已迁出。
-- ask: 入户看困难在哪里，告诉本人可以申请临时救助和专项救助。
-- effort: visit
-- setting: wait_months = 11; 连同当月共十二个月（项目约定）
-- setting: new_months = 3; 认定满三个月才提示（项目约定）
with listed as (
    select r.person_id, r.roll as listed_as, r.record_id, n.month
    from civil_affairs_rolls as r
    inner join current_months as n on r.county_code = n.county_code and n.programme = ''
    inner join rule_settings as s on r.county_code = s.county_code and s.programme = '' and s.month = n.month
    where r.person_id is not null and r.roll in ('低保边缘', '刚性支出困难')
        and (
            r.valid_from is null
            or (year(n.month) - year(r.valid_from)) * 12 + month(n.month) - month(r.valid_from) >= s.new_months
        )
        and (r.valid_to is null or r.valid_to >= last_day(n.month))
)

select
    h.home,
    min(h.person_id) as person_id,
    min(h.county_code) as county_code,
    min(h.village_code) as village_code,
    min(l.month) as period_from,
    min(l.month) as period_to,
    []::varchar[] as payment_ids,
    list(distinct l.record_id) as record_ids,
    0::bigint as amount_fen,
    min(l.listed_as) as listed_as
from listed as l
inner join unreached_homes as h on l.person_id = h.person_id
group by h.home
