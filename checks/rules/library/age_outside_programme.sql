-- id: L07
-- title: 年龄不在范围
-- kind: suspicion
-- severity: medium
-- version: 1
-- population: payment_months
-- programmes: old_age, orphan, unattended_child, yulu, elder_service, elder_care
-- requires: recipient_id
-- needs: none
-- uses: enrolment
-- grain: recipient_id, programme
-- rests_on: born_on
-- fact: born_on = 出生日期
-- fact: youngest = 最小年龄
-- fact: oldest = 最大年龄
-- basis: 各项目对年龄的规定（见设置表按项目的依据）
-- why: 按年龄发的补贴，发放月份的最后一天本人应当在规定的年龄内（按周岁，不按年份相减）。
-- clears: 证号登记错误；学校在读的孤儿可以延长；休学、复读有证明。
-- ask: 核对身份证上的出生日期；孤儿和学生看学籍证明。
-- effort: desk
-- setting: youngest_years = 0; 未规定下限
-- setting: oldest_years = 200; 未规定上限
with bounds as (
    select programme, max(youngest_years) as youngest_years, min(oldest_years) as oldest_years
    from rule_settings
    group by programme
),

-- the youngest and the oldest somebody can have been while drawing
candidates as (
    select t.recipient_id, t.programme, i.born_on
    from person_programmes as t
    inner join bounds as b on t.programme = b.programme
    inner join people as i on t.recipient_id = i.person_id
    where year(t.first_month) - year(i.born_on) - 1 < b.youngest_years
        or year(t.last_month) - year(i.born_on) > b.oldest_years
),

aged as (
    select
        p.*,
        i.born_on,
        -- full years on the last day of the month: born by then, the birthday of the year has come
        year(p.month) - year(i.born_on) - case when month(p.month) < month(i.born_on) then 1 else 0 end as years_at_end,
        -- and on its first day
        year(p.month) - year(i.born_on)
        - case
            when month(p.month) < month(i.born_on) or (month(p.month) = month(i.born_on) and day(i.born_on) > 1) then 1
            else 0
        end as years_at_begin
    from payment_months as p
    inner join candidates as i on p.recipient_id = i.recipient_id and p.programme = i.programme
)

select
    a.recipient_id,
    a.programme,
    min(a.month) as period_from,
    max(a.month) as period_to,
    list(distinct a.payment_id) as payment_ids,
    []::varchar[] as record_ids,
    sum(a.month_fen)::bigint as amount_fen,
    min(a.born_on) as born_on,
    min(a.years_at_end) as youngest,
    max(a.years_at_begin) as oldest
from aged as a
inner join rule_settings as s
    on a.county_code = s.county_code and a.programme = s.programme and a.month = s.month
where a.years_at_end < s.youngest_years
    or (
        a.years_at_begin > s.oldest_years
        -- a child at school keeps the allowance
        and not (
            a.programme in ('orphan', 'unattended_child')
            and exists (
                select 1 from enrolment as r
                where r.person_id = a.recipient_id
                    and (r.valid_from is null or r.valid_from <= last_day(a.month))
                    and (r.valid_to is null or r.valid_to >= a.month)
            )
        )
    )
group by a.recipient_id, a.programme
