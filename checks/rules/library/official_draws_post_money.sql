-- id: L14
-- title: 村干部兼领公益岗
-- kind: suspicion
-- severity: medium
-- version: 1
-- population: payment_months
-- programmes: public_post, forest_ranger
-- requires: recipient_id
-- needs: officials
-- grain: recipient_id, programme
-- rests_on: positions
-- fact: positions = 职务
-- basis: 公益性岗位开发管理办法（面向就业困难人员；村干部不得占用，地方规定可例外）
-- why: 公益性岗位是给就业困难群众的，在任的村干部和经办人员同时领，要看岗位是不是真的。
-- clears: 本地规定允许；当选在岗位期满之后；任职登记错误。
-- ask: 查岗位合同、考勤和任职文件。
-- effort: office
with served as (
    select
        p.recipient_id,
        p.programme,
        p.payment_id,
        p.month,
        min(p.month_fen) as month_fen,
        list(o.record_id) as record_ids,
        list(coalesce(o.position, '')) as positions
    from payment_months as p
    inner join officials as o on p.recipient_id = o.person_id
    where (o.serves_from is null or o.serves_from <= p.month)
        and (o.serves_to is null or o.serves_to >= last_day(p.month))
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
    array_to_string(list_sort(list_distinct(flatten(list(positions)))), '、') as positions
from served
group by recipient_id, programme
