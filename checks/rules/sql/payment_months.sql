-- A line of several months gives each an equal share; the odd fen go to the last, so shares add up.
-- A stopped, returned or refunded line pays for no month.
select payment_id, batch_id, programme, county_code, village_code, recipient_id, head_id, payee_id, account_id,
       period_from as month, month as paid_month, paid_on, state, standard_fen, quantity, extra_fen, amount_fen,
       amount_fen as month_fen, 1 as months, period_from, period_to, plot_code, item_serial, household_size,
       corrects, note
from payments
where period_from is not distinct from period_to and coalesce(state, 'paid') not in ('stopped', 'returned', 'refunded')
union all
select payment_id, batch_id, programme, county_code, village_code, recipient_id, head_id, payee_id, account_id,
       month, paid_month, paid_on, state, standard_fen, quantity, extra_fen, amount_fen,
       amount_fen // months + case when month = period_to then amount_fen % months else 0 end as month_fen,
       months, period_from, period_to, plot_code, item_serial, household_size, corrects, note
from (
    select * exclude (month), month as paid_month,
           (year(period_to) - year(period_from)) * 12 + month(period_to) - month(period_from) + 1 as months,
           unnest(generate_series(period_from, period_to, interval 1 month))::date as month
    from payments
    where period_from < period_to and coalesce(state, 'paid') not in ('stopped', 'returned', 'refunded'))
