-- id: C02
-- title: 在职财政供养领取就业补贴
-- kind: suspicion
-- severity: high
-- version: 1
-- population: payment_months
-- programmes: public_post, forest_ranger, transport_*, employment_aid, border_guard, vet_worker
-- requires: recipient_id
-- needs: public_payroll
-- grain: recipient_id, programme
-- rests_on: employers
-- fact: employers = 工作单位
-- basis: 公益性岗位开发管理办法；就业补助资金管理办法（不得用于财政供养人员）
-- why: 当月由财政发在职工资的人，不能同时领公益性岗位、就业一类的补贴。
-- clears: 入职或离职的当月；工资册证号登记错误；岗位补贴实为同一笔工资。
-- ask: 问单位该人当月是否在岗、领没领工资；查岗位合同和考勤。
-- effort: office
-- exempt: 退休, 公益性岗位, 遗属, 村干部, 临聘; 只核对在职财政供养人员
with staff as (
    select
        p.recipient_id,
        p.programme,
        p.payment_id,
        p.month,
        min(p.month_fen) as month_fen,
        list(s.record_id) as record_ids,
        list(coalesce(s.employer, '')) as employers
    from payment_months as p
    inner join public_payroll as s on p.recipient_id = s.person_id and p.month = s.pay_month
    where coalesce(s.net_pay_fen, 1) > 0
        and not exists (
            select 1 from rule_exempt as e
            where e.county_code = p.county_code and e.programme = p.programme and e.month = p.month
                and e.word = s.staff_kind
        )
    group by p.recipient_id, p.programme, p.payment_id, p.month
)

select
    recipient_id,
    programme,
    min(month) as period_from,
    max(month) as period_to,
    list(distinct payment_id) as payment_ids,
    flatten(list(record_ids)) as record_ids,
    sum(month_fen)::bigint as amount_fen,
    array_to_string(list_sort(list_distinct(flatten(list(employers)))), '、') as employers
from staff
group by recipient_id, programme
