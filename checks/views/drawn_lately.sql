-- Who drew which programme within the rule's waiting months, and where; a person may stand here several times.
select p.recipient_id, p.programme, p.county_code, p.village_code, p.month
from payment_months as p
inner join rule_settings as s
    on p.county_code = s.county_code and p.programme = s.programme and p.month = s.month
where p.recipient_id is not null
    and (year($month) - year(p.month)) * 12 + month($month) - month(p.month) between 0 and s.wait_months
