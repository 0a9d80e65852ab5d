-- id: A04
-- title: 同村同名证号仅差一位
-- kind: data_error
-- severity: return
-- version: 1
-- population: payments
-- needs: none
-- grain: programme, near_person_id
-- rests_on: slips
-- fact: slips = 证号差在
-- value: letter = 数字写成字母
-- value: replaced = 一位数字不同
-- value: swapped = 相邻两位颠倒
-- value: lost = 少一位
-- value: gained = 多一位
-- basis: GB 11643 公民身份号码；政府信息公开条例 §41（更正）
-- why: 同村有同名的人，有效证号与这一行的错误证号只差一位或相邻两位颠倒，多半就是他；没有更正之前认不准人。
-- clears: 来源单位报来更正后的证号，或在“认人”中判断为不是同一人。
-- ask: 请乡镇对照身份证复印件，核对是不是同一个人，并更正证号。
-- effort: desk
select
    p.programme,
    k.person_id as near_person_id,
    min(p.period_from) as period_from,
    max(p.period_to) as period_to,
    list(distinct p.payment_id) as payment_ids,
    list(distinct k.person_line_id) as record_ids,
    sum(p.amount_fen)::bigint as amount_fen,
    array_to_string(list_sort(list(distinct k.slip)), '、') as slips
from payments as p
inner join links as k on p.payment_id = k.line_id
where k.slip is not null and k.role = 'recipient'
group by p.programme, k.person_id
