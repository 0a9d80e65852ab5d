-- Who drew which programme within the rule's waiting months, and where. Somebody paid under a number written wrong, who is
-- presumed to be meant, counts as paid: A01 asks about the line, nobody is sent to offer help already given.
select t.recipient_id, t.programme, t.first_county as county_code
from person_programmes as t
inner join rule_settings as s on t.first_county = s.county_code and t.programme = s.programme and s.month = $month
where t.first_month <= $month
    and (year($month) - year(t.last_month)) * 12 + month($month) - month(t.last_month) <= s.wait_months
