-- When a batch's payment voucher is dated: what speaks for rolls that bear no date of payment.
select county_code, programme, batch_month, min(dated_on) as dated_on
from fund_flows
where hop = '支付'
group by county_code, programme, batch_month
