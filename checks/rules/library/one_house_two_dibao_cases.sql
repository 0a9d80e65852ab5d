-- id: G04
-- title: 一户多保
-- kind: suspicion
-- severity: low
-- version: 2
-- population: payment_months
-- programmes: dibao_*
-- requires: recipient_id
-- needs: population
-- uses: civil_affairs_rolls
-- grain: home
-- rests_on: people_key
-- fact: cases = 户数
-- basis: 最低生活保障审核确认办法 §6（以家庭为单位）、§8（单人户）
-- why: 同一户口簿下有两份低保，可能是把一家拆成几份领。
-- clears: 单人户；依法分户、各自生活；户口在一起但不共同生活。
-- ask: 入户看是不是一家人一起过，合并或说明分户依据。
-- effort: visit
with several as (
    select h.household_id
    from person_programmes as t
    inner join household_members as h on t.recipient_id = h.person_id
    where t.programme like 'dibao%'
    group by h.household_id
    having min(t.recipient_id) <> max(t.recipient_id)
),

homes as (
    select distinct p.recipient_id, p.programme, p.payment_id, p.month, p.month_fen, p.county_code, p.village_code,
        h.household_id as home, coalesce(b.case_no, p.recipient_id::varchar) as book
    from payment_months as p
    left join civil_affairs_rolls as b
        on p.recipient_id = b.person_id and p.county_code = b.county_code and b.roll = '低保'
        and (b.valid_from is null or b.valid_from <= last_day(p.month)) and (b.valid_to is null or b.valid_to >= p.month)
    inner join household_members as h
        on p.recipient_id = h.person_id
        -- of one home for the whole of the month: who moves in or out is counted where the roster was drawn up
        and (h.valid_from is null or h.valid_from <= p.month) and (h.valid_to is null or h.valid_to >= last_day(p.month))
    inner join several as v on h.household_id = v.household_id
    where p.state is distinct from 'planned'
        and not exists (
            select 1 from civil_affairs_rolls as r
            where r.person_id = p.recipient_id and r.roll = '低保' and r.single_case = true
                and (r.valid_from is null or r.valid_from <= last_day(p.month))
                and (r.valid_to is null or r.valid_to >= p.month)
        )
),

months as (
    select
        home,
        month,
        min(county_code) as county_code,
        min(village_code) as village_code,
        min(programme) as programme,
        list(payment_id) as payment_ids,
        list(recipient_id::varchar) as people,
        count(distinct book) as cases,
        sum(month_fen) - max(month_fen) as extra_fen
    from homes
    group by home, month
    -- lines to each of a family, all under one book's number, are one case
    having count(distinct recipient_id) > 1 and count(distinct book) > 1
)

select
    home,
    min(county_code) as county_code,
    min(village_code) as village_code,
    min(programme) as programme,
    min(month) as period_from,
    max(month) as period_to,
    flatten(list(payment_ids)) as payment_ids,
    []::varchar[] as record_ids,
    sum(extra_fen)::bigint as amount_fen,
    sha256(array_to_string(list_sort(list_distinct(flatten(list(people)))), ',')) as people_key,
    max(cases) as cases
from months
group by home
