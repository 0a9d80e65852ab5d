-- id: J06
-- title: 资金来源不明
-- kind: flow
-- severity: high
-- version: 2
-- population: fund_flows
-- needs: fund_flow
-- grain: subject
-- rests_on: gap
-- fact: document_no = 文号
-- fact: hop = 环节
-- fact: gap = 缺什么
-- basis: 预算法 §13（各级政府、部门的支出必须以经批准的预算为依据，未列入预算的不得支出）
-- why: 每一笔下达、拨付、支付都应当写明来自哪一份指标；发了钱的批次应当有支付凭证。说不清来源的钱，可能没有指标、挪用了别的项目，或者单据没有登记。
-- clears: 上级文件漏登，补登后能对上；文号写错一个字；发放由上级统一支付、凭证不在本县。
-- ask: 补登上级文件或支付凭证；文号写错的更正；确实没有指标的说明钱从哪里来。
-- effort: office
with vouchers as (
    select county_code, programme, coalesce(batch_month, date_trunc('month', dated_on)::date) as month
    from fund_flows
    where hop = '支付'
    group by county_code, programme, coalesce(batch_month, date_trunc('month', dated_on)::date)
),

-- a county that keeps no vouchers at all is asked for the file, not batch by batch
keepers as (
    select county_code, min(month) as first_month
    from vouchers
    group by county_code
),

unvouched as (
    select s.county_code, s.programme, s.month
    from payment_sums as s
    inner join keepers as k on s.county_code = k.county_code and s.month >= k.first_month
    left join vouchers as v on s.county_code = v.county_code and s.programme = v.programme and s.month = v.month
    where v.month is null and not s.is_correction and coalesce(s.state, 'paid') in ('paid', 'returned', 'refunded')
    group by s.county_code, s.programme, s.month
)

select
    concat_ws(':', 'document', m.county_code, m.document_no, m.programme) as subject,
    m.county_code,
    m.programme,
    min(m.month) as period_from,
    max(m.month) as period_to,
    []::varchar[] as payment_ids,
    list(distinct m.line_id) as record_ids,
    sum(m.fen)::bigint as amount_fen,
    min(m.document_no) as document_no,
    min(m.hop) as hop,
    min(m.gap) as gap
from fund_moves as m
where m.gap is not null and m.fen > 0
group by m.county_code, m.document_no, m.programme
union all
select
    concat_ws(':', 'batch', p.county_code, p.programme, p.month::varchar) as subject,
    p.county_code,
    p.programme,
    p.month as period_from,
    p.month as period_to,
    list(p.payment_id) as payment_ids,
    []::varchar[] as record_ids,
    sum(p.amount_fen)::bigint as amount_fen,
    null as document_no,
    null as hop,
    '没有支付凭证' as gap
from payments as p
inner join current_months as n on p.county_code = n.county_code and n.programme = ''
where exists (
        select 1 from unvouched as b
        where b.county_code = p.county_code and b.programme = p.programme and b.month = p.month
    )
    and p.corrects is null and coalesce(p.state, 'paid') in ('paid', 'returned', 'refunded')
    -- the newest month's voucher may still be on its way
    and p.month < n.month
group by p.county_code, p.programme, p.month
