-- Townships and programmes with payments, by month: where nobody is paid a roster is missing, and nobody was left out.
select distinct p.county_code, substr(p.village_code, 1, 9) as town_code, p.programme, p.month
from payment_months as p
where p.village_code is not null
