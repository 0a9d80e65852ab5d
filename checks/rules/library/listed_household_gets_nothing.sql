-- id: L12
-- title: 监测户、脱贫户一年没有任何到户资金
-- kind: service_lead
-- severity: medium
-- version: 2
-- population: monitoring
-- needs: monitoring, population, deaths
-- uses: help_declined
-- grain: home
-- rests_on: listed_as
-- fact: listed_as = 名单类别
-- basis: 健全防止返贫动态监测和帮扶机制的要求（监测对象应有针对性帮扶，文号待核对）
-- why: 在防返贫监测和脱贫名单上的一家人，一年里没有领到任何到户的钱。可能是漏了帮助，也可能不需要，去看一看。
-- clears: 全家外出务工、收入稳定，本人不需要；帮扶措施是产业、就业，没有到户资金；已迁出。
-- ask: 入户看生活、就学、看病和住房，问清还需要什么帮助。
-- effort: visit
-- setting: wait_months = 11; 连同当月共十二个月（项目约定）
-- setting: new_months = 3; 纳入满三个月才提示（项目约定）
with listed as (
    select r.person_id, r.list_kind as listed_as, r.record_id, n.month
    from monitoring as r
    inner join current_months as n on r.county_code = n.county_code and n.programme = ''
    inner join rule_settings as s on r.county_code = s.county_code and s.programme = '' and s.month = n.month
    where r.person_id is not null
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
    case when min(l.listed_as) = '脱贫户' then 'low' else 'medium' end as severity,
    min(l.listed_as) as listed_as
from listed as l
inner join unreached_homes as h on l.person_id = h.person_id
group by h.home
