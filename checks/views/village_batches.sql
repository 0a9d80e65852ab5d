-- What each village was paid of a programme in a month, and on which day. Rolls without a date have the payment voucher's; without
-- a voucher the last day it can have been.
with vouchers as (
    select county_code, programme, batch_month, min(dated_on) as dated_on
    from fund_flows
    where hop = '支付'
    group by county_code, programme, batch_month
)

select
    s.county_code,
    s.village_code,
    s.programme,
    s.month as paid_month,
    coalesce(min(s.paid_on), min(v.dated_on), last_day(s.month)) as paid_on,
    sum(s.fen)::bigint as fen
from payment_sums as s
left join vouchers as v
    on s.county_code = v.county_code and s.programme = v.programme and s.month = v.batch_month
where coalesce(s.state, 'paid') <> 'stopped' and not s.is_correction
group by s.county_code, s.village_code, s.programme, s.month
