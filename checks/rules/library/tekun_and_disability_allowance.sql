-- id: E02
-- title: 特困与残疾两项补贴同月
-- kind: suspicion
-- severity: high
-- version: 2
-- population: payment_months
-- programmes: tekun_*, disabled_living, disabled_care
-- requires: recipient_id
-- needs: none
-- uses: civil_affairs_rolls
-- grain: person_id, a, b
-- rests_on: first_month
-- fact: a = 项目一
-- fact: b = 项目二
-- fact: first_month = 起始月份
-- basis: 国发〔2015〕52号：领取特困供养金的不再享受残疾人两项补贴
-- why: 特困供养金已经包含照料，同一个月不能再领残疾人两项补贴。
-- clears: 转换当月；其中一份已停发或退回。
-- ask: 查特困确认日期和残疾补贴停发日期，收回多发的补贴。
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
    sum(b_fen)::bigint as amount_fen,
    min(month) as first_month
from pair_months
where rule = 'E02'
group by person_id, a, b, county_code
