-- id: A06
-- title: 重复发放
-- kind: suspicion
-- severity: high
-- version: 3
-- population: payment_months
-- requires: recipient_id
-- needs: none
-- grain: county_code, recipient_id, programme, item, month
-- rests_on: copies
-- fact: month = 月份
-- fact: copies = 出现次数
-- basis: 财政部门惠民惠农补贴“一卡通”管理要求：同一对象同一项目同一期间只发一次；社会救助暂行办法 §68（骗取、冒领的退回）
-- why: 同一个人、同一项目、同一个月（同一地块或机具）只应发一次；同一文件内重复是填表错误，跨批次重复是疑点。
-- clears: 其中一行是更正、补发、退回重发或分期发放，有单据可查；多发部分已退回。
-- ask: 对照原始花名册和银行回盘，看两行是否都到账；到账的收回，没到账的撤回。
-- effort: desk
-- exempt: 补发, 分期, 重发, 补差; 补发、分期和退回重发在备注中写明的不算重复
with candidates as (
    select recipient_id, programme
    from person_programmes
    where lines > months
),

repeated as (
    select p.county_code, p.recipient_id, p.programme, p.month
    from payment_months as p
    where exists (
            select 1 from candidates as v where v.recipient_id = p.recipient_id and v.programme = p.programme
        )
    group by p.county_code, p.recipient_id, p.programme, p.month
    having count(*) > 1
),

lines as (
    select
        p.*,
        -- without a plot or serial number, two fields of different size are two fields
        coalesce(p.plot_code, p.item_serial, case when g.category = 'AG' then p.quantity::varchar end, '') as item
    from payment_months as p
    inner join repeated as r
        on p.county_code = r.county_code and p.recipient_id = r.recipient_id and p.programme = r.programme
        and p.month = r.month
    left join programmes as g on p.programme = g.slug
    -- a planned line is not money yet; the paid one of the same month is what became of it
    where p.corrects is null and p.state is distinct from 'planned'
        and p.payment_id not in (select c.corrects from payments as c where c.corrects is not null)
        and not exists (
            select 1 from rule_exempt as e
            where e.county_code = p.county_code and e.programme = p.programme and e.month = p.month
                and p.note like '%' || e.word || '%'
        )
),

-- a line of its own that takes money back (退款、冲销)
taken_back as (
    select p.county_code, p.recipient_id, p.programme, p.period_from, p.period_to, -sum(p.amount_fen) as fen
    from payments as p
    where p.state = 'refunded' and p.amount_fen < 0
        and exists (select 1 from repeated as r where r.recipient_id = p.recipient_id and r.programme = p.programme)
    group by p.county_code, p.recipient_id, p.programme, p.period_from, p.period_to
),

months as (
    select
        county_code,
        recipient_id,
        programme,
        item,
        month,
        list_sort(list(payment_id)) as payment_ids,
        count(distinct batch_id) as batches,
        count(*) as copies,
        sum(month_fen) - max(month_fen) as extra_fen
    from lines
    group by county_code, recipient_id, programme, item, month
    -- one person in two towns is a question of its own: E05
    having count(*) > 1 and count(distinct substr(village_code, 1, 9)) <= 1
)

select
    m.county_code,
    m.recipient_id,
    m.programme,
    m.item,
    min(m.month) as month,
    min(m.month) as period_from,
    max(m.month) as period_to,
    m.payment_ids,
    []::varchar[] as record_ids,
    sum(m.extra_fen)::bigint as amount_fen,
    case when max(m.batches) > 1 then 'suspicion' else 'data_error' end as kind,
    case when max(m.batches) > 1 then 'high' else 'return' end as severity,
    max(m.copies) as copies
from months as m
-- what was paid too much came back in full
where not exists (
        select 1 from taken_back as b
        where b.county_code = m.county_code and b.recipient_id = m.recipient_id and b.programme = m.programme
            and b.period_from <= m.month and b.period_to >= m.month and b.fen >= m.extra_fen
    )
group by m.county_code, m.recipient_id, m.programme, m.item, m.payment_ids
