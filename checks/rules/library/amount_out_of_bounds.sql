-- id: A07
-- title: 金额异常
-- kind: data_error
-- severity: return
-- version: 1
-- population: payments
-- needs: none
-- grain: payment_id
-- rests_on: paid_fen
-- fact: paid_fen = 实发金额
-- fact: problem = 问题
-- value: over_cap = 超过上限
-- value: not_positive = 金额不大于零
-- value: unit_mistaken = 疑似把元当成万元
-- basis: 各项目补贴标准文件；财政资金支付管理要求（金额大于零、以分为最小单位）
-- why: 金额为零、超过项目上限，或与同县同项目通常的金额相差万倍（把元当成万元），多半是填错了。
-- clears: 退款、冲销行；单位是万元而表头没有写明；个案金额有审批文件。
-- ask: 请报送单位核对单位（元、万元）和原始审批表，更正后重报。
-- effort: desk
-- setting: cap_fen = 100000000; 单行超过一百万元须核对（项目约定，可按项目另定上限）
-- setting: unit_factor = 1000; 与中位数相差超过千倍视为单位写错（项目约定）
-- setting: least_lines = 20; 同县同项目至少二十行才比较中位数（项目约定）
with amounts as (
    select county_code, programme, amount_fen, count(*) as rows
    from payments
    where amount_fen > 0
    group by county_code, programme, amount_fen
),

counted as (
    select
        county_code,
        programme,
        amount_fen,
        sum(rows) over (partition by county_code, programme order by amount_fen) as rows_so_far,
        sum(rows) over (partition by county_code, programme) as rows_in_all
    from amounts
),

-- the lower median; amounts repeat so much that counting them beats sorting them
usual as (
    select county_code, programme, min(amount_fen) as median_fen, max(rows_in_all) as rows
    from counted
    where rows_so_far * 2 >= rows_in_all
    group by county_code, programme
),

bounds as (
    select
        s.county_code,
        s.programme,
        s.month,
        s.cap_fen,
        case when u.rows >= s.least_lines then u.median_fen * s.unit_factor end as most_fen,
        case when u.rows >= s.least_lines then u.median_fen / s.unit_factor end as least_fen
    from rule_settings as s
    left join usual as u on s.county_code = u.county_code and s.programme = u.programme
),

-- amounts out of the narrowest bounds of a year: few, so that nearly all lines are passed over by their amount alone
candidates as (
    select a.county_code, a.programme, a.amount_fen
    from (
        select county_code, programme, amount_fen
        from amounts
        union all
        select distinct county_code, programme, amount_fen
        from payments
        where amount_fen <= 0
    ) as a
    inner join (
        select county_code, programme, min(cap_fen) as cap_fen, min(most_fen) as most_fen, max(least_fen) as least_fen
        from bounds
        group by county_code, programme
    ) as b on a.county_code = b.county_code and a.programme = b.programme
    where a.amount_fen <= 0 or a.amount_fen > b.cap_fen or a.amount_fen > b.most_fen or a.amount_fen < b.least_fen
)

select
    p.payment_id,
    p.recipient_id,
    p.programme,
    p.county_code,
    p.village_code,
    p.period_from,
    p.period_to,
    list_value(p.payment_id) as payment_ids,
    []::varchar[] as record_ids,
    p.amount_fen,
    p.amount_fen as paid_fen,
    case
        when p.amount_fen <= 0 then 'not_positive'
        when p.amount_fen > b.cap_fen then 'over_cap'
        else 'unit_mistaken'
    end as problem
from payments as p
inner join candidates as c
    on p.county_code = c.county_code and p.programme = c.programme and p.amount_fen = c.amount_fen
inner join bounds as b on p.county_code = b.county_code and p.programme = b.programme and p.month = b.month
where (p.amount_fen <= 0 or p.amount_fen > b.cap_fen or p.amount_fen > b.most_fen or p.amount_fen < b.least_fen)
    and coalesce(p.state, 'paid') not in ('stopped', 'returned', 'refunded')
