-- One row per county, programme and month somebody was paid for: which programmes a county pays, since when.
select p.county_code, p.programme, p.month, count(*) as lines, sum(p.month_fen)::bigint as paid_fen
from payment_months as p
group by p.county_code, p.programme, p.month
