-- id: E08
-- title: 雨露计划学籍不符
-- kind: suspicion
-- severity: medium
-- version: 1
-- population: payments
-- programmes: yulu, lottery_schooling
-- requires: recipient_id
-- needs: enrolment
-- probable: payments
-- grain: recipient_id, programme, period_to
-- rests_on: schools
-- fact: schools = 学校数
-- basis: 雨露计划职业教育补助政策（以当学期中高职学籍为准）
-- why: 助学补助按学期发给在校学生；当学期没有学籍，或者同时有两个学校的学籍，要核实。
-- clears: 休学有手续；学期中转学；在外地就读、学籍不在本县数据中。
-- ask: 请学校出具当学期在籍证明。
-- effort: office
with studied as (
    select
        p.payment_id,
        count(r.record_id) as records,
        count(distinct r.school) as schools,
        list(r.record_id) filter (r.record_id is not null) as record_ids,
        max(r.valid_from) as latest_from,
        min(r.valid_to) as earliest_to
    from payments as p
    left join enrolment as r
        on p.recipient_id = r.person_id
        and (r.valid_from is null or r.valid_from <= last_day(p.period_to))
        and (r.valid_to is null or r.valid_to >= p.period_from)
    where coalesce(p.state, 'paid') not in ('stopped', 'returned', 'refunded')
    group by p.payment_id
)

select
    p.recipient_id,
    p.programme,
    min(p.period_from) as period_from,
    p.period_to,
    list(p.payment_id) as payment_ids,
    flatten(list(coalesce(s.record_ids, []::varchar[]))) as record_ids,
    sum(p.amount_fen)::bigint as amount_fen,
    max(s.schools) as schools
from payments as p
inner join studied as s on p.payment_id = s.payment_id
-- two schools one after the other is a transfer, two at once is not
where s.records = 0 or (s.schools > 1 and (s.earliest_to is null or s.latest_from < s.earliest_to))
group by p.recipient_id, p.programme, p.period_to
