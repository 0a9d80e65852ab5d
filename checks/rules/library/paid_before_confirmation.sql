-- id: J09
-- title: 先发放后确认
-- kind: flow
-- severity: medium
-- version: 2
-- population: payment_months
-- programmes: dibao_*, tekun_*
-- requires: recipient_id, village_code
-- needs: civil_affairs_rolls
-- grain: county_code, programme, town, first_month
-- rests_on: confirmed_from, confirmed_to, people
-- fact: town = 乡镇代码
-- fact: first_month = 起始月份
-- fact: confirmed_from = 最早确认日期
-- fact: confirmed_to = 最晚确认日期
-- fact: people = 人数
-- basis: 最低生活保障审核确认办法（县级民政部门确认，从确认的次月起发放；条号待核对）；特困人员认定办法（确认的次月起给予供养；条号待核对）；社会救助暂行办法 §48（只有临时救助可以先救助、后补手续）
-- why: 低保、特困要先经民政部门确认，从次月起发放。这个乡镇这个月新进名册的人，民政名册上的确认日期却在后面，钱发在了批准之前。问的是经办单位，不是群众。
-- clears: 名册上写的是复核、换证、录入的日期，不是第一次确认的日期；以前批准过，名册只留了这一次；从外地转入；当地文件规定从确认当月起发放。
-- ask: 调审批表核对确认日期和名册；日期录错的更正名册；确实没有批准就发的，说明是谁决定的、依据是什么。
-- effort: desk
-- setting: starts_after_months = 1; 确认的次月起发放；当地规定从当月起发放的写 0
-- setting: most_months = 3; 只问最多早这么多个月的：再早的多是名册改写了日期（项目约定）
-- exempt: 补发, 更正, 重发, 复核, 转入, 迁入; 写明原因的行不算提前发放
with families as (
    select '低保' as roll, 'dibao' as family
    union all select '特困' as roll, 'tekun' as family
),

confirmed as (
    select
        r.person_id, r.county_code, r.record_id, f.family, r.valid_from,
        case when r.roll = '低保' and coalesce(r.single_case, false) = false then r.case_no end as case_no
    from civil_affairs_rolls as r
    inner join families as f on r.roll = f.roll
    where r.person_id is not null
),

-- the months whose rosters follow one that is known: whoever is first on another was perhaps paid before
known as (
    select distinct county_code, programme, year(month) * 12 + month(month) + 1 as next_month
    from paid_months
),

-- first paid in the month of the confirmation or before it, and not in the roster before: few, whatever the year's lines
candidates as (
    select distinct
        t.recipient_id, t.programme, c.family, t.first_month, c.county_code, c.case_no, c.record_id
    from confirmed as c
    inner join first_paid as t on c.person_id = t.recipient_id and starts_with(t.programme, c.family)
    inner join known as k
        on c.county_code = k.county_code and t.programme = k.programme
        and year(t.first_month) * 12 + month(t.first_month) = k.next_month
    where c.valid_from >= t.first_month
),

-- with whom they may have been helped before: the same book's people, and for a dibao family the household
circle as (
    select k.recipient_id, k.programme, k.first_month, k.recipient_id as person_id
    from candidates as k
    union
    select k.recipient_id, k.programme, k.first_month, c.person_id
    from candidates as k
    inner join confirmed as c on k.county_code = c.county_code and k.case_no = c.case_no
    union
    select k.recipient_id, k.programme, k.first_month, m.person_id
    from candidates as k
    inner join household_members as h on k.recipient_id = h.person_id
    inner join household_members as m on h.household_id = m.household_id
    where k.family = 'dibao' and k.case_no is not null
),

-- helped before, under whichever of these programmes: converted, moved, another head, an earlier spell
helped_before as (
    select distinct i.recipient_id, i.programme
    from circle as i
    inner join first_paid as t on i.person_id = t.recipient_id
    inner join families as f on starts_with(t.programme, f.family)
    where t.first_month < i.first_month
),

