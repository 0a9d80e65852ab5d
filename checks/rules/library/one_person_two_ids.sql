-- id: L13
-- title: 一人多号
-- kind: suspicion
-- severity: medium
-- version: 1
-- population: payments
-- requires: recipient_id, village_code
-- needs: none
-- probable: none
-- grain: village_code, people_key
-- rests_on: people_key
-- fact: numbers = 号码个数
-- basis: 居民身份证法；公安机关清理重号、一人多户的规定
-- why: 同村、同名、同一天出生，却有两个有效证号都在领钱，可能是一个人有两个户口。
-- clears: 确是双胞胎或同名同生日的两个人（公安局证明）。
-- ask: 请公安局核对两个证号的照片和户籍来源，入户核实。
-- effort: office
with called as (
    select
        n.village_code,
        replace(replace(n.recipient_name, '·', ''), ' ', '') as name,
        i.born_on,
        i.sex,
        n.recipient_id
    from person_names as n
    inner join people as i on n.recipient_id = i.person_id
    where n.recipient_name is not null and n.village_code is not null and i.born_on is not null
),

alike as (
    select village_code, name, born_on, sex
    from called
    group by village_code, name, born_on, sex
    having min(recipient_id) <> max(recipient_id)
),

doubtful as (
    select distinct c.recipient_id, c.born_on, c.sex
    from called as c
    inner join alike as a
        on c.village_code = a.village_code and c.name = a.name and c.born_on = a.born_on
        and c.sex is not distinct from a.sex
),

known as (
    select
        p.village_code,
        replace(replace(p.recipient_name, '·', ''), ' ', '') as name,
        i.born_on,
        i.sex,
        p.recipient_id,
        p.payment_id,
        p.amount_fen,
        p.period_from,
        p.period_to
    from payments as p
    inner join doubtful as i on p.recipient_id = i.recipient_id
    where p.recipient_name is not null
        and coalesce(p.state, 'paid') not in ('stopped', 'returned', 'refunded')
)

select
    village_code,
    sha256(array_to_string(list_sort(list(distinct recipient_id::varchar)), ',')) as people_key,
    min(recipient_id) as person_id,
    min(period_from) as period_from,
    max(period_to) as period_to,
    list(payment_id) as payment_ids,
    []::varchar[] as record_ids,
    sum(amount_fen)::bigint as amount_fen,
    count(distinct recipient_id) as numbers
from known
group by village_code, name, born_on, sex
having count(distinct recipient_id) > 1
