-- Townships and programmes with payments, by month paid for: which programmes a county pays, since when, and where.
select distinct s.county_code, substr(s.village_code, 1, 9) as town_code, s.programme, m.month
from payment_sums as s
inner join months as m
    on m.month between date_trunc('month', s.period_from)::date and date_trunc('month', s.period_to)::date
where coalesce(s.state, 'paid') not in ('stopped', 'returned', 'refunded')