-- the earliest confirmation any of them has; a row without a date may be an older one
approved as (
    select i.recipient_id, i.programme, min(c.valid_from) as confirmed_on
    from circle as i
    inner join confirmed as c on i.person_id = c.person_id
    group by i.recipient_id, i.programme
    having bool_and(c.valid_from is not null)
),

entered as (
    select
        k.recipient_id, k.programme, k.county_code, k.first_month, a.confirmed_on, list(distinct k.record_id) as record_ids
    from candidates as k
    inner join approved as a on k.recipient_id = a.recipient_id and k.programme = a.programme
    left join helped_before as b on k.recipient_id = b.recipient_id and k.programme = b.programme
    where b.recipient_id is null
    group by k.recipient_id, k.programme, k.county_code, k.first_month, a.confirmed_on
),

-- their money for the months before help begins; what went out after that was no help before approval
paid as (
    select
        e.recipient_id, e.programme, e.county_code, e.first_month, e.confirmed_on, e.record_ids,
        substr(p.village_code, 1, 9) as town, p.month, p.payment_id, p.month_fen,
        year(e.confirmed_on) * 12 + month(e.confirmed_on) + s.starts_after_months
        - year(e.first_month) * 12 - month(e.first_month) as early_months,
        year(n.month) * 12 + month(n.month) + 1 - year(e.first_month) * 12 - month(e.first_month) as known_months,
        s.most_months,
        year(coalesce(p.paid_on, p.paid_month)) * 12 + month(coalesce(p.paid_on, p.paid_month))
        < year(e.confirmed_on) * 12 + month(e.confirmed_on) + s.starts_after_months as is_early,
        exists(
            select 1 from rule_exempt as w
            where w.county_code = p.county_code and w.programme = p.programme and w.month = p.paid_month
                and p.note like '%' || w.word || '%'
        ) as is_exempt
    from entered as e
    inner join payment_months as p
        on e.recipient_id = p.recipient_id and e.programme = p.programme and e.county_code = p.county_code
    inner join rule_settings as s
        on p.county_code = s.county_code and p.programme = s.programme and p.paid_month = s.month
    inner join current_months as n on e.county_code = n.county_code and e.programme = n.programme
    where coalesce(p.state, 'paid') = 'paid' and p.corrects is null
        and year(p.month) * 12 + month(p.month) < year(e.confirmed_on) * 12 + month(e.confirmed_on) + s.starts_after_months
),

people as (
    select
        recipient_id, programme, county_code, town, first_month, confirmed_on,
        max(month) filter (where is_early) as last_month,
        list(distinct payment_id) filter (where is_early) as payment_ids,
        flatten(list(record_ids)) as record_ids,
        sum(month_fen) filter (where is_early) as amount_fen
    from paid
    group by recipient_id, programme, county_code, town, first_month, confirmed_on
    -- a hole between the first month and the confirmation may part two spells
    having count(distinct month) >= least(max(early_months), max(known_months)) and max(early_months) <= max(most_months)
        and bool_or(is_early) and not bool_or(is_exempt)
)

select
    p.county_code,
    p.programme,
    p.town,
    -- a township's batch: the town takes the place of the village
    p.town as village_code,
    p.first_month,
    p.first_month as period_from,
    max(p.last_month) as period_to,
    list_distinct(flatten(list(p.payment_ids))) as payment_ids,
    list_distinct(flatten(list(p.record_ids))) as record_ids,
    sum(p.amount_fen)::bigint as amount_fen,
    min(p.confirmed_on) as confirmed_from,
    max(p.confirmed_on) as confirmed_to,
    count(distinct p.recipient_id) as people,
    -- only in the month of the confirmation itself: the lesser question
    case when bool_and(year(p.confirmed_on) = year(p.first_month) and month(p.confirmed_on) = month(p.first_month))
        then 'low' else 'medium' end as severity
from people as p
-- the township's roster of the month before is known, and they were not on it
inner join paid_months as w
    on p.town = w.town_code and p.programme = w.programme
    and (year(p.first_month) - year(w.month)) * 12 + month(p.first_month) - month(w.month) = 1
group by p.county_code, p.programme, p.town, p.first_month
