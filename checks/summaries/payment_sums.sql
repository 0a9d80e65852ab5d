-- Payments once per village, programme, month, period and state: what rules about batches read instead of every line again.
select
    p.county_code, p.village_code, p.programme, p.month, p.period_from, p.period_to, p.state,
    p.corrects is not null as is_correction, p.account_id is null as no_account, min(p.paid_on) as paid_on,
    max(p.paid_on) as last_paid_on, count(*) as lines, sum(p.amount_fen)::bigint as fen
from payments as p
group by
    p.county_code, p.village_code, p.programme, p.month, p.period_from, p.period_to, p.state, p.corrects is not null,
    p.account_id is null
