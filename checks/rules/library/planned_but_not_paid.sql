-- id: K11
-- title: 已批准没有发足
-- kind: service_lead
-- severity: medium
-- version: 2
-- population: payments
-- requires: recipient_id
-- needs: none
-- grain: recipient_id, programme, period_from
-- rests_on: planned_fen, drawn_fen
-- fact: planned_fen = 批准金额
-- fact: drawn_fen = 已发金额
-- fact: owed = 欠发情形
-- basis: 惠民惠农财政补贴资金“一卡通”管理要求（及时足额发放，文号待核对）；批次恒等：计划＝实发＋停发＋退回＋退款
-- why: 名册上写着已申请、待发放，过了期限还没有发，或者后来发的比批准的少。差的钱是欠群众的。
-- clears: 已发放，只是名册状态没有更新；批准后有停发或减发的决定；钱已在别的批次里补发。
-- ask: 问经办人这一行后来怎么发的；没有发足的补发。
-- effort: office
-- setting: grace_months = 1; 所属期过后满一个月仍未发足才提示（项目约定）
with planned as (
    select
        p.recipient_id, p.programme, p.period_from, p.period_to, max(p.month) as listed_month,
        min(p.county_code) as county_code, min(p.village_code) as village_code,
        list(p.payment_id) as payment_ids, sum(p.amount_fen) as planned_fen
    from payments as p
    where p.state = 'planned' and p.period_from is not null
    group by p.recipient_id, p.programme, p.period_from, p.period_to
),

-- what later lines state of the same months: paid counts, a stop or return explains
afterwards as (
    select
        n.recipient_id, n.programme, n.period_from, n.period_to,
        list(p.payment_id) filter (coalesce(p.state, 'paid') = 'paid') as payment_ids,
        coalesce(sum(p.amount_fen) filter (coalesce(p.state, 'paid') = 'paid'), 0) as drawn_fen,
        coalesce(sum(p.amount_fen) filter (p.state in ('stopped', 'returned', 'refunded')), 0) as stopped_fen
    from planned as n
    inner join payments as p
        on n.recipient_id = p.recipient_id and n.programme = p.programme
        and p.period_from >= n.period_from and p.period_to <= n.period_to and p.state is distinct from 'planned'
    group by n.recipient_id, n.programme, n.period_from, n.period_to
)

select
    n.recipient_id,
    n.programme,
    n.county_code,
    n.village_code,
    n.period_from,
    n.period_to,
    list_concat(n.payment_ids, coalesce(s.payment_ids, []::varchar[])) as payment_ids,
    []::varchar[] as record_ids,
    (n.planned_fen - coalesce(s.drawn_fen, 0) - coalesce(s.stopped_fen, 0))::bigint as amount_fen,
    n.planned_fen::bigint as planned_fen,
    coalesce(s.drawn_fen, 0)::bigint as drawn_fen,
    case when coalesce(s.drawn_fen, 0) > 0 then 'short' else 'unpaid' end as owed
from planned as n
inner join rule_settings as t
    on n.county_code = t.county_code and n.programme = t.programme and n.listed_month = t.month
inner join current_months as c on n.county_code = c.county_code and c.programme = ''
left join afterwards as s
    on n.recipient_id = s.recipient_id and n.programme = s.programme and n.period_from = s.period_from
    and n.period_to = s.period_to
where n.planned_fen > coalesce(s.drawn_fen, 0) + coalesce(s.stopped_fen, 0)
    and (year(c.month) - year(n.period_to)) * 12 + month(c.month) - month(n.period_to) > t.grace_months
