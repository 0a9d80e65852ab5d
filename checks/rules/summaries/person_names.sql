-- by: county
-- One row per person, name and village under which somebody was paid, since when and until when.
select p.recipient_id, p.recipient_name, p.village_code, min(p.period_from) as first_month, max(p.period_to) as last_month
from payments as p
where p.recipient_id is not null
group by p.recipient_id, p.recipient_name, p.village_code
