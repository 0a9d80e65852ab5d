-- Townships and programmes with payments, by month paid for: which programmes a county pays, since when, and where.
with spans as (
    select distinct
        s.county_code, substr(s.village_code, 1, 9) as town_code, s.programme,
        date_trunc('month', s.period_from)::date as from_month, date_trunc('month', s.period_to)::date as to_month
    from payment_sums as s
    where coalesce(s.state, 'paid') not in ('stopped', 'returned', 'refunded')
)

-- a township's villages first become one: the months are then joined to a tenth of the rows
select distinct s.county_code, s.town_code, s.programme, m.month
from spans as s
inner join months as m on m.month between s.from_month and s.to_month
