-- id: J03
-- title: 退回未重发
-- kind: flow
-- severity: medium
-- version: 3
-- population: bank_lines
-- needs: bank_reply
-- grain: county_code, payee, amount_fen, returned_on
-- rests_on: returned_on
-- fact: returned_on = 退回日期
-- fact: reason = 原因
-- fact: owed = 欠发情形
-- basis: 财政部门惠民惠农补贴“一卡通”管理要求：退回资金应及时核实、重新发放
-- why: 银行退回来的钱还是群众的钱，过了期限没有重新发放，要看停在哪里。
-- clears: 本人去世或销户、正在确认继承人；已用现金或其他方式补发并有签收；账号更正后已到账。
-- ask: 问经办人退回原因和现在的办法；联系本人更正账号后重发。
-- effort: office
-- setting: days = 30; 三十日内重新发放（项目约定）
-- exempt: 死亡, 去世, 继承, 销户; 等待确认继承人或更换账户
with returned as (
    select distinct b.line_id
    from bank_lines as b inner join vocabulary as v on b.result like '%' || v.word || '%'
    where v.field = 'bank_result' and v.meaning = 'returned'
),

answered as (
    select
        b.*,
        coalesce(b.payee_id::varchar, b.account_id::varchar, b.line_id) as payee,
        coalesce(b.paid_on, b.month) as returned_on,
        b.failure is not null or w.line_id is not null as is_returned
    from bank_lines as b left join returned as w on b.line_id = w.line_id
    where b.result is not null or b.failure is not null
),

-- the line of the roster that came back: banks name neither programme nor village, and some not even the amount
came_back as (
    select
        a.line_id,
        min(p.programme) as programme,
        min(p.village_code) as village_code,
        min(p.amount_fen) as amount_fen
    from answered as a
    inner join payments as p on a.county_code = p.county_code and a.payee_id = p.payee_id and a.month = p.month
    where a.is_returned and p.corrects is null and p.amount_fen = coalesce(a.amount_fen, p.amount_fen)
        and p.programme = coalesce(a.programme, p.programme)
    group by a.line_id
    having count(*) = 1
),

told as (
    select
        a.line_id,
        a.county_code,
        a.month,
        a.payee,
        a.payee_id,
        a.returned_on,
        a.is_returned,
        a.failure,
        a.result,
        a.note,
        c.village_code,
        coalesce(a.programme, c.programme) as programme,
        coalesce(a.amount_fen, c.amount_fen) as amount_fen
    from answered as a left join came_back as c on a.line_id = c.line_id
)

select
    r.county_code,
    min(r.village_code) as village_code,
    r.payee,
    r.payee_id as person_id,
    r.programme,
    r.returned_on,
    date_trunc('month', min(r.returned_on))::date as period_from,
    date_trunc('month', min(r.returned_on))::date as period_to,
    []::varchar[] as payment_ids,
    list(r.line_id) as record_ids,
    r.amount_fen,
    min(coalesce(r.failure, r.result)) as reason,
    'returned' as owed
from told as r
inner join rule_settings as s
    on r.county_code = s.county_code and s.programme = '' and s.month = date_trunc('month', r.returned_on)::date
inner join current_months as n on r.county_code = n.county_code and n.programme = ''
where r.is_returned and date_diff('day', r.returned_on, n.as_of) > s.days
    and not exists (
        select 1 from told as t
        where not t.is_returned and t.payee = r.payee and t.amount_fen = r.amount_fen and t.returned_on > r.returned_on
    )
    and not exists (
        select 1 from payments as p
        where p.corrects is not null and p.payee_id = r.payee_id and p.amount_fen = r.amount_fen
            and p.month >= date_trunc('month', r.returned_on)::date
    )
    and not exists (
        select 1 from rule_exempt as e
        where e.county_code = r.county_code and e.programme = '' and e.month = date_trunc('month', r.returned_on)::date
            and concat_ws(' ', r.failure, r.result, r.note) like '%' || e.word || '%'
    )
group by r.county_code, r.payee, r.payee_id, r.programme, r.returned_on, r.amount_fen
