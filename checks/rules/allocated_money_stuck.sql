-- id: J01
-- title: 资金滞留
-- kind: flow
-- severity: medium
-- version: 1
-- population: fund_flows
-- needs: fund_flow
-- grain: county_code, document_no
-- rests_on: dated_on, allocated_fen
-- basis: 预算法 §52（上级转移支付三十日内下达）；县级时限待核对
-- why: 钱下达或拨付到一级单位后，过了期限还没有往下拨或发给群众。
-- clears: 有季度、年度发放安排且未到期；已支付但单据没有登记；结余已按规定交回。
-- ask: 问持有资金的单位为什么没有发出、钱现在在哪个账户，何时发放或交回。
-- effort: office
-- setting: days = 30; 预算法 §52 三十日；县级拨付时限为项目约定
-- setting: remainder_percent = 5; 结余在百分之五以内不提示（项目约定）
with allocated as (
    select
        f.*,
        greatest(f.dated_on, coalesce(last_day(f.batch_month), f.dated_on)) as due_on
    from fund_flows as f
    where f.hop in ('下达', '拨付')
),

deadlines as (
    select a.*, s.days, s.remainder_percent
    from allocated as a
    inner join rule_settings as s
        on a.county_code = s.county_code and s.programme = coalesce(a.programme, '')
        and s.month = date_trunc('month', a.dated_on)::date
    where date_diff('day', a.due_on, $as_of) > s.days
),

passed_on as (
    select
        d.line_id,
        coalesce(sum(case when date_diff('day', d.due_on, n.dated_on) <= d.days then n.amount_fen end), 0) as in_time_fen,
        coalesce(sum(n.amount_fen), 0) as passed_fen,
        list_sort(list(n.line_id)) as next_ids
    from deadlines as d
    inner join fund_flows as n
        on d.county_code = n.county_code and d.document_no = n.parent_document_no
        and n.hop in ('下达', '拨付', '支付') and n.line_id <> d.line_id
    group by d.line_id
)

select
    d.county_code,
    d.document_no,
    d.programme,
    date_trunc('month', d.dated_on)::date as period_from,
    date_trunc('month', d.dated_on)::date as period_to,
    []::varchar[] as payment_ids,
    list_concat(list_value(d.line_id), coalesce(n.next_ids, []::varchar[])) as record_ids,
    (d.amount_fen - coalesce(n.in_time_fen, 0))::bigint as amount_fen,
    d.dated_on,
    d.amount_fen as allocated_fen,
    coalesce(n.in_time_fen, 0)::bigint as in_time_fen,
    coalesce(n.passed_fen, 0)::bigint as passed_fen,
    d.to_office as held_by
from deadlines as d
left join passed_on as n on d.line_id = n.line_id
where (d.amount_fen - coalesce(n.in_time_fen, 0)) * 100 > d.amount_fen * d.remainder_percent
