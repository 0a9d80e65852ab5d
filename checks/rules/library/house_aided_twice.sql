-- id: E06
-- title: 住房类补助重复享受
-- kind: suspicion
-- severity: high
-- version: 2
-- population: payments
-- programmes: house_repair, disaster_rebuild, relocation
-- requires: recipient_id
-- needs: population
-- grain: home
-- rests_on: programmes_paid
-- fact: programmes_paid = 已发项目
-- basis: 农村危房改造补助政策（已享受住房类补助的不再纳入）；自然灾害救助条例 §20；易地搬迁政策
-- why: 一户只有一处安全住房，危房改造、灾后重建、易地搬迁不能为同一处房或在规定年限内重复补助。
-- clears: 新的灾害造成新的损坏且本地允许再补；两户分户在前、各有住房；同一补助分期付款。
-- ask: 调两次的验收资料和照片，入户看是不是同一处房。
-- effort: visit
-- setting: years = 15; 危房改造后一般十五年内不再纳入（项目约定，以本地文件为准）
-- exempt: 分期, 尾款, 首付; 同一补助分期付款
with aided as (
    select
        p.payment_id,
        p.programme,
        p.recipient_id,
        p.county_code,
        p.period_from,
        p.period_to,
        p.month,
        p.amount_fen,
        coalesce(h.household_id, p.recipient_id::varchar) as home
    from payments as p
    left join household_members as h
        on p.recipient_id = h.person_id
        and (h.valid_from is null or h.valid_from <= last_day(p.period_to))
        and (h.valid_to is null or h.valid_to >= p.period_from)
    where coalesce(p.state, 'paid') not in ('planned', 'stopped', 'returned', 'refunded') and p.corrects is null
        and not exists (
            select 1 from rule_exempt as e
            where e.county_code = p.county_code and e.programme = p.programme and e.month = p.month
                and p.note like '%' || e.word || '%'
        )
),

twice as (
    select x.payment_id as first_payment, y.payment_id as second_payment, x.*, y.amount_fen as second_fen,
        y.programme as second_programme, y.period_to as second_period
    from aided as x
    inner join aided as y on x.home = y.home and x.payment_id <> y.payment_id
    inner join exclusive_pairs as e
        on e.rule = 'E06' and starts_with(x.county_code, e.region)
        and ((e.a = x.programme and e.b = y.programme) or (e.b = x.programme and e.a = y.programme))
    inner join rule_settings as s
        on x.county_code = s.county_code and x.programme = s.programme and x.month = s.month
    -- the same programme in the same month is A06's question
    where (x.period_to < y.period_from
            or (x.programme < y.programme and x.period_to = y.period_to)
            or (x.programme <> y.programme and x.period_to >= y.period_from and x.period_from < y.period_from))
        and (year(y.period_to) - year(x.period_to)) * 12 + month(y.period_to) - month(x.period_to) < s.years * 12
)

select
    home,
    min(recipient_id) as recipient_id,
    min(county_code) as county_code,
    min(programme) as programme,
    min(period_from) as period_from,
    max(second_period) as period_to,
    list_concat(list(first_payment), list(second_payment)) as payment_ids,
    []::varchar[] as record_ids,
    min(second_fen)::bigint as amount_fen,
    array_to_string(list_sort(list_distinct(list_concat(list(programme), list(second_programme)))), '、') as programmes_paid
from twice
group by home
