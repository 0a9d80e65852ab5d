-- One row per person and programme: how often, since when, where and by which accounts somebody was paid.
-- `month_mask` has a bit for each month (those sixty apart share one), so `lines > months` and `x.month_mask & y.month_mask`
-- name everybody paid twice in a month, and perhaps a few more: rules look at their lines.
select
    recipient_id,
    programme,
    min(first_month) as first_month,
    max(last_month) as last_month,
    sum(lines)::bigint as lines,
    bit_count(bit_or(month_mask)) as months,
    bit_or(month_mask) as month_mask,
    min(county_code) as first_county,
    min(first_account) as first_account,
    max(last_account) as last_account,
    max(highest_fen) as highest_fen
from county_programmes
group by recipient_id, programme
