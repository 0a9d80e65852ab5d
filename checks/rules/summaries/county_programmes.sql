-- by: county
-- One row per person, programme and county: see `person_programmes`. Kept narrow: a region's year has a hundred million
-- rows to group, and each byte of a sum costs.
select
    p.recipient_id,
    p.programme,
    p.county_code,
    min(p.month) as first_month,
    max(p.month) as last_month,
    count(*) as lines,
    bit_or(1::bigint << ((year(p.month) * 12 + month(p.month)) % 60)) as month_mask,
    min(p.account_id) as first_account,
    max(p.account_id) as last_account,
    max(p.month_fen) as highest_fen
from payment_months as p
where p.recipient_id is not null
group by p.recipient_id, p.programme, p.county_code
