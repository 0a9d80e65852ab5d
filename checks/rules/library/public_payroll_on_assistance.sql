-- id: C01
-- title: 财政供养人员享受救助
-- kind: suspicion
-- severity: high
-- version: 3
-- population: payment_months
-- programmes: dibao_*, tekun_*, temporary_aid
-- requires: recipient_id
-- needs: public_payroll, population
-- uses: civil_affairs_rolls
-- grain: recipient_id, programme, member_id
-- rests_on: employers, staff_kinds
-- fact: relation = 与享受人关系
-- fact: employers = 工作单位
-- fact: staff_kinds = 人员类别
-- fact: highest_pay_fen = 最高工资
-- basis: 最低生活保障审核确认办法 §11、§13；社会救助暂行办法 §68
-- why: 本人或计入保障人口的家人当月由财政发工资或退休金的，要看核定收入时有没有算进去。
-- clears: 核定收入时已计入这份工资，算后仍低于标准；当月已离职；工资册证号登记错误。
-- ask: 调低保（特困、临时救助）审核表，看收入一栏是否计入工资；问单位该人当月是否在岗。
-- effort: office
-- setting: kin_degree = 0; 只看计入保障人口的家人；设为一至三的，户外一至三代亲属也看，须有本地依据
-- exempt: 公益性岗位, 遗属, 村干部, 临聘; 公益性岗位补贴、遗属补助、村干部补贴和临时聘用不属财政供养，县里可改
with candidates as ( -- noqa: ST03
    select m.recipient_id, m.programme, m.member_id, m.relation, m.degree, m.from_month, m.to_month
    from member_spells as m
    where m.member_id in (select s.person_id from public_payroll as s)
),

matched as (
    select
        m.recipient_id,
        m.programme,
        m.member_id,
        m.payment_id,
        m.month,
        min(m.relation) as relation,
        min(m.month_fen) as month_fen,
        list(s.record_id) as record_ids,
        list(coalesce(s.employer, '')) as employers,
        list(coalesce(s.staff_kind, '')) as staff_kinds,
        -- a member whom the household register names twice is paid once
        sum(s.net_pay_fen) * count(distinct s.record_id) / count(*) as pay_fen
    from member_months as m
    inner join public_payroll as s on m.member_id = s.person_id and m.month = s.pay_month
    where coalesce(s.net_pay_fen, 1) > 0
        and not exists (
            select 1 from rule_exempt as e
            where e.county_code = m.county_code and e.programme = m.programme and e.month = m.month
                and e.word = s.staff_kind
        )
    group by m.recipient_id, m.programme, m.member_id, m.payment_id, m.month
)

select
    recipient_id,
    programme,
    member_id,
    min(month) as period_from,
    max(month) as period_to,
    list(payment_id) as payment_ids,
    flatten(list(record_ids)) as record_ids,
    sum(month_fen)::bigint as amount_fen,
    min(relation) as relation,
    array_to_string(list_sort(list_distinct(flatten(list(employers)))), '、') as employers,
    array_to_string(list_sort(list_distinct(flatten(list(staff_kinds)))), '、') as staff_kinds,
    max(pay_fen)::bigint as highest_pay_fen
from matched
group by recipient_id, programme, member_id
