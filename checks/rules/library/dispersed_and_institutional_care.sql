-- id: L09
-- title: 分散与集中供养同月
-- kind: suspicion
-- severity: high
-- version: 2
-- population: payment_months
-- programmes: tekun_*
-- requires: recipient_id
-- needs: none
-- uses: civil_affairs_rolls
-- grain: person_id, a, b
-- rests_on: first_month
-- fact: a = 项目一
-- fact: b = 项目二
-- fact: first_month = 起始月份
-- basis: 特困人员认定办法；国务院关于健全特困人员救助供养制度的意见（分散、集中择一）
-- why: 同一个人同一个月只能是分散供养或集中供养中的一种。
-- clears: 转换当月；一份已停发或退回。
-- ask: 向供养机构核对入住、离院日期，停发另一份。
-- effort: desk
select
    person_id,
    a,
    b,
    county_code,
    b as programme,
    min(month) as period_from,
    max(month) as period_to,
    flatten(list(payment_ids)) as payment_ids,
    flatten(list(record_ids)) as record_ids,
    sum(lower_fen)::bigint as amount_fen,
    min(month) as first_month
from pair_months
where rule = 'L09'
group by person_id, a, b, county_code
