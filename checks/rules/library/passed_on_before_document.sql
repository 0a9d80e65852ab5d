-- id: J08
-- title: 先拨款后有文件
-- kind: flow
-- severity: medium
-- version: 1
-- population: fund_flows
-- needs: fund_flow
-- grain: county_code, document_no, programme, town_code
-- rests_on: dated_on, approved_on
-- fact: document_no = 文号
-- fact: town_code = 乡镇代码
-- fact: dated_on = 单据日期
-- fact: approved_on = 上级文件日期
-- basis: 预算法 §57（没有预算或者超预算不得支出；按批准的预算和用款计划拨付）
-- why: 指标批下来、款拨到账上，才能往下拨和发放；单据日期早于它的上级文件，说明钱在批准之前就动了。
-- clears: 文件日期录错；应急救助按规定先行拨付、事后清算。
-- ask: 核对两份文件的原件日期；先行拨付的补上依据。
-- effort: desk
-- exempt: 预拨, 应急, 先行拨付; 自然灾害等应急资金可以先行拨付、事后清算
select
    m.county_code,
    m.document_no,
    m.programme,
    m.town_code,
    min(m.month) as period_from,
    max(m.month) as period_to,
    []::varchar[] as payment_ids,
    list_concat(list(distinct m.line_id), list(distinct m.from_id)) as record_ids,
    sum(m.fen)::bigint as amount_fen,
    min(m.moved_on) as dated_on,
    max(m.from_on) as approved_on
from fund_moves as m
inner join fund_flows as f on m.line_id = f.line_id
where m.fen > 0 and m.moved_on < m.from_on and m.from_hop in ('指标', '下达', '拨付')
    and not exists (
        select 1 from rule_exempt as e
        where e.county_code = m.county_code and e.programme = '' and e.month = m.month
            and coalesce(f.note, '') like '%' || e.word || '%'
    )
group by m.county_code, m.document_no, m.programme, m.town_code
