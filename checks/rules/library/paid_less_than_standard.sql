-- id: K12
-- title: 少于最低标准发放
-- kind: service_lead
-- severity: medium
-- version: 1
-- population: payment_months
-- programmes: fixed_rate=true, frequency=monthly
-- requires: recipient_id
-- needs: none
-- grain: recipient_id, programme
-- rests_on: due_fen, short_months
-- fact: due_fen = 应发金额
-- fact: short_months = 少发月数
-- fact: owed = 欠发情形
-- basis: 各项目补贴标准文件（见项目目录的标准与依据）
-- why: 定额补贴一个人一个月发的钱，合起来还不到当地当时最低一档标准。少发的钱是欠群众的。
-- clears: 有扣回、抵扣的决定；按规定只发差额；标准文件没有录入或录错了。
-- ask: 请经办单位给出计算过程；确实少发的补上。
-- effort: desk
-- setting: tolerance_fen = 100; 一元以内不计（项目约定）
-- exempt: 补差, 补发, 扣回, 抵扣, 更正; 补差、补发、扣回、抵扣和更正的行另有计算单
with nearest as (
    select c.county_code, c.programme, max(length(t.region)) as region_length
    from (select distinct county_code, programme from paid_months) as c
    inner join standards as t on c.programme = t.programme and starts_with(c.county_code, t.region) and t.per = 'month'
    group by c.county_code, c.programme
),

-- the lowest band: who is owed a higher one is not known here
lowest as (
    select n.county_code, n.programme, w.month, min(t.fen) as fen
    from nearest as n
    inner join (select distinct county_code, programme, month from paid_months) as w
        on n.county_code = w.county_code and n.programme = w.programme
    inner join standards as t
        on n.programme = t.programme and starts_with(n.county_code, t.region) and length(t.region) = n.region_length
        and t.per = 'month' and t.valid_from <= w.month and (t.valid_to is null or t.valid_to >= w.month)
    group by n.county_code, n.programme, w.month
),

low as (
    select distinct p.recipient_id, p.programme, p.month, s.fen
    from payment_months as p
    inner join lowest as s on p.county_code = s.county_code and p.programme = s.programme and p.month = s.month
    where p.month_fen < s.fen and p.amount_fen > 0 and coalesce(p.state, 'paid') = 'paid'
),

-- several lines of one month add up before anything is called short
monthly as (
    select
        w.recipient_id, w.programme, w.month, w.fen, sum(p.month_fen) as drawn_fen, list(p.payment_id) as payment_ids,
        min(p.county_code) as county_code, min(p.village_code) as village_code,
        bool_or(e.word is not null) as explained
    from low as w
    inner join payment_months as p
        on w.recipient_id = p.recipient_id and w.programme = p.programme and w.month = p.month
    left join rule_exempt as e
        on p.county_code = e.county_code and p.programme = e.programme and p.paid_month = e.month
        and p.note like '%' || e.word || '%'
    group by w.recipient_id, w.programme, w.month, w.fen
)

select
    m.recipient_id,
    m.programme,
    arg_max(m.county_code, m.month) as county_code,
    arg_max(m.village_code, m.month) as village_code,
    min(m.month) as period_from,
    max(m.month) as period_to,
    list_distinct(flatten(list(m.payment_ids))) as payment_ids,
    []::varchar[] as record_ids,
    sum(m.fen - m.drawn_fen)::bigint as amount_fen,
    sum(m.fen)::bigint as due_fen,
    count(*)::int as short_months,
    'short' as owed
from monthly as m
inner join rule_settings as s on m.county_code = s.county_code and m.programme = s.programme and m.month = s.month
where m.fen - m.drawn_fen > s.tolerance_fen and not m.explained
group by m.recipient_id, m.programme
