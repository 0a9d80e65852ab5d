-- id: K09
-- title: 在册对象没有发放
-- kind: service_lead
-- severity: medium
-- version: 3
-- population: civil_affairs_rolls
-- needs: civil_affairs_rolls, population, deaths
-- uses: help_declined, custody
-- grain: county_code, subject, roll
-- rests_on: paid_until
-- fact: roll = 名册类别
-- fact: paid_until = 最后发放月份
-- fact: unpaid_months = 未发月数
-- fact: owed = 欠发情形
-- basis: 最低生活保障审核确认办法（从确认的次月起发放）；特困人员认定办法 §26；民发〔2019〕62号
-- why: 民政名册上是已经批准、没有终止的对象，所在乡镇这个月发了钱，却没有发给他。批准了没有发的钱，是欠群众的。
-- clears: 停发有决定，名册没有更新；已转为别的待遇；服刑；已现金发放并签收；按季发放、还没有到期。
-- ask: 问经办人为什么没有发；应当发的，从漏发的月份起补。
-- effort: office
-- setting: wait_months = 0; 确认的次月起发放（最低生活保障审核确认办法、特困人员认定办法）
-- setting: most_months = 12; 最多追算的月数（项目约定）
with families as (
    select '低保' as roll, 'dibao' as family
    union all select '特困' as roll, 'tekun' as family
    union all select '孤儿' as roll, 'orphan' as family
    union all select '事实无人抚养儿童' as roll, 'unattended_child' as family
),

-- the newest month of any programme of the family
current as (
    select n.county_code, f.family, max(n.month) as month
    from current_months as n
    inner join families as f on starts_with(n.programme, f.family)
    group by n.county_code, f.family
),

-- programmes a township pays now, or paid the month before
rosters as (
    select w.town_code, c.family, w.programme, bool_or(w.month = c.month) as is_in
    from paid_months as w
    inner join current as c on w.county_code = c.county_code and starts_with(w.programme, c.family)
    where w.month in (c.month, (c.month - interval 1 month)::date)
    group by w.town_code, c.family, w.programme
),

-- without this month's rosters of the township nothing can be concluded
complete as (
    select town_code, family
    from rosters
    group by town_code, family
    having bool_and(is_in)
),

approved as (
    select
        r.person_id, r.county_code, r.roll, f.family, r.record_id, r.valid_from, n.month as current_month,
        case when r.roll = '低保' and coalesce(r.single_case, false) = false and r.case_no is not null
            then r.case_no else r.person_id::varchar end as subject
    from civil_affairs_rolls as r
    inner join families as f on r.roll = f.roll
    inner join current as n on r.county_code = n.county_code and f.family = n.family
    inner join rule_settings as s on r.county_code = s.county_code and s.programme = '' and s.month = n.month
    where r.person_id is not null and r.is_counted is distinct from false
        and (
            r.valid_from is null
            or (year(n.month) - year(r.valid_from)) * 12 + month(n.month) - month(r.valid_from) > s.wait_months
        )
        and (r.valid_to is null or r.valid_to >= last_day(n.month))
),

-- money of the family of programmes, to the person or, for dibao, to anybody of the home
drawn as (
    select p.recipient_id, p.programme, f.family, p.month, p.month_fen
    from payment_months as p
    inner join families as f on starts_with(p.programme, f.family)
    where p.recipient_id is not null
),

drawn_now as (
    select t.recipient_id, n.family, n.month
    from current as n
    inner join programmes as g on starts_with(g.slug, n.family)
    inner join person_programmes as t on g.slug = t.programme and n.county_code = t.first_county
    where t.last_month >= n.month
),

now_paid as (
    select recipient_id as person_id, family
    from drawn_now
    union
    select m.person_id, d.family
    from drawn_now as d
    inner join household_members as h
        on d.recipient_id = h.person_id
        and (h.valid_from is null or h.valid_from <= last_day(d.month)) and (h.valid_to is null or h.valid_to >= d.month)
    inner join household_members as m on h.household_id = m.household_id
    where d.family = 'dibao'
),

paid_subjects as (
    select distinct a.county_code, a.subject, a.roll
    from approved as a
    inner join now_paid as p on a.person_id = p.person_id and a.family = p.family
),

unpaid as (
    select a.*, h.village_code
    from approved as a
    inner join residents as h on a.person_id = h.person_id and a.county_code = h.county_code
    left join paid_subjects as p on a.county_code = p.county_code and a.subject = p.subject and a.roll = p.roll
    inner join complete as w on substr(h.village_code, 1, 9) = w.town_code and a.family = w.family
    where p.subject is null
        and not exists (
            select 1 from payments as t
            where t.recipient_id = a.person_id and t.state in ('stopped', 'returned', 'refunded')
                and starts_with(t.programme, a.family) and t.period_to >= a.current_month
        )
        and not exists (
            select 1 from excluded_lately as e where e.person_id = a.person_id and starts_with(e.programme, a.family)
        )
        and not exists (
            select 1 from declined_now as n
            where n.person_id = a.person_id and (n.programme is null or starts_with(n.programme, a.family))
        )
        and not exists (
            select 1 from imprisoned as c
            where c.person_id = a.person_id
                and (c.from_on is null or c.from_on <= last_day(a.current_month))
                and (c.to_on is null or c.to_on >= a.current_month)
        )
),

before as (
    select u.county_code, u.subject, u.roll, max(d.month) as paid_until, arg_max(d.month_fen, d.month) as month_fen,
        max(d.programme) as programme
    from unpaid as u
    inner join drawn as d on u.person_id = d.recipient_id and u.family = d.family
    group by u.county_code, u.subject, u.roll
),

owing as (
    select
        u.county_code, u.subject, u.roll, min(u.person_id) as person_id, min(u.village_code) as village_code,
        list(distinct u.record_id) as record_ids, min(u.valid_from) as valid_from,
        max(u.current_month) as current_month,
        max(b.paid_until) as paid_until, max(b.month_fen) as month_fen, max(b.programme) as programme
    from unpaid as u
    left join before as b on u.county_code = b.county_code and u.subject = b.subject and u.roll = b.roll
    group by u.county_code, u.subject, u.roll
),

months as (
    select
        o.*,
        -- unpaid since the last paid month, or since the month after confirmation
        least(
            (year(o.current_month) - year(coalesce(o.paid_until, o.valid_from, o.current_month))) * 12
            + month(o.current_month) - month(coalesce(o.paid_until, o.valid_from, o.current_month)),
            s.most_months
        )::int as unpaid_months
    from owing as o
    inner join rule_settings as s on o.county_code = s.county_code and s.programme = '' and s.month = o.current_month
)

select
    county_code,
    subject,
    roll,
    person_id,
    village_code,
    programme,
    make_date(
        (year(current_month) * 12 + month(current_month) - greatest(unpaid_months, 1)) // 12,
        (year(current_month) * 12 + month(current_month) - greatest(unpaid_months, 1)) % 12 + 1, 1
    ) as period_from,
    current_month as period_to,
    []::varchar[] as payment_ids,
    record_ids,
    coalesce(month_fen * greatest(unpaid_months, 1), 0)::bigint as amount_fen,
    paid_until,
    greatest(unpaid_months, 1) as unpaid_months,
    'unpaid' as owed
from months
