-- One row per person and programme: how often, since when, where and by which accounts somebody was paid.
-- `month_mask` has a bit for each month (those sixty apart share one), so `lines > months` and `x.month_mask & y.month_mask`
-- name everybody paid twice in a month, and perhaps a few more: rules look at their lines.
-- Kept narrow: a region's year has a hundred million rows to group, and each byte of a sum or a second name spills.
select
    p.recipient_id,
    p.programme,
    min(p.month) as first_month,
    max(p.month) as last_month,
    count(*) as lines,
    bit_count(bit_or(1::bigint << ((year(p.month) * 12 + month(p.month)) % 60))) as months,
    bit_or(1::bigint << ((year(p.month) * 12 + month(p.month)) % 60)) as month_mask,
    min(p.county_code) as first_county,
    min(p.account_id) as first_account,
    max(p.account_id) as last_account,
    max(p.month_fen) as highest_fen
from payment_months as p
where p.recipient_id is not null
group by p.recipient_id, p.programme
