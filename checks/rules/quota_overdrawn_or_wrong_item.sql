-- id: J04
-- title: 超指标或科目不符
-- kind: flow
-- severity: high
-- version: 1
-- population: fund_flows
-- needs: fund_flow
-- grain: subject
-- rests_on: quota_fen, function_classes
-- basis: 预算法 §13、§57（支出以预算为依据，按规定的科目和用途使用）
-- why: 全年支付不能超过下达的指标；拨付、支付的科目应当和指标一致。
-- clears: 指标后来追加，文件没有录入；科目调剂有批文。
-- ask: 查追加或调剂文件；没有的按规定调整账务。
-- effort: office
with quotas as (
    select county_code, programme, year(dated_on) as season, sum(amount_fen) as quota_fen, list(line_id) as quota_ids
    from fund_flows
    where hop = '指标'
    group by county_code, programme, year(dated_on)
),

paid as (
    select county_code, programme, year(dated_on) as season, sum(amount_fen) as paid_fen, list(line_id) as paid_ids,
        max(dated_on) as last_paid_on
    from fund_flows
    where hop = '支付'
    group by county_code, programme, year(dated_on)
)

select
    concat_ws(':', 'quota', q.county_code, q.programme, q.season::varchar) as subject,
    q.county_code,
    q.programme,
    date_trunc('month', p.last_paid_on)::date as period_from,
    date_trunc('month', p.last_paid_on)::date as period_to,
    []::varchar[] as payment_ids,
    list_concat(q.quota_ids, p.paid_ids) as record_ids,
    (p.paid_fen - q.quota_fen)::bigint as amount_fen,
    q.quota_fen::bigint as quota_fen,
    p.paid_fen::bigint as paid_fen,
    null as function_classes
from quotas as q
inner join paid as p on q.county_code = p.county_code and q.programme = p.programme and q.season = p.season
where p.paid_fen > q.quota_fen
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
from fund_flows as c
inner join fund_flows as f on c.county_code = f.county_code and c.parent_document_no = f.document_no
where c.function_class <> f.function_class
group by c.county_code, c.document_no
