-- id: E07
-- title: 择高补贴重复享受
-- kind: suspicion
-- severity: medium
-- version: 2
-- population: payment_months
-- programmes: disabled_*, elder_*, old_age, transport_*, veterans_pension
-- requires: recipient_id
-- needs: none
-- uses: civil_affairs_rolls
-- grain: person_id, a, b
-- rests_on: first_month
-- fact: a = 项目一
-- fact: b = 项目二
-- fact: first_month = 起始月份
-- basis: 项目对表中写明的地方规定（择高或择一）
-- why: 规定只能选一种的两项补贴，同一个月都领了。
-- clears: 本地规定可以同领；转换当月；一份已停发。
-- ask: 请本人选择较高的一项，另一项停发，收回重叠月份。
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
where rule = 'E07'
group by person_id, a, b, county_code
