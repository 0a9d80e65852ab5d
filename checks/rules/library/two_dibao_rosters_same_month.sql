-- id: E04
-- title: 城乡低保或两户重复
-- kind: suspicion
-- severity: high
-- version: 3
-- population: payment_months
-- programmes: dibao_*
-- requires: recipient_id
-- needs: none
-- uses: civil_affairs_rolls
-- grain: person_id, a, b
-- rests_on: first_month
-- fact: a = 项目一
-- fact: b = 项目二
-- fact: first_month = 起始月份
-- basis: 最低生活保障审核确认办法：一个人只计入一个低保家庭
-- why: 同一个人同一个月不能既在城市低保又在农村低保，也不能计入两户。
-- clears: 迁移或分户当月；一户中没有计入该人。
-- ask: 查两户的名册和确认日期，合并或减去一处。
-- effort: desk
select
    person_id,
    a,
    b,
    county_code,
    a as programme,
    min(month) as period_from,
    max(month) as period_to,
    flatten(list(payment_ids)) as payment_ids,
    flatten(list(record_ids)) as record_ids,
    sum(lower_fen)::bigint as amount_fen,
    min(month) as first_month
from pair_months
where rule = 'E04'
group by person_id, a, b, county_code
