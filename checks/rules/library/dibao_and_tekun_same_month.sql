-- id: E01
-- title: 低保与特困同月
-- kind: suspicion
-- severity: high
-- version: 3
-- population: payment_months
-- programmes: dibao_*, tekun_*
-- requires: recipient_id
-- needs: none
-- uses: civil_affairs_rolls
-- grain: person_id, a, b
-- rests_on: first_month
-- fact: a = 项目一
-- fact: b = 项目二
-- fact: first_month = 起始月份
-- basis: 社会救助暂行办法；特困人员认定办法：已纳入特困供养的不再享受最低生活保障
-- why: 同一个人同一个月只能算作低保对象或特困人员中的一种。
-- clears: 属于转换当月；其中一份已停发、退回；低保户中没有计入该人。
-- ask: 查两份名册的确认和终止日期；保留应享的一份，停发较低的一份。
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
where rule = 'E01'
group by person_id, a, b, county_code
