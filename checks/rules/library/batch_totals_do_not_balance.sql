-- id: J02
-- title: 批次账不平
-- kind: flow
-- severity: high
-- version: 2
-- population: batches
-- needs: fund_flow
-- grain: subject
-- rests_on: stated_fen, summed_fen
-- fact: compared = 对照的单据
-- fact: stated_fen = 单据金额
-- fact: summed_fen = 明细合计
-- value: voucher = 支付凭证
-- value: header = 文件自报合计
-- basis: 预算法实施条例、国库集中支付管理要求：支付凭证与发放明细相符
-- why: 表头的合计、支付凭证的金额和明细逐行相加，三个数应当一样。
-- clears: 退回款下月入账；更正、重发另有单据；分厘四舍五入。
-- ask: 请经办人拿凭证和花名册对账，找出差的是哪几行。
-- effort: desk
-- setting: tolerance_fen = 1; 每行一分以内的四舍五入（项目约定）
with unread as (
    select county_code, month, sum(coalesce(rejected_fen, 0) + coalesce(held_fen, 0)) as unread_fen
    from deliveries
    where kind in ('roster', 'dibao_roll', 'relief_table')
    group by county_code, month
),

vouchers as (
    select county_code, programme, batch_month as month, list(line_id) as record_ids, sum(amount_fen) as stated_fen
    from fund_flows
    where hop = '支付' and batch_month is not null
    group by county_code, programme, batch_month
),

lines_paid as (
    select
        county_code,
        programme,
        month,
        sum(lines) as rows,
        sum(fen) as summed_fen,
        -- a planned line may be in the voucher or wait for the next
        coalesce(sum(fen) filter (coalesce(state, 'paid') <> 'planned'), 0) as sent_fen
    from payment_sums
    -- what is sent again has a voucher of its own
    where coalesce(state, 'paid') <> 'stopped' and not is_correction
    group by county_code, programme, month
),

headers as (
    select d.delivery_id, d.county_code, d.month, d.declared_total_fen as stated_fen, d.lines as rows,
        d.total_fen + coalesce(d.rejected_fen, 0) + coalesce(d.held_fen, 0) as summed_fen,
        min(l.line_id) as line_id
    from deliveries as d
    inner join lines as l on d.delivery_id = l.delivery_id
    where d.declared_total_fen is not null and d.kind in ('roster', 'dibao_roll', 'relief_table')
    group by d.delivery_id, d.county_code, d.month, d.declared_total_fen, d.lines, d.total_fen, d.rejected_fen, d.held_fen
)

select
    concat_ws(':', 'voucher', v.county_code, v.programme, v.month::varchar) as subject,
    v.county_code,
    v.programme,
    v.month as period_from,
    v.month as period_to,
    []::varchar[] as payment_ids,
    v.record_ids,
    abs(v.stated_fen - l.summed_fen)::bigint as amount_fen,
    'voucher' as compared,
    v.stated_fen::bigint as stated_fen,
    l.summed_fen::bigint as summed_fen
from vouchers as v
inner join lines_paid as l on v.county_code = l.county_code and v.programme = l.programme and v.month = l.month
inner join rule_settings as s on v.county_code = s.county_code and v.programme = s.programme and v.month = s.month
left join unread as u on v.county_code = u.county_code and v.month = u.month
-- lines that could not be read may explain a gap; they are reported by the loader
where abs(v.stated_fen - l.summed_fen) > s.tolerance_fen * l.rows + coalesce(u.unread_fen, 0)
    and abs(v.stated_fen - l.sent_fen) > s.tolerance_fen * l.rows + coalesce(u.unread_fen, 0)
union all
select
    concat_ws(':', 'header', h.delivery_id) as subject,
    h.county_code,
    null as programme,
    h.month as period_from,
    h.month as period_to,
    []::varchar[] as payment_ids,
    list_value(h.line_id) as record_ids,
    abs(h.stated_fen - h.summed_fen)::bigint as amount_fen,
    'header' as compared,
    h.stated_fen::bigint as stated_fen,
    h.summed_fen::bigint as summed_fen
from headers as h
inner join rule_settings as s on h.county_code = s.county_code and s.programme = '' and h.month = s.month
where abs(h.stated_fen - h.summed_fen) > s.tolerance_fen * h.rows
