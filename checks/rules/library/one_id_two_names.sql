-- id: A03
-- title: 同一证号不同姓名
-- kind: data_error
-- severity: return
-- version: 1
-- population: payments
-- requires: recipient_id
-- needs: none
-- grain: recipient_id
-- rests_on: names_key
-- fact: names = 姓名个数
-- basis: GB 11643 公民身份号码（一人一号）；政府信息公开条例 §41（更正）
-- why: 一个证号只属于一个人；同一证号下出现两个姓名，至少一处填错了，也可能两个人被当成了一个人。
-- clears: 更名有户籍证明；生僻字、少数民族姓名写法不同；经办录入错误已更正。
-- ask: 对照身份证复印件，确认证号属于谁，更正另一行。
-- effort: desk
with several as (
    select recipient_id
    from person_names
    group by recipient_id
    having min(recipient_name) <> max(recipient_name)
),

named as (
    select
        recipient_id,
        payment_id,
        amount_fen,
        period_from,
        period_to,
        -- dots and blanks are ways of writing, not names; a lost character cannot prove a difference
        replace(replace(replace(replace(recipient_name, '·', ''), '•', ''), ' ', ''), '　', '') as name
    from payments
    where recipient_id in (select recipient_id from several)
        and recipient_name is not null and recipient_name not like '%?%' and recipient_name not like '%□%'
        and recipient_name not like '%？%'
)

select
    recipient_id,
    min(period_from) as period_from,
    max(period_to) as period_to,
    list(payment_id) as payment_ids,
    []::varchar[] as record_ids,
    sum(amount_fen)::bigint as amount_fen,
    sha256(array_to_string(list_sort(list(distinct name)), '|')) as names_key,
    count(distinct name) as names
from named
group by recipient_id
having count(distinct name) > 1
