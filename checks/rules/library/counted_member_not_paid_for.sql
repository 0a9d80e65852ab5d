-- id: K06
-- title: 计入保障人口的家人没有算进发放人数
-- kind: service_lead
-- severity: medium
-- version: 2
-- population: payment_months
-- programmes: dibao_*
-- requires: recipient_id
-- needs: civil_affairs_rolls
-- uses: deaths, custody
-- grain: recipient_id, programme
-- rests_on: insured, counted
-- fact: insured = 参保人数
-- fact: counted = 名册计入人数
-- fact: owed = 欠发情形
-- basis: 最低生活保障审核确认办法 §6、§7（共同生活的家庭成员都计入）；§24
-- why: 民政名册上计入这一家保障人口的人，比发放名册上的人数多，少算的家人可能漏发了。
-- clears: 名册上的人已去世、服刑或已另立低保户，名册没有更新；按户定额补差，与人数无关。
-- ask: 核对低保证上的保障人口和发放人数；少算的，从漏发的月份起补。
-- effort: office
with single as (
    select person_id, valid_from, valid_to
    from civil_affairs_rolls
    where person_id is not null and roll = '低保' and single_case = true
),

-- the book's number is what joins a family's rows of the roll
books as (
    select p.recipient_id, p.programme, p.payment_id, p.month, p.month_fen,
        coalesce(p.household_size, p.quantity) as insured, r.county_code, r.case_no
    from payment_months as p
    inner join civil_affairs_rolls as r on p.recipient_id = r.person_id and p.county_code = r.county_code
    where r.roll = '低保' and r.case_no is not null and coalesce(p.household_size, p.quantity) > 0
        and (r.valid_from is null or r.valid_from < p.month) and (r.valid_to is null or r.valid_to >= last_day(p.month))
        and not exists (
            select 1 from single as u
            where u.person_id = p.recipient_id and (u.valid_from is null or u.valid_from <= last_day(p.month))
                and (u.valid_to is null or u.valid_to >= p.month)
        )
),

counted as (
    select b.recipient_id, b.programme, b.payment_id, b.month, b.month_fen, b.insured,
        count(distinct r.person_id) as counted, list(distinct r.record_id) as record_ids
    from books as b
    inner join civil_affairs_rolls as r on b.county_code = r.county_code and b.case_no = r.case_no
    where r.person_id is not null and r.roll = '低保' and r.is_counted = true
        and (r.valid_from is null or r.valid_from < b.month) and (r.valid_to is null or r.valid_to >= last_day(b.month))
        and not exists (
            select 1 from deaths as d
            where d.person_id = r.person_id and d.cancelled_on is null and d.died_on <= last_day(b.month)
        )
        and not exists (
            select 1 from imprisoned as c
            where c.person_id = r.person_id
                and (c.from_on is null or c.from_on <= last_day(b.month)) and (c.to_on is null or c.to_on >= b.month)
        )
    group by b.recipient_id, b.programme, b.payment_id, b.month, b.month_fen, b.insured
    having count(distinct r.person_id) > b.insured
)

select
    recipient_id,
    programme,
    min(month) as period_from,
    max(month) as period_to,
    list(distinct payment_id) as payment_ids,
    list_distinct(flatten(list(record_ids))) as record_ids,
    -- what the paid members drew on average, for each who was left out
    sum(round(month_fen * (counted - insured) / insured))::bigint as amount_fen,
    min(insured)::int as insured,
    max(counted) as counted,
    'short' as owed
from counted
group by recipient_id, programme
