-- id: J04
-- title: 超指标或科目不符
-- kind: flow
-- severity: high
-- version: 2
-- population: fund_flows
-- needs: fund_flow
-- grain: subject
-- rests_on: quota_fen, function_classes
-- fact: quota_fen = 指标金额
-- fact: paid_fen = 实发金额
-- fact: function_classes = 支出功能分类
-- basis: 预算法 §13、§57（支出以预算为依据，按规定的科目和用途使用）
-- why: 全年支付不能超过当年指标加上年结转；一份单据往下拨的不能多过收到的；拨付、支付的科目应当和指标一致。
-- clears: 指标后来追加，文件没有录入；科目调剂有批文。
-- ask: 查追加或调剂文件；没有的按规定调整账务。
-- effort: office
with sides as (
    -- a carried-over quota names the old one and is no new money
    select m.county_code, m.programme, year(m.moved_on) as season, m.line_id as quota_id, null as paid_id,
        case when m.from_id is null then m.fen else 0 end as quota_fen, 0 as paid_fen, null::date as paid_on
    from fund_moves as m
    where m.hop = '指标'
    union all
    select m.county_code, m.programme, year(m.moved_on) as season, null as quota_id, m.line_id as paid_id,
        0 as quota_fen, m.fen as paid_fen, m.moved_on as paid_on
    from fund_moves as m
    where m.hop = '支付'
),

seasons as (
    select county_code, programme, season, list(distinct quota_id) filter (quota_id is not null) as quota_ids,
        list(distinct paid_id) filter (paid_id is not null) as paid_ids, sum(quota_fen) as quota_fen,
        sum(paid_fen) as paid_fen, max(paid_on) as last_paid_on
    from sides
    group by county_code, programme, season
),

running as (
    select s.*, sum(quota_fen - paid_fen) over (partition by county_code, programme order by season) as left_fen
    from seasons as s
),

-- what is over is asked about in its own year only: the year after begins at nothing
lowest as (
    select r.*, least(0, min(left_fen) over (partition by county_code, programme order by season)) as lowest_fen
    from running as r
),

over_quota as (
    select l.*,
        coalesce(lag(left_fen - lowest_fen) over (partition by county_code, programme order by season), 0) as carried_fen
    from lowest as l
),

passed as (
    select to_id as line_id, line_id as other_id, fen as received_fen, 0 as passed_fen
    from fund_moves
    where hop in ('下达', '拨付', '退回')
    union all
    select from_id as line_id, line_id as other_id, 0 as received_fen, fen as passed_fen
    from fund_moves
    where from_hop in ('下达', '拨付', '退回')
),

over_document as (
    select f.county_code, f.document_no, f.programme, coalesce(f.town_code, '') as town_code, min(f.dated_on) as dated_on,
        sum(p.received_fen) as received_fen, sum(p.passed_fen) as passed_fen, list(distinct p.other_id) as record_ids
    from passed as p
    inner join fund_flows as f on p.line_id = f.line_id
    group by f.county_code, f.document_no, f.programme, coalesce(f.town_code, '')
    having sum(p.passed_fen) > sum(p.received_fen)
)

select
    concat_ws(':', 'quota', q.county_code, q.programme, q.season::varchar) as subject,
    q.county_code,
    q.programme,
    date_trunc('month', q.last_paid_on)::date as period_from,
    date_trunc('month', q.last_paid_on)::date as period_to,
    []::varchar[] as payment_ids,
    list_concat(coalesce(q.quota_ids, []::varchar[]), q.paid_ids) as record_ids,
    (q.paid_fen - q.quota_fen - q.carried_fen)::bigint as amount_fen,
    (q.quota_fen + q.carried_fen)::bigint as quota_fen,
    q.paid_fen::bigint as paid_fen,
    null as function_classes
from over_quota as q
-- without any quota there is nothing to compare with: J06 asks where the money came from
where q.paid_fen > q.quota_fen + q.carried_fen and q.quota_fen + q.carried_fen > 0
union all
select
    concat_ws(':', 'document', o.county_code, o.document_no, o.programme, o.town_code) as subject,
    o.county_code,
    o.programme,
    date_trunc('month', o.dated_on)::date as period_from,
    date_trunc('month', o.dated_on)::date as period_to,
    []::varchar[] as payment_ids,
    o.record_ids,
    (o.passed_fen - o.received_fen)::bigint as amount_fen,
    o.received_fen::bigint as quota_fen,
    o.passed_fen::bigint as paid_fen,
    null as function_classes
from over_document as o
union all
select
    concat_ws(':', 'class', c.county_code, c.document_no) as subject,
    c.county_code,
    min(c.programme) as programme,
    date_trunc('month', min(c.dated_on))::date as period_from,
    date_trunc('month', min(c.dated_on))::date as period_to,
    []::varchar[] as payment_ids,
    list_concat(list(distinct c.line_id), list(distinct f.line_id)) as record_ids,
    max(c.amount_fen) as amount_fen,
    null as quota_fen,
    null as paid_fen,
    min(f.function_class) || '→' || min(c.function_class) as function_classes
from fund_moves as m
inner join fund_flows as c on m.to_id = c.line_id
inner join fund_flows as f on m.from_id = f.line_id
where m.hop in ('下达', '拨付', '支付') and c.function_class <> f.function_class
group by c.county_code, c.document_no
