-- id: J01
-- title: 资金滞留
-- kind: flow
-- severity: medium
-- version: 4
-- population: fund_flows
-- needs: fund_flow
-- grain: county_code, document_no, programme, town_code
-- rests_on: dated_on, allocated_fen
-- fact: document_no = 文号
-- fact: town_code = 乡镇代码
-- fact: dated_on = 单据日期
-- fact: allocated_fen = 下达金额
-- fact: in_time_fen = 按时拨付
-- fact: passed_fen = 已拨付
-- fact: held_by = 资金所在单位
-- basis: 预算法 §52（上级转移支付三十日内下达）；县级时限待核对
-- why: 钱下达或拨付到一级单位后，过了期限还没有往下拨或发给群众。
-- clears: 有季度、年度发放安排且未到期；已支付但单据没有登记；结余已按规定交回。
-- ask: 问持有资金的单位为什么没有发出、钱现在在哪个账户，何时发放或交回。
-- effort: office
-- setting: days = 30; 县级部门持有：预算法 §52 三十日；县级拨付时限为项目约定
-- setting: quota_days = 0; 财政部门收到指标后下达的期限；0 只看当年年底（J07），全年一次下达、分月使用的不误报
-- setting: town_days = 30; 乡镇（街道）持有：项目约定
-- setting: account_days = 30; 代发账户持有：项目约定
-- setting: remainder_percent = 5; 结余在百分之五以内不提示（项目约定）
with accounts as (
    select
        f.line_id,
        f.county_code,
        f.programme,
        f.town_code,
        f.to_office,
        f.dated_on,
        -- an allocation may bear its quota's own number
        case when f.hop = '指标' then f.document_no || '（指标）' else f.document_no end as document_no,
        greatest(f.dated_on, coalesce(last_day(f.batch_month), f.dated_on)) as due_on,
        case
            when f.hop = '指标' then s.quota_days
            when f.hop = '拨付' then s.account_days
            when coalesce(f.town_code, '') <> '' then s.town_days
            else s.days
        end as days,
        s.remainder_percent
    from fund_flows as f
    inner join rule_settings as s
        on f.county_code = s.county_code and s.programme = coalesce(f.programme, '')
        and s.month = date_trunc('month', f.dated_on)::date
    where f.hop in ('下达', '拨付') or (f.hop = '指标' and s.quota_days > 0)
),

documents as (
    select
        a.county_code,
        a.document_no,
        a.programme,
        coalesce(a.town_code, '') as town_code,
        min(a.dated_on) as dated_on,
        max(a.due_on) as due_on,
        max(a.remainder_percent) as remainder_percent,
        max(a.to_office) as held_by,
        list(distinct m.other_id) as record_ids,
        sum(m.received_fen) as allocated_fen,
        sum(case when date_diff('day', a.due_on, m.moved_on) <= a.days then m.passed_fen else 0 end) as in_time_fen,
        sum(m.passed_fen) as passed_fen
    from accounts as a
    inner join account_moves as m on a.line_id = m.line_id
    inner join current_months as n on a.county_code = n.county_code and n.programme = ''
    where date_diff('day', a.due_on, n.as_of) > a.days
    group by a.county_code, a.document_no, a.programme, coalesce(a.town_code, '')
)

select
    county_code,
    document_no,
    programme,
    town_code,
    date_trunc('month', dated_on)::date as period_from,
    date_trunc('month', dated_on)::date as period_to,
    []::varchar[] as payment_ids,
    record_ids,
    (allocated_fen - in_time_fen)::bigint as amount_fen,
    dated_on,
    allocated_fen::bigint as allocated_fen,
    in_time_fen::bigint as in_time_fen,
    passed_fen::bigint as passed_fen,
    held_by
from documents
where (allocated_fen - in_time_fen) * 100 > allocated_fen * remainder_percent
