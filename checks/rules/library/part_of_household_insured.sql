-- id: G03
-- title: 拆户保、保人不保户
-- kind: suspicion
-- severity: medium
-- version: 3
-- population: payment_months
-- programmes: dibao_*
-- requires: recipient_id
-- needs: population, civil_affairs_rolls
-- uses: deaths, custody
-- grain: recipient_id, programme
-- rests_on: insured, members
-- fact: insured = 参保人数
-- fact: members = 家庭人口
-- basis: 最低生活保障审核确认办法 §6、§7（共同生活的家庭成员）、§8（单人户条件）
-- why: 低保按共同生活的家庭核定；户口上的人比保障人口多，又没有写明谁不计入，要看是不是只保了一部分人。
-- clears: 不计入的人有依据（服刑、失踪、出家、已分户另过）；按单人户办理；户口在一起但不共同生活。
-- ask: 入户看实际共同生活的人，重新核定人口和收入。
-- effort: visit
with homes as (
    select household_id, count(distinct person_id) as people
    from household_members
    group by household_id
),

insured as (
    select p.*, coalesce(p.household_size, p.quantity) as insured
    from payment_months as p
    where coalesce(p.household_size, p.quantity) is not null
        and not exists (
            select 1 from civil_affairs_rolls as r
            where r.person_id = p.recipient_id and r.roll = '低保' and r.single_case = true
                and (r.valid_from is null or r.valid_from <= last_day(p.month))
                and (r.valid_to is null or r.valid_to >= p.month)
        )
),

counted as (
    select i.recipient_id, i.programme, i.payment_id, i.month, i.month_fen, i.insured, count(distinct m.person_id) as members
    from insured as i
    inner join household_members as h
        on i.recipient_id = h.person_id
        and (h.valid_from is null or h.valid_from <= i.month) and (h.valid_to is null or h.valid_to >= last_day(i.month))
    inner join household_members as m
        on h.household_id = m.household_id
        and (m.valid_from is null or m.valid_from <= i.month) and (m.valid_to is null or m.valid_to >= last_day(i.month))
    -- a household with nobody more than the insured, at whatever time, needs no look at the month
    inner join homes as b on h.household_id = b.household_id and b.people > i.insured
    -- whom the roll counts was not split off; that the roster forgot them is a lead: K06
    left join civil_affairs_rolls as k
        on m.person_id = k.person_id and k.roll = '低保' and k.is_counted = true
        and (k.valid_from is null or k.valid_from <= last_day(i.month)) and (k.valid_to is null or k.valid_to >= i.month)
    where not exists (
            select 1 from civil_affairs_rolls as r
            -- not counted, or helped by a roll of their own: who is on 特困 must not be counted here as well
            where r.person_id = m.person_id
                and (r.is_counted = false or r.roll in ('特困', '孤儿', '事实无人抚养儿童') or r.single_case = true)
                and (r.valid_from is null or r.valid_from <= last_day(i.month))
                and (r.valid_to is null or r.valid_to >= i.month)
        )
        and not exists (
            select 1 from deaths as d
            where d.person_id = m.person_id and d.cancelled_on is null and d.died_on <= last_day(i.month)
        )
        and not exists (
            select 1 from imprisoned as c
            where c.person_id = m.person_id
                and (c.from_on is null or c.from_on <= last_day(i.month)) and (c.to_on is null or c.to_on >= i.month)
        )
    group by i.recipient_id, i.programme, i.payment_id, i.month, i.month_fen, i.insured
    having count(distinct m.person_id) > i.insured
        and count(distinct m.person_id) filter (k.person_id is null) > 0
)

select
    recipient_id,
    programme,
    min(month) as period_from,
    max(month) as period_to,
    list(distinct payment_id) as payment_ids,
    []::varchar[] as record_ids,
    sum(month_fen)::bigint as amount_fen,
    min(insured)::int as insured,
    max(members) as members
from counted
group by recipient_id, programme
