-- id: J05
-- title: 发放不及时
-- kind: flow
-- severity: low
-- version: 1
-- population: payments
-- programmes: frequency=monthly
-- requires: paid_on, village_code
-- needs: none
-- grain: county_code, programme, town, period_to, paid_on
-- rests_on: late_days
-- fact: town = 乡镇代码
-- fact: paid_on = 发放日期
-- fact: late_days = 晚发天数
-- fact: people = 人数
-- fact: owed = 欠发情形
-- basis: 惠民惠农财政补贴资金“一卡通”管理要求（及时足额发放，文号待核对）；各项目按月发放的规定
-- why: 按月发的钱，所属月份过去很久才发到群众卡上。问的是经办单位，不是群众。
-- clears: 补发新批准的对象；对账退回后重发；上级资金到得晚。
-- ask: 问经办单位晚在哪个环节；以后怎样按时发。
-- effort: desk
-- setting: days = 30; 所属期最后一天起三十日内发放（项目约定）
-- exempt: 补发, 更正, 重发; 补发和重发的行本来就晚于所属期
with candidates as (
    select distinct p.county_code, p.village_code, p.programme, p.month, p.period_to
    from payment_sums as p
    inner join rule_settings as s
        on p.county_code = s.county_code and p.programme = s.programme and p.month = s.month
    where coalesce(p.state, 'paid') = 'paid' and not p.is_correction
        and date_diff('day', last_day(p.period_to), p.last_paid_on) > s.days
),

late as (
    select
        p.county_code, p.programme, substr(p.village_code, 1, 9) as town, p.period_from, p.period_to, p.paid_on,
        p.payment_id, p.recipient_id, p.amount_fen, date_diff('day', last_day(p.period_to), p.paid_on) as late_days
    from payments as p
    inner join candidates as c
        on p.county_code = c.county_code and p.village_code = c.village_code and p.programme = c.programme
        and p.month = c.month and p.period_to = c.period_to
    inner join rule_settings as s
        on p.county_code = s.county_code and p.programme = s.programme and p.month = s.month
    where coalesce(p.state, 'paid') = 'paid' and p.corrects is null
        and date_diff('day', last_day(p.period_to), p.paid_on) > s.days
        and not exists (
            select 1 from rule_exempt as e
            where e.county_code = p.county_code and e.programme = p.programme and e.month = p.month
                and p.note like '%' || e.word || '%'
        )
)

select
    county_code,
    programme,
    town,
    -- a township's batch: the town takes the place of the village
    town as village_code,
    paid_on,
    min(period_from) as period_from,
    period_to,
    list(payment_id) as payment_ids,
    []::varchar[] as record_ids,
    sum(amount_fen)::bigint as amount_fen,
    max(late_days) as late_days,
    count(distinct recipient_id) as people,
    'late' as owed
from late
group by county_code, programme, town, period_to, paid_on
