-- id: J07
-- title: 年终指标结余
-- kind: flow
-- severity: medium
-- version: 2
-- population: fund_flows
-- needs: fund_flow
-- grain: county_code, document_no, programme
-- rests_on: quota_fen, left_fen
-- fact: document_no = 文号
-- fact: dated_on = 单据日期
-- fact: quota_fen = 指标金额
-- fact: left_fen = 年底结余
-- fact: held_by = 资金所在单位
-- basis: 预算法 §42（结转资金下一年用于结转项目，连续两年未用完的收回）
-- why: 当年的指标到年底还没有下达，又没有结转或收回，群众应得的钱就在账上过了年。
-- clears: 已办结转或由上级收回，文件没有登记；项目按规定跨年实施。
-- ask: 查结转或收回文件；没有的说明结余原因，按规定结转使用或交回。
-- effort: office
-- setting: remainder_percent = 5; 结余在百分之五以内不提示（项目约定）
-- setting: settle_days = 31; 次年一月底前下达、支付、结转或收回的不提示（项目约定）
with quotas as (
    select f.*, (year(f.dated_on)::varchar || '-12-31')::date as year_end, s.remainder_percent, s.settle_days
    from fund_flows as f
    inner join rule_settings as s
        on f.county_code = s.county_code and s.programme = coalesce(f.programme, '')
        and s.month = date_trunc('month', f.dated_on)::date
    where f.hop = '指标'
),

documents as (
    select
        q.county_code,
        q.document_no,
        q.programme,
        q.year_end,
        min(q.dated_on) as dated_on,
        max(q.to_office) as held_by,
        max(q.remainder_percent) as remainder_percent,
        list(distinct m.other_id) filter (m.other_id = q.line_id) as record_ids,
        sum(case when m.moved_on <= q.year_end then m.received_fen else 0 end) as quota_fen,
        sum(case when m.moved_on <= q.year_end then m.received_fen - m.passed_fen else 0 end) as closing_fen,
        -- carried over or taken back at any time, passed on soon after
        sum(
            case
                when m.moved_on > q.year_end and (m.hop = '指标' or date_diff('day', q.year_end, m.moved_on) <= q.settle_days)
                    then m.passed_fen - m.received_fen
                else 0
            end
        ) as settled_fen
    from quotas as q
    inner join account_moves as m on q.line_id = m.line_id
    inner join current_months as n on q.county_code = n.county_code and n.programme = ''
    where date_diff('day', q.year_end, n.as_of) > q.settle_days
    group by q.county_code, q.document_no, q.programme, q.year_end
)

select
    county_code,
    document_no,
    programme,
    date_trunc('month', year_end)::date as period_from,
    date_trunc('month', year_end)::date as period_to,
    []::varchar[] as payment_ids,
    record_ids,
    (closing_fen - settled_fen)::bigint as amount_fen,
    dated_on,
    quota_fen::bigint as quota_fen,
    (closing_fen - settled_fen)::bigint as left_fen,
    held_by
from documents
where (closing_fen - settled_fen) * 100 > quota_fen * remainder_percent
